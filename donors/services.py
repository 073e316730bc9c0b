"""The one way in for offers, pledges, deliveries and contributions.

Locks are taken in one order everywhere: request, need, pledge, contribution; so two people who act at the
same moment wait, and never stop each other for good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from donors import rules, selectors
from donors.enums import Kind, PledgeChannel, ProposalStatus
from donors.models import (
    Contribution,
    Delivery,
    EntryProposal,
    FollowUp,
    JointDonor,
    LedgerEntry,
    Offer,
    OfferState,
    Pledge,
)
from donors.workflow import CONTRIBUTION, DELIVERY, OFFER, PLEDGE
from portal.audit.services import perform, record_event, revise, same_version
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.errors import Conflict, Refusal, Refused
from portal.core.events import publish
from portal.core.fields import unfit
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW, judge
from portal.policy import engine
from portal.policy.actions import A
from requests_app import selectors as below

Facts = Mapping[str, Any]
# what frees what a pledge had taken of an offer
GIVES_BACK = frozenset({"decline", "withdraw", "cancel", "lapse"})
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
def revise_offer(
    offer: Offer,
    changes: Mapping[str, Any],
    *,
    states: Iterable[str],
    actor: Actor,
    version: int | None = None,
) -> Offer:
    """Changes a draft of an offer, and the States that it is meant for (their ISO codes)."""
    offer = DIRECT.lock(offer)
    engine.require(actor, A.OFFER_DRAFT, offer)
    _still_draft(offer)
    wanted, rows = set(states), DIRECT.related(offer, "states")
    before = {row.state_id for row in rows}
    for row in rows:
        if row.state_id not in wanted:
            row.delete()
    for code in sorted(wanted - before):
        DIRECT.add(OfferState(offer=offer, state_id=code))
    if not revise(offer, changes, actor=actor, unit=DIRECT, version=version) and wanted != before:
        _revised(offer, actor)
    return offer


def _still_draft(record: Any) -> None:
    if record.status != "draft":
        raise Conflict(_("only a draft is changed; this was sent meanwhile"))


def _revised(record: Any, actor: Actor) -> None:
    """A change that is in the rows alone that hang on a record."""
    record.version += 1
    DIRECT.save(record, ["version"])
    record_event(record, "revised", actor=actor, unit=DIRECT, source=record.status, target=record.status)


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
def announce_pledge(
    pledge: Pledge, *, another: bool = False, actor: Actor, at: datetime | None = None
) -> Pledge:  # fmt: skip
    """Lists what a donor said in public; it counts nowhere.

    `another` says that it is another promise than one of the same sum announced before. Raises Refused, naming
    those, where it does not.
    """
    before = [] if another or pledge.value_amount is None else selectors.announced_before(pledge)
    if before:
        raise Refused(
            Refusal(
                _("the same sum was announced before: %(references)s") % {"references": ", ".join(before)},
                "another",
            )
        )
    return begin_pledge(pledge, announced=True, actor=actor, at=at)


@atomically
def revise_pledge(
    pledge: Pledge,
    changes: Mapping[str, Any],
    *,
    joint: Iterable[Any],
    actor: Actor,
    version: int | None = None,
) -> Pledge:
    """Changes a draft of a pledge, and its joint donors. Raises NotAllowed, Conflict, Refused."""
    pledge = _lock_pledge(pledge, DIRECT)
    engine.require(actor, A.PLEDGE_DRAFT, pledge)
    _still_draft(pledge)
    wanted = {organisation.pk: organisation for organisation in joint}
    rows = DIRECT.related(pledge, "joint_donors")
    before = {row.organisation_id for row in rows}
    for row in rows:
        if row.organisation_id not in wanted:
            row.delete()
    for pk in sorted(set(wanted) - before):
        DIRECT.add(JointDonor(pledge=pledge, organisation=wanted[pk]))
    changed = revise(pledge, changes, actor=actor, unit=DIRECT, version=version)
    line = PLEDGE.find("draft", NEW)
    verdicts = judge(line, pledge, {}, waive_absent=False, at=clock.now(), unit=DIRECT, actor=actor)
    Refused.when(verdicts.refusals)
    if not changed and set(wanted) != before:
        _revised(pledge, actor)
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
    if move in GIVES_BACK:
        _give_back(pledge, actor=actor, unit=unit, at=at, replayed=replayed)
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
    _give_back(pledge, actor=actor, unit=DIRECT, at=at, replayed=False)
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


def _give_back(pledge: Pledge, *, actor: Actor, unit: Unit, at: datetime | None, replayed: bool) -> None:
    """What a pledge that ended had taken of an offer, and not delivered, can be taken up again."""
    if pledge.offer is None or pledge.offered_at is None:
        return
    offer = unit.lock(pledge.offer)
    if offer.status in {"partly_taken", "exhausted"}:
        by = actor if actor.is_import else SYSTEM
        perform(OFFER, "give_back", offer, actor=by, unit=unit, at=at, replayed=replayed)


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
    version: int | None = None,
    replayed: bool = False,
) -> Delivery:
    """Records what was provided under a pledge; the pledge is in delivery, and delivered once all has come.

    `version` is that of the pledge on which was decided. Raises NotAllowed, Conflict, Refused.
    """
    delivery.pledge = pledge = _lock_pledge(delivery.pledge, unit)
    moment = at or delivery.date
    delivery.status = NEW
    perform(
        PLEDGE, "record_delivery", pledge, actor=actor, unit=unit, at=delivery.date, version=version, replayed=replayed
    )  # fmt: skip
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
    if move in {"correct", "void"} and pledge.status == "cancelled":
        _give_back(pledge, actor=actor, unit=unit, at=at, replayed=replayed)
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
    at: datetime | None = None, version: int | None = None, replayed: bool = False,
) -> LedgerEntry:  # fmt: skip
    """A ledger entry: receive, allocate, charge_psc, refund or reverse (rule 3).

    A person enters here what was received; all else is proposed by one person and approved by another. Raises
    Refused where the ledger would not close at some moment, or the need is not open, or the donor's consent is
    missing.
    """
    return _enter(
        contribution, move, entry, actor=actor, unit=unit, at=at, version=version, replayed=replayed
    )


def _entry_facts(move: str, entry: LedgerEntry) -> dict[str, Any]:
    if move not in ENTRY_KINDS:
        raise Conflict(_("no entry of a ledger is made by this move"))
    return {
        "entry": entry,
        "kind": ENTRY_KINDS[move] or entry.kind,
        "amount": entry.amount,
        "reason": entry.reason,
    }


def _enter(
    contribution: Contribution, move: str, entry: LedgerEntry, *, actor: Actor, unit: Unit, at: datetime | None,
    version: int | None = None, replayed: bool = False, proposed_by: int | None = None,
) -> LedgerEntry:  # fmt: skip
    if entry.need is not None:
        entry.need = _lock_need(entry.need, unit)
    contribution = unit.lock(contribution)
    entry.contribution, entry.date = contribution, at or clock.now()
    Refused.when(unfit(entry))
    facts = _entry_facts(move, entry)
    if proposed_by is not None:
        facts["proposed_by"] = proposed_by
    perform(
        CONTRIBUTION, move, contribution, actor=actor, unit=unit, at=entry.date, facts=facts, version=version,
        replayed=replayed,
    )  # fmt: skip
    return entry


@atomically
def propose_entry(
    contribution: Contribution, move: str, entry: LedgerEntry, *, actor: Actor, at: datetime | None = None,
    version: int | None = None,
) -> EntryProposal:  # fmt: skip
    """An entry is proposed: in no balance until another finance officer approves it.

    What would stand against it today is told today. Raises NotAllowed, Conflict, Refused.
    """
    if entry.need is not None:
        entry.need = _lock_need(entry.need, DIRECT)
    contribution = DIRECT.lock(contribution)
    same_version(contribution, version)
    entry.contribution, entry.date = contribution, at or clock.now()
    facts = _entry_facts(move, entry)
    line = CONTRIBUTION.find(move, contribution.status)
    engine.require(actor, line.right, contribution)
    Refused.when(unfit(entry))
    guards = tuple(guard for guard in line.guards if guard is not rules.second_approval)
    verdicts = judge(
        replace(line, guards=guards), contribution, facts, waive_absent=False, at=entry.date, unit=DIRECT, actor=actor
    )  # fmt: skip
    Refused.when(verdicts.refusals)
    row = EntryProposal(
        contribution=contribution, move=move, kind=entry.kind, date=entry.date, amount=entry.amount, need=entry.need,
        consent=entry.consent, reverses=entry.reverses, reason=entry.reason, proposed_by=actor.user.pk,
        proposed_at=clock.now(),
    )  # fmt: skip
    DIRECT.add(row)
    _tell_of(row, "propose_entry", actor)
    return row


def _tell_of(row: EntryProposal, move: str, actor: Actor, **facts: Any) -> None:
    contribution = row.contribution
    event = record_event(
        contribution, move, actor=actor, unit=DIRECT, source=contribution.status, target=contribution.status,
        facts={"proposal": row.pk, "kind": row.kind, "amount": row.amount} | facts,
    )  # fmt: skip
    publish("noted", record=contribution, event=event, actor=actor)


def _lock_proposal(row: EntryProposal) -> EntryProposal:
    """A proposal that still awaits its answer, its need and contribution locked before it."""
    need = _lock_need(row.need, DIRECT) if row.need is not None else None
    contribution = DIRECT.lock(row.contribution)
    row = DIRECT.lock(row)
    row.contribution, row.need = contribution, need
    if row.status != ProposalStatus.WAITING:
        raise Conflict(_("this entry was decided on before"))
    return row


def _decide(row: EntryProposal, status: ProposalStatus, actor: Actor, **columns: Any) -> None:
    for name, value in {
        "status": status,
        "decided_by": actor.user.pk,
        "decided_at": clock.now(),
        **columns,
    }.items():
        setattr(row, name, value)
    DIRECT.save(row, ("status", "decided_by", "decided_at", *columns))


@atomically
def approve_entry(row: EntryProposal, *, actor: Actor) -> LedgerEntry:
    """A second finance officer approves: the entry stands in the ledger from now on.

    Every rule is asked again, as of today. Raises NotAllowed, Conflict where it was decided on before, Refused.
    """
    row = _lock_proposal(row)
    entry = LedgerEntry(
        kind=row.kind, amount=row.amount, need=row.need, consent=row.consent, reverses=row.reverses, reason=row.reason,
        approved_by=actor.user.pk if actor.user else None,
    )  # fmt: skip
    entry = _enter(
        row.contribution, row.move, entry, actor=actor, unit=DIRECT, at=row.date, proposed_by=row.proposed_by
    )
    row.contribution = entry.contribution  # as it is with the entry
    _decide(row, ProposalStatus.APPROVED, actor, entry=entry)
    _tell_of(row, "approve_entry", actor)
    return entry


@atomically
def refuse_entry(row: EntryProposal, *, reason: str, actor: Actor) -> EntryProposal:
    """A proposed entry is refused, or taken back by who proposed it: it never enters the ledger."""
    row = _lock_proposal(row)
    engine.require(actor, A.CONTRIBUTION_HANDLE, row.contribution)
    if not reason.strip():
        raise Refused(Refusal(_("give the reason in words"), "reason"))
    _decide(row, ProposalStatus.REFUSED, actor, answer=reason)
    _tell_of(row, "refuse_entry", actor, reason=reason)
    return row


# as pages and programs ask for a move: with the facts that its form gave


def make_pledge_move(
    pledge: Pledge, move: str, *, actor: Actor, facts: Facts | None = None, version: int | None = None
) -> Pledge:
    """One move of a pledge by a person; gives the pledge that the person sees next.

    A redirect names the other need by its reference (`to`) and what is left by its value in the pledge's
    currency (`value_amount`).
    """
    facts = dict(facts or {})
    if move == "record_delivery":
        return record_delivery(_delivery_of(pledge, facts), actor=actor, version=version).pledge
    if move != "redirect":
        return move_pledge(pledge, move, actor=actor, facts=facts, version=version)
    to = _need_named(actor, facts.pop("to", ""), "to")
    amount = facts.pop("value_amount", None)
    value = (amount, pledge.value_currency) if amount is not None and pledge.value_currency else None
    return redirect_pledge(pledge, to=to, actor=actor, facts=facts, version=version, value=value)


def _delivery_of(pledge: Pledge, facts: dict[str, Any]) -> Delivery:
    """A delivery as its form describes it, not yet stored."""
    counted = facts.get("women") is not None or facts.get("men") is not None
    return Delivery(pledge=pledge, participants_given=counted, **facts)


def _need_named(actor: Actor, key: str, field: str) -> Any:
    """The need of a reference; Refused where the actor sees none (rule 9)."""
    need = below.needs_by_key(actor, str(key).strip().upper()).first()
    if need is None:
        raise Refused(Refusal(_("there is no such need"), field))
    return need


def make_contribution_move(
    contribution: Contribution, move: str, *, actor: Actor, facts: Facts | None = None, version: int | None = None
) -> Contribution:  # fmt: skip
    """One move of a contribution by a person: what was received is entered, what leaves it is proposed.

    An allocation names its need by reference, a reversal its entry by number (`reverses`).
    """
    facts = dict(facts or {})
    if move not in ENTRY_KINDS:
        return move_contribution(contribution, move, actor=actor, facts=facts, version=version)
    at = facts.pop("date", None)
    entry = _entry_of(contribution, move, actor, facts)
    if move == "receive":
        enter(contribution, move, entry, actor=actor, at=at, version=version)
    else:
        propose_entry(contribution, move, entry, actor=actor, at=at, version=version)
    return contribution


def _entry_of(contribution: Contribution, move: str, actor: Actor, facts: dict[str, Any]) -> LedgerEntry:
    if move == "reverse":
        origin = contribution.entries.filter(pk=int(facts.pop("reverses"))).first()
        if origin is None:
            raise Refused(Refusal(_("name the entry that is reversed"), "reverses"))
        return LedgerEntry(
            kind=origin.kind, amount=origin.amount, need=origin.need, reverses=origin, reason=facts["reason"]
        )
    if "need" in facts:
        facts["need"] = _need_named(actor, facts["need"], "need")
    return LedgerEntry(kind=ENTRY_KINDS[move], **facts)
