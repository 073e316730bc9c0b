"""What may follow what, and what follows by itself: the tables of offers, pledges, deliveries and contributions."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from donors.enums import ContributionStatus as C
from donors.enums import DeliveryStatus as D
from donors.enums import EntryKind
from donors.enums import OfferStatus as O
from donors.enums import PledgeStatus as P
from donors.models import Contribution, Delivery, JointDonor, Pledge
from donors.rates import rate_in
from donors.rules import contributions as money
from donors.rules import deliveries, holding, pledges
from donors.rules.money import money_fits
from portal.audit.services import perform
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.guards import Facts, after, keeps_reason, not_in_future, reason_given
from portal.core.reference import take
from portal.core.unit import Unit
from portal.core.workflow import NEW, Dated, Workflow
from portal.core.workflow import Transition as T
from portal.policy.actions import A


def numbered(prefix: str, record: Any, at: datetime, unit: Unit) -> tuple[str, ...]:
    """A reference unique and rising within the year; given when the record is first shown to others."""
    if record.reference is None:
        key = f"{prefix}-{clock.day(at).year}"
        record.reference = f"{key}-{take(key, unit):04d}"
    return ("reference",)


def by(actor: Actor) -> Actor:
    """Who makes a move that follows by itself: the portal, or the import that replays what followed."""
    return actor if actor.is_import else SYSTEM


def _announced(pledge: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    return numbered("PL", pledge, at, unit)


def _offered(pledge: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    """The rate of the day is kept with the value (rule 4)."""
    if pledge.value_amount is not None:
        pledge.rate = rate_in(unit, pledge.value_currency, clock.day(at), field="value")
    return (*numbered("PL", pledge, at, unit), "rate")


def _taken(offer: Any, facts: Facts, *, unit: Unit, **_: Any) -> tuple[str, ...]:
    """How much of an offer is held by the pledges that take it up, in its unit."""
    offer.taken = holding.taken(offer, unit)
    return ()


def _taken_status(offer: Any) -> str:
    return O.EXHAUSTED if offer.taken >= offer.quantity else O.PARTLY_TAKEN


def _status_given_back(offer: Any) -> str:
    return _taken_status(offer) if offer.taken > 0 else O.PUBLISHED


OFFER = Workflow(
    "offer",
    (
        T("draft", frozenset({NEW}), O.DRAFT, A.OFFER_DRAFT),
        T("publish", frozenset({O.DRAFT}), O.PUBLISHED, A.OFFER_COMMIT, stamp="published_at", notice="offer.published",
          effect=lambda offer, _facts, *, at, unit, **_: numbered("OF", offer, at, unit)),
        T("take_up", frozenset({O.PUBLISHED, O.PARTLY_TAKEN}), _taken_status, A.OFFER_TAKE_UP, effect=_taken,
          outside=frozenset({O.DRAFT, O.EXHAUSTED}), results=(O.PARTLY_TAKEN, O.EXHAUSTED)),
        T("give_back", frozenset({O.PARTLY_TAKEN, O.EXHAUSTED}), _status_given_back, A.OFFER_TAKE_UP, effect=_taken,
          results=(O.PUBLISHED, O.PARTLY_TAKEN, O.EXHAUSTED)),
        T("withdraw", frozenset({O.PUBLISHED, O.PARTLY_TAKEN}), O.WITHDRAWN, A.OFFER_COMMIT,
          notice="offer.withdrawn"),
        T("expire", frozenset({O.PUBLISHED, O.PARTLY_TAKEN}), O.EXPIRED, A.OFFER_EXPIRE,
          notice="offer.expired"),
    ),
)  # fmt: skip


def _took_up(pledge: Pledge, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """The offer that it takes up is partly taken, or exhausted."""
    if pledge.offer is not None:
        perform(OFFER, "take_up", pledge.offer, actor=by(actor), **context)


def _gave_back(pledge: Pledge, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """What it had taken of an offer, and not delivered, can be taken up again."""
    if pledge.offer is None or pledge.offered_at is None:
        return
    if pledge.offer.status in {O.PARTLY_TAKEN, O.EXHAUSTED}:
        perform(OFFER, "give_back", pledge.offer, actor=by(actor), **context)


def _opened(pledge: Pledge, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """Cash through UNODC becomes a contribution; in import the dossier says so itself."""
    if actor.is_import or not pledges.is_cash_to_unodc(pledge) or pledge.value_amount is None:
        return
    opened = Contribution(
        donor=pledge.donor, pledge=pledge, amount=pledge.value_amount, currency=pledge.value_currency,
        earmarking="tight" if pledge.need_id else "unearmarked", earmarked_need=pledge.need, status=NEW,
    )  # fmt: skip
    perform(CONTRIBUTION, "announce", opened, actor=SYSTEM, **context)


def _cancelled(pledge: Pledge, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """With the pledge ends what was announced of it, before any money came; in import the dossier says so itself."""
    _gave_back(pledge, facts, actor=actor, **context)
    if actor.is_import:
        return
    unit = context["unit"]
    for row in unit.related(pledge, "contributions"):
        contribution = unit.lock(row)
        if contribution.status not in {C.CLOSED, C.CANCELLED}:
            perform(
                CONTRIBUTION, "cancel", contribution, actor=SYSTEM, facts={"reason": pledge.reason}, **context
            )


def _delivered(pledge: Pledge, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """The delivery is recorded; with the last one the pledge is delivered."""
    delivery: Delivery = facts["delivery"]
    delivery.pledge = pledge
    delivery.status = NEW
    perform(DELIVERY, "record", delivery, actor=actor, **context)


def _redirected(
    pledge: Pledge, facts: Facts, *, actor: Actor, at: datetime, unit: Unit, replayed: bool
) -> None:
    """What is left is offered to the other need by a pledge that is linked to this one."""
    _cancelled(pledge, facts, actor=actor, at=at, unit=unit, replayed=replayed)
    rest = Pledge(
        donor=pledge.donor, need=facts["to"], redirected_from=pledge, kind=pledge.kind, finance=pledge.finance,
        form=pledge.form, unit=pledge.unit, description=pledge.description, anonymous=pledge.anonymous,
        channel=pledge.channel, conditions=pledge.conditions, status=NEW,
        quantity=pledge.quantity - holding.delivered(pledge, unit),
    )  # fmt: skip
    if pledge.value_currency and "value_amount" in facts:
        rest.value_amount, rest.value_currency = facts["value_amount"], pledge.value_currency
    joint = [
        JointDonor(pledge=rest, organisation=row.organisation) for row in unit.related(pledge, "joint_donors")
    ]
    perform(PLEDGE, "draft", rest, actor=actor, at=at, unit=unit, rows=joint, replayed=replayed)
    perform(PLEDGE, "offer", rest, actor=actor, at=at, unit=unit, replayed=replayed)


def _signed(since: str) -> Dated:
    return Dated("agreement.signed", lambda record, _facts: pledges.agreed_on(record, getattr(record, since)))


_OF_DELIVERY = Dated("date", lambda _pledge, facts: facts["delivery"].date)

PLEDGE = Workflow(
    "pledge",
    (
        T("announce", frozenset({NEW}), P.ANNOUNCED, A.PLEDGE_ANNOUNCE,
          (pledges.source_named, pledges.for_whom, pledges.need_seen, pledges.something_promised, money_fits, not_in_future),
          stamp="announced_at", effect=_announced, dated=Dated("date")),
        T("draft", frozenset({NEW, P.ANNOUNCED}), P.DRAFT, A.PLEDGE_DRAFT,
          (pledges.need_seen, pledges.something_promised, money_fits, pledges.cash_is_an_amount)),
        T("offer", frozenset({P.DRAFT}), P.OFFERED, A.PLEDGE_COMMIT,
          (pledges.need_seen, pledges.request_open, pledges.same_unit, pledges.room, money_fits, pledges.cash_is_an_amount,
           pledges.loan_is_cash, pledges.taken_from_offer, pledges.redirected, after("announced_at"), not_in_future),
          stamp="offered_at", notice="pledge.offered", effect=_offered, outside=frozenset({P.ANNOUNCED}),
          then=_took_up),
        T("accept", frozenset({P.OFFERED}), P.ACCEPTED, A.PLEDGE_ANSWER, (after("offered_at"), not_in_future),
          stamp="accepted_at", notice="pledge.accepted"),
        T("decline", frozenset({P.OFFERED}), P.DECLINED, A.PLEDGE_ANSWER,
          (reason_given, after("offered_at"), not_in_future),
          stamp="declined_at", notice="pledge.declined", effect=keeps_reason, then=_gave_back),
        T("withdraw", frozenset({P.DRAFT, P.OFFERED}), P.WITHDRAWN, A.PLEDGE_COMMIT,
          (after("announced_at", "offered_at"), not_in_future),
          stamp="withdrawn_at", notice="pledge.withdrawn", effect=keeps_reason, then=_gave_back),
        T("agree", frozenset({P.ACCEPTED}), P.AGREED, A.PLEDGE_AGREE,
          (pledges.agreement, pledges.due_diligence, pledges.site_ready, after("accepted_at"), not_in_future),
          stamp="agreed_at", notice="pledge.agreed", takes=("agreement_reference", "agreement_signed"),
          dated=_signed("accepted_at"), then=_opened),
        T("start_delivery", frozenset({P.AGREED}), P.DELIVERING, A.PLEDGE_DELIVER,
          (after("agreed_at"), not_in_future), notice="pledge.delivering"),
        T("record_delivery", frozenset({P.AGREED, P.DELIVERING}), P.DELIVERING, A.PLEDGE_DELIVER,
          (pledges.was_agreed, not_in_future), outside=frozenset({P.ACCEPTED}), needs=("delivery",), dated=_OF_DELIVERY,
          then=_delivered),
        T("record_delivery", frozenset(), P.CANCELLED, A.PLEDGE_DELIVER,
          (pledges.was_agreed, pledges.still_running, not_in_future), outside=frozenset({P.CANCELLED}), needs=("delivery",),
          dated=_OF_DELIVERY, then=_delivered),
        T("complete", frozenset({P.DELIVERING}), P.DELIVERED, A.PLEDGE_DELIVER,
          (pledges.all_delivered, after("agreed_at")),
          stamp="delivered_at", notice="pledge.delivered", effect=keeps_reason),
        T("resume", frozenset({P.DELIVERED}), P.DELIVERING, A.PLEDGE_RESUME,
          (pledges.not_all_delivered,)),
        T("acknowledge", frozenset({P.DELIVERED}), P.ACKNOWLEDGED, A.PLEDGE_ANSWER,
          (pledges.nothing_disputed, after("agreed_at", "accepted_at"), not_in_future),
          stamp="acknowledged_at", notice="pledge.acknowledged",
          outside=frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING})),
        T("cancel", frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING}), P.CANCELLED, A.PLEDGE_CANCEL,
          (reason_given, pledges.notice_on_behalf, pledges.no_money_received, after("accepted_at", "agreed_at"),
           not_in_future),
          stamp="cancelled_at", notice="pledge.cancelled", effect=keeps_reason, then=_cancelled),
        T("redirect", frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING}), P.CANCELLED, A.PLEDGE_COMMIT,
          (reason_given, pledges.notice_given, pledges.something_left, pledges.no_money_received,
           after("accepted_at", "agreed_at"), not_in_future),
          stamp="cancelled_at", notice="pledge.cancelled", effect=keeps_reason, needs=("to",), then=_redirected),
        T("lapse", frozenset({P.OFFERED, P.ACCEPTED}), P.LAPSED, A.PLEDGE_LAPSE,
          (after("offered_at", "accepted_at"), not_in_future),
          stamp="lapsed_at", notice="pledge.lapsed", effect=keeps_reason, then=_gave_back),
    ),
)  # fmt: skip


def _recorded(delivery: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    if delivery.value_amount is not None:
        delivery.rate = rate_in(unit, delivery.value_currency, clock.day(delivery.date), field="value")
    return (*numbered("DE", delivery, at, unit), "rate")


def _confirmed(delivery: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    """Where the State says in words that more came, that quantity counts."""
    delivery.quantity = facts.get("quantity", delivery.quantity)
    delivery.surplus_accepted = facts.get("surplus") or delivery.surplus_accepted
    return ("quantity", "surplus_accepted")


def _disputed(delivery: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    delivery.dispute_reason = facts.get("reason") or delivery.dispute_reason
    return ("dispute_reason",)


def _corrected(delivery: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    before = delivery.quantity
    delivery.quantity = facts.get("quantity", before)
    delivery.less = before - delivery.quantity
    delivery.description = facts.get("description", delivery.description)
    return ("quantity", "description")


def _voided(delivery: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    delivery.less = delivery.quantity
    return ()


def _completed(delivery: Delivery, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """A pledge of which all has come is delivered."""
    pledge = delivery.pledge
    if pledge.status == P.DELIVERING and holding.delivered(pledge, context["unit"]) >= pledge.quantity:
        perform(PLEDGE, "complete", pledge, actor=by(actor), **context)


def _settled(delivery: Any, facts: Facts, *, actor: Actor, **context: Any) -> None:
    """A pledge that was delivered in full is so no longer, or is so now; one that was cancelled holds less."""
    pledge = delivery.pledge
    come = holding.delivered(pledge, context["unit"])
    if pledge.status == P.CANCELLED:
        _gave_back(pledge, facts, actor=actor, **context)
    if pledge.status == P.DELIVERED and come < pledge.quantity <= come + delivery.less:
        perform(PLEDGE, "resume", pledge, actor=by(actor), **context)
    _completed(delivery, facts, actor=actor, **context)


DELIVERY = Workflow(
    "delivery",
    (
        T("record", frozenset({NEW}), D.RECORDED, A.DELIVERY_RECORD,
          (deliveries.within_agreed, deliveries.surplus_in_its_words, deliveries.need_still_has_room, money_fits,
           not_in_future),
          notice="delivery.recorded", effect=_recorded, dated=Dated("date", lambda delivery, _facts: delivery.date),
          then=_completed),
        T("confirm", frozenset({D.RECORDED, D.CORRECTED}), D.CONFIRMED, A.DELIVERY_ANSWER,
          (deliveries.surplus_confirmed, after("date", "disputed_at"), not_in_future), stamp="confirmed_at",
          notice="delivery.confirmed", effect=_confirmed, outside=frozenset({D.DISPUTED}), then=_completed),
        T("dispute", frozenset({D.RECORDED, D.CORRECTED}), D.DISPUTED, A.DELIVERY_ANSWER,
          (deliveries.dispute_reasoned, after("date"), not_in_future), stamp="disputed_at",
          notice="delivery.disputed", effect=_disputed),
        T("correct", frozenset({D.DISPUTED}), D.CORRECTED, A.DELIVERY_RECORD, (deliveries.within_agreed,),
          notice="delivery.corrected", effect=_corrected, then=_settled),
        T("void", frozenset({D.RECORDED, D.DISPUTED}), D.VOID, A.DELIVERY_RECORD, (reason_given, deliveries.not_acknowledged),
          stamp="void_at", notice="delivery.void", effect=_voided, then=_settled),
    ),
)  # fmt: skip


def _contribution_numbered(
    record: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any
) -> tuple[str, ...]:
    return numbered("CO", record, at, unit)


def _entered(contribution: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    """The entry, with the rate of its own date (rule 4)."""
    entry = facts["entry"]
    entry.rate = rate_in(unit, contribution.currency, clock.day(at), field="date")
    unit.add(entry)
    contribution.received = sum(
        (money.signed(e) for e in unit.related(contribution, "entries") if e.kind == EntryKind.RECEIPT),
        Decimal(0),
    )
    return ()


def _received(contribution: Any) -> str:
    return C.RECEIVED if contribution.received >= contribution.amount else C.RECEIVING


_OF_ENTRY = Dated("date", lambda _contribution, facts: facts["entry"].date)
# the kind of entry that each move makes; a reversal has that of what it takes back
ENTRY_KINDS = {
    "receive": EntryKind.RECEIPT,
    "allocate": EntryKind.ALLOCATION,
    "charge_psc": EntryKind.PSC,
    "refund": EntryKind.REFUND,
    "reverse": "",
}
_IN_HAND = frozenset({C.RECEIVING, C.RECEIVED})


def _entry_line(name: str, *guards: Any) -> T:
    return T(name, _IN_HAND, _received, A.CONTRIBUTION_HANDLE,
             (money.entry_money_fits, money.second_approval, *guards, money.ledger_holds, not_in_future),
             effect=_entered, notice=f"contribution.{name}", results=(C.RECEIVING, C.RECEIVED), needs=("entry",),
             dated=_OF_ENTRY)  # fmt: skip


CONTRIBUTION = Workflow(
    "contribution",
    (
        T("announce", frozenset({NEW}), C.ANNOUNCED, A.CONTRIBUTION_HANDLE,
          (money.contribution_money_fits, money.earmark_whole, money.psc_rule_named, not_in_future), stamp="announced_at",
          notice="contribution.announced", effect=_contribution_numbered, dated=Dated("date")),
        T("agree", frozenset({C.ANNOUNCED}), C.AGREED, A.CONTRIBUTION_HANDLE,
          (pledges.agreement, money.psc_rule_named, after("announced_at"), not_in_future), stamp="agreed_at",
          notice="contribution.agreed", takes=("agreement_reference", "agreement_signed", "psc_rate", "psc_rule"),
          dated=_signed("announced_at")),
        T("cancel", frozenset({C.ANNOUNCED, C.AGREED}), C.CANCELLED, A.CONTRIBUTION_HANDLE,
          (money.nothing_received, reason_given), stamp="cancelled_at", notice="contribution.cancelled",
          effect=keeps_reason),
        T("receive", frozenset({C.AGREED, C.RECEIVING}), _received, A.CONTRIBUTION_HANDLE,
          (money.enters(ENTRY_KINDS["receive"]), money.entry_money_fits, after("announced_at", "agreed_at"), money.ledger_holds,
           not_in_future),
          effect=_entered, notice="contribution.received", outside=frozenset({C.ANNOUNCED, C.RECEIVED}),
          results=(C.RECEIVING, C.RECEIVED), needs=("entry",), dated=_OF_ENTRY),
        _entry_line("allocate", money.enters(ENTRY_KINDS["allocate"]), money.allocation_open, money.inside_earmark),
        _entry_line("charge_psc", money.enters(ENTRY_KINDS["charge_psc"])),
        _entry_line("refund", money.enters(ENTRY_KINDS["refund"])),
        _entry_line("reverse", reason_given, money.reverses_one),
        T("close", frozenset({C.RECEIVED}), C.CLOSED, A.CONTRIBUTION_HANDLE, (money.ledger_spent, money.nothing_proposed),
          stamp="closed_at", notice="contribution.closed"),
    ),
)  # fmt: skip

TABLES = (OFFER, PLEDGE, DELIVERY, CONTRIBUTION)
