"""Of every move: who is told, and nobody else; what each of them is asked to do, and that it is done with.

`TOLD` is written by hand from the design's “sets off”; whoever is asked to do something stands with a star.
"""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donors import services as giving
from donors.models import FollowUp, LedgerEntry
from donors.workflow import TABLES as GIVING
from portal.audit.cases import CASES, case_type
from portal.audit.models import CaseEvent
from portal.core import clock
from portal.core.actor import IMPORT, SYSTEM
from portal.core.workflow import NEW
from portal.notifications import selectors, services
from portal.notifications.catalogue import BESIDE, CATALOGUE, EVENTS, MOVES, REMINDERS
from portal.notifications.models import Notification, Outbox
from portal.policy.engine import visible_to
from reports.workflow import TABLES as REPORTING
from requests_app import services as asking
from requests_app.models import ImpactAssessment
from requests_app.workflow import TABLES as ASKING
from tests import cast
from tests.moves import every_step, go, stored_in

pytestmark = pytest.mark.django_db
LINES = [(table.name, line) for table in (*ASKING, *GIVING, *REPORTING) for line in table.transitions]
STATE = {"afg_focal_point", "afg_approver"}
WHOLE_STATE = STATE | {"afg_coordinator"}
DONOR = {"nor_officer", "nor_approver"}
DESK = {"case_officer"}

# (thing, move), or (thing, state, move) where the state tells: without who does it
TOLD = {
    ("request", "draft"): set(),
    ("request", "send_for_approval"): {"afg_approver*"},
    ("request", "return"): {"afg_focal_point*"},
    ("request", "submit"): {"case_officer*", "afg_focal_point", "afg_coordinator"},
    ("request", "acknowledge"): STATE,
    ("request", "decline"): STATE,
    ("request", "ask_for_clarification"): {"afg_focal_point*", "afg_approver*"},
    ("request", "answer"): {"case_officer*"},
    ("request", "circulate"): STATE,
    ("request", "change_consent"): {"afg_focal_point", "case_officer"},
    ("request", "amend"): {"afg_focal_point", "case_officer"},
    ("request", "close"): WHOLE_STATE,
    ("request", "lapse"): WHOLE_STATE | DESK,
    ("request", "withdraw"): {"afg_focal_point", "afg_coordinator", "case_officer"},
    ("request", "draft", "withdraw"): {"afg_focal_point"},
    ("request", "approval", "withdraw"): {"afg_focal_point"},
    ("request", "reopen"): STATE,
    ("assessment", "request"): {"afg_focal_point*", "afg_approver"},
    ("assessment", "start"): set(),
    ("assessment", "send_for_approval"): {"afg_approver*"},
    ("assessment", "return"): {"afg_focal_point*"},
    ("assessment", "submit"): DESK | DONOR,
    ("assessment", "publish"): DESK | DONOR,
    ("offer", "draft"): set(),
    ("offer", "publish"): {"nor_officer", "case_officer"},
    ("offer", "take_up"): set(),
    ("offer", "give_back"): set(),
    ("offer", "withdraw"): {"nor_officer", "case_officer"},
    ("offer", "expire"): DONOR | DESK,
    ("pledge", "announce"): set(),
    ("pledge", "draft"): set(),
    ("pledge", "offer"): {"afg_approver*", "afg_focal_point", "nor_officer", "case_officer"},
    ("pledge", "accept"): {"nor_approver*", "nor_officer", "case_officer*"},
    ("pledge", "decline"): DONOR | DESK,
    ("pledge", "withdraw"): STATE | DESK,
    ("pledge", "draft", "withdraw"): set(),
    ("pledge", "agree"): {"nor_officer*", "case_officer"} | STATE,
    ("pledge", "start_delivery"): STATE,
    ("pledge", "record_delivery"): set(),
    ("pledge", "complete"): {"afg_approver*", "afg_focal_point", "case_officer"},
    ("pledge", "resume"): set(),
    ("pledge", "acknowledge"): DONOR | DESK,
    ("pledge", "cancel"): STATE | DESK | {"nor_officer"},
    ("pledge", "redirect"): STATE | DESK | {"nor_officer"},
    ("pledge", "lapse"): STATE | DESK | DONOR,
    ("delivery", "record"): {"afg_focal_point*", "afg_approver*", "case_officer"},
    ("delivery", "confirm"): DONOR | DESK,
    ("delivery", "dispute"): {"nor_officer*", "nor_approver*", "case_officer"},
    ("delivery", "correct"): {"afg_focal_point*", "afg_approver*"},
    ("delivery", "void"): STATE | DESK | {"nor_approver"},
    ("contribution", "announce"): {"second_finance_officer*"},
    ("contribution", "agree"): DONOR | {"second_finance_officer*"},
    ("contribution", "cancel"): DONOR | {"second_finance_officer"},
    ("contribution", "receive"): DONOR,
    ("contribution", "allocate"): DONOR,
    ("contribution", "charge_psc"): DONOR,
    ("contribution", "refund"): DONOR,
    ("contribution", "reverse"): DONOR | {"finance_officer"},
    ("contribution", "close"): DONOR | {"second_finance_officer"},
}


def names(who, rows):
    """The people of notices, with a star where something is asked."""
    known = {(a.user.pk, a.organisation.pk): name for name, a in who.everyone() if a.user}
    return {known[row.user_id, row.organisation_id] + "*" * row.asked for row in rows}


def told_of(who, record, move):
    event = CaseEvent.objects.filter(case_type=case_type(record), case_id=record.pk, move=move).latest("pk")
    return names(who, Notification.objects.filter(outbox__event=event))


def should(thing, state, move):
    found = TOLD.get((thing, state, move), TOLD.get((thing, move)))
    assert found is not None, f"say who is told when {thing} {move}"
    return found


def test_every_notice_has_its_words_its_people_and_its_use():
    used = {line.notice for _, line in LINES} - {""}
    beside = {notice for notices in BESIDE.values() for notice in notices}
    assert used | beside | set(EVENTS.values()) == set(MOVES)
    shown = {name for name, case in CASES.items() if case.view}
    for code, notice in CATALOGUE.items():
        text = str(notice.text) % {"reference": "TA-1", "day": "1 May"}
        assert text.endswith("."), code
        assert notice.audiences, code
        assert bool(notice.asks) == any(audience.asked for audience in notice.audiences), code
        assert code.partition(".")[0].replace("input", "input_request") in shown, code
    assert {name for name, case in CASES.items() if case.page} == shown
    assert {code.rpartition("_")[2] for code in REMINDERS} == {"soon", "late"}


def test_every_move_says_who_is_told():
    things = {"request", "assessment", "offer", "pledge", "delivery", "contribution"}
    moves = {(name, line.name) for name, line in LINES if name in things}
    assert moves == {(key[0], key[-1]) for key in TOLD}
    silent = {(name, line.name) for name, line in LINES if name in things and not line.notice}
    assert silent == {key for key, people in TOLD.items() if len(key) == 2 and not people}


# made by the portal alone, within another's move that has its own notice
WITHIN = {("pledge", "resume"), ("offer", "give_back")}
STEPS = [step for step in every_step() if (step[0], step[2]) not in WITHIN]


@pytest.mark.parametrize(("thing", "state", "move"), STEPS)
def test_a_move_tells_these_and_nobody_else(who, thing, state, move):
    record = stored_in(who, thing, state)
    services.deliver_outbox()
    go(who, thing, record, move)
    services.deliver_outbox()
    assert told_of(who, record, move) == should(thing, state, move)


@pytest.mark.parametrize(("thing", "state", "move"), [
    ("assessment", "requested", "request"), ("delivery", "recorded", "record"), ("contribution", "announced", "announce"),
    ("request", "draft", "draft"), ("offer", "draft", "draft"), ("pledge", "announced", "announce"),
])  # fmt: skip
def test_what_comes_into_being_tells_these_and_nobody_else(who, thing, state, move):
    record = stored_in(who, thing, state)
    services.deliver_outbox()
    assert told_of(who, record, move) == should(thing, NEW, move)


@pytest.mark.parametrize(("thing", "state", "move"), STEPS[::4])
def test_nobody_is_told_of_what_may_not_be_seen(who, thing, state, move):
    record = stored_in(who, thing, state)
    go(who, thing, record, move)
    services.deliver_outbox()
    people = {(a.user.pk, a.organisation.pk): a for _, a in who.everyone() if a.user}
    for row in Notification.objects.select_related("outbox"):
        if CATALOGUE[row.outbox.notice].told_before:
            continue
        actor = people[row.user_id, row.organisation_id]
        model = type(record) if row.outbox.case_type == thing else None
        if model is not None and row.outbox.case_id == record.pk and row.outbox.event.move == move:
            seen = visible_to(actor, CASES[thing].view, model.objects.all())
            assert seen.filter(pk=record.pk).exists(), (row.outbox.notice, actor)


# who among the donors


def test_donors_whose_offers_fit_are_told_that_a_request_is_open(who):
    cast.offer_in(who, "published")
    request = cast.request_in(who, "open")
    services.deliver_outbox()
    assert told_of(who, request, "circulate") == STATE | DONOR


@pytest.mark.parametrize("columns", [
    {"theme_id": "prevention"}, {"form_id": "equipment"}, {"regions": ["002"]},
    {"valid_from": cast.NOW.replace(year=2020), "valid_until": cast.NOW.replace(year=2021)},
])  # fmt: skip
def test_an_offer_that_does_not_fit_tells_nothing(who, columns):
    cast.offer_in(who, "published", **columns)
    cast.offer_in(who, "draft")
    cast.offer_in(who, "withdrawn")
    request = cast.request_in(who, "open")
    services.deliver_outbox()
    assert told_of(who, request, "circulate") == STATE


@pytest.mark.parametrize("columns", [{"regions": ["142"]}, {"regions": ["034"]}])
def test_an_offer_for_the_region_fits(who, columns):
    cast.offer_in(who, "published", **columns)
    request = cast.request_in(who, "open")
    services.deliver_outbox()
    assert told_of(who, request, "circulate") == STATE | DONOR


def test_a_donor_to_whom_the_state_shows_the_request_is_told_whatever_it_offers(who):
    request = cast.request_in(who, "under_review", visibility="selected-donors")
    asking.show_to(request, [who.other_officer.organisation], actor=who.afg_approver)
    services.deliver_outbox()
    assert told_of(who, request, "show_to") == set()  # it is not open yet
    request = asking.move_request(request, "circulate", actor=who.case_officer)
    asking.show_to(request, [who.nor_officer.organisation], actor=who.afg_approver)
    services.deliver_outbox()
    assert told_of(who, request, "circulate") == STATE | DONOR | {"other_officer", "other_approver"}
    assert told_of(who, request, "show_to") == DONOR | {"other_officer", "other_approver"}


@pytest.mark.parametrize(("move", "state", "by", "facts"), [
    ("close", "acknowledged", "case_officer", {"state_agrees": "note 7"}),
    ("withdraw", "offered", "afg_approver", {"reason": "No longer needed"}),
])  # fmt: skip
def test_donors_that_pledged_are_told_of_the_end(who, move, state, by, facts):
    pledge = cast.pledge_in(who, state)
    Outbox.objects.all().delete()
    request = pledge.need.request
    request.refresh_from_db()
    asking.move_request(request, move, actor=getattr(who, by), facts=facts)
    services.deliver_outbox()
    assert told_of(who, request, move) == (STATE | DESK | DONOR) - {by} - (
        {"case_officer"} if move == "close" else set()
    )


def test_states_asked_to_join_are_told_and_hear_of_the_request_once_they_have(who):
    request = cast.request_in(who, "submitted", joint=("TJK",))
    services.deliver_outbox()
    rows = Notification.objects.filter(outbox__notice="request.asked_to_join")
    assert names(who, rows) == {"tjk_approver*", "tjk_focal_point"}
    assert selectors.inbox(who.tjk_approver).filter(outstanding=True).count() == 1
    cast.confirm_all(who, request)
    services.deliver_outbox()
    assert selectors.inbox(who.tjk_approver).filter(outstanding=True).count() == 0
    assert told_of(who, request, "confirm_joint") == STATE | {"tjk_focal_point", "case_officer"}
    request = asking.move_request(
        request, "acknowledge", actor=who.case_officer, facts={"authentication": "by telephone"}
    )
    services.deliver_outbox()
    assert told_of(who, request, "acknowledge") == STATE | {"tjk_focal_point", "tjk_approver"}


def test_telling_asks_no_more_questions_the_more_governments_there_are(who):
    def ask():
        with CaptureQueriesContext(connection) as found:
            services.deliver_outbox()
        return len(found)

    cast.pledge_in(who, "accepted")
    first = ask()
    for iso3 in ("PAK", "IRN", "UZB", "TKM", "KGZ"):
        for role in ("focal_point", "approver"):
            cast.person(cast.government(iso3), role)
    cast.pledge_in(who, "accepted")
    assert ask() == first


def test_import_tells_nobody(who):
    request = cast.request_in(who, "submitted")
    Outbox.objects.all().delete()
    asking.move_request(request, "acknowledge", actor=IMPORT)
    assert not Outbox.objects.exists()


# what is to be done


def test_what_is_asked_is_outstanding_until_the_record_moves_on(who):
    request = cast.request_in(who, "approval")
    services.deliver_outbox()
    waiting = selectors.inbox(who.afg_approver).filter(outstanding=True)
    assert [row.outbox.notice for row in waiting] == ["request.awaits_approval"]
    asking.move_request(request, "submit", actor=who.afg_approver)
    assert not waiting.all().exists()


def test_an_answer_that_leaves_a_question_open_leaves_the_other_outstanding(who):
    request = cast.request_in(who, "clarification")
    request = asking.move_request(
        request, "ask_for_clarification", actor=who.case_officer, facts={"question": "And where?"}
    )
    services.deliver_outbox()
    request = asking.move_request(request, "answer", actor=who.afg_focal_point, facts={"answer": "There"})
    open_ = selectors.inbox(who.afg_approver).filter(outstanding=True, outbox__notice="request.question")
    assert open_.exists()
    asking.move_request(request, "answer", actor=who.afg_focal_point, facts={"answer": "Here"})
    assert not open_.all().exists()


def test_a_follow_up_answered_is_done_with(who):
    delivery = cast.delivery_in(who, "confirmed")
    event = CaseEvent.objects.filter(case_type="delivery", case_id=delivery.pk).latest("pk")
    services.owe("delivery.follow_up_soon", record=delivery, event=event)
    services.deliver_outbox()
    open_ = selectors.inbox(who.afg_approver).filter(outstanding=True, outbox__case_type="delivery")
    assert open_.count() == 1
    giving.answer_follow_up(delivery, FollowUp(date=clock.now(), status="in-use"), actor=who.afg_focal_point)
    assert not open_.all().exists()


def test_an_assessment_asked_for_by_the_portal_is_told(who):
    request = cast.delivery_in(who, "confirmed").pledge.need.request
    assessment = asking.start_assessment(ImpactAssessment(request=request), requested=True, actor=SYSTEM)
    services.deliver_outbox()
    assert told_of(who, assessment, "request") == {"afg_focal_point*", "afg_approver"}


def test_who_approves_entries_is_told_of_a_proposal_and_who_proposed_of_its_refusal(who):
    contribution = cast.contribution_in(who, "received")
    entry = LedgerEntry(kind="psc", amount=Decimal(1), reason="")
    proposal = giving.propose_entry(contribution, "charge_psc", entry, actor=who.finance_officer)
    services.deliver_outbox()
    assert told_of(who, contribution, "propose_entry") == {"second_finance_officer*"}
    giving.refuse_entry(proposal, reason="Too early", actor=who.second_finance_officer)
    services.deliver_outbox()
    assert told_of(who, contribution, "refuse_entry") == {"finance_officer"}
