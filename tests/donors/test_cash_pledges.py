"""Cash through UNODC is announced once: with its pledge ends what was announced of it."""

from decimal import Decimal

import pytest

from donors import services as giving
from donors.models import Contribution, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.actor import IMPORT
from portal.core.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pledge(who):
    return cast.pledge_in(
        who, "agreed", kind="cash", channel="through-unodc", value_amount=Decimal(900), value_currency="USD"
    )


def redirected(who, pledge):
    need = cast.request_in(who, "open").needs.get()
    facts = {"reason": "another country", "notice": "NV 2"}
    return giving.redirect_pledge(pledge, to=need, actor=who.nor_approver, facts=facts, value=Decimal(900))


def cancelled(who, pledge, actor=None):
    return giving.move_pledge(pledge, "cancel", actor=actor or who.nor_approver, facts={"reason": "no funds"})


@pytest.mark.parametrize("agreed", [False, True])
def test_a_contribution_without_money_ends_with_its_pledge(who, pledge, agreed):
    contribution = pledge.contributions.get()
    if agreed:
        facts = {"agreement_reference": "C-1", "agreement_signed": pledge.agreed_at}
        giving.move_contribution(contribution, "agree", actor=who.finance_officer, facts=facts)
    cancelled(who, pledge)
    contribution.refresh_from_db()
    assert (contribution.status, contribution.reason) == ("cancelled", "no funds")
    event = CaseEvent.objects.get(case_type="contribution", case_id=contribution.pk, move="cancel")
    assert event.actor_kind == "system"
    assert list(findings()) == []


def test_what_is_redirected_is_announced_once(who, pledge):
    moved = redirected(who, pledge)
    for move, actor in (("accept", who.afg_approver), ("agree", who.nor_approver)):
        facts = (
            {"agreement_reference": "A-2", "agreement_signed": pledge.agreed_at} if move == "agree" else {}
        )
        moved = giving.move_pledge(moved, move, actor=actor, facts=facts)
    alive = Contribution.objects.exclude(status="cancelled")
    assert [(row.pledge_id, row.amount) for row in alive] == [(moved.pk, Decimal(900))]


def test_money_that_came_is_closed_first(who, pledge):
    contribution = pledge.contributions.get()
    facts = {"agreement_reference": "C-1", "agreement_signed": pledge.agreed_at}
    contribution = giving.move_contribution(contribution, "agree", actor=who.finance_officer, facts=facts)
    cast.entry(who, contribution, "receive", "900")
    for attempt in (cancelled, redirected):
        with pytest.raises(Refused, match=f"money was received: .*{contribution.reference}"):
            attempt(who, pledge)
    assert Pledge.objects.get(pk=pledge.pk).status == "agreed"
    cast.entry(who, contribution, "refund", "900")
    giving.move_contribution(contribution, "close", actor=who.finance_officer)
    cancelled(who, pledge)
    contribution.refresh_from_db()
    assert contribution.status == "closed"


def test_a_dossier_says_itself_what_became_of_the_money(who, pledge):
    contribution = pledge.contributions.get()
    cancelled(who, pledge, actor=IMPORT)
    contribution.refresh_from_db()
    assert contribution.status == "announced"
