"""The one way in for offers, pledges, deliveries and contributions.

Locks are taken in one order everywhere: request, need, pledge, contribution; so two people who act at the
same moment wait, and never stop each other for good.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from donors import rules
from donors.enums import Kind, PledgeChannel
from donors.models import Contribution, Delivery, FollowUp, JointDonor, LedgerEntry, Offer, OfferState, Pledge
from donors.workflow import CONTRIBUTION, DELIVERY, OFFER, PLEDGE
from portal.audit.services import perform, record_event
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.errors import Conflict, Refused
from portal.core.fields import unfit
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A

Facts = Mapping[str, Any]
# the kind of entry that each move makes; a reversal has that of what it takes back
ENTRY_KINDS = {
    "receive": "receipt",
    "allocate": "allocation",
    "charge_psc": "psc",
    "refund": "refund",
    "reverse": "",
}


def _lock_need(need: Any, unit: Unit) -> Any:
    """A need as it is now, its request locked before it."""
    if unit.batch:
        return need
    request = unit.lock(need.request)
    need = unit.lock(need)
    need.request = request
    return need


def _lock_pledge(pledge: Pledge, unit: Unit) -> Pledge:
    """The pledge, its request and its need locked, in the fixed order."""
    if pledge.need is None or unit.batch:
        return unit.lock(pledge)
    need = _lock_need(pledge.need, unit)
    pledge = unit.lock(pledge)
    if pledge.need_id != need.pk:
        raise Conflict(_("this pledge was turned to another need meanwhile"))
    pledge.need = need
    return pledge


@atomically
def draft_offer(
    offer: Offer, *, states: Iterable[OfferState] = (), actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    replayed: bool = False,
) -> Offer:  # fmt: skip
    """Brings an offer into being, with the States that it is meant for."""
    offer.status = NEW
    rows = list(states)
    for row in rows:
        row.offer = offer
    perform(OFFER, "draft", offer, actor=actor, unit=unit, at=at, rows=rows, replayed=replayed)
    return offer


@atomically
def move_offer(
    offer: Offer, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Offer:  # fmt: skip
    """One move of an offer's table. Raises NotAllowed, Conflict, Refused."""
    offer = unit.lock(offer)
    perform(
        OFFER, move, offer, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return offer


@atomically
def begin_pledge(
    pledge: Pledge, *, announced: bool = False, joint_donors: Iterable[JointDonor] = (), actor: Actor,
    unit: Unit = DIRECT, at: datetime | None = None, replayed: bool = False,
) -> Pledge:  # fmt: skip
    """Brings a pledge into being, as a draft or as something said in public."""
    if pledge.need is not None:
        pledge.need = _lock_need(pledge.need, unit)
    pledge.status = NEW
    rows = list(joint_donors)
    for row in rows:
        row.pledge = pledge
    move = "announce" if announced else "draft"
    perform(PLEDGE, move, pledge, actor=actor, unit=unit, at=at, rows=rows, replayed=replayed)
    return pledge


@atomically
def move_pledge(
    pledge: Pledge, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Pledge:  # fmt: skip
    """One move of a pledge's table, under the locks of its request and need.

    Raises NotAllowed, Conflict, or Refused; whoever comes second for the last unit is told what is left.
    """
    pledge = _lock_pledge(pledge, unit)
    perform(
        PLEDGE, move, pledge, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    if move == "offer" and pledge.offer is not None:
        _take_up(pledge.offer, actor=actor, unit=unit, at=at, replayed=replayed)
    if move == "agree" and not actor.is_import:
        _open_contribution(pledge, unit=unit, at=at)
    return pledge


@atomically
def redirect_pledge(
    pledge: Pledge, *, to: Any, actor: Actor, facts: Facts, at: datetime | None = None, version: int | None = None,
    value: tuple[Decimal, str] | None = None,
) -> Pledge:  # fmt: skip
    """What is left of a pledge, offered to another need; the old one is cancelled, the new one is linked to it.

    `value` is the amount and currency of what is left, where the donor states one. Raises NotAllowed, Conflict,
    or Refused; all or nothing.
    """
    needs = sorted(
        {need.pk: need for need in (pledge.need, to) if need is not None}.values(),
        key=lambda need: (need.request_id, need.pk),
    )
    locked = {need.pk: _lock_need(need, DIRECT) for need in needs}
    pledge = _lock_pledge(pledge, DIRECT)
    perform(PLEDGE, "redirect", pledge, actor=actor, unit=DIRECT, at=at, facts=facts, version=version)
    rest = Pledge(
        donor=pledge.donor, need=locked[to.pk], redirected_from=pledge, kind=pledge.kind, finance=pledge.finance,
        form=pledge.form, unit=pledge.unit, description=pledge.description, anonymous=pledge.anonymous,
        channel=pledge.channel, conditions=pledge.conditions, quantity=pledge.quantity - rules.delivered(pledge, DIRECT),
    )  # fmt: skip
    if value is not None:
        rest.value_amount, rest.value_currency = value
    joint = [JointDonor(organisation=row.organisation) for row in pledge.joint_donors.order_by("pk")]
    rest = begin_pledge(rest, joint_donors=joint, actor=actor, at=at)
    return move_pledge(rest, "offer", actor=actor, at=at)


def _take_up(offer: Offer, *, actor: Actor, unit: Unit, at: datetime | None, replayed: bool) -> None:
    """An offer is partly taken until the pledges that take it up reach its capacity."""
    offer = unit.lock(offer)
    perform(
        OFFER,
        "take_up",
        offer,
        actor=SYSTEM if not actor.is_import else actor,
        unit=unit,
        at=at,
        replayed=replayed,
    )


def _open_contribution(pledge: Pledge, *, unit: Unit, at: datetime | None) -> None:
    """Cash through UNODC becomes a contribution when the pledge is agreed."""
    if pledge.kind == Kind.CASH and pledge.channel == PledgeChannel.UNODC and pledge.value_amount is not None:
        announce_contribution(
            Contribution(
                donor=pledge.donor, pledge=pledge, amount=pledge.value_amount, currency=pledge.value_currency,
                earmarking="tight" if pledge.need_id else "unearmarked", earmarked_need=pledge.need,
            ),
            actor=SYSTEM, unit=unit, at=at,
        )  # fmt: skip


@atomically
def record_delivery(
    delivery: Delivery,
    *,
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    replayed: bool = False,
) -> Delivery:
    """Records what was provided under a pledge; the pledge is in delivery, and delivered once all has come."""
    delivery.pledge = pledge = _lock_pledge(delivery.pledge, unit)
    moment = at or delivery.date
    delivery.status = NEW
    perform(PLEDGE, "record_delivery", pledge, actor=actor, unit=unit, at=delivery.date, replayed=replayed)
    perform(DELIVERY, "record", delivery, actor=actor, unit=unit, at=moment, replayed=replayed)
    _complete(pledge, actor=actor, unit=unit, at=moment, replayed=replayed)
    return delivery


def _complete(pledge: Pledge, *, actor: Actor, unit: Unit, at: datetime, replayed: bool) -> None:
    if pledge.status == "delivering" and rules.delivered(pledge, unit) >= pledge.quantity:
        system = actor if actor.is_import else SYSTEM
        perform(PLEDGE, "complete", pledge, actor=system, unit=unit, at=at, replayed=replayed)


@atomically
def move_delivery(
    delivery: Delivery, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Delivery:  # fmt: skip
    """One move of a delivery's table, under the lock of its pledge. Raises NotAllowed, Conflict, Refused."""
    pledge = _lock_pledge(delivery.pledge, unit)
    delivery = unit.lock(delivery)
    delivery.pledge = pledge
    whole = rules.delivered(pledge, unit) >= pledge.quantity
    perform(
        DELIVERY,
        move,
        delivery,
        actor=actor,
        unit=unit,
        at=at,
        facts=facts,
        version=version,
        replayed=replayed,
    )
    if move in {"correct", "confirm", "void"}:
        _settle(pledge, whole, actor=actor, unit=unit, at=at or clock.now(), replayed=replayed)
    return delivery


def _settle(pledge: Pledge, whole: bool, *, actor: Actor, unit: Unit, at: datetime, replayed: bool) -> None:
    """After a delivery has changed: a pledge that was delivered in full is so no longer, or is so now."""
    short = rules.delivered(pledge, unit) < pledge.quantity
    if pledge.status == "delivered" and whole and short:
        system = actor if actor.is_import else SYSTEM
        perform(PLEDGE, "resume", pledge, actor=system, unit=unit, at=at, replayed=replayed)
    _complete(pledge, actor=actor, unit=unit, at=at, replayed=replayed)


@atomically
def answer_follow_up(
    delivery: Delivery, row: FollowUp, *, actor: Actor, unit: Unit = DIRECT, replayed: bool = False
) -> FollowUp:
    """What the State says of a delivery later on: in use, partly, not, lost, staff moved.

    Raises NotAllowed, or Refused where nothing was confirmed or the day is not one between delivery and today.
    """
    delivery = unit.lock(delivery)
    engine.require(actor, A.DELIVERY_ANSWER, delivery)
    Refused.when(rules.follow_up_refusals(delivery, row, imported=actor.is_import))
    row.delivery = delivery
    unit.add(row)
    if not replayed:
        record_event(
            delivery, "follow_up", actor=actor, unit=unit, at=row.date, facts={"status": row.status},
            source=delivery.status, target=delivery.status,
        )  # fmt: skip
    return row


@atomically
def announce_contribution(
    contribution: Contribution,
    *,
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    replayed: bool = False,
) -> Contribution:
    """Opens a contribution: donor, amount, currency, earmark."""
    contribution.status = NEW
    perform(CONTRIBUTION, "announce", contribution, actor=actor, unit=unit, at=at, replayed=replayed)
    return contribution


@atomically
def move_contribution(
    contribution: Contribution, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Contribution:  # fmt: skip
    """One move of a contribution's table that is no ledger entry. Raises NotAllowed, Conflict, Refused."""
    contribution = unit.lock(contribution)
    perform(
        CONTRIBUTION,
        move,
        contribution,
        actor=actor,
        unit=unit,
        at=at,
        facts=facts,
        version=version,
        replayed=replayed,
    )
    return contribution


@atomically
def enter(
    contribution: Contribution, move: str, entry: LedgerEntry, *, actor: Actor, unit: Unit = DIRECT,
    at: datetime | None = None, replayed: bool = False,
) -> LedgerEntry:  # fmt: skip
    """A ledger entry: receive, allocate, charge_psc, refund or reverse (rule 3).

    Raises Refused where the ledger would not close at some moment, or the need is not open, or the donor's
    consent is missing.
    """
    if entry.need is not None:
        entry.need = _lock_need(entry.need, unit)
    contribution = unit.lock(contribution)
    entry.contribution, entry.date = contribution, at or clock.now()
    Refused.when(unfit(entry))
    if move not in ENTRY_KINDS:
        raise Conflict(_("no entry of a ledger is made by this move"))
    facts = {
        "entry": entry,
        "kind": ENTRY_KINDS[move] or entry.kind,
        "amount": entry.amount,
        "reason": entry.reason,
    }
    perform(
        CONTRIBUTION,
        move,
        contribution,
        actor=actor,
        unit=unit,
        at=entry.date,
        facts=facts,
        replayed=replayed,
    )
    return entry
