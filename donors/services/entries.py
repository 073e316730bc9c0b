"""Entries of a ledger: what was received is entered, all else is proposed by one person and approved by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from donors.enums import ProposalStatus
from donors.models import Contribution, EntryProposal, LedgerEntry
from donors.services.contributions import move_contribution, with_entry
from donors.services.locks import lock_need, need_named
from donors.workflow import CONTRIBUTION, ENTRY_KINDS
from portal.audit.services import note, prepare
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict, Refusal, Refused
from portal.core.guards import Facts
from portal.core.unit import DIRECT, Unit, atomically
from portal.policy import engine
from portal.policy.actions import A


def enter(
    contribution: Contribution, move: str, entry: LedgerEntry, *, actor: Actor, unit: Unit = DIRECT,
    at: datetime | None = None, version: int | None = None, replayed: bool = False,
) -> LedgerEntry:  # fmt: skip
    """A ledger entry: receive, allocate, charge_psc, refund or reverse (rule 3).

    Raises Refused where the ledger would not close at some moment, or the need is not open, or the donor's consent
    or a second person is missing.
    """
    facts = {"entry": entry}
    move_contribution(
        contribution, move, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return entry


@atomically
def propose_entry(
    contribution: Contribution, move: str, entry: LedgerEntry, *, actor: Actor, at: datetime | None = None,
    version: int | None = None,
) -> EntryProposal:  # fmt: skip
    """An entry is proposed: in no balance until another finance officer approves it.

    What would stand against it today is told today. Raises NotAllowed, Conflict, Refused.
    """
    given = {"entry": entry, "proposal": True}
    contribution, facts = with_entry(contribution, move, given, unit=DIRECT, at=at)
    prepare(CONTRIBUTION, move, contribution, actor=actor, unit=DIRECT, at=at, facts=facts, version=version)
    assert actor.user is not None  # the right is a person's
    row = EntryProposal(
        contribution=contribution, move=move, kind=entry.kind, date=entry.date, amount=entry.amount, need=entry.need,
        consent=entry.consent, reverses=entry.reverses, reason=entry.reason, proposed_by=actor.user.pk,
        proposed_at=clock.now(),
    )  # fmt: skip
    DIRECT.add(row)
    _tell_of(row, "propose_entry", actor)
    return row


def _tell_of(row: EntryProposal, move: str, actor: Actor, **facts: Any) -> None:
    facts = {"proposal": row.pk, "kind": row.kind, "amount": row.amount} | facts
    note(row.contribution, move, actor=actor, unit=DIRECT, facts=facts, told=True)


def _lock_proposal(row: EntryProposal) -> EntryProposal:
    """A proposal that still awaits its answer, its need and contribution locked before it."""
    need = lock_need(row.need, DIRECT) if row.need is not None else None
    contribution = DIRECT.lock(row.contribution)
    row = DIRECT.lock(row)
    row.contribution, row.need = contribution, need
    if row.status != ProposalStatus.WAITING:
        raise Conflict(_("this entry was decided on before"))
    return row


def _decide(row: EntryProposal, status: ProposalStatus, actor: Actor, **columns: Any) -> None:
    assert actor.user is not None
    decided = {"status": status, "decided_by": actor.user.pk, "decided_at": clock.now(), **columns}
    for name, value in decided.items():
        setattr(row, name, value)
    DIRECT.save(row, decided)


@atomically
def approve_entry(row: EntryProposal, *, actor: Actor) -> LedgerEntry:
    """A second finance officer approves: the entry stands in the ledger from now on.

    Every rule is asked again, as of today. Raises NotAllowed, Conflict where it was decided on before, Refused.
    """
    row = _lock_proposal(row)
    entry = LedgerEntry(
        kind=row.kind, date=row.date, amount=row.amount, need=row.need, consent=row.consent, reverses=row.reverses,
        reason=row.reason, approved_by=actor.user.pk if actor.user else None,
    )  # fmt: skip
    facts = {"entry": entry, "proposed_by": row.proposed_by}
    row.contribution = move_contribution(row.contribution, row.move, actor=actor, facts=facts)
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


def make_contribution_move(
    contribution: Contribution, move: str, *, actor: Actor, facts: Facts | None = None, version: int | None = None
) -> Contribution:  # fmt: skip
    """One move of a contribution by a person: what was received is entered, what leaves it is proposed.

    An allocation names its need by reference, a reversal its entry by number (`reverses`).
    """
    given = facts or {}
    if move not in ENTRY_KINDS:
        return move_contribution(contribution, move, actor=actor, facts=given, version=version)
    make = enter if move == "receive" else propose_entry
    make(contribution, move, _entry_of(contribution, move, actor, given), actor=actor, version=version)
    return contribution


def _entry_of(contribution: Contribution, move: str, actor: Actor, facts: Mapping[str, Any]) -> LedgerEntry:
    """An entry as its form describes it, not yet stored."""
    if move == "reverse":
        origin = contribution.entries.filter(pk=int(facts["reverses"])).first()
        if origin is None:
            raise Refused(Refusal(_("name the entry that is reversed"), "reverses"))
        return LedgerEntry(
            kind=origin.kind, amount=origin.amount, need=origin.need, reverses=origin, reason=facts["reason"]
        )
    named = {"need": need_named(actor, facts["need"], "need")} if "need" in facts else {}
    return LedgerEntry(kind=ENTRY_KINDS[move], **{**facts, **named})
