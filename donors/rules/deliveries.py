"""What must hold before a delivery moves (rule 2)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from donors.enums import UseStatus
from donors.models import Delivery, FollowUp
from donors.rules import holding
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.money import plain
from portal.core.unit import Unit
from portal.core.workflow import Absent, Verdict


def within_agreed(delivery: Delivery, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """No more is delivered than was agreed, unless the State confirms the surplus (rule 2).

    A correction is judged by the quantity that it gives.
    """
    if delivery.surplus_accepted:
        return None
    quantity = facts.get("quantity", delivery.quantity)
    if quantity <= 0:
        return Refusal(_("a delivery is of more than nothing"), "quantity")
    rows = unit.related(delivery.pledge, "deliveries")
    before = sum(
        (
            d.quantity
            for d in rows
            if d.status != "void" and d is not delivery and d.pk != (delivery.pk or -1)
        ),
        holding.NOTHING,
    )
    left = delivery.pledge.quantity - before
    if quantity <= left:
        return None
    return Refusal(
        _("of this pledge %(left)s are left to deliver, and the delivery is of %(quantity)s")
        % {"left": plain(max(left, holding.NOTHING)), "quantity": plain(quantity)},
        "quantity",
    )


def surplus_in_its_words(delivery: Delivery, facts: Facts, *, actor: Actor, **_context: object) -> Verdict:
    """Only the State accepts more than was agreed; who delivers does not say it for the State (rule 2)."""
    if delivery.surplus_accepted and actor.user is not None:
        return Refusal(_("only the State accepts more than was agreed"), "surplus_accepted")
    return None


def surplus_confirmed(delivery: Delivery, facts: Facts, **_context: object) -> Verdict:
    """The State confirms what was recorded, or in words that more came; what is less it disputes (rule 2)."""
    quantity = facts.get("quantity", delivery.quantity)
    if quantity < delivery.quantity:
        return Refusal(_("dispute a delivery of which less came"), "quantity")
    if quantity > delivery.quantity and not str(facts.get("surplus", "")).strip():
        return Refusal(_("say in words that more was received"), "surplus")
    return None


def need_still_has_room(delivery: Delivery, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """What a cancelled pledge delivers on its last day stays inside the need (rule 1)."""
    pledge = delivery.pledge
    if pledge.status != "cancelled" or pledge.need is None or pledge.need.surplus_accepted:
        return None
    if delivery.quantity > holding.left(pledge.need, unit):
        return Refusal(_("others hold the need by now"), "quantity")
    return None


def not_acknowledged(delivery: Delivery, facts: Facts, *, actor: Actor, **_context: object) -> Verdict:
    """What the State has acknowledged as delivered is not made void afterwards."""
    if delivery.pledge.status != "acknowledged" or actor.is_import:
        return None
    return Refusal(_("the State has acknowledged the pledge as delivered"))


def dispute_reasoned(delivery: Delivery, facts: Facts, **_context: object) -> Verdict:
    """A dispute says what is missing or wrong, line by line."""
    if facts.get("reason") or delivery.dispute_reason:
        return None
    return Absent(_("say what is missing or wrong"), "reason")


def follow_up_refusals(delivery: Delivery, row: FollowUp, *, imported: bool) -> Iterable[Refusal]:
    """What is wrong with an answer on the use of a delivery."""
    if row.status not in UseStatus.values:
        yield Refusal(_("say whether it is in use, partly, not, lost, or its staff moved"), "status")
    if not clock.day(delivery.date) <= clock.day(row.date) <= clock.today():
        yield Refusal(_("the day lies between the delivery and today"), "date")
    if delivery.status != "confirmed" and not imported:
        yield Refusal(_("the delivery is not confirmed"))
