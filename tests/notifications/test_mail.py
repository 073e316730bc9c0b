"""E-mail beside the inbox, against a real mail server on the loopback: what it says, to whom, and under faults."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation

from portal.accounts.models import Membership, User
from portal.core import clock
from portal.notifications import mail, services
from portal.notifications.models import Mail, Notification, Outbox
from requests_app import services as asking
from tests import cast
from tests.notifications import post
from tests.notifications.post import text_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(settings):
    with post.running(settings) as found:
        yield found


def address(who, *people):
    return sorted(getattr(who, name).user.email for name in people)


def deliver(*, later=timedelta(0)):
    services.deliver_outbox()
    with clock.frozen(clock.now() + later):
        return mail.send_owed()


def test_each_who_is_told_gets_one_message(who, server):
    request = cast.request_in(who, "submitted")
    sent = deliver()
    assert sent == len(server.taken) == 4
    assert server.to() == address(who, "afg_approver", "case_officer", "afg_focal_point", "afg_coordinator")
    assert len(set(server.keys())) == 4
    assert {row.state for row in Mail.objects.all()} == {"sent"}
    assert deliver() == 0
    assert {message["Subject"] for message in server.taken} == {f"Assistance to transit States: {request}"}


def test_a_message_says_what_where_and_how_to_answer_without_the_site(who, server, settings):
    settings.SITE_URL = "https://portal.example.org"
    request = cast.request_in(who, "submitted")
    deliver()
    message = next(m for m in server.taken if m["To"] == who.case_officer.user.email)
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        assert str(request) in text
        assert "was submitted." in text
        assert "Authenticate it and acknowledge it, or decline it." in text
        assert f"https://portal.example.org/en/requests/{request}/" in text
        assert "https://portal.example.org/en/notifications/preferences/" in text
        assert "note verbale" not in text  # UNODC does not write to itself
    state = next(m for m in server.taken if m["To"] == who.afg_focal_point.user.email)
    assert "answer UNODC by note verbale or letter and quote the reference" in text_of(state)
    assert state["Auto-Submitted"] == "auto-generated"
    assert state["From"] == settings.DEFAULT_FROM_EMAIL
    assert re.fullmatch(r"<[0-9a-f-]{36}@portal\.example\.org>", state["Message-ID"])


def test_nothing_confidential_leaves_by_mail(who, server):
    words = {
        "title": "Secret title", "situation": "Secret situation", "contact": "Secret contact", "authority": "Secret body",
    }  # fmt: skip
    pledge = cast.pledge_in(
        who, "agreed", need=cast.request_in(who, "open", **words).needs.get(), description="Secret help",
        value_amount=Decimal(777777), value_currency="USD", conditions="Secret terms",
    )  # fmt: skip
    cast.delivery_in(who, "disputed", pledge=pledge, description="Secret goods", place="Secret place")
    deliver()
    assert len(server.taken) > 20
    people = [actor.user.name for _, actor in who.everyone() if actor.user]
    for message in server.taken:
        whole = text_of(message) + text_of(message, "html") + str(message["Subject"])
        assert "ecret" not in whole
        assert "777" not in whole
        assert "Two did not come" not in whole
        assert not [name for name in people if name in whole]
        assert message["To"] in {actor.user.email for _, actor in who.everyone() if actor.user}
        assert "Cc" not in message


def test_a_message_is_in_its_reader_s_language(who, server):
    User.objects.filter(pk=who.afg_focal_point.user.pk).update(language="ar")
    User.objects.filter(pk=who.case_officer.user.pk).update(language="fr")
    request = cast.request_in(who, "submitted")
    with translation.override("en"):
        deliver()
    arabic = next(m for m in server.taken if m["To"] == who.afg_focal_point.user.email)
    assert f"/ar/requests/{request}/" in text_of(arabic)
    assert f"\u2068{request}\u2069" in text_of(arabic)
    assert 'lang="ar" dir="rtl"' in text_of(arabic, "html")
    assert arabic["Content-Language"] == "ar"
    french = next(m for m in server.taken if m["To"] == who.case_officer.user.email)
    assert 'lang="fr" dir="ltr"' in text_of(french, "html")
    assert f"/fr/requests/{request}/" in text_of(french)


# when


def test_who_wants_only_what_is_to_be_done_gets_no_other_message(who, server):
    for name in ("afg_focal_point", "case_officer"):
        services.choose(getattr(who, name).user, mail="action")
    cast.request_in(who, "under_review")
    deliver()
    assert server.to().count(who.case_officer.user.email) == 1  # submitted: to be acknowledged
    assert who.afg_focal_point.user.email not in server.to()
    assert Notification.objects.filter(user=who.afg_focal_point.user).count() == 2


def test_a_daily_summary_comes_once_a_day_with_what_is_unread(who, server):
    services.choose(who.case_officer.user, mail="daily")
    requests = [cast.request_in(who, "submitted") for _ in range(3)]
    deliver()
    assert who.case_officer.user.email not in server.to()
    read = Notification.objects.get(user=who.case_officer.user, outbox__case_id=requests[0].pk)
    services.mark_one(who.case_officer, read.pk)
    assert services.summarise() == 1
    assert services.summarise() == 0
    mail.send_owed()
    (message,) = [m for m in server.taken if m["To"] == who.case_officer.user.email]
    assert [str(r) in text_of(message) for r in requests] == [False, True, True]
    assert str(message["Subject"]).endswith(clock.today().isoformat())
    late = cast.request_in(who, "submitted")
    services.deliver_outbox()
    assert services.summarise() == 0  # today's is gone; it comes tomorrow
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert services.summarise() == 1
        mail.send_owed()
    last = server.taken[-1]
    assert str(late) in text_of(last)
    assert str(requests[1]) not in text_of(last)


def test_a_summary_of_what_was_all_read_is_not_sent(who, server):
    services.choose(who.case_officer.user, mail="daily")
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    services.summarise()
    services.mark_read(who.case_officer, through=2**62)
    mail.send_owed()
    assert who.case_officer.user.email not in server.to()
    assert Mail.objects.get(user=who.case_officer.user).state == "dropped"


def test_who_no_longer_acts_or_may_no_longer_sign_in_gets_nothing(who, server):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    Membership.objects.filter(user=who.afg_focal_point.user).update(until=clock.today())
    User.objects.filter(pk=who.afg_coordinator.user.pk).update(is_active=False)
    mail.send_owed()
    assert server.to() == address(who, "afg_approver", "case_officer")
    assert Mail.objects.filter(state="dropped").count() == 2


def test_invented_people_get_mail_only_where_all_is_invented_and_then_into_files(
    who, server, settings, tmp_path
):
    User.objects.update(is_sample=True)
    cast.request_in(who, "submitted")
    assert deliver() == 0
    assert not Mail.objects.exists()
    assert Notification.objects.exists()
    settings.SAMPLE = True
    settings.EMAIL_BACKEND, settings.MAIL_FOLDER = "portal.core.mail_files.FileBackend", tmp_path / "mail"
    cast.request_in(who, "submitted")
    assert deliver() == 4
    assert server.words == []
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == sorted(f"{row.key}.eml" for row in Mail.objects.all())
    message = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert message["Subject"].startswith("Assistance to transit States: TA-")


# faults


def test_a_server_that_cannot_be_reached_delays_and_loses_nothing(who, settings):
    with post.running(settings) as gone:
        port = gone.port
    post.pointing(settings, port)
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    assert mail.send_owed() == 0
    assert {(row.state, row.tries) for row in Mail.objects.all()} == {("owed", 0)}
    with post.running(settings, port=port) as back:
        assert mail.send_owed() == 4
        assert len(set(back.to())) == 4


def test_a_server_that_says_later_is_asked_again_each_time_later(who, server):
    cast.request_in(who, "submitted")
    Outbox.objects.exclude(notice="request.submitted").delete()
    server.data = "451 try later"
    start = clock.now()
    services.deliver_outbox()
    waits = []
    for tries in range(1, 5):
        with clock.frozen(Mail.objects.earliest("next_at").next_at):
            mail.send_owed()
            row = Mail.objects.earliest("pk")
            assert row.tries == tries
            waits.append(row.next_at - clock.now())
            assert mail.send_owed() == 0
            assert Mail.objects.earliest("pk").tries == tries
    assert waits == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert "451" in Mail.objects.earliest("pk").trouble
    server.data = ""
    with clock.frozen(start + timedelta(hours=1)):
        assert mail.send_owed() == 3
    assert len(server.taken) == 3


def test_who_is_refused_for_good_does_not_hold_up_the_others(who, server):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    first = Mail.objects.earliest("pk")
    server.recipient = "550 no such person"
    with transaction.atomic():
        row = mail._next()
        connection = mail.get_connection()
        assert mail._send(row, connection) is False
        connection.close()
    server.recipient = ""
    assert mail.send_owed() == 3
    first.refresh_from_db()
    assert (first.state, first.tries) == ("failed", 1)
    assert "550" in first.trouble


def test_after_many_tries_it_is_given_up_and_says_so(who, server, caplog):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    server.data = "451 never"
    Mail.objects.update(tries=mail.TRIES - 1)
    mail.send_owed()
    assert {row.state for row in Mail.objects.all()} == {"failed"}
    assert "given up" in caplog.text


def test_a_message_that_cannot_be_made_does_not_hold_up_the_others(who, server):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    User.objects.filter(pk=who.case_officer.user.pk).update(email="two\nlines@example.org")
    assert mail.send_owed() == 3
    assert Mail.objects.get(user=who.case_officer.user).tries == 1


def test_a_server_gone_before_it_answered_gets_the_same_message_once_more(who, server):
    cast.request_in(who, "submitted")
    Outbox.objects.exclude(notice="request.awaits_approval").delete()
    services.deliver_outbox()
    server.silent = True
    assert mail.send_owed() == 0
    server.silent = False
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert mail.send_owed() == 1
    assert len(server.taken) == 2
    assert len(set(server.keys())) == 1


def test_a_worker_that_dies_before_it_marked_a_message_repeats_that_one_alone(who, server):
    cast.request_in(who, "submitted")
    services.deliver_outbox()
    with transaction.atomic():
        row = mail._next()
        connection = mail.get_connection()
        assert mail._send(row, connection)
        connection.close()
        transaction.set_rollback(True)  # as the database does when its client is gone
    assert len(server.taken) == 1
    assert mail.send_owed() == 4
    assert len(server.taken) == 5
    assert len(set(server.keys())) == 4


def test_a_broker_that_is_down_keeps_nobody_from_acting(who, server, settings):
    """What is to be told stands in the database; the scheduler gives it out whenever it can."""
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    request = cast.request_in(who, "approval")
    asking.move_request(request, "submit", actor=who.afg_approver)
    assert Outbox.objects.filter(delivered_at=None).count() == 3
    assert deliver() == 4


# settings


def read(**environment):
    code = (
        "from django.conf import settings as s; from portal import settings as p;"
        "print(s.EMAIL_BACKEND.rpartition('.')[0], s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD,"
        " s.EMAIL_USE_SSL, s.EMAIL_USE_TLS, s.DEFAULT_FROM_EMAIL, sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "EMAIL_URL"}
        | {"DJANGO_SETTINGS_MODULE": "portal.settings", **environment},
    )  # fmt: skip
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


SMTP = "django.core.mail.backends.smtp"


@pytest.mark.parametrize(("url", "expected"), [
    ("smtp://mail.example.org", f"{SMTP}|mail.example.org|25|||False|False|no-reply@127.0.0.1"),
    ("smtp://a%40b:p%2Fw@mail.example.org:587", f"{SMTP}|mail.example.org|587|a@b|p/w|False|True|no-reply@127.0.0.1"),
    ("smtp://mail.example.org:2525?starttls=1&from=portal@example.org",
     f"{SMTP}|mail.example.org|2525|||False|True|portal@example.org"),
    ("smtps://u:p@mail.example.org", f"{SMTP}|mail.example.org|465|u|p|True|False|no-reply@127.0.0.1"),
    ("http://mail.example.org", "setting EMAIL_URL: use smtp://user:password@host:port or smtps://…"),
])  # fmt: skip
def test_the_address_of_the_mail_server_is_read(url, expected):
    assert read(EMAIL_URL=url) == expected


@pytest.mark.parametrize("environment", [{}, {"EMAIL_URL": "smtp://mail.example.org", "SAMPLE": "1"}])
def test_without_a_server_and_in_a_sample_portal_messages_are_files(environment):
    assert read(**environment).startswith("portal.core.mail_files|")
