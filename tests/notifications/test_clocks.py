"""Clocks: which runs, until when; who is reminded when; what the portal does in the end, and never twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors import clocks as giving_clocks
from donors import services as giving
from donors import timekeeping as giving_time
from donors.models import FollowUp, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock, deadlines
from portal.core.actor import IMPORT, SYSTEM
from portal.core.deadlines import Calendar, Term, add_months
from portal.core.working_days import add_working_days, working_days
from portal.directory.models import Clock as ClockRow
from portal.directory.selectors import holidays
from portal.notifications import services
from portal.notifications.models import Notification, Outbox, Reminder
from requests_app import clocks as asking_clocks
from requests_app import services as asking
from requests_app import timekeeping as asking_time
from requests_app.models import AssistanceRequest, ImpactAssessment
from tests import cast
from tests.notifications.test_who_is_told import names

pytestmark = pytest.mark.django_db
START = date(2026, 3, 2)  # a Monday


def on(day, hour=9):
    """The clock held on a day."""
    return clock.frozen(datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC))


def working(days, start=START):
    return add_working_days(start, days, holidays())


def keep_time():
    return asking_time.keep_time() + giving_time.keep_time()


def reminders():
    return [(row.clock, row.number, row.sent_on) for row in Reminder.objects.order_by("pk")]


def live(first, last):
    """The portal's rounds, day after day; the days on which something was done."""
    busy = []
    day = first
    while day <= last:
        with on(day):
            if keep_time():
                busy.append(day)
            assert keep_time() == 0  # twice the same day does nothing
        day += timedelta(days=1)
    return busy


# arithmetic


@given(st.dates(date(2017, 1, 1), date(2030, 1, 1)), st.integers(0, 48))
def test_months_are_added_to_the_same_day_or_the_last_of_the_month(day, months):
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@given(
    st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 60), st.integers(0, 200), st.integers(0, 20),
    st.frozensets(st.dates(date(2024, 1, 1), date(2027, 12, 31)), max_size=30),
)  # fmt: skip
def test_a_clock_counts_working_days_and_stands_still(start, days, passed, stopped, free):
    today = start + timedelta(days=passed)
    found = Calendar(today, free, {"x": Term(working_days=days)}).clock("x", start, stopped=stopped)
    assert found.due == add_working_days(start, days + stopped, free)
    assert found.late == (today > found.due)
    assert found.left == (
        -working_days(found.due, today, free) if found.late else working_days(today, found.due, free)
    )


def test_a_clock_without_a_term_does_not_run():
    assert Calendar(START, frozenset(), {}).clock("x", START) is None


def days_of_reminders(term, *, rounds, at_start=False):
    """On which days after the start each reminder is sent, if the portal looks on these days."""
    sent, found = {}, []
    for passed in rounds:
        today = START + timedelta(days=passed)
        one = Calendar(today, frozenset(), {"x": Term(working_days=term)}).clock("x", START)
        number = deadlines.owed(one, sent, today=today, at_start=at_start)
        if number is not None:
            sent[number] = today
            found.append((passed, number))
    return found


def test_reminders_come_three_working_days_before_then_the_day_after_and_weekly_thrice():
    # ten working days from Monday 2 March end on Monday 16 March, day 14
    assert days_of_reminders(10, rounds=range(60)) == [(9, 0), (15, 1), (22, 2), (29, 3)]
    assert days_of_reminders(10, rounds=range(60), at_start=True)[0] == (0, 0)


def test_a_portal_that_was_off_sends_what_is_due_now_and_not_what_it_missed():
    assert days_of_reminders(10, rounds=(0, 40, 41, 46, 47, 48, 60)) == [(40, 1), (47, 2), (60, 3)]


# which clock


def the_clock(record, day):
    with on(day):
        module = giving_clocks if type(record)._meta.app_label == "donors" else asking_clocks
        return module.due(type(record).objects.get(pk=record.pk))


@pytest.mark.parametrize(("state", "name", "days"), [
    ("submitted", "acknowledge", 5), ("under_review", "review", 20), ("clarification", "answer", 20),
])  # fmt: skip
def test_requests_run_by_their_state(who, state, name, days):
    with on(START):
        request = cast.request_in(who, state)
    found = the_clock(request, START)
    assert (found.name, found.started, found.due, found.left) == (name, START, working(days), days)


@pytest.mark.parametrize("state", ["draft", "approval", "open", "declined", "withdrawn", "closed"])
def test_others_do_not_run(who, state):
    with on(START):
        request = cast.request_in(who, state)
    assert the_clock(request, START) is None


@pytest.mark.parametrize(("state", "name", "days"), [("offered", "respond", 30), ("accepted", "agree", 60)])
def test_pledges_run_by_their_state(who, state, name, days):
    with on(START):
        pledge = cast.pledge_in(who, state)
    found = the_clock(pledge, START)
    assert (found.name, found.due) == (name, working(days))


def test_a_delivery_is_due_when_its_window_ends_where_one_was_agreed(who):
    with on(START):
        agreed = cast.pledge_in(who, "agreed", window_until=datetime(2026, 5, 9, 12, tzinfo=UTC))
        without = cast.pledge_in(who, "agreed")
        done = cast.pledge_in(who, "delivered", window_until=datetime(2026, 5, 9, 12, tzinfo=UTC))
    found = the_clock(agreed, date(2026, 5, 10))
    assert (found.name, found.due, found.late, found.left) == ("deliver", date(2026, 5, 9), True, 0)
    assert the_clock(without, START) is None
    assert the_clock(done, START) is None


def test_a_delivery_is_to_be_confirmed_from_its_recording_and_again_from_its_correction(who):
    with on(START):
        pledge = cast.pledge_in(who, "agreed")
    recorded = START + timedelta(days=10)
    with on(recorded):
        delivery = cast.delivery_in(who, "recorded", pledge=pledge, date=datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert the_clock(delivery, recorded).due == working(15, recorded)
    with on(working(3, recorded)):
        giving.move_delivery(
            delivery, "dispute", actor=who.afg_focal_point, facts={"reason": "Two did not come"}
        )
    assert the_clock(delivery, working(4, recorded)) is None
    with on(working(9, recorded)):
        giving.move_delivery(delivery, "correct", actor=who.nor_officer, facts={"description": "Two fewer"})
    assert the_clock(delivery, working(9, recorded)).due == working(15, working(9, recorded))


def test_the_review_stands_still_while_the_state_owes_an_answer(who):
    with on(START):
        request = cast.request_in(who, "under_review")

    def move(day, name, by, **facts):
        with on(working(day)):
            asking.move_request(request, name, actor=getattr(who, by), facts=facts)

    move(4, "ask_for_clarification", "case_officer", question="For whom?")
    assert the_clock(request, working(4)).name == "answer"
    move(6, "ask_for_clarification", "case_officer", question="And where?")
    move(9, "answer", "afg_focal_point", answer="For border police")
    assert the_clock(request, working(9)).started == working(6)  # the second question waits still
    move(14, "answer", "afg_focal_point", answer="At the border")
    found = the_clock(request, working(14))
    assert (found.name, found.started, found.due) == ("review", START, working(30))  # ten days, counted once
    assert found.left == 16
    move(15, "ask_for_clarification", "case_officer", question="When?")
    move(17, "answer", "afg_focal_point", answer="Now")
    assert the_clock(request, working(17)).due == working(32)


def test_a_review_begun_again_starts_its_clock_again(who):
    with on(START):
        request = cast.request_in(who, "declined")
    with on(working(50)):
        asking.move_request(request, "reopen", actor=who.case_officer, facts={"reason": "New facts"})
    found = the_clock(request, working(50))
    assert (found.started, found.due) == (working(50), working(20, working(50)))


def test_how_long_a_clock_runs_is_data(who):
    with on(START):
        request = cast.request_in(who, "submitted")
    ClockRow.objects.filter(code="acknowledge").update(working_days=9)
    assert the_clock(request, START).due == working(9)
    ClockRow.objects.filter(code="acknowledge").update(working_days=None)
    assert the_clock(request, START) is None


def test_an_assessment_is_due_a_year_after_the_first_confirmed_delivery(who):
    with on(START):
        pledge = cast.pledge_in(who, "agreed")
        cast.delivery_in(who, "disputed", pledge=pledge, quantity="1")
    with on(date(2026, 4, 15)):
        cast.delivery_in(who, "confirmed", pledge=pledge, quantity="2")
    with on(date(2026, 6, 1)):
        cast.delivery_in(who, "confirmed", pledge=pledge, quantity="2")
    request = pledge.need.request
    found = the_clock(request, date(2026, 6, 1))
    assert (found.name, found.started, found.due) == ("assess", date(2026, 4, 15), date(2027, 4, 15))
    with on(date(2026, 6, 2)):
        draft = cast.assessment_in(who, "draft", request=request)
    assert the_clock(draft, date(2026, 6, 2)).due == date(2027, 4, 15)
    with on(date(2026, 6, 3)):
        done = cast.assessment_in(who, "submitted", request=request)
    assert the_clock(done, date(2026, 6, 3)) is None
    assert the_clock(request, date(2026, 6, 3)) is None


@pytest.mark.parametrize("many", [1, 3])
def test_many_clocks_ask_as_few_questions_as_one(who, many, django_assert_num_queries):
    with on(START):
        requests = [cast.request_in(who, "under_review") for _ in range(many)]
        pledges = [cast.pledge_in(who, "offered") for _ in range(many)]
        deliveries = [cast.delivery_in(who, "recorded") for _ in range(many)]
    with on(START), django_assert_num_queries(2):
        assert len(asking_clocks.due_of(requests)) == many
    with on(START), django_assert_num_queries(1):
        assert len(giving_clocks.due_of(pledges)) == many
    with on(START), django_assert_num_queries(2):
        assert len(giving_clocks.due_of(deliveries)) == many


# reminders


def test_a_request_nobody_acknowledges_reminds_the_desk(who):
    with on(START):
        request = cast.request_in(who, "submitted")
    assert live(START, START + timedelta(days=60)) == [
        working(2), working(5) + timedelta(days=1), working(5) + timedelta(days=8), working(5) + timedelta(days=15)
    ]  # fmt: skip
    with on(START + timedelta(days=61)):
        services.deliver_outbox()
    soon = Notification.objects.filter(outbox__notice="request.acknowledge_soon")
    late = Notification.objects.filter(outbox__notice="request.acknowledge_late")
    assert names(who, soon) == {"case_officer*"}
    assert late.count() == 3
    events = CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="reminded")
    assert [event.facts for event in events.order_by("pk")] == [
        {"clock": "acknowledge", "number": number, "due": working(5).isoformat()} for number in range(4)
    ]
    assert list(findings()) == []


def test_what_was_done_in_time_reminds_nobody(who):
    with on(START):
        request = cast.request_in(who, "submitted")
    with on(working(1)):
        asking.move_request(
            request, "acknowledge", actor=who.case_officer, facts={"authentication": "a call"}
        )
    assert live(working(1), working(10)) == []


def test_who_is_reminded_of_what(who):
    with on(START):
        cast.request_in(who, "clarification")
        cast.pledge_in(who, "accepted")
        cast.delivery_in(who, "recorded")
        cast.pledge_in(who, "agreed", window_until=datetime(2026, 3, 20, tzinfo=UTC))
    for day in (working(13), working(16), working(17), working(18), working(21), working(58), working(61)):
        with on(day):
            keep_time()
            services.deliver_outbox()
    told = {
        code: names(who, Notification.objects.filter(outbox__notice=code))
        for code in Outbox.objects.values_list("notice", flat=True).distinct()
        if code.endswith(("_soon", "_late"))
    }
    state = {"afg_focal_point*", "afg_approver*"}
    assert told == {
        "request.answer_soon": state,
        "request.answer_late": state | {"case_officer"},
        "pledge.agree_soon": {"nor_approver*", "case_officer*"},
        "pledge.agree_late": {"nor_approver*", "case_officer*", "nor_officer", "afg_focal_point", "afg_approver"},
        "delivery.confirm_soon": state,
        "delivery.confirm_late": state | {"case_officer"},
        "pledge.deliver_late": {
            "nor_officer*", "nor_approver*", "case_officer", "afg_focal_point", "afg_approver",
        },
    } | ({"pledge.deliver_soon": {"nor_officer*", "nor_approver*"}} if "pledge.deliver_soon" in told else {})  # fmt: skip


def test_import_reminds_of_nothing_that_was_past_when_it_came(who):
    """Rule of interfaces.md: no reminder for a past date, and nothing lapses."""
    long_ago = datetime(2018, 1, 10, tzinfo=UTC)
    with on(date(2018, 1, 8)):
        draft = cast.request_in(who, "draft", note_verbale_date=datetime(2018, 1, 1, tzinfo=UTC))
        need = draft.needs.get()
    with on(START):
        for move, days in (("submit", 0), ("acknowledge", 1), ("circulate", 2)):
            asking.move_request(draft, move, actor=IMPORT, at=long_ago + timedelta(days=days))
        need.refresh_from_db()
        rows = [cast.new_pledge(who, need, "1", agreement_signed=long_ago) for _ in range(2)]
        rows = [giving.begin_pledge(row, actor=IMPORT, at=long_ago + timedelta(days=3)) for row in rows]
        offered, recent = rows
        giving.move_pledge(offered, "offer", actor=IMPORT, at=long_ago + timedelta(days=4))
        giving.move_pledge(recent, "offer", actor=IMPORT, at=datetime(2026, 2, 16, tzinfo=UTC))
    other = AssistanceRequest.objects.get(pk=draft.pk)
    assert the_clock(offered, START).late
    live(START, START + timedelta(days=45))
    due = working(30, date(2026, 2, 16))
    assert {(row.case_id, row.clock) for row in Reminder.objects.all()} == {(recent.pk, "respond")}
    assert reminders()[0] == ("respond", 0, working(27, date(2026, 2, 16)))
    assert due > START
    offered.refresh_from_db()
    assert (offered.status, other.status) == ("offered", "open")


# what lapses


def test_a_pledge_that_nobody_answers_lapses_after_two_late_reminders(who):
    with on(START):
        pledge = cast.pledge_in(who, "offered")
    due = working(30)
    busy = live(working(25), due + timedelta(days=40))
    assert busy == [working(27), due + timedelta(days=1), due + timedelta(days=8), due + timedelta(days=15)]
    assert [number for _, number, _ in reminders()] == [0, 1, 2]
    pledge.refresh_from_db()
    assert (pledge.status, clock.day(pledge.lapsed_at)) == ("lapsed", due + timedelta(days=15))
    services.deliver_outbox()
    told = names(who, Notification.objects.filter(outbox__notice="pledge.lapsed"))
    assert told == {"afg_focal_point", "afg_approver", "nor_officer", "nor_approver", "case_officer"}
    assert list(findings()) == []


def test_an_answer_after_the_second_reminder_keeps_the_pledge(who):
    with on(START):
        pledge = cast.pledge_in(who, "offered")
    due = working(30)
    live(due, due + timedelta(days=10))
    with on(due + timedelta(days=11)):
        giving.move_pledge(pledge, "accept", actor=who.afg_approver)
    live(due + timedelta(days=12), due + timedelta(days=40))
    pledge.refresh_from_db()
    assert pledge.status == "accepted"


def test_a_pledge_without_agreement_lapses_and_gives_its_place_back(who):
    with on(START):
        need = cast.request_in(who, "open", quantities=("10",)).needs.get()
        pledge = cast.pledge_in(who, "accepted", need=need, quantity="10")
    due = working(60)
    live(due, due + timedelta(days=20))
    pledge.refresh_from_db()
    assert pledge.status == "lapsed"
    with on(due + timedelta(days=21)):
        assert cast.pledge_in(who, "offered", need=need, quantity="10").status == "offered"


def test_an_open_request_on_which_nothing_happens_for_two_years_lapses(who):
    with on(START):
        request = cast.request_in(who, "open")
    last = date(2028, 3, 2)
    busy = live(date(2028, 2, 20), date(2028, 4, 1))
    assert busy == [
        add_days_back(last, 3), last + timedelta(days=1), last + timedelta(days=8), last + timedelta(days=15)
    ]  # fmt: skip
    request.refresh_from_db()
    assert request.status == "closed"
    event = CaseEvent.objects.filter(case_type="request", case_id=request.pk).latest("pk")
    assert (event.move, event.actor_kind) == ("lapse", "system")


def add_days_back(day, number):
    """The first day from which so many working days are left."""
    return max(d for n in range(20) if working_days(d := day - timedelta(days=n), day, holidays()) == number)


@pytest.mark.parametrize("what", ["pledge", "consent", "withdrawn pledge"])
def test_any_activity_starts_the_two_years_again(who, what):
    with on(START):
        request = cast.request_in(who, "open")
    with on(date(2027, 9, 1)):
        if what == "consent":
            asking.move_request(
                request, "change_consent", actor=who.afg_approver, facts={"visibility": "public"}
            )
        else:
            pledge = cast.pledge_in(who, "accepted", need=request.needs.get())
            if what == "withdrawn pledge":
                giving.move_pledge(pledge, "cancel", actor=who.nor_approver, facts={"reason": "No funds"})
            else:
                giving.move_pledge(pledge, "agree", actor=who.nor_approver)
    live(date(2028, 2, 25), date(2028, 4, 20))
    request.refresh_from_db()
    assert request.status == "open"
    if what != "pledge":
        live(date(2029, 8, 25), date(2029, 9, 20))
        request.refresh_from_db()
        assert request.status == "closed"
    else:  # it is held by its pledge however long that takes
        with on(date(2030, 1, 1)):
            keep_time()
        request.refresh_from_db()
        assert request.status == "open"


def test_an_offer_ends_the_day_after_its_last(who):
    with on(START):
        offer = cast.offer_in(who, "published", valid_until=datetime(2026, 3, 20, 18, tzinfo=UTC))
        partly = cast.offer_in(who, "partly_taken", valid_until=datetime(2026, 3, 21, tzinfo=UTC))
        endless = cast.offer_in(who, "published")
    assert live(START, date(2026, 4, 1)) == [date(2026, 3, 21), date(2026, 3, 22)]
    for row, status in ((offer, "expired"), (partly, "expired"), (endless, "published")):
        row.refresh_from_db()
        assert row.status == status


def test_an_offer_that_had_ended_before_it_was_imported_stays_as_it_is(who):
    with on(START):
        offer = cast.new_offer(
            who, valid_from=datetime(2018, 1, 1, tzinfo=UTC), valid_until=datetime(2018, 12, 31, tzinfo=UTC)
        )
        offer = giving.draft_offer(offer, actor=IMPORT, at=datetime(2018, 1, 1, tzinfo=UTC))
        offer = giving.move_offer(offer, "publish", actor=IMPORT, at=datetime(2018, 1, 2, tzinfo=UTC))
        assert keep_time() == 0
    offer.refresh_from_db()
    assert offer.status == "published"


# what follows a delivery


def test_the_state_is_asked_for_an_assessment_after_a_year(who):
    with on(START):
        request = cast.delivery_in(who, "confirmed").pledge.need.request
    due = date(2027, 3, 2)
    rounds = [due - timedelta(days=9), due - timedelta(days=5), due - timedelta(days=1), due]
    for day in rounds:
        with on(day):
            keep_time()
            assert keep_time() == 0
            assert ImpactAssessment.objects.count() == (day == due)
    assessment = ImpactAssessment.objects.get()
    assert (assessment.status, assessment.request) == ("requested", request)
    for days in (1, 8, 15, 22, 29):
        with on(due + timedelta(days=days)):
            keep_time()
            services.deliver_outbox()
    state = {"afg_focal_point*", "afg_approver*"}
    assert names(who, Notification.objects.filter(outbox__notice="request.assess_soon")) == {
        "afg_focal_point", "afg_approver", "case_officer",
    }  # fmt: skip
    late = Notification.objects.filter(outbox__notice="assessment.assess_late")
    assert names(who, late) == state
    assert late.count() == 6
    assert ImpactAssessment.objects.count() == 1


def test_a_state_that_has_begun_is_not_asked(who):
    with on(START):
        request = cast.delivery_in(who, "confirmed").pledge.need.request
        cast.assessment_in(who, "draft", request=request)
    with on(date(2027, 3, 5)):
        keep_time()
    assert [row.status for row in ImpactAssessment.objects.all()] == ["draft"]


def test_follow_ups_are_due_after_6_12_and_24_months(who):
    with on(START):
        delivery = cast.delivery_in(who, "confirmed")
        assert [(line.months, line.day, line.answered, line.late) for line in giving_clocks.follow_ups(delivery)] == [
            (6, date(2026, 9, 2), False, False), (12, date(2027, 3, 2), False, False), (24, date(2028, 3, 2), False, False),
        ]  # fmt: skip
    assert the_clock(delivery, date(2026, 9, 1)) is None
    found = the_clock(delivery, date(2026, 9, 2))
    assert (found.name, found.started, found.due) == ("follow_up", date(2026, 9, 2), date(2026, 10, 2))
    assert the_clock(delivery, date(2026, 10, 3)).late
    with on(date(2026, 10, 5)):
        giving.answer_follow_up(
            delivery, FollowUp(date=clock.now(), status="in-use"), actor=who.afg_focal_point
        )
        assert [line.answered for line in giving_clocks.follow_ups(delivery)] == [True, False, False]
    assert the_clock(delivery, date(2027, 2, 1)) is None
    assert the_clock(delivery, date(2027, 3, 2)).started == date(2027, 3, 2)
    with on(date(2027, 2, 20)):  # a little early counts
        giving.answer_follow_up(
            delivery, FollowUp(date=clock.now(), status="lost"), actor=who.afg_focal_point
        )
    assert the_clock(delivery, date(2027, 3, 20)) is None
    assert the_clock(delivery, date(2028, 3, 2)).started == date(2028, 3, 2)


def test_the_state_is_told_on_the_day_and_reminded_when_late(who):
    with on(START):
        cast.delivery_in(who, "confirmed")
    busy = live(date(2026, 8, 30), date(2026, 11, 1))
    until = date(2026, 10, 2)
    assert busy == [date(2026, 9, 2), *(until + timedelta(days=days) for days in (1, 8, 15))]
    services.deliver_outbox()
    state = {"afg_focal_point*", "afg_approver*"}
    assert names(who, Notification.objects.filter(outbox__notice="delivery.follow_up_soon")) == state
    assert names(who, Notification.objects.filter(outbox__notice="delivery.follow_up_late")) == state | {
        "case_officer"
    }


def test_one_record_that_cannot_be_dealt_with_does_not_hold_up_the_others(who, caplog):
    """A pledge whose rows were changed past the services: its move is refused, the next one's is made."""
    with on(START):
        first, second = cast.pledge_in(who, "offered"), cast.pledge_in(who, "offered")
    due = working(30)
    live(due, due + timedelta(days=14))
    day = due + timedelta(days=15)
    Pledge.objects.filter(pk=first.pk).update(
        offered_at=datetime(2026, 3, 2, tzinfo=UTC), accepted_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    with on(day):
        assert giving_time.keep_time() == 2  # one ends, of the other its donor and State are reminded
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("offered", "lapsed")
    assert "is left as it is" in caplog.text


def test_delivered_amounts_do_not_matter_to_a_clock(who):
    with on(START):
        delivery = cast.delivery_in(who, "confirmed", quantity="1")
    assert Decimal(1) == delivery.quantity
    assert the_clock(delivery, START) is None


def test_the_portal_s_own_steps_are_the_system_s(who):
    with on(START):
        cast.pledge_in(who, "offered")
    live(working(27), working(27))
    event = CaseEvent.objects.filter(move="reminded").get()
    assert (event.actor_kind, event.source, event.target) == (SYSTEM.kind.value, "offered", "offered")
