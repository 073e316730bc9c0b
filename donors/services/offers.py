"""What a donor can provide without being asked: drafted, changed, moved on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from donors.models import Offer, OfferState
from donors.services.drafts import rows_revised, still_draft
from donors.workflow import OFFER
from portal.audit.services import perform, revise
from portal.core.actor import Actor
from portal.core.guards import Facts
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A


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
    still_draft(offer)
    wanted, rows = set(states), DIRECT.related(offer, "states")
    before = {row.state_id for row in rows}
    for row in rows:
        if row.state_id not in wanted:
            row.delete()
    for code in sorted(wanted - before):
        DIRECT.add(OfferState(offer=offer, state_id=code))
    if not revise(offer, changes, actor=actor, unit=DIRECT, version=version) and wanted != before:
        rows_revised(offer, actor)
    return offer
