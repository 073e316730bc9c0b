"""What the rows of tables add up: the records of a State or donor, and whether some may bear its name."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from reports.reading import ZERO_USD, Need, Reading


@dataclass(slots=True)
class Part:
    """What one row of a table adds up; `open_` says that some of it may be shown under its name."""

    amount: Decimal = ZERO_USD
    refs: list[str] = field(default_factory=list)
    open_: bool = False

    def add(self, ref: str, amount: Decimal = ZERO_USD, *, open_: bool) -> None:
        self.amount += amount
        self.refs.append(ref)
        self.open_ |= open_


Parts = dict[str, Part]


def _of_need(parts: Parts, need: Need | None, ref: str, amount: Decimal = ZERO_USD) -> None:
    """Under the State that the need is for; what has no need under no name."""
    state, named = (need.state, need.request.named) if need else ("", False)
    parts[state].add(ref, amount, open_=named)


def requests_by_state(reading: Reading) -> Parts:
    """Requests of the period, a joint request under each of its States."""
    found: Parts = defaultdict(Part)
    for request in reading.received:
        for state in request.states:
            found[state].add(request.ref, open_=request.named)
    return found


def needs_by_state(reading: Reading) -> Parts:
    """Counted needs."""
    found: Parts = defaultdict(Part)
    for need in reading.counted_needs():
        _of_need(found, need, need.ref)
    return found


def met_by_state(reading: Reading) -> Parts:
    """Of them, those that confirmed deliveries have met in full."""
    found: Parts = defaultdict(Part)
    for need in reading.counted_needs():
        if need.step == "delivered":
            _of_need(found, need, need.ref)
    return found


def value_by_state(reading: Reading) -> Parts:
    """Pledges whose value counts."""
    found: Parts = defaultdict(Part)
    for pledge in reading.valued:
        _of_need(found, pledge.need, pledge.ref, pledge.usd)
    return found


def deliveries_by_state(reading: Reading) -> Parts:
    """Confirmed deliveries of the period."""
    found: Parts = defaultdict(Part)
    for delivery in reading.confirmed:
        _of_need(found, delivery.pledge.need, delivery.ref)
    return found


BY_STATE: dict[str, Callable[[Reading], Parts]] = {
    "requests": requests_by_state,
    "needs": needs_by_state,
    "met": met_by_state,
    "pledges": value_by_state,
    "value": value_by_state,
    "deliveries": deliveries_by_state,
}
