"""Two schedulers, or two workers, at the same moment: each thing is done once."""

from datetime import UTC, datetime, timedelta

import pytest

from donors import timekeeping as giving_time
from donors.models import Pledge
from portal.accounts.models import User
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.working_days import add_working_days
from portal.directory.selectors import holidays
from portal.notifications import mail, services
from portal.notifications.models import Mail, Notification, Reminder
from requests_app import timekeeping as asking_time
from requests_app.models import ImpactAssessment
from tests import cast
from tests.concurrency.test_threads import at_once, unexpected
from tests.notifications import post

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def both_at(moment, *tasks, threads=4):
    """Each task several times at once, with the clock of each held at a moment."""

    def held(task):
        with clock.frozen(moment):
            return task()

    calls = [lambda task=task: held(task) for task in tasks for _ in range(threads)]
    results = at_once(calls, threads=len(calls))
    assert unexpected(results) == []
    return results


def moment_of(day):
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)


def test_reminders_and_lapses_of_two_schedulers():
    with clock.frozen(START):
        who = cast.assemble()
        pledges = [cast.pledge_in(who, "offered") for _ in range(3)]
        for _ in range(3):
            cast.request_in(who, "submitted")
    due = add_working_days(START.date(), 30, holidays())
    for day in (due + timedelta(days=1), due + timedelta(days=8)):
        both_at(moment_of(day), giving_time.keep_time, asking_time.keep_time)
    rows = Reminder.objects.filter(clock="respond")
    assert sorted(rows.values_list("case_id", "number")) == [(p.pk, n) for p in pledges for n in (1, 2)]
    assert Reminder.objects.filter(clock="acknowledge").count() == 6
    results = both_at(moment_of(due + timedelta(days=15)), giving_time.keep_time)
    assert sum(results) == 3
    assert {p.status for p in Pledge.objects.filter(pk__in=[p.pk for p in pledges])} == {"lapsed"}
    assert CaseEvent.objects.filter(case_type="pledge", move="lapse").count() == 3
    assert list(findings()) == []


def test_an_answer_and_a_lapse_at_once_leave_one_of_them():
    with clock.frozen(START):
        who = cast.assemble()
        pledges = [cast.pledge_in(who, "offered") for _ in range(6)]
    due = add_working_days(START.date(), 30, holidays())
    for days in (1, 8):
        with clock.frozen(moment_of(due + timedelta(days=days))):
            giving_time.keep_time()

    def accept(pledge):
        def act():
            return cast.giving.move_pledge(pledge, "accept", actor=who.afg_approver)

        return act

    both_at(
        moment_of(due + timedelta(days=15)), giving_time.keep_time, *(accept(p) for p in pledges), threads=1
    )
    states = [Pledge.objects.get(pk=p.pk) for p in pledges]
    assert {p.status for p in states} <= {"accepted", "lapsed"}
    assert all((p.accepted_at is None) != (p.lapsed_at is None) for p in states)
    assert list(findings()) == []


def test_an_assessment_is_asked_for_once():
    with clock.frozen(START):
        who = cast.assemble()
        cast.delivery_in(who, "confirmed")
    both_at(datetime(2027, 3, 2, 9, 30, tzinfo=UTC), asking_time.keep_time, threads=6)
    assert ImpactAssessment.objects.count() == 1


def test_delivering_and_sending_by_several_workers(settings):
    who = cast.assemble()
    for _ in range(5):
        cast.request_in(who, "submitted")
    with post.running(settings) as server:
        both_at(clock.now(), services.deliver_outbox, mail.send_owed)
        mail.send_owed()
        assert len(server.taken) == len(set(server.keys())) == Notification.objects.count() == 20
    assert {row.state for row in Mail.objects.all()} == {"sent"}


def test_one_summary_a_day_whoever_makes_it(settings):
    who = cast.assemble()
    for user in User.objects.all():
        services.choose(user, mail="daily")
    for _ in range(3):
        cast.request_in(who, "submitted")
    services.deliver_outbox()
    results = both_at(clock.now(), services.summarise)
    assert sum(results) == Mail.objects.count() == 4
    assert not Notification.objects.filter(mail=None).exists()
