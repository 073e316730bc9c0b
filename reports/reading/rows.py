"""The records of a snapshot as rows, each with everything that is derived of it.

"In the period" is on a day of [from, to], both included, and never after the cut-off; "at the cut-off" is at
the end of that day, UTC. `data` is the record as the snapshot has it, for its texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.core import money
from reports.reading.rates import MissingRate, Rates

Snapshot = Mapping[str, Any]
Record = Mapping[str, Any]

ZERO_USD = Decimal("0.00")
FULFILMENT = ("unmet", "partly_pledged", "fully_pledged", "partly_delivered", "delivered")


@dataclass(slots=True)
class Amount:
    """Money of a day: in dollars at the rate that was kept with it, else at the one in force on that day."""

    amount: str
    currency: str
    day: str
    kept: str | None
    table: Rates
    _usd: Decimal | None = None

    @property
    def rate(self) -> tuple[str, Decimal]:
        """Units per dollar and the day from which they hold; a kept rate that the table has not, its own day.

        Raises MissingRate.
        """
        if self.kept is None:
            return self.table.in_force(self.currency, self.day)
        try:
            since, per_usd = self.table.in_force(self.currency, self.day)
        except MissingRate:
            since, per_usd = self.day, None
        kept = Decimal(self.kept)
        return (since if per_usd == kept else self.day), kept

    @property
    def missing_rate(self) -> str:
        """Which rate is missing, in words; empty where there is one."""
        try:
            _ = self.usd
        except MissingRate as missing:
            return str(missing)
        return ""

    @property
    def usd(self) -> Decimal:
        """Dollars and cents, rounded half-even; raises MissingRate."""
        if self._usd is None:
            per_usd = Decimal(self.kept) if self.kept else self.table.per_usd(self.currency, self.day)
            self._usd = money.usd(Decimal(self.amount), per_usd)
        return self._usd


@dataclass(slots=True)
class Request:
    """A request; `states` are those of a joint request too, `named` whether they may be named for it."""

    data: Record
    ref: str
    state: str
    states: frozenset[str]
    named: bool
    submitted: str | None
    received: bool  # submitted in the period
    acknowledged: str | None  # by the cut-off
    at_cut_off: str | None  # one of STATES
    needs: list["Need"] = field(default_factory=list)

    @property
    def counted(self) -> bool:
        """Whether its needs count: received, and not withdrawn or declined at the cut-off."""
        return self.received and self.at_cut_off not in {"withdrawn", "declined"}

    def serves(self, paragraph: int) -> bool:
        return any(paragraph in need.paragraphs for need in self.needs)


@dataclass(slots=True)
class Need:
    """A line of a request; `state` is whom it is for, `region` that of the lead State."""

    ref: str
    request: Request
    form: str
    theme: str
    paragraphs: tuple[int, ...]
    women_children: bool
    state: str
    region: str
    quantity: Decimal
    pledged: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)

    @property
    def step(self) -> str:
        """How far it is met, one of FULFILMENT: committed pledges and confirmed deliveries, in its unit."""
        if self.delivered:
            return "delivered" if self.delivered >= self.quantity else "partly_delivered"
        if self.pledged:
            return "fully_pledged" if self.pledged >= self.quantity else "partly_pledged"
        return "unmet"


@dataclass(slots=True)
class Pledge:
    """A pledge; `value` is that of the day of its offer."""

    ref: str
    donor: str
    anonymous: bool
    form: str
    loan: bool
    need: Need | None
    for_state: bool  # promised to a State, by name or by a need of it
    value: Amount | None
    offered: bool  # in the period
    announced: bool  # in the period, and not offered
    accepted: bool  # by the cut-off
    agreed: bool  # by the cut-off
    committed: bool  # at the cut-off, whenever offered

    @property
    def live(self) -> bool:
        """Offered in the period and committed at the cut-off."""
        return self.offered and self.committed

    @property
    def valued(self) -> bool:
        """Whether its value counts: live, and no loan."""
        return self.offered and self.committed and not self.loan

    @property
    def usd(self) -> Decimal:
        """Its value; nothing where none is given. Raises MissingRate."""
        return self.value.usd if self.value else ZERO_USD

    def serves(self, paragraph: int) -> bool:
        return self.need is not None and paragraph in self.need.paragraphs


@dataclass(slots=True)
class Delivery:
    """A delivery up to the cut-off; `use` is what the State's last report says of it."""

    ref: str
    pledge: Pledge
    dated: bool  # in the period
    confirmed: bool  # at the cut-off, and not disputed since
    value: Amount | None
    participants: Mapping[str, int]
    use: str | None

    @property
    def counted(self) -> bool:
        return self.dated and self.confirmed

    @property
    def usd(self) -> Decimal:
        """What it adds to values: nothing under a loan, or without a value. Raises MissingRate."""
        return self.value.usd if self.value and not self.pledge.loan else ZERO_USD


@dataclass(slots=True)
class Entry:
    """A line of a ledger up to the cut-off; one that takes another back is less than nothing."""

    kind: str
    when: str  # "opening", "period" or "later"
    value: Amount
    sign: int

    @property
    def amount(self) -> Decimal:
        """In the contribution's own currency."""
        return self.sign * Decimal(self.value.amount)

    @property
    def usd(self) -> Decimal:
        return self.sign * self.value.usd

    @property
    def effect(self) -> Decimal:
        """What it does to the balance, in dollars."""
        return self.usd if self.kind == "receipt" else -self.usd


@dataclass(slots=True)
class Contribution:
    """A contribution; `announced` and `agreed` are its amount on those days, where they are in the period."""

    ref: str
    donor: str
    anonymous: bool  # as the pledge that it fulfils
    currency: str
    announced: Amount | None
    agreed: Amount | None
    entries: list[Entry]


@dataclass(slots=True)
class Assessment:
    """An assessment of impact."""

    data: Record
    ref: str
    request: Request | None
    submitted: bool  # in the period
    published: bool  # by the cut-off
    ratings: Mapping[str, int]
