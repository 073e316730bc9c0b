"""What must hold before a contribution moves, and how its ledger adds up (rules 3, 4 and 13)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from donors.enums import Earmarking, EntryKind
from donors.models import Contribution, EntryProposal, LedgerEntry
from portal.accounts import selectors as people
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.languages import long_day
from portal.core.money import money_refusal
from portal.core.unit import Unit
from portal.core.workflow import Absent, Guard, Verdict
from portal.policy.actions import A
from portal.policy.matrix import roles_with

ENTRY_ORDER = {"receipt": 0, "psc": 1, "allocation": 2, "refund": 3}


def psc_rule_named(contribution: Contribution, facts: Facts, **_context: object) -> Verdict:
    """A support cost rate under 13 per cent names the rule that allows it (rule 3)."""
    if contribution.psc_rate >= 13 or contribution.psc_rule.strip():  # noqa: PLR2004 - the standard rate
        return None
    return Refusal(_("a rate under 13 per cent names the rule that allows it"), "psc_rule")


def contribution_money_fits(contribution: Contribution, facts: Facts, **_context: object) -> Verdict:
    """The amount is in its currency's minor units (rule 4)."""
    return money_refusal(contribution.amount, contribution.currency, "amount")


def earmark_whole(contribution: Contribution, facts: Facts, **_context: object) -> Iterable[Verdict]:
    """A soft earmark names a theme, a region or a State, a tight one a need, and what is not earmarked nothing."""
    soft = bool(
        contribution.earmarked_theme_id or contribution.earmarked_region or contribution.earmarked_state_id
    )
    tight = contribution.earmarked_need is not None
    match contribution.earmarking:
        case Earmarking.UNEARMARKED:
            if soft or tight:
                yield Refusal(_("an unearmarked contribution names no purpose"), "earmarking")
        case Earmarking.SOFT:
            if tight:
                yield Refusal(_("only a tightly earmarked contribution names a need"), "need")
            elif not soft:
                yield Absent(_("name the theme, the region or the State"), "theme")
        case Earmarking.TIGHT:
            if not tight:
                yield Absent(_("name the need"), "need")


def nothing_received(contribution: Contribution, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """No money was received."""
    return Refusal(_("money was received")) if unit.related(contribution, "entries") else None


def entry_money_fits(contribution: Contribution, facts: Facts, **_context: object) -> Verdict:
    """An entry says an amount, not below zero, in the contribution's currency; its kind says what it does."""
    return money_refusal(facts["entry"].amount, contribution.currency, "amount")


def enters(kind: str) -> Guard:
    """The guard of a move that makes entries of one kind."""

    def entry_as_named(contribution: Contribution, facts: Facts, **_context: object) -> Iterable[Verdict]:
        """An entry is of the kind that its move enters, and only a reversal names what it takes back."""
        entry = facts["entry"]
        if entry.kind != kind:
            yield Refusal(_("an entry of this kind is entered by another move"), "kind")
        if entry.reverses is not None:
            yield Refusal(_("only a reversal names the entry that it takes back"), "reverses")

    return entry_as_named


def second_approval(contribution: Contribution, facts: Facts, *, actor: Actor, **_context: object) -> Verdict:
    """What leaves a contribution was proposed by one finance officer and is approved by another."""
    if facts.get("proposal"):
        return None
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


def nothing_proposed(contribution: Contribution, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """No entry awaits its approval."""
    if any(row.status == "waiting" for row in unit.related(contribution, "proposals")):
        return Refusal(_("an entry awaits its approval"))
    return None


def signed(entry: LedgerEntry | EntryProposal) -> Decimal:
    """Amount of an entry in its kind's total: below zero where it takes another back."""
    amount: Decimal = entry.amount
    return -amount if _reversal(entry) else amount


def effect(entry: LedgerEntry | EntryProposal) -> Decimal:
    """What an entry adds to the balance; below zero where it lessens it."""
    return signed(entry) if entry.kind == EntryKind.RECEIPT else -signed(entry)


def balance(entries: Iterable[LedgerEntry]) -> Decimal:
    """What a ledger comes to."""
    return sum((effect(entry) for entry in entries), Decimal(0))


def _reversal(entry: LedgerEntry | EntryProposal) -> bool:
    return bool(entry.reverses_id or entry.reverses)


def _rank(entry: LedgerEntry) -> int:
    """Place of an entry within its day."""
    return len(ENTRY_ORDER) + int(entry.kind == "receipt") if _reversal(entry) else ENTRY_ORDER[entry.kind]


def in_order(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The lines of a ledger as they count: within one day receipts come first, then charges, allocations and
    refunds, then what is taken back, receipts last, then the order of entry, in which they are given.
    """
    return sorted(entries, key=lambda entry: (clock.day(entry.date), _rank(entry)))


def balances(entries: Sequence[LedgerEntry], psc_rate: Decimal) -> Iterable[tuple[date, str]]:
    """Where a ledger breaks rule 3: days, and reasons in which `day` is to be filled in; in order.

    `entries` are all lines, a reversed line and its reversal included. Two bounds hold after each line: the balance
    is not below zero, and allocations × (1 + rate) ≤ receipts − refunds.
    """
    totals = dict.fromkeys(ENTRY_ORDER, Decimal(0))
    factor = 1 + psc_rate / 100
    for entry in in_order(entries):
        totals[entry.kind] += signed(entry)
        money = totals["receipt"] - totals["refund"]
        if money - totals["psc"] - totals["allocation"] < 0:
            yield clock.day(entry.date), _("on %(day)s the balance would fall below zero")
        elif totals["allocation"] * factor > money:
            yield (
                clock.day(entry.date),
                _("on %(day)s more would be allocated than the support cost rate leaves"),
            )


def ledger_holds(contribution: Contribution, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """Receipts, refunds, support costs and allocations close at every moment (rule 3)."""
    entry = facts["entry"]
    if entry.kind not in ENTRY_ORDER:
        return None
    entries = [*unit.related(contribution, "entries"), entry]
    for day, reason in balances(entries, contribution.psc_rate):
        return Refusal(reason % {"day": long_day(day)}, "amount")
    return None


def allocation_open(contribution: Contribution, facts: Facts, **_context: object) -> Verdict:
    """Money goes to a need whose request is open on that day."""
    need = facts["entry"].need
    if need is None:
        return Refusal(_("name the need to which the money goes"), "need")
    if need.request.status == "open":
        return None
    return Refusal(_("the request of this need is not open on that day"), "need")


def inside_earmark(contribution: Contribution, facts: Facts, **_context: object) -> Verdict:
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


def reverses_one(contribution: Contribution, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
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


def ledger_spent(contribution: Contribution, facts: Facts, *, unit: Unit, **_context: object) -> Verdict:
    """A contribution is closed when it is spent or refunded, or the donor consents to carry it over."""
    left = balance(unit.related(contribution, "entries"))
    if left == 0 or facts.get("carry_over_consent"):
        return None
    return Absent(
        _("a balance is left; refund it or record the donor's consent to carry it over"), "carry_over_consent"
    )
