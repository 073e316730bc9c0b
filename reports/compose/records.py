"""The snapshot's records as the report tells them: who may be named, what belongs to what.

Who is named: a State stands in text, tables and annexes for a request only with its consent. A cell that
holds only requests without consent is folded into "other"; a donor is not named for an anonymous pledge.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from reports.figures import (
    Rates,
    Snapshot,
    committed,
    confirmed,
    day_of,
    fulfilment,
    is_loan,
    request_state,
)

Record = Mapping[str, Any]
ZERO = Decimal("0.00")


@dataclass(slots=True)
class Part:
    """What one row of a table adds up; `open_` says that some of it may be shown under its name."""

    amount: Decimal = ZERO
    refs: list[str] = field(default_factory=list)
    open_: bool = False

    def add(self, ref: str, amount: Decimal = ZERO, *, open_: bool) -> None:
        self.amount += amount
        self.refs.append(ref)
        self.open_ |= open_


Parts = dict[str, Part]


def _parts() -> defaultdict[str, Part]:
    return defaultdict(Part)


class Records:
    """The records of one snapshot, indexed once; every property is read from them alone."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.cut_off = str(snapshot["cut_off"])
        self.first, self.last = str(snapshot["period"]["from"]), str(snapshot["period"]["to"])
        self.rates = Rates(snapshot.get("rates", {}))
        self.states: Mapping[str, Any] = snapshot["states"]
        self.organisations: dict[str, Record] = {
            organisation["ref"]: organisation for organisation in snapshot["organisations"]
        }
        self.request_of_need: dict[str, Record] = {}
        self.need: dict[str, Record] = {}
        for request in snapshot["requests"]:
            for need in request["needs"]:
                self.request_of_need[need["ref"]] = request
                self.need[need["ref"]] = need
        self.pledges: dict[str, Record] = {pledge["ref"]: pledge for pledge in snapshot["pledges"]}

    def in_period(self, day: str | None) -> bool:
        return day is not None and self.first <= day <= min(self.last, self.cut_off)

    def usd(self, money: Mapping[str, str] | None, day: str) -> Decimal:
        """Dollars and cents of `money` on `day`; nothing where there is none. Raises MissingRate."""
        return self.rates.usd(money["amount"], money["currency"], day) if money else ZERO

    # -- requests

    @cached_property
    def received(self) -> list[Record]:
        """Requests submitted in the period."""
        return [
            request for request in self.snapshot["requests"] if self.in_period(day_of(request, "submitted"))
        ]

    @cached_property
    def counted(self) -> list[Record]:
        """Of them, those whose needs count: not withdrawn or declined at the cut-off."""
        left_out = ("withdrawn", "declined")
        return [r for r in self.received if request_state(r, self.cut_off) not in left_out]

    @cached_property
    def named_states(self) -> frozenset[str]:
        """States that may be named for at least one request of the snapshot."""
        return frozenset(
            state for request in self.snapshot["requests"] if request["named"] for state in together(request)
        )

    @cached_property
    def silent_states(self) -> frozenset[str]:
        """States with requests, none of which they may be named for."""
        asking = {state for request in self.snapshot["requests"] for state in together(request)}
        return frozenset(asking - self.named_states)

    @cached_property
    def requests_by_state(self) -> Parts:
        """Requests of the period by State, a joint request under each of its States."""
        found = _parts()
        for request in self.received:
            for state in together(request):
                found[state].add(request["ref"], open_=request["named"])
        return found

    @cached_property
    def needs_by_state(self) -> Parts:
        """Counted needs by the State that they are for."""
        found = _parts()
        for request, need in self.counted_needs():
            found[need_state(request, need)].add(need["ref"], open_=request["named"])
        return found

    @cached_property
    def met_by_state(self) -> Parts:
        """Counted needs that confirmed deliveries have met in full, by State."""
        found = _parts()
        for request, need in self.counted_needs():
            if self.step(need) == "delivered":
                found[need_state(request, need)].add(need["ref"], open_=request["named"])
        return found

    @cached_property
    def value_by_state(self) -> Parts:
        """Valued pledges (as `valued`) by the State of their need; those without one under ""."""
        found = _parts()
        for pledge in self.valued:
            request = self.request_of_need.get(pledge.get("need", ""))
            state = need_state(request, self.need[pledge["need"]]) if request else ""
            usd = self.usd(pledge.get("value"), pledge["dates"]["offered"])
            found[state].add(pledge["ref"], usd, open_=bool(request and request["named"]))
        return found

    @cached_property
    def deliveries_by_state(self) -> Parts:
        """Confirmed deliveries of the period by the State of their need; those without one under ""."""
        found = _parts()
        for delivery in self.confirmed:
            need = self.pledges[delivery["pledge"]].get("need", "")
            request = self.request_of_need.get(need)
            state = need_state(request, self.need[need]) if request else ""
            found[state].add(delivery["ref"], open_=bool(request and request["named"]))
        return found

    def counted_needs(self) -> Iterator[tuple[Record, Record]]:
        for request in self.counted:
            for need in request["needs"]:
                yield request, need

    # -- fulfilment

    @cached_property
    def _covered(self) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        pledged: defaultdict[str, Decimal] = defaultdict(Decimal)
        for pledge in self.snapshot["pledges"]:
            offered = pledge["dates"].get("offered")
            if "need" in pledge and offered and committed(pledge, self.cut_off):
                pledged[pledge["need"]] += Decimal(pledge["quantity"])
        delivered: defaultdict[str, Decimal] = defaultdict(Decimal)
        for delivery in self.snapshot["deliveries"]:
            need = self.pledges[delivery["pledge"]].get("need")
            if need and confirmed(delivery, self.cut_off):
                delivered[need] += Decimal(delivery["quantity"])
        return pledged, delivered

    def step(self, need: Record) -> str:
        """How far the need is met, one of `reports.figures.FULFILMENT`."""
        pledged, delivered = self._covered
        ref = need["ref"]
        return fulfilment(Decimal(need["quantity"]), pledged.get(ref), delivered.get(ref))

    # -- pledges and deliveries

    @cached_property
    def live(self) -> list[Record]:
        """Pledges offered in the period and committed at the cut-off, loans among them."""
        return [
            pledge
            for pledge in self.snapshot["pledges"]
            if self.in_period(pledge["dates"].get("offered")) and committed(pledge, self.cut_off)
        ]

    @cached_property
    def valued(self) -> list[Record]:
        """Of them, those whose value counts: no loans."""
        return [pledge for pledge in self.live if not is_loan(pledge)]

    @cached_property
    def announced_only(self) -> list[Record]:
        """Pledges announced by the cut-off and never offered."""
        return [
            pledge
            for pledge in self.snapshot["pledges"]
            if "offered" not in pledge["dates"] and self.in_period(pledge["dates"].get("announced"))
        ]

    @cached_property
    def delivered(self) -> list[Record]:
        """Deliveries dated in the period."""
        return [d for d in self.snapshot["deliveries"] if self.in_period(d["date"])]

    @cached_property
    def confirmed(self) -> list[Record]:
        return [delivery for delivery in self.delivered if confirmed(delivery, self.cut_off)]

    @cached_property
    def unconfirmed(self) -> list[Record]:
        return [delivery for delivery in self.delivered if not confirmed(delivery, self.cut_off)]

    def serves(self, pledge: Record, paragraph: int) -> bool:
        need = self.need.get(pledge.get("need", ""))
        return need is not None and paragraph in need["paragraphs"]

    # -- contributions

    def entries(self, contribution: Record) -> Iterator[tuple[str, str, Decimal]]:
        """Kind, date and dollars of each ledger entry; a reversal is less than nothing."""
        for entry in contribution["entries"]:
            usd = self.rates.usd(entry["amount"], contribution["currency"], entry["date"])
            yield entry["kind"], entry["date"], -usd if "reverses" in entry else usd

    # -- donors

    def is_anonymous(self, record: Record) -> bool:
        """Whether the donor of a pledge, or of a contribution to it, asked not to be named."""
        if "earmarking" in record:
            record = self.pledges.get(record.get("pledge", ""), {})
        return bool(record.get("anonymous"))

    @cached_property
    def named_donors(self) -> frozenset[str]:
        """Donors of at least one pledge or contribution that they may be named for."""
        records = (*self.snapshot["pledges"], *self.snapshot["contributions"])
        return frozenset(record["donor"] for record in records if not self.is_anonymous(record))

    @cached_property
    def silent_donors(self) -> frozenset[str]:
        """Donors all of whose pledges and contributions are anonymous."""
        records = (*self.snapshot["pledges"], *self.snapshot["contributions"])
        return frozenset(record["donor"] for record in records) - self.named_donors


def together(request: Record) -> set[str]:
    """The States of a request, co-requesters included."""
    return {request["state"], *request.get("co_requesters", ())}


def need_state(request: Record, need: Record) -> str:
    """The State that a need is for: its own where given, else the lead State."""
    return str(need.get("state") or request["state"])
