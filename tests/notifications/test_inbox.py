"""What is told to whom, after the move and only to those who may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from donors.workflow import TABLES as GIVING
from portal.audit.models import CaseEvent
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.unit import DIRECT
from portal.notifications import selectors, services
from portal.notifications.catalogue import CATALOGUE
from portal.notifications.models import Notification, Outbox
from reports.workflow import TABLES as REPORTING
from requests_app import services as asking
from requests_app.workflow import ASSESSMENT, REQUEST
from tests import cast
from tests.site import client_of

pytestmark = pytest.mark.django_db


def told(who, notice):
    """The people in whose inbox a kind of notice stands."""
    names = {(a.user.pk, a.organisation.pk): name for name, a in who.everyone() if a.user}
    rows = Notification.objects.filter(outbox__notice=notice)
    return {names[row.user_id, row.organisation_id] for row in rows}


def test_every_notice_of_the_tables_has_its_words():
    used = {line.notice for table in (REQUEST, ASSESSMENT, *GIVING, *REPORTING) for line in table.transitions}
    assert used - {""} <= set(CATALOGUE)


def test_a_notice_goes_to_those_concerned_who_may_see_and_not_to_who_did_it(who):
    cast.offer_in(who, "published")
    cast.request_in(who, "open")
    services.deliver_outbox()
    assert told(who, "request.awaits_approval") == {"afg_approver"}
    assert told(who, "request.submitted") == {"case_officer", "afg_coordinator", "afg_focal_point"}
    assert told(who, "request.acknowledged") == {"afg_focal_point", "afg_approver"}
    assert told(who, "request.circulated") == {
        "afg_focal_point", "afg_approver", "nor_officer", "nor_approver",
    }  # fmt: skip


def test_of_an_ending_those_are_told_who_had_been_told(who):
    cast.offer_in(who, "published")
    request = cast.request_in(who, "open")
    services.deliver_outbox()
    asking.move_request(request, "withdraw", actor=who.afg_approver, facts={"reason": "No longer needed"})
    services.deliver_outbox()
    assert told(who, "request.withdrawn") == {
        "afg_focal_point", "afg_coordinator", "case_officer", "nor_officer", "nor_approver",
    }  # fmt: skip
    hidden = cast.request_in(who, "submitted")
    services.deliver_outbox()
    asking.move_request(hidden, "withdraw", actor=who.afg_approver, facts={"reason": "No longer needed"})
    services.deliver_outbox()
    rows = Notification.objects.filter(outbox__notice="request.withdrawn", outbox__case_id=hidden.pk)
    assert {row.organisation_id for row in rows} == {
        who.afg_approver.organisation.pk, who.case_officer.organisation.pk,
    }  # fmt: skip


def test_a_pledge_is_told_to_its_two_sides_alone(who):
    cast.pledge_in(who, "accepted")
    services.deliver_outbox()
    assert told(who, "pledge.offered") == {"afg_focal_point", "afg_approver", "nor_officer", "case_officer"}
    assert told(who, "pledge.accepted") == {"nor_officer", "nor_approver", "case_officer"}


def test_delivering_twice_tells_once(who):
    cast.request_in(who, "submitted")
    assert services.deliver_outbox() > 0
    before = Notification.objects.count()
    assert services.deliver_outbox() == 0
    Outbox.objects.update(delivered_at=None)
    services.deliver_outbox()
    assert Notification.objects.count() == before


def test_a_notice_whose_record_or_words_are_gone_is_done_with(who):
    request = cast.request_in(who, "submitted")
    event = CaseEvent.objects.filter(case_type="request", case_id=request.pk).latest("pk")
    Outbox.objects.all().delete()
    line = {"case_type": "request", "event": event, "created_at": event.recorded_at}
    Outbox.objects.create(notice="request.forgotten", case_id=request.pk, **line)
    Outbox.objects.create(notice="request.submitted", case_id=999_999_999, **line)
    assert services.deliver_outbox() == 2
    assert not Outbox.objects.filter(delivered_at=None).exists()
    assert not Notification.objects.exists()


def test_the_inbox_names_the_record_and_nothing_of_its_content(who):
    cast.offer_in(who, "published")
    request = cast.request_in(who, "open", title="A confidential title")
    services.deliver_outbox()
    client = client_of(who.nor_officer)
    text = client.get(reverse("notifications:inbox")).content.decode()
    assert f"Request {request} is open for pledges." in text
    assert "confidential" not in text
    assert "2 unread" in text  # and that its own offer was published


def line_texts(client, **query):
    return [
        line.text
        for _, lines in client.get(reverse("notifications:inbox"), query).context["days"]
        for line in lines
    ]


def test_reading_marks_what_was_before_one_and_nobody_else_s(who):
    first = cast.request_in(who, "submitted")
    services.deliver_outbox()
    client = client_of(who.case_officer)
    through = client.get(reverse("notifications:inbox")).context["through"]
    second = cast.request_in(who, "submitted")
    services.deliver_outbox()
    client.post(reverse("notifications:read"), {"through": through})
    unread = Notification.objects.filter(read_at=None)
    mine = unread.filter(user=who.case_officer.user)
    assert {row.outbox.case_id for row in mine} == {second.pk}
    assert unread.filter(user=who.afg_focal_point.user, outbox__case_id=first.pk).exists()
    for nonsense in ("x", "", "9" * 30, "-1", "²"):
        assert client.post(reverse("notifications:read"), {"through": nonsense}).status_code == 302
    assert mine.count() == 1


def test_one_is_marked_and_another_s_does_not_exist(who):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    own = Notification.objects.get(user=who.case_officer.user)
    other = Notification.objects.filter(user=who.afg_focal_point.user).first()
    client = client_of(who.case_officer)
    assert client.post(reverse("notifications:read_one", args=[other.pk])).status_code == 404
    assert client.post(reverse("notifications:read_one", args=[2**63])).status_code == 404
    answer = client.post(reverse("notifications:read_one", args=[own.pk]), {"show": "action"})
    assert answer.headers["Location"].endswith("/notifications/?show=action")
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.read_at is not None
    assert other.read_at is None


def test_days_are_headings_and_unread_comes_first_within_each(who):
    moments = [clock.now() - timedelta(days=days, hours=hour) for days, hour in ((1, 0), (0, 0), (0, 0))]
    for moment in moments:
        with clock.frozen(moment):
            cast.request_in(who, "submitted")
            services.deliver_outbox()
    rows = list(Notification.objects.filter(user=who.case_officer.user).order_by("pk"))
    services.mark_one(who.case_officer, rows[2].pk)
    page = client_of(who.case_officer).get(reverse("notifications:inbox"))
    days = page.context["days"]
    assert [day for day, _ in days] == [clock.day(moments[1]), clock.day(moments[0])]
    assert [line.row.pk for line in days[0][1]] == [rows[1].pk, rows[2].pk]
    assert page.content.decode().count("<h2>") == 2


def test_what_needs_action_can_be_looked_at_alone(who):
    request = cast.request_in(who, "submitted")
    other = cast.request_in(who, "submitted")
    services.deliver_outbox()
    client = client_of(who.case_officer)
    page = client.get(reverse("notifications:inbox"), {"show": "action"}).content.decode()
    assert page.count("Authenticate it and acknowledge it, or decline it.") == 2
    asking.move_request(
        request, "acknowledge", actor=who.case_officer, facts={"authentication": "by telephone"}
    )
    assert line_texts(client, show="action") == [f"Request {other} was submitted."]
    assert len(line_texts(client)) == 2
    services.mark_read(who.case_officer, through=2**62)
    assert line_texts(client, show="unread") == []
    assert len(line_texts(client, show="nonsense")) == 2


def test_an_empty_list_says_so(who):
    text = client_of(who.ken_approver).get(reverse("notifications:inbox")).content.decode()
    assert "Nothing needs your action. New messages appear here and by e-mail." in text


def test_a_long_list_has_pages_that_hold_everything_once(who):
    request = cast.request_in(who, "submitted")
    event = CaseEvent.objects.filter(case_type="request", case_id=request.pk).latest("pk")
    for number in range(60):
        Outbox.objects.create(
            notice="request.submitted", case_type="request", case_id=request.pk,
            event=record_event(request, f"step{number}", actor=SYSTEM, unit=DIRECT, source="", target=""),
            created_at=event.recorded_at,
        )  # fmt: skip
        services.deliver_outbox()
    client = client_of(who.case_officer)
    pages = [client.get(reverse("notifications:inbox"), {"page": page}).context["page"] for page in (1, 2)]
    found = [row.pk for page in pages for row in page.object_list]
    assert (
        len(found) == len(set(found)) == Notification.objects.filter(user=who.case_officer.user).count() > 60
    )


def test_the_inbox_asks_the_same_number_of_questions_for_one_and_for_three(who):
    client = client_of(who.case_officer)
    counts = []
    for _ in range(2):
        cast.request_in(who, "submitted")
        cast.pledge_in(who, "offered")
        services.deliver_outbox()
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("notifications:inbox")).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_person_chooses_when_e_mail_comes(who):
    client = client_of(who.case_officer)
    url = reverse("notifications:preferences")
    assert client.get(url).context["form"]["mail"].value() == "immediate"
    assert client.post(url, {"mail": "daily", "key": "a" * 32}).status_code == 303
    assert selectors.wish(who.case_officer.user) == "daily"
    assert client.post(url, {"mail": "never", "key": "b" * 32}).status_code == 422
    assert selectors.wish(who.case_officer.user) == "daily"
    assert selectors.wish(who.afg_approver.user) == "immediate"
