"""Rules 2 and 14: no more is delivered than was agreed, and nothing that no State has accepted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from donors import services as giving
from donors.models import Delivery, FollowUp, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.policy import engine
from portal.policy.actions import A
from tests import cast
from tests.past import refused

pytestmark = pytest.mark.django_db


def delivery(pledge, quantity="4", **columns):
    columns.setdefault("date", clock.now())
    return Delivery(pledge=pledge, quantity=Decimal(quantity), **columns)


def test_the_last_delivery_completes_the_pledge(who):
    pledge = cast.pledge_in(who, "agreed")
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="9.9999")
    pledge.refresh_from_db()
    assert pledge.status == "delivering"
    with pytest.raises(Refused, match=r"0\.0001 are left to deliver, and the delivery is of 0\.0002"):
        cast.delivery_in(who, "recorded", pledge=pledge, quantity="0.0002")
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="0.0001")
    pledge.refresh_from_db()
    assert pledge.status == "delivered"
    with pytest.raises(Conflict):
        cast.delivery_in(who, "recorded", pledge=pledge, quantity="0.0001")


def test_a_void_or_smaller_delivery_puts_the_pledge_back_into_delivery(who):
    pledge = cast.pledge_in(who, "agreed")
    first = cast.delivery_in(who, "disputed", pledge=pledge, quantity="4")
    second = cast.delivery_in(who, "recorded", pledge=pledge, quantity="6")
    assert Pledge.objects.get(pk=pledge.pk).status == "delivered"
    giving.move_delivery(first, "correct", actor=who.nor_officer, facts={"quantity": Decimal(3)})
    assert Pledge.objects.get(pk=pledge.pk).status == "delivering"
    third = cast.delivery_in(who, "recorded", pledge=pledge, quantity="1")
    assert Pledge.objects.get(pk=pledge.pk).status == "delivered"
    giving.move_delivery(second, "void", actor=who.nor_officer, facts={"reason": "twice"})
    assert Pledge.objects.get(pk=pledge.pk).status == "delivering"
    assert third.status == "recorded"


def test_a_pledge_that_was_closed_for_less_stays_so(who):
    pledge = cast.pledge_in(who, "delivering")
    first = cast.delivery_in(who, "disputed", pledge=pledge, quantity="4")
    pledge = giving.move_pledge(pledge, "complete", actor=who.nor_officer, facts={"reason": "fewer came"})
    giving.move_delivery(first, "correct", actor=who.nor_officer, facts={"quantity": Decimal(3)})
    assert Pledge.objects.get(pk=pledge.pk).status == "delivered"


def test_who_delivers_does_not_accept_the_surplus(who):
    pledge = cast.pledge_in(who, "agreed")
    for actor in (who.nor_officer, who.nor_approver, who.case_officer):
        with pytest.raises(Refused, match="only the State"):
            giving.record_delivery(delivery(pledge, "11", surplus_accepted="they said so"), actor=actor)


def test_past_the_services(who):
    pledge = cast.pledge_in(who, "agreed")
    first = cast.delivery_in(who, "recorded", pledge=pledge, quantity="4")
    name = "no_more_is_delivered_than_was_pledged"
    refused(name, "UPDATE donors_delivery SET quantity = 10.0001 WHERE id = %s", first.pk)
    refused(name, "UPDATE donors_pledge SET quantity = 3.9999 WHERE id = %s", pledge.pk)
    void = cast.delivery_in(who, "void", pledge=pledge, quantity="6")
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="6")
    refused(name, "UPDATE donors_delivery SET status = 'recorded' WHERE id = %s", void.pk)
    refused("delivery_quantity_positive", "UPDATE donors_delivery SET quantity = -1 WHERE id = %s", first.pk)
    Delivery.objects.filter(pk=first.pk).update(surplus_accepted="with thanks", quantity=Decimal(8))
    refused(name, "UPDATE donors_delivery SET surplus_accepted = '' WHERE id = %s", first.pk)


def test_nothing_is_delivered_that_no_state_accepted(who):
    offered = cast.pledge_in(who, "offered")
    for actor in (who.nor_officer, who.case_officer, IMPORT):
        with pytest.raises(Conflict):
            giving.record_delivery(delivery(offered), actor=actor)
    agreed = cast.delivery_in(who, "recorded")
    name = "nothing_is_delivered_that_no_state_accepted"
    refused(name, "UPDATE donors_delivery SET pledge_id = %s WHERE id = %s", offered.pk, agreed.pk)
    refused(
        name, "UPDATE donors_pledge SET accepted_at = NULL, agreed_at = NULL WHERE id = %s", agreed.pledge_id
    )  # fmt: skip
    refused(
        "pledge_agreed_after_acceptance", "UPDATE donors_pledge SET agreed_at = now() WHERE id = %s", offered.pk
    )  # fmt: skip
    refused(
        "pledge_accepted_after_offer",
        "UPDATE donors_pledge SET accepted_at = now(), offered_at = NULL WHERE id = %s",
        offered.pk,
    )


def test_days_of_a_delivery(who):
    pledge = cast.pledge_in(who, "agreed")
    tomorrow, yesterday = clock.now() + timedelta(days=1), clock.now() - timedelta(days=1)
    with pytest.raises(Refused, match="in the future"):
        giving.record_delivery(delivery(pledge, date=tomorrow), actor=who.nor_officer)
    with pytest.raises(Refused, match="before the agreement"):
        giving.record_delivery(delivery(pledge, date=yesterday), actor=who.nor_officer)
    with pytest.raises(Refused, match="fewer decimals"):
        giving.record_delivery(
            delivery(pledge, value_amount=Decimal("1.001"), value_currency="USD"), actor=who.nor_officer
        )
    late = cast.delivery_in(who, "recorded", pledge=pledge)
    refused(
        "delivery_confirmed_after_date",
        "UPDATE donors_delivery SET confirmed_at = date - interval '1 day' WHERE id = %s", late.pk,
    )  # fmt: skip


def test_on_its_last_day_a_cancelled_pledge_delivers_only_what_is_left(who):
    """In import: what came on the day of the cancellation counts, where nobody else holds the need by then."""
    need = cast.request_in(who, "open").needs.get()
    pledge = cast.pledge_in(who, "accepted", need=need)
    pledge = giving.move_pledge(pledge, "cancel", actor=who.nor_approver, facts={"reason": "no funds"})
    with pytest.raises(Conflict):
        giving.record_delivery(delivery(pledge, "2"), actor=who.nor_officer)
    cast.pledge_in(who, "offered", need=need, quantity="9")
    with pytest.raises(Refused, match="others hold the need"):
        giving.record_delivery(delivery(pledge, "2"), actor=IMPORT)
    giving.record_delivery(delivery(pledge, "1"), actor=IMPORT)
    Pledge.objects.filter(pk=pledge.pk).update(cancelled_at=clock.now() - timedelta(days=2))
    with pytest.raises(Refused, match="cancelled before"):
        giving.record_delivery(delivery(pledge, "1"), actor=IMPORT)


def test_what_a_state_says_of_a_delivery_later(who):
    confirmed, recorded = cast.delivery_in(who, "confirmed"), cast.delivery_in(who, "recorded")
    for person, actor in who.everyone():
        if person not in {"afg_focal_point", "afg_approver"}:
            with pytest.raises(NotAllowed):
                giving.answer_follow_up(confirmed, FollowUp(date=clock.now(), status="in-use"), actor=actor)
    for row, words in (
        (FollowUp(date=clock.now(), status="sold"), "in use"),
        (FollowUp(date=clock.now() + timedelta(days=1), status="in-use"), "between"),
        (FollowUp(date=clock.now() - timedelta(days=1), status="in-use"), "between"),
    ):
        with pytest.raises(Refused, match=words):
            giving.answer_follow_up(confirmed, row, actor=who.afg_focal_point)
    with pytest.raises(Refused, match="not confirmed"):
        giving.answer_follow_up(
            recorded, FollowUp(date=clock.now(), status="lost"), actor=who.afg_focal_point
        )
    giving.answer_follow_up(confirmed, FollowUp(date=clock.now(), status="lost"), actor=who.afg_focal_point)
    assert [row.status for row in confirmed.follow_ups.all()] == ["lost"]


def test_only_the_lead_state_of_a_joint_request_answers(who):
    request = cast.request_in(who, "open", joint=["TJK"])
    for named in (None, "TJK", "KEN"):
        pledge = cast.pledge_in(who, "offered", need=request.needs.get(), state_id=named, quantity="1")
        seen = [engine.can(a, A.PLEDGE_VIEW, pledge) for a in (who.tjk_approver, who.ken_approver)]
        assert seen == [True, False]
        for actor in (who.tjk_approver, who.ken_approver):
            for move in ("accept", "decline"):
                with pytest.raises(NotAllowed):
                    giving.move_pledge(pledge, move, actor=actor, facts={"reason": "x"})
        giving.move_pledge(pledge, "accept", actor=who.afg_approver)


def test_a_pledge_to_a_state_without_a_need_is_that_state_s_to_accept(who):
    pledge = cast.pledge_in(who, "offered", state_id="KEN")
    with pytest.raises(NotAllowed):
        giving.move_pledge(pledge, "accept", actor=who.afg_approver)
    assert giving.move_pledge(pledge, "accept", actor=who.ken_approver).status == "accepted"


def test_the_state_confirms_that_more_came(who):
    pledge = cast.pledge_in(who, "agreed")
    first = cast.delivery_in(who, "recorded", pledge=pledge, quantity="4")
    for facts, words in (
        ({"quantity": Decimal(12)}, "in words"),
        ({"quantity": Decimal(12), "surplus": " "}, "in words"),
        ({"quantity": Decimal(3), "surplus": "fewer"}, "dispute"),
        ({"quantity": Decimal("4.00001"), "surplus": "more"}, "decimals"),
    ):
        with pytest.raises(Refused, match=words):
            giving.move_delivery(first, "confirm", actor=who.afg_approver, facts=facts)
    facts = {"quantity": Decimal(12), "surplus": "two more came, with thanks"}
    first = giving.move_delivery(first, "confirm", actor=who.afg_approver, facts=facts)
    assert (first.quantity, first.surplus_accepted) == (12, "two more came, with thanks")
    assert Pledge.objects.get(pk=pledge.pk).status == "delivered"
    assert list(findings()) == []


def test_what_is_written_down_late_stands_on_its_own_day(who):
    """Signed on the 5th and the 7th, delivered on the 8th, all of it entered on the 20th."""
    day = datetime(2026, 3, 1, tzinfo=UTC)
    with clock.frozen(day + timedelta(hours=9)):
        pledge = cast.pledge_in(who, "accepted", agreement_signed=None)
    with clock.frozen(day + timedelta(days=19, hours=9)):
        facts = {"agreement_reference": "A-7", "agreement_signed": day + timedelta(days=6)}
        pledge = giving.move_pledge(pledge, "agree", actor=who.nor_approver, facts=facts)
        with pytest.raises(Refused, match="before the agreement"):
            giving.record_delivery(delivery(pledge, date=day + timedelta(days=5)), actor=who.nor_officer)
        late = giving.record_delivery(delivery(pledge, date=day + timedelta(days=7)), actor=who.nor_officer)
    assert (pledge.agreed_at, late.status) == (day + timedelta(days=6), "recorded")
    found = {
        (event.case_type, event.move): (event.occurred_at.day, event.recorded_at.day)
        for event in CaseEvent.objects.filter(case_id__in=(pledge.pk, late.pk), recorded_at__day=20)
    }
    assert found == {
        ("pledge", "agree"): (7, 20), ("pledge", "record_delivery"): (8, 20), ("delivery", "record"): (8, 20),
    }  # fmt: skip


def test_an_agreement_does_not_hold_before_the_acceptance(who):
    pledge = cast.pledge_in(who, "accepted", agreement_signed=clock.now() - timedelta(days=9))
    pledge = giving.move_pledge(pledge, "agree", actor=who.nor_approver)
    assert pledge.agreed_at == pledge.accepted_at


def test_what_is_agreed_in_a_dossier_was_signed_by_then(who):
    pledge = cast.pledge_in(who, "accepted", agreement_signed=clock.now() + timedelta(days=1))
    with pytest.raises(Refused, match="signed after") as error:
        giving.move_pledge(pledge, "agree", actor=IMPORT, at=clock.now())
    assert [refusal.field for refusal in error.value.refusals] == ["agreement.signed"]
    with pytest.raises(Refused, match="in the future") as error:
        giving.move_pledge(pledge, "agree", actor=who.nor_approver)
    assert [refusal.field for refusal in error.value.refusals] == ["agreement.signed"]


def test_no_move_is_made_by_half(who):
    """What a move brings or names is part of it: without it nothing is changed."""
    for status, move, fact in (("agreed", "record_delivery", "delivery"), ("agreed", "redirect", "to")):
        pledge = cast.pledge_in(who, status)
        with pytest.raises(Refused) as error:
            giving.move_pledge(
                pledge, move, actor=who.nor_approver, facts={"reason": "no site", "notice": "letter"}
            )
        assert [refusal.field for refusal in error.value.refusals] == [fact]
        pledge.refresh_from_db()
        assert (pledge.status, pledge.deliveries.count()) == (status, 0)
    pledge = giving.move_pledge(
        pledge, "record_delivery", actor=who.nor_officer, facts={"delivery": delivery(pledge, "10")}
    )
    assert (pledge.status, pledge.deliveries.get().status) == ("delivered", "recorded")
