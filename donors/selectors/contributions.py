"""What may be read of contributions and their ledgers."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from donors.models import Contribution, EntryProposal, LedgerEntry
from donors.rules import contributions as ledgers
from portal.core.actor import Actor
from portal.core.fields import Amount
from portal.directory import selectors as directory
from portal.directory.models import Region
from portal.policy.actions import A
from portal.policy.engine import Seen, visible_parts, visible_q, visible_to
from requests_app import selectors as below
from requests_app.models import AssistanceRequest, Need


def contributions(actor: Actor) -> QuerySet[Contribution]:
    """Contributions that an actor may see, with their totals; `need_shown` as of pledges, for an earmark."""
    return _contribution_lines(actor, visible_to(actor, A.CONTRIBUTION_VIEW, Contribution.objects.all()))


def contributions_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Contribution.objects.select_related("donor")
    return Seen(_contribution_lines(actor, rows), visible_parts(actor, A.CONTRIBUTION_VIEW, Contribution))


def _contribution_lines(actor: Actor, rows: QuerySet[Contribution]) -> QuerySet[Any]:
    totals = {
        name: _ledger(kind)
        for name, kind in (
            ("received", "receipt"),
            ("support_costs", "psc"),
            ("allocated", "allocation"),
            ("refunded", "refund"),
        )
    }
    return rows.annotate(
        need_shown=Exists(below.needs(actor).filter(pk=OuterRef("earmarked_need"))), **totals
    ).annotate(balance=F("received") - F("refunded") - F("support_costs") - F("allocated"))


def _ledger(kind: str) -> Coalesce:
    """Total of a kind of entry of a contribution; a reversal takes away what it reverses."""
    signed = Sum(Case(When(reverses__isnull=True, then=F("amount")), default=-F("amount")))
    entries = LedgerEntry.objects.filter(contribution=OuterRef("pk"), kind=kind).order_by()
    totals = entries.values("contribution").annotate(total=signed).values("total")
    return Coalesce(Subquery(totals, Amount()), Value(Decimal(0), Amount()), output_field=Amount())


def contributions_by_key(actor: Actor, key: str) -> QuerySet[Contribution]:
    rows = contributions(actor).select_related(
        "donor", "earmarked_theme", "earmarked_state", "earmarked_need__request", "pledge"
    )
    return below.by_reference(rows, key)


def region_of(contribution: Contribution) -> Region | None:
    """The region of an earmark."""
    return directory.regions().filter(code=contribution.earmarked_region).first()


class Line(NamedTuple):
    """An entry as its ledger reads: what it adds to the balance, and the balance after it."""

    entry: LedgerEntry
    amount: Decimal
    balance: Decimal


def ledger(actor: Actor, contribution: Contribution) -> list[Line]:
    """The ledger of a contribution that the actor sees, with the balance after each entry, as rule 3 counts them;
    the need of an allocation is shown where the actor may see it.
    """
    rows = LedgerEntry.objects.filter(contribution=contribution).select_related("need__request", "reverses")
    rows = rows.annotate(need_shown=Exists(below.needs(actor).filter(pk=OuterRef("need")))).order_by("pk")
    balance, found = Decimal(0), []
    for entry in ledgers.in_order(rows):
        amount = ledgers.effect(entry)
        balance += amount
        found.append(Line(entry, amount, balance))
    return found


def allocations(actor: Actor, need: Need) -> QuerySet[LedgerEntry]:
    """What was allocated to a need: to its own State all, to others what stands in a ledger that they see;
    `ledger_shown` says whether they see it.
    """
    own = visible_to(actor, A.ALLOCATION_VIEW, AssistanceRequest.objects.filter(pk=need.request_id))
    rows = LedgerEntry.objects.filter(kind="allocation", need=need).select_related("contribution__donor")
    shown = Exists(contributions(actor).filter(pk=OuterRef("contribution")))
    rows = rows.annotate(ledger_shown=shown, of_own_state=Exists(own))
    return rows.filter(Q(ledger_shown=True) | Q(of_own_state=True)).order_by("date", "pk")


def standing_entries(contribution: Contribution) -> QuerySet[LedgerEntry]:
    """The entries of a ledger that can still be taken back."""
    rows = LedgerEntry.objects.filter(
        contribution=contribution, reverses__isnull=True, reversed_by__isnull=True
    )
    return rows.order_by("date", "pk")


def proposals(actor: Actor) -> QuerySet[EntryProposal]:
    """Proposed entries of the ledgers that the actor keeps; to everyone else there are none."""
    kept = visible_to(actor, A.CONTRIBUTION_HANDLE, Contribution.objects.all())
    rows = EntryProposal.objects.filter(contribution__in=kept.values("pk"))
    return rows.select_related("contribution__donor", "need__request", "reverses").order_by(
        "proposed_at", "pk"
    )


def proposals_waiting(actor: Actor) -> QuerySet[EntryProposal]:
    return proposals(actor).filter(status="waiting")


def funds(actor: Actor, *, number: int = 10) -> list[Any]:
    """Contributions that the actor keeps, with a balance to be spent, the newest first."""
    rows: QuerySet[Any] = contributions(actor).filter(
        visible_q(actor, A.CONTRIBUTION_HANDLE, Contribution), status__in=("receiving", "received")
    )
    return list(rows.filter(balance__gt=0).select_related("donor").order_by("-announced_at", "-pk")[:number])
