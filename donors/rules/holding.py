"""How much of a need is held and of an offer is taken, and what may still be pledged against (rule 1).

The same in SQL stands in `donors.selectors.holding`; a test asks both of the same pledges.
"""

from datetime import date
from decimal import Decimal

from donors.enums import HELD_WHOLE, ON_THE_TABLE, DeliveryStatus, PledgeStatus
from donors.models import Offer, Pledge
from portal.core import clock
from portal.core.unit import Unit
from requests_app.models import Need

NOTHING = Decimal(0)


def delivered(pledge: Pledge, unit: Unit) -> Decimal:
    """Quantity delivered under a pledge, void deliveries left out, in the need's unit."""
    rows = unit.related(pledge, "deliveries")
    total: Decimal = sum((row.quantity for row in rows if row.status != DeliveryStatus.VOID), NOTHING)
    return total


def holds(pledge: Pledge, unit: Unit) -> Decimal:
    """What one pledge holds of its need and of its offer: all of it from the offer on; once cancelled, what it had
    delivered; declined, withdrawn or lapsed, nothing.
    """
    if pledge.status in HELD_WHOLE:
        return Decimal(pledge.quantity)
    return delivered(pledge, unit) if pledge.status == PledgeStatus.CANCELLED else NOTHING


def held(need: Need, unit: Unit, *, without: Pledge | None = None) -> Decimal:
    """Quantity of a need that its pledges hold."""
    rows = unit.related(need, "pledges")
    total: Decimal = sum((holds(row, unit) for row in rows if not _same(row, without)), NOTHING)
    return total


def left(need: Need, unit: Unit, *, without: Pledge | None = None) -> Decimal:
    """Quantity of a need that is not held."""
    return max(Decimal(need.quantity) - held(need, unit, without=without), NOTHING)


def taken(offer: Offer, unit: Unit) -> Decimal:
    """How much of an offer its pledges hold, as far as they are in its unit."""
    rows = unit.related(offer, "pledges")
    total: Decimal = sum((holds(row, unit) for row in rows if row.unit_id == offer.unit_id), NOTHING)
    return total


def free(offer: Offer, unit: Unit) -> Decimal:
    """Quantity of an offer that is not taken."""
    return max(Decimal(offer.quantity) - taken(offer, unit), NOTHING)


def has_room(need: Need, left: Decimal) -> bool:
    """Whether a need of which so much is left can be pledged to: the State may accept more in words."""
    return left > 0 or bool(need.surplus_accepted)


def on_the_table(offer: Offer, day: date) -> bool:
    """Whether an offer can be taken up on a day."""
    return offer.status in ON_THE_TABLE and valid_on(offer, day)


def valid_on(offer: Offer, day: date) -> bool:
    """Whether a day lies in the time for which an offer is meant."""
    return clock.day(offer.valid_from) <= day and (
        offer.valid_until is None or day <= clock.day(offer.valid_until)
    )


def _same(row: Pledge, other: Pledge | None) -> bool:
    return other is not None and (row is other or (other.pk is not None and row.pk == other.pk))
