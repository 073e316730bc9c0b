"""Cash to UNODC: announced, and moved on by its table."""

from datetime import datetime

from django.utils.translation import gettext as _

from donors.models import Contribution
from donors.services.locks import lock_need
from donors.workflow import CONTRIBUTION, ENTRY_KINDS
from portal.audit.services import perform
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict
from portal.core.guards import Facts
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW


@atomically
def announce_contribution(
    contribution: Contribution, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None, replayed: bool = False
) -> Contribution:  # fmt: skip
    """Opens a contribution: donor, amount, currency, earmark."""
    contribution.status = NEW
    perform(CONTRIBUTION, "announce", contribution, actor=actor, unit=unit, at=at, replayed=replayed)
    return contribution


@atomically
def move_contribution(
    contribution: Contribution, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Contribution:  # fmt: skip
    """One move of a contribution's table; one that writes into the ledger brings its `entry`, dated by its own day.

    Raises NotAllowed, Conflict, Refused.
    """
    contribution, facts = with_entry(contribution, move, facts or {}, unit=unit, at=at)
    perform(
        CONTRIBUTION, move, contribution, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )  # fmt: skip
    return contribution


def with_entry(
    contribution: Contribution, move: str, facts: Facts, *, unit: Unit, at: datetime | None = None
) -> tuple[Contribution, Facts]:
    """The contribution locked, the need of an entry that it is brought before it, and what the entry says."""
    entry = facts.get("entry")
    if entry is None:
        return unit.lock(contribution), facts
    if move not in ENTRY_KINDS:
        raise Conflict(_("no entry of a ledger is made by this move"))
    if entry.need is not None:
        entry.need = lock_need(entry.need, unit)
    contribution = unit.lock(contribution)
    entry.contribution, entry.date = contribution, at or entry.date or clock.now()
    said = {"kind": entry.kind, "amount": entry.amount, "reason": entry.reason}
    return contribution, {**said, **facts}
