"""What is told to whom, after the move and only to those who may see."""

import pytest
from django.urls import reverse

from donors.workflow import TABLES as GIVING
from portal.audit.models import CaseEvent
from portal.notifications import services
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
    cast.request_in(who, "open")
    services.deliver_outbox()
    assert told(who, "request.awaits_approval") == {"afg_approver"}
    assert told(who, "request.submitted") == {"case_officer", "afg_coordinator", "afg_focal_point"}
    assert told(who, "request.acknowledged") == {"afg_focal_point", "afg_approver"}
    assert told(who, "request.circulated") == {
        "afg_focal_point", "afg_approver", "nor_officer", "nor_approver", "other_officer", "other_approver",
    }  # fmt: skip


def test_of_an_ending_those_are_told_who_had_been_told(who):
    request = cast.request_in(who, "open")
    services.deliver_outbox()
    asking.move_request(request, "withdraw", actor=who.afg_approver, facts={"reason": "No longer needed"})
    services.deliver_outbox()
    assert told(who, "request.withdrawn") == {
        "afg_focal_point", "afg_coordinator", "case_officer", "nor_officer", "nor_approver",
        "other_officer", "other_approver",
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
    request = cast.request_in(who, "open", title="A confidential title")
    services.deliver_outbox()
    client = client_of(who.nor_officer)
    text = client.get(reverse("notifications:inbox")).content.decode()
    assert f"Request {request} is open for pledges." in text
    assert "confidential" not in text
    assert "1 unread" in text


def test_reading_marks_what_was_before_one_and_nobody_else_s(who):
    cast.request_in(who, "open")
    services.deliver_outbox()
    client = client_of(who.nor_officer)
    seen = client.get(reverse("notifications:inbox")).context["page"].object_list[0].pk
    cast.request_in(who, "open")
    services.deliver_outbox()
    client.post(reverse("notifications:read"), {"through": seen})
    unread = Notification.objects.filter(read_at=None)
    assert unread.filter(user=who.nor_officer.user).count() == 1
    assert unread.filter(user=who.other_officer.user).count() == 2
    client.post(reverse("notifications:read"), {"through": "x"})
    assert unread.filter(user=who.nor_officer.user).count() == 1
