"""May it be promised, delivered, paid? The guards of offers, pledges, deliveries and contributions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from donors.enums import HELD_WHOLE, UseStatus
from portal.accounts import selectors as people
from portal.core import clock
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.money import fits_minor_units, is_currency, plain
from portal.core.unit import Unit
from portal.core.workflow import Absent, Verdict
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.matrix import roles_with

SECURITY_FORCES = {"police", "customs", "border-guard", "military"}
NEEDS_A_SITE = {"equipment", "infrastructure"}
ENTRY_ORDER = {"receipt": 0, "psc": 1, "allocation": 2, "refund": 3}


# rule 1: how much of a need is held


def delivered(pledge: Any, unit: Unit) -> Decimal:
    """Quantity delivered under a pledge, void deliveries left out, in the need's unit."""
    return sum((d.quantity for d in unit.related(pledge, "deliveries") if d.status != "void"), Decimal(0))


def held(need: Any, unit: Unit, *, without: Any = None) -> Decimal:
    """Quantity of a need that is held: committed, offered, and what a cancelled pledge had delivered (rule 1)."""
    total = Decimal(0)
    for pledge in unit.related(need, "pledges"):
        if pledge is without or (without is not None and without.pk is not None and pledge.pk == without.pk):
            continue
        if pledge.status in HELD_WHOLE:
            total += pledge.quantity
        elif pledge.status == "cancelled":
            total += delivered(pledge, unit)
    return total


def taken(offer: Any, unit: Unit) -> Decimal:
    """How much of an offer is taken up, in its unit: what its pledges hold; one that was declined, withdrawn or
    cancelled, or that lapsed, gives back what it had not delivered.
    """
    total = Decimal(0)
    for pledge in unit.related(offer, "pledges"):
        if pledge.unit_id != offer.unit_id:
            continue
        if pledge.status in HELD_WHOLE:
            total += pledge.quantity
        elif pledge.status == "cancelled":
            total += delivered(pledge, unit)
    return total


def room(pledge: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """A need is not pledged beyond its quantity, unless the State has accepted the surplus in words (rule 1)."""
    need = pledge.need
    if need is None or need.surplus_accepted:
        return None
    left = need.quantity - held(need, unit, without=pledge)
    if pledge.quantity <= left:
        return None
    return Refusal(
        _("of this need %(left)s %(unit)s are left, and the pledge covers %(quantity)s")
        % {"left": plain(max(left, Decimal(0))), "unit": need.unit_id, "quantity": plain(pledge.quantity)},
        "quantity",
    )


# pledges


def same_unit(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """A pledge against a need is in the need's unit, in kind or in cash alike (rule 1)."""
    if pledge.need is None or pledge.unit_id == pledge.need.unit_id:
        return None
    return Refusal(
        _("the unit is not that of the need, which is %(unit)s") % {"unit": pledge.need.unit_id}, "unit"
    )


def need_seen(pledge: Any, facts: Facts, *, actor: Any, **_context: Any) -> Verdict:
    """A need that its donor may not see does not exist for it (rule 9)."""
    if pledge.need is None or engine.can(actor, A.REQUEST_VIEW, pledge.need.request):
        return None
    return Refusal(_("there is no such need"), "need")


def something_promised(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """A pledge is of more than nothing."""
    return None if pledge.quantity > 0 else Refusal(_("a pledge is of more than nothing"), "quantity")


def notice_given(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """The donor's notice to the State is named."""
    return None if facts.get("notice") else Absent(_("name the notice to the State"), "notice")


def notice_on_behalf(pledge: Any, facts: Facts, *, actor: Any, unit: Unit, **_context: Any) -> Verdict:
    """Who cancels on a donor's behalf names the donor's notice."""
    givers = {pledge.donor_id, *(row.organisation_id for row in unit.related(pledge, "joint_donors"))}
    if actor.user is None or actor.organisation.pk in givers:
        return None
    return notice_given(pledge, facts)


def something_left(pledge: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """Only what is left of a pledge goes elsewhere."""
    return (
        None
        if delivered(pledge, unit) < pledge.quantity
        else Refusal(_("nothing is left to redirect"), "quantity")
    )


def not_all_delivered(pledge: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """A pledge is in delivery again only while something is still to come."""
    if delivered(pledge, unit) < pledge.quantity:
        return None
    return Refusal(_("everything that was pledged is delivered"))


def request_open(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """Only a need that was circulated, and whose request is open, can be pledged against."""
    if pledge.need is None or pledge.need.request.status == "open":
        return None
    return Refusal(_("the request of this need is not open on that day"), "need")


def money_fits(record: Any, facts: Facts, **_context: Any) -> Verdict:
    """Money is in its currency's minor units (rule 4)."""
    return None if record.value_amount is None else _fits(record.value_amount, record.value_currency, "value")


def _fits(amount: Decimal, currency: str, field: str) -> Verdict:
    if amount < 0:
        return Refusal(_("an amount is not below zero"), field)
    if not is_currency(currency):
        return Refusal(_("%(currency)s is no currency of ISO 4217") % {"currency": currency or "–"}, field)
    if fits_minor_units(amount, currency):
        return None
    return Refusal(_("%(currency)s has fewer decimals than this amount") % {"currency": currency}, field)


def loan_is_cash(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """A loan is cash."""
    if pledge.finance == "loan" and pledge.kind != "cash":
        return Refusal(_("a loan is cash"), "finance")
    return None


def taken_from_offer(pledge: Any, facts: Facts, *, at: datetime, **_context: Any) -> Iterable[Verdict]:
    """A pledge that takes up an offer has its donor, and lies within its validity."""
    offer = pledge.offer
    if offer is None:
        return
    if offer.donor_id != pledge.donor_id:
        yield Refusal(_("the offer is another donor's"), "offer")
    if clock.day(at) < clock.day(offer.valid_from) or (
        offer.valid_until is not None and clock.day(at) > clock.day(offer.valid_until)
    ):
        yield Refusal(_("the offer is not valid on that day"), "offer")


def redirected(pledge: Any, facts: Facts, *, at: datetime, **_context: Any) -> Iterable[Verdict]:
    """What is left of a cancelled pledge goes to another need of the same donor's choice, not before."""
    origin = pledge.redirected_from
    if origin is None:
        return
    if origin.donor_id != pledge.donor_id:
        yield Refusal(_("the pledge that it is redirected from is another donor's"), "redirected_from")
    if pledge.need_id is not None and (origin.need is pledge.need or origin.need_id == pledge.need_id):
        yield Refusal(_("a redirect is to another need"), "redirected_from")
    if origin.cancelled_at is None or clock.day(at) < clock.day(origin.cancelled_at):
        yield Refusal(_("the pledge that it is redirected from was not cancelled by then"), "redirected_from")


def source_named(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """The source of the public statement is named."""
    return None if pledge.source else Absent(_("name the source of the public statement"), "source")


def agreement(record: Any, facts: Facts, *, at: datetime, **_context: Any) -> Verdict:
    """The document behind the promise, signed on or before the day on which it is agreed."""
    if not record.agreement_reference or record.agreement_signed is None:
        return Absent(
            _("give the reference of the agreement and the day of the later signature"), "agreement"
        )
    if clock.day(record.agreement_signed) > clock.day(at):
        return Refusal(_("the agreement is signed after the day on which it is agreed"), "agreement.signed")
    return None


def due_diligence(pledge: Any, facts: Facts, **_context: Any) -> Verdict:
    """Support to security forces is agreed only after human-rights due diligence."""
    if pledge.need is None or pledge.need.recipient_kind not in SECURITY_FORCES or facts.get("due_diligence"):
        return None
    return Absent(_("record the human-rights due diligence"), "due_diligence")


def site_ready(pledge: Any, facts: Facts, **_context: Any) -> Iterable[Verdict]:
    """Equipment and facilities are agreed once the site and the running costs are answered, by the State in its
    need or in the agreement that both have signed.
    """
    need = pledge.need
    if need is None or pledge.form_id not in NEEDS_A_SITE:
        return
    if not (need.site_readiness or facts.get("site_readiness")):
        yield Absent(_("say what was agreed on the site"), "site_readiness")
    if not (need.running_costs or facts.get("running_costs")):
        yield Absent(_("say who pays the running costs"), "running_costs")


def was_agreed(pledge: Any, facts: Facts, *, at: datetime, **_context: Any) -> Verdict:
    """A delivery is dated on or after the pledge's agreement, or, where none is given, its acceptance."""
    since = pledge.agreed_at or pledge.accepted_at
    if since is None or clock.day(at) < clock.day(since):
        return Refusal(_("the delivery is before the agreement on the pledge"), "date")
    return None if pledge.agreed_at else Absent(_("the pledge is not agreed"), "pledge")


def still_running(pledge: Any, facts: Facts, *, at: datetime, **_context: Any) -> Verdict:
    """After a pledge was cancelled nothing more is delivered under it; what came on the same day counts."""
    if pledge.cancelled_at is not None and clock.day(at) > clock.day(pledge.cancelled_at):
        return Refusal(_("the pledge was cancelled before"), "date")
    return None


def all_delivered(pledge: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """Deliveries reach the pledge, or the donor says why there is less."""
    if delivered(pledge, unit) >= pledge.quantity or facts.get("reason"):
        return None
    return Absent(_("say why less is delivered than was pledged"), "reason")


def nothing_disputed(pledge: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """No delivery is in dispute."""
    if any(d.status == "disputed" for d in unit.related(pledge, "deliveries")):
        return Refusal(_("a delivery is in dispute"), "deliveries")
    return None


# deliveries


def within_agreed(delivery: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
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
        Decimal(0),
    )
    left = delivery.pledge.quantity - before
    if quantity <= left:
        return None
    return Refusal(
        _("of this pledge %(left)s are left to deliver, and the delivery is of %(quantity)s")
        % {"left": plain(max(left, Decimal(0))), "quantity": plain(quantity)},
        "quantity",
    )


def surplus_in_its_words(delivery: Any, facts: Facts, *, actor: Any, **_context: Any) -> Verdict:
    """Only the State accepts more than was agreed; who delivers does not say it for the State (rule 2)."""
    if delivery.surplus_accepted and actor.user is not None:
        return Refusal(_("only the State accepts more than was agreed"), "surplus_accepted")
    return None


def surplus_confirmed(delivery: Any, facts: Facts, **_context: Any) -> Verdict:
    """The State confirms what was recorded, or in words that more came; what is less it disputes (rule 2)."""
    quantity = facts.get("quantity", delivery.quantity)
    if quantity < delivery.quantity:
        return Refusal(_("dispute a delivery of which less came"), "quantity")
    if quantity > delivery.quantity and not str(facts.get("surplus", "")).strip():
        return Refusal(_("say in words that more was received"), "surplus")
    return None


def delivered_by_now(delivery: Any, facts: Facts, **_context: Any) -> Verdict:
    """Nothing is delivered before its day."""
    if clock.day(delivery.date) > clock.today():
        return Refusal(_("%(day)s is in the future") % {"day": clock.day(delivery.date).isoformat()}, "date")
    return None


def need_still_has_room(delivery: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """What a cancelled pledge delivers on its last day stays inside the need (rule 1)."""
    pledge = delivery.pledge
    if pledge.status != "cancelled" or pledge.need is None or pledge.need.surplus_accepted:
        return None
    if held(pledge.need, unit) + delivery.quantity > pledge.need.quantity:
        return Refusal(_("others hold the need by now"), "quantity")
    return None


def dispute_reasoned(delivery: Any, facts: Facts, **_context: Any) -> Verdict:
    """A dispute says what is missing or wrong, line by line."""
    if facts.get("reason") or delivery.dispute_reason:
        return None
    return Absent(_("say what is missing or wrong"), "reason")


def follow_up_refusals(delivery: Any, row: Any, *, imported: bool) -> Iterable[Refusal]:
    """What is wrong with an answer on the use of a delivery."""
    if row.status not in UseStatus.values:
        yield Refusal(_("say whether it is in use, partly, not, lost, or its staff moved"), "status")
    if not clock.day(delivery.date) <= clock.day(row.date) <= clock.today():
        yield Refusal(_("the day lies between the delivery and today"), "date")
    if delivery.status != "confirmed" and not imported:
        yield Refusal(_("the delivery is not confirmed"))


# contributions and their ledger (rule 3)


def psc_rule_named(contribution: Any, facts: Facts, **_context: Any) -> Verdict:
    """A support cost rate under 13 per cent names the rule that allows it (rule 3)."""
    if contribution.psc_rate >= 13 or contribution.psc_rule.strip():  # noqa: PLR2004 - the standard rate
        return None
    return Refusal(_("a rate under 13 per cent names the rule that allows it"), "psc_rule")


def contribution_money_fits(contribution: Any, facts: Facts, **_context: Any) -> Verdict:
    """The amount is in its currency's minor units (rule 4)."""
    return _fits(contribution.amount, contribution.currency, "amount")


def entry_money_fits(contribution: Any, facts: Facts, **_context: Any) -> Verdict:
    """An entry says an amount, not below zero, in the contribution's currency; its kind says what it does."""
    return _fits(facts["entry"].amount, contribution.currency, "amount")


def entry_as_named(contribution: Any, facts: Facts, **_context: Any) -> Iterable[Verdict]:
    """An entry is of the kind that its move enters, and only a reversal names what it takes back."""
    entry = facts["entry"]
    if entry.kind != facts["kind"]:
        yield Refusal(_("an entry of this kind is entered by another move"), "kind")
    if entry.reverses is not None:
        yield Refusal(_("only a reversal names the entry that it takes back"), "reverses")


def nothing_received(contribution: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """No money was received."""
    return Refusal(_("money was received")) if unit.related(contribution, "entries") else None


def second_approval(contribution: Any, facts: Facts, *, actor: Any, **_context: Any) -> Verdict:
    """What leaves a contribution was proposed by one finance officer and is approved by another."""
    if actor.user is None:
        return None if facts["entry"].approved_by is not None else _a_second()
    proposer = facts.get("proposed_by")
    if proposer is None:
        return _a_second().refusal
    if proposer == actor.user.pk:
        return Refusal(_("who proposes an entry does not approve it"), "approved_by")
    if not people.holds_one_of(proposer, actor.organisation, roles_with(A.CONTRIBUTION_HANDLE)):
        return Refusal(_("who proposed the entry is no finance officer today"), "approved_by")
    return None


def _a_second() -> Absent:
    return Absent(_("one finance officer proposes the entry, and another approves it"), "approved_by")


def nothing_proposed(contribution: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """No entry awaits its approval."""
    if any(row.status == "waiting" for row in unit.related(contribution, "proposals")):
        return Refusal(_("an entry awaits its approval"))
    return None


def balances(entries: Sequence[Any], psc_rate: Decimal) -> Iterable[tuple[date, str]]:
    """Where a ledger breaks rule 3: days and reasons, in order.

    `entries` are all lines, a reversed line and its reversal included; within one day receipts come first,
    then charges, allocations and refunds, then what is taken back, receipts last, then the order of entry. Two
    bounds hold after each line: the balance is not below zero, and allocations × (1 + rate) ≤ receipts − refunds.
    """
    totals = dict.fromkeys(ENTRY_ORDER, Decimal(0))
    factor = 1 + psc_rate / 100
    for entry in sorted(entries, key=lambda e: (clock.day(e.date), _rank(e))):
        totals[entry.kind] += signed(entry)
        money = totals["receipt"] - totals["refund"]
        if money - totals["psc"] - totals["allocation"] < 0:
            yield clock.day(entry.date), _("the balance would fall below zero")
        elif totals["allocation"] * factor > money:
            yield clock.day(entry.date), _("more would be allocated than the support cost rate leaves")


def signed(entry: Any) -> Decimal:
    """Amount of an entry in its kind's total: below zero where it takes another back."""
    amount: Decimal = entry.amount
    return -amount if _reversal(entry) else amount


def _reversal(entry: Any) -> bool:
    return bool(entry.reverses_id or entry.reverses)


def _rank(entry: Any) -> int:
    """Place of an entry within its day."""
    return len(ENTRY_ORDER) + int(entry.kind == "receipt") if _reversal(entry) else ENTRY_ORDER[entry.kind]


def ledger_holds(contribution: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """Receipts, refunds, support costs and allocations close at every moment (rule 3)."""
    entry = facts["entry"]
    if entry.kind not in ENTRY_ORDER:
        return None
    entries = [*unit.related(contribution, "entries"), entry]
    for day, reason in balances(entries, contribution.psc_rate):
        return Refusal(f"{reason} ({day.isoformat()})", "amount")
    return None


def allocation_open(contribution: Any, facts: Facts, **_context: Any) -> Verdict:
    """Money goes to a need whose request is open on that day."""
    need = facts["entry"].need
    if need is None:
        return Refusal(_("name the need to which the money goes"), "need")
    if need.request.status == "open":
        return None
    return Refusal(_("the request of this need is not open on that day"), "need")


def inside_earmark(contribution: Any, facts: Facts, **_context: Any) -> Verdict:
    """An allocation outside the earmark needs the donor's recorded consent (rule 13)."""
    entry = facts["entry"]
    need = entry.need
    if need is None:
        return None
    state = need.state or need.request.state
    inside = (
        (
            contribution.earmarked_need is None
            or contribution.earmarked_need is need
            or contribution.earmarked_need_id == need.pk
        )
        and (contribution.earmarked_theme_id in {None, need.theme_id})
        and (contribution.earmarked_state_id in {None, state.pk})
        and (contribution.earmarked_region in {"", state.region, state.sub_region, state.intermediate_region})
    )
    if inside or entry.consent.strip():
        return None
    return Absent(_("the need lies outside the earmark; record the donor's consent"), "consent")


def reverses_one(contribution: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """A reversal takes back one whole entry of the same contribution, once."""
    entry = facts["entry"]
    origin = entry.reverses
    entries = unit.related(contribution, "entries")
    if origin is None or origin not in entries or _reversal(origin):
        return Refusal(_("name the entry that is reversed"), "reverses")
    if any(e.reverses == origin for e in entries if _reversal(e)):
        return Refusal(_("this entry was reversed before"), "reverses")
    if (entry.kind, entry.amount, entry.need_id) != (origin.kind, origin.amount, origin.need_id):
        return Refusal(_("a reversal has the kind, amount and need of what it reverses"), "reverses")
    return None


def ledger_spent(contribution: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """A contribution is closed when it is spent or refunded, or the donor consents to carry it over."""
    sign = {"receipt": 1, "psc": -1, "allocation": -1, "refund": -1}
    balance = sum(
        (sign[e.kind] * signed(e) for e in unit.related(contribution, "entries")),
        Decimal(0),
    )
    if balance == 0 or facts.get("carry_over_consent"):
        return None
    return Absent(
        _("a balance is left; refund it or record the donor's consent to carry it over"), "carry_over_consent"
    )
