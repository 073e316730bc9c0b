"""What may follow what: the tables of offers, pledges, deliveries and contributions."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from donors import rules
from donors.enums import ContributionStatus as C
from donors.enums import DeliveryStatus as D
from donors.enums import OfferStatus as O
from donors.enums import PledgeStatus as P
from donors.rates import rate_in
from portal.core import clock
from portal.core.guards import Facts, after, keeps_reason, not_in_future, reason_given
from portal.core.reference import take
from portal.core.unit import Unit
from portal.core.workflow import NEW, Workflow
from portal.core.workflow import Transition as T
from portal.policy.actions import A


def numbered(prefix: str, record: Any, at: datetime, unit: Unit) -> tuple[str, ...]:
    """A reference unique and rising within the year; given when the record is first shown to others."""
    if record.reference is None:
        key = f"{prefix}-{clock.day(at).year}"
        record.reference = f"{key}-{take(key, unit):04d}"
    return ("reference",)


def _announced(pledge: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    return numbered("PL", pledge, at, unit)


def _offered(pledge: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    """The rate of the day is kept with the value (rule 4)."""
    if pledge.value_amount is not None:
        pledge.rate = rate_in(unit, pledge.value_currency, clock.day(at), field="value")
    return (*numbered("PL", pledge, at, unit), "rate")


def _taken(offer: Any, facts: Facts, *, unit: Unit, **_: Any) -> tuple[str, ...]:
    """How much of an offer is held by the pledges that take it up, in its unit."""
    offer.taken = rules.taken(offer, unit)
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

PLEDGE = Workflow(
    "pledge",
    (
        T("announce", frozenset({NEW}), P.ANNOUNCED, A.PLEDGE_ANNOUNCE,
          (rules.source_named, rules.need_seen, rules.something_promised, rules.money_fits, not_in_future),
          stamp="announced_at", effect=_announced),
        T("draft", frozenset({NEW, P.ANNOUNCED}), P.DRAFT, A.PLEDGE_DRAFT,
          (rules.need_seen, rules.something_promised, rules.money_fits)),
        T("offer", frozenset({P.DRAFT}), P.OFFERED, A.PLEDGE_COMMIT,
          (rules.need_seen, rules.request_open, rules.same_unit, rules.room, rules.money_fits, rules.loan_is_cash,
           rules.taken_from_offer, rules.redirected, after("announced_at"), not_in_future),
          stamp="offered_at", notice="pledge.offered", effect=_offered, outside=frozenset({P.ANNOUNCED})),
        T("accept", frozenset({P.OFFERED}), P.ACCEPTED, A.PLEDGE_ANSWER, (after("offered_at"), not_in_future),
          stamp="accepted_at", notice="pledge.accepted"),
        T("decline", frozenset({P.OFFERED}), P.DECLINED, A.PLEDGE_ANSWER,
          (reason_given, after("offered_at"), not_in_future),
          stamp="declined_at", notice="pledge.declined", effect=keeps_reason),
        T("withdraw", frozenset({P.DRAFT, P.OFFERED}), P.WITHDRAWN, A.PLEDGE_COMMIT,
          (after("announced_at", "offered_at"), not_in_future),
          stamp="withdrawn_at", notice="pledge.withdrawn", effect=keeps_reason),
        T("agree", frozenset({P.ACCEPTED}), P.AGREED, A.PLEDGE_AGREE,
          (rules.agreement, rules.due_diligence, rules.site_ready, after("accepted_at"), not_in_future),
          stamp="agreed_at", notice="pledge.agreed", takes=("agreement_reference", "agreement_signed")),
        T("start_delivery", frozenset({P.AGREED}), P.DELIVERING, A.PLEDGE_DELIVER,
          (after("agreed_at"), not_in_future), notice="pledge.delivering"),
        T("record_delivery", frozenset({P.AGREED, P.DELIVERING}), P.DELIVERING, A.PLEDGE_DELIVER,
          (rules.was_agreed, not_in_future), outside=frozenset({P.ACCEPTED})),
        T("record_delivery", frozenset(), P.CANCELLED, A.PLEDGE_DELIVER,
          (rules.was_agreed, rules.still_running, not_in_future), outside=frozenset({P.CANCELLED})),
        T("complete", frozenset({P.DELIVERING}), P.DELIVERED, A.PLEDGE_DELIVER,
          (rules.all_delivered, after("agreed_at")),
          stamp="delivered_at", notice="pledge.delivered", effect=keeps_reason),
        T("resume", frozenset({P.DELIVERED}), P.DELIVERING, A.PLEDGE_RESUME,
          (rules.not_all_delivered,)),
        T("acknowledge", frozenset({P.DELIVERED}), P.ACKNOWLEDGED, A.PLEDGE_ANSWER,
          (rules.nothing_disputed, after("agreed_at", "accepted_at"), not_in_future),
          stamp="acknowledged_at", notice="pledge.acknowledged",
          outside=frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING})),
        T("cancel", frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING}), P.CANCELLED, A.PLEDGE_CANCEL,
          (reason_given, rules.notice_on_behalf, after("accepted_at", "agreed_at"), not_in_future),
          stamp="cancelled_at", notice="pledge.cancelled", effect=keeps_reason),
        T("redirect", frozenset({P.ACCEPTED, P.AGREED, P.DELIVERING}), P.CANCELLED, A.PLEDGE_COMMIT,
          (reason_given, rules.notice_given, rules.something_left, after("accepted_at", "agreed_at"), not_in_future),
          stamp="cancelled_at", notice="pledge.cancelled", effect=keeps_reason),
        T("lapse", frozenset({P.OFFERED, P.ACCEPTED}), P.LAPSED, A.PLEDGE_LAPSE,
          (after("offered_at", "accepted_at"), not_in_future),
          stamp="lapsed_at", notice="pledge.lapsed", effect=keeps_reason),
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
    delivery.quantity = facts.get("quantity", delivery.quantity)
    delivery.description = facts.get("description", delivery.description)
    return ("quantity", "description")


DELIVERY = Workflow(
    "delivery",
    (
        T("record", frozenset({NEW}), D.RECORDED, A.DELIVERY_RECORD,
          (rules.within_agreed, rules.surplus_in_its_words, rules.need_still_has_room, rules.money_fits,
           rules.delivered_by_now, not_in_future),
          notice="delivery.recorded", effect=_recorded),
        T("confirm", frozenset({D.RECORDED, D.CORRECTED}), D.CONFIRMED, A.DELIVERY_ANSWER,
          (rules.surplus_confirmed, after("date", "disputed_at"), not_in_future), stamp="confirmed_at",
          notice="delivery.confirmed", effect=_confirmed, outside=frozenset({D.DISPUTED})),
        T("dispute", frozenset({D.RECORDED, D.CORRECTED}), D.DISPUTED, A.DELIVERY_ANSWER,
          (rules.dispute_reasoned, after("date"), not_in_future), stamp="disputed_at",
          notice="delivery.disputed", effect=_disputed),
        T("correct", frozenset({D.DISPUTED}), D.CORRECTED, A.DELIVERY_RECORD, (rules.within_agreed,),
          notice="delivery.corrected", effect=_corrected),
        T("void", frozenset({D.RECORDED, D.DISPUTED}), D.VOID, A.DELIVERY_RECORD, (reason_given,), stamp="void_at",
          notice="delivery.void"),
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
        (rules.signed(e) for e in unit.related(contribution, "entries") if e.kind == "receipt"),
        Decimal(0),
    )
    return ()


def _received(contribution: Any) -> str:
    return C.RECEIVED if contribution.received >= contribution.amount else C.RECEIVING


_IN_HAND = frozenset({C.RECEIVING, C.RECEIVED})


def _entry_line(name: str, *guards: Any) -> T:
    return T(name, _IN_HAND, _received, A.CONTRIBUTION_HANDLE,
             (rules.entry_money_fits, rules.second_approval, *guards, rules.ledger_holds, not_in_future),
             effect=_entered, notice=f"contribution.{name}", results=(C.RECEIVING, C.RECEIVED), needs=("entry",))  # fmt: skip


CONTRIBUTION = Workflow(
    "contribution",
    (
        T("announce", frozenset({NEW}), C.ANNOUNCED, A.CONTRIBUTION_HANDLE,
          (rules.contribution_money_fits, rules.psc_rule_named, not_in_future), stamp="announced_at",
          notice="contribution.announced", effect=_contribution_numbered),
        T("agree", frozenset({C.ANNOUNCED}), C.AGREED, A.CONTRIBUTION_HANDLE,
          (rules.agreement, rules.psc_rule_named, after("announced_at"), not_in_future), stamp="agreed_at",
          notice="contribution.agreed", takes=("agreement_reference", "agreement_signed", "psc_rate", "psc_rule")),
        T("cancel", frozenset({C.ANNOUNCED, C.AGREED}), C.CANCELLED, A.CONTRIBUTION_HANDLE,
          (rules.nothing_received, reason_given), stamp="cancelled_at", notice="contribution.cancelled",
          effect=keeps_reason),
        T("receive", frozenset({C.AGREED, C.RECEIVING}), _received, A.CONTRIBUTION_HANDLE,
          (rules.entry_as_named, rules.entry_money_fits, after("announced_at", "agreed_at"), rules.ledger_holds, not_in_future),
          effect=_entered, notice="contribution.received", outside=frozenset({C.ANNOUNCED, C.RECEIVED}),
          results=(C.RECEIVING, C.RECEIVED), needs=("entry",)),
        _entry_line("allocate", rules.entry_as_named, rules.allocation_open, rules.inside_earmark),
        _entry_line("charge_psc", rules.entry_as_named),
        _entry_line("refund", rules.entry_as_named),
        _entry_line("reverse", reason_given, rules.reverses_one),
        T("close", frozenset({C.RECEIVED}), C.CLOSED, A.CONTRIBUTION_HANDLE, (rules.ledger_spent, rules.nothing_proposed),
          stamp="closed_at", notice="contribution.closed"),
    ),
)  # fmt: skip

TABLES = (OFFER, PLEDGE, DELIVERY, CONTRIBUTION)
