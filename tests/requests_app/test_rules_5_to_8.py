"""Rules 5, 6, 8 and 16 of requests, tried through the services and past them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import transaction

from donors import services as giving
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.models import Counter
from requests_app import services as asking
from requests_app.models import AssistanceRequest
from tests import cast
from tests.past import refused, sql

pytestmark = pytest.mark.django_db


def submitted(who, at=None):
    request = cast.request_in(who, "approval")
    return asking.move_request(request, "submit", actor=who.afg_approver, at=at)


def test_the_next_number_is_given_under_its_state_and_year(who):
    first, second = submitted(who), submitted(who)
    year = clock.today().year
    assert [first.reference, second.reference] == [f"TA-{year}-AFG-0001", f"TA-{year}-AFG-0002"]
    moved_on = asking.move_request(first, "decline", actor=who.case_officer, facts={"reason": "x"})
    again = asking.move_request(moved_on, "reopen", actor=who.case_officer, facts={"reason": "y"})
    assert again.reference == first.reference


def test_a_refused_submission_takes_no_number(who):
    bad = cast.request_in(who, "approval")
    AssistanceRequest.objects.filter(pk=bad.pk).update(note_verbale_number="")
    with pytest.raises(Refused):
        asking.move_request(bad, "submit", actor=who.afg_approver)
    assert submitted(who).reference.endswith("-0001")


def test_the_year_of_a_number_is_that_of_the_utc_day(who):
    """Half past midnight in Tashkent on New Year's Day is still the old year."""
    at = datetime(2020, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=5)))
    request = cast.draft(who, note_verbale_date=datetime(2019, 12, 1, tzinfo=UTC))
    request = asking.move_request(request, "submit", actor=IMPORT, at=at)
    assert request.reference == "TA-2019-AFG-0001"


def test_a_counter_that_was_put_forward_leaves_no_gap(who):
    year = clock.today().year
    submitted(who)
    Counter.objects.filter(key=f"TA-{year}-AFG").update(last=9999)
    with transaction.atomic():
        submitted(who)
        refused("references_have_no_gap", "SELECT 1")
        transaction.set_rollback(True)


def test_references_past_the_services(who):
    year = clock.today().year
    first, second, draft = submitted(who), submitted(who), cast.draft(who)
    table = "requests_app_assistancerequest"
    kept = "a_reference_is_never_changed_or_reused"
    refused(kept, f"UPDATE {table} SET reference = 'TA-{year}-AFG-0003' WHERE id = %s", second.pk)
    refused(kept, f"UPDATE {table} SET reference = NULL WHERE id = %s", second.pk)
    refused(kept, f"DELETE FROM {table} WHERE id = %s", first.pk)
    series = "a_reference_names_its_state_and_year"
    refused(series, f"UPDATE {table} SET state_id = 'KEN' WHERE id = %s", first.pk)
    refused(
        series,
        f"UPDATE {table} SET submitted_at = submitted_at + interval '400 days' WHERE id = %s",
        first.pk,
    )
    give = f"UPDATE {table} SET reference = %s, submitted_at = now() WHERE id = %s"
    for reference in (
        "TA-2018-AFG-0001",
        f"TA-{year}-KEN-0001",
        "x",
        f"TA-{year}-AFG-0000",
        f"TA-{year}-AFG-",
    ):
        refused(series, give, reference, draft.pk)
    for reference in (f"TA-{year}-AFG-0004", f"TA-{year}-AFG-9999"):
        refused("references_have_no_gap", give, reference, draft.pk)
    refused("references_have_no_gap", give, f"TA-{year}-AFG-003", draft.pk)
    refused("reference", give, f"TA-{year}-AFG-0002", draft.pk)
    refused("request_submitted_has_reference", f"UPDATE {table} SET status = 'open' WHERE id = %s", draft.pk)
    refused("request_status", f"UPDATE {table} SET status = 'lost' WHERE id = %s", draft.pk)
    assert sql(give, f"TA-{year}-AFG-0003", draft.pk) == 1


@pytest.mark.parametrize("thing", ["offer", "pledge", "delivery", "contribution", "assessment"])
def test_other_references_are_kept_too(who, thing):
    make = {
        "offer": (cast.offer_in, "published", "donors_offer", "OF"),
        "pledge": (cast.pledge_in, "offered", "donors_pledge", "PL"),
        "delivery": (cast.delivery_in, "recorded", "donors_delivery", "DE"),
        "contribution": (cast.contribution_in, "announced", "donors_contribution", "CO"),
        "assessment": (cast.assessment_in, "submitted", "requests_app_impactassessment", "IA"),
    }
    maker, state, table, prefix = make[thing]
    first, second = maker(who, state), maker(who, state)
    year = clock.today().year
    numbers = [int(row.reference.removeprefix(f"{prefix}-{year}-")) for row in (first, second)]
    assert numbers[0] < numbers[1]
    kept = "a_reference_is_never_changed_or_reused"
    refused(kept, f"UPDATE {table} SET reference = 'XX-1' WHERE id = %s", first.pk)
    refused(kept, f"UPDATE {table} SET reference = NULL WHERE id = %s", first.pk)


def test_the_drafter_does_not_sign(who):
    both = cast.person(cast.government("AFG"), "focal_point", "approver")
    request = cast.draft(who, by=both)
    request = asking.move_request(request, "send_for_approval", actor=who.afg_focal_point)
    with pytest.raises(Refused, match="does not approve it"):
        asking.move_request(request, "submit", actor=both)
    request = asking.move_request(request, "return", actor=both, facts={"reason": "figures"})
    assert asking.move_request(request, "send_for_approval", actor=both).status == "approval"


def test_a_person_whose_membership_has_ended_signs_nothing(who):
    leaver = cast.person(cast.government("AFG"), "approver")
    leaver.user.memberships.update(until=clock.today())
    request = cast.request_in(who, "approval")
    with pytest.raises(NotAllowed):
        asking.move_request(request, "submit", actor=cast.acting(leaver.user, cast.government("AFG")))


def test_a_record_is_born_once(who):
    request = cast.draft(who)
    again = AssistanceRequest.objects.get(pk=request.pk)
    with pytest.raises(Conflict, match="entered before"):
        asking.draft_request(again, needs=[], actor=who.afg_focal_point)
    assert AssistanceRequest.objects.get(pk=request.pk).status == "draft"


def test_a_withdrawn_request_releases_what_was_offered_or_accepted(who):
    request = cast.request_in(who, "open", quantities=("30",))
    need = request.needs.get()
    pledges = {
        s: cast.pledge_in(who, s, need=need, quantity="1")
        for s in ("draft", "offered", "accepted", "declined")
    }
    asking.move_request(request, "withdraw", actor=who.afg_approver)
    for row in pledges.values():
        row.refresh_from_db()
    assert {s: row.status for s, row in pledges.items()} == {
        "draft": "draft", "offered": "lapsed", "accepted": "lapsed", "declined": "declined",
    }  # fmt: skip
    assert pledges["offered"].reason == "the request was withdrawn"
    with pytest.raises(Refused, match=r"no such need|not open"):
        giving.move_pledge(pledges["draft"], "offer", actor=who.nor_approver)
    assert list(findings()) == []


def test_several_questions_are_answered_one_by_one(who):
    request = cast.request_in(who, "clarification")
    request = asking.move_request(
        request, "ask_for_clarification", actor=who.case_officer, facts={"question": "And for when?"}
    )
    for answer, status in (("For all", "clarification"), ("For May", "under_review")):
        request = asking.move_request(request, "answer", actor=who.afg_focal_point, facts={"answer": answer})
        assert request.status == status
    rows = request.clarifications.order_by("pk").values_list("question", "answer")
    assert list(rows) == [("For whom?", "For all"), ("And for when?", "For May")]
    row = request.clarifications.first()
    refused(
        "clarification_answered_after_asked",
        "UPDATE requests_app_clarification SET answered_at = asked_at - interval '1 day' WHERE id = %s", row.pk,
    )  # fmt: skip


def test_every_move_is_one_event_with_when_it_happened_and_when_it_was_entered(who):
    request = cast.request_in(who, "submitted")
    at = clock.now().replace(hour=0, minute=0, second=0)
    asking.move_request(
        request, "acknowledge", actor=who.case_officer, at=at, facts={"authentication": "by telephone"}
    )
    event = CaseEvent.objects.filter(case_type="request", case_id=request.pk).last()
    assert (event.move, event.source, event.target) == ("acknowledge", "submitted", "under_review")
    assert event.occurred_at == at <= event.recorded_at
    assert (event.actor_user, event.actor_organisation) == (who.case_officer.user.pk, cast.secretariat().pk)
    assert event.facts == {"authentication": "by telephone"}


def test_a_need_says_what_the_resolution_can_be_asked(who):
    need = cast.draft(who).needs.get()
    for paragraphs in ("{}", "{0}", "{10}", "{1,11}"):
        refused(
            "need_paragraphs_1_to_9",
            "UPDATE requests_app_need SET paragraphs = %s WHERE id = %s",
            paragraphs,
            need.pk,
        )
    refused(
        "need_unit_cost_whole",
        "UPDATE requests_app_need SET unit_cost_currency = 'EUR' WHERE id = %s",
        need.pk,
    )
