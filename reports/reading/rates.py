"""Units of each currency per United States dollar, by the day from which they hold (rule 4, docs/rules.md)."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from portal.core import money


class MissingRate(ValueError):
    """No rate of the currency is dated on or before the day; never taken as 1."""

    def __init__(self, currency: str, day: str) -> None:
        self.currency = currency
        self.day = day
        super().__init__(f"no rate of exchange for {currency} dated on or before {day}")


class Rates:
    """A snapshot's table of rates."""

    def __init__(self, rates: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._days = {currency: [row[0] for row in rows] for currency, rows in rates.items()}
        self._per_usd = {currency: [Decimal(row[1]) for row in rows] for currency, rows in rates.items()}

    def in_force(self, currency: str, day: str) -> tuple[str, Decimal]:
        """The latest rate dated on or before `day` ("YYYY-MM-DD"), and its own day; raises MissingRate."""
        place = bisect_right(self._days.get(currency, []), day)
        if place == 0:
            raise MissingRate(currency, day)
        return self._days[currency][place - 1], self._per_usd[currency][place - 1]

    def per_usd(self, currency: str, day: str) -> Decimal:
        """The rate in force on `day`; raises MissingRate."""
        return Decimal(1) if currency == "USD" else self.in_force(currency, day)[1]

    def usd(self, amount: str, currency: str, day: str) -> Decimal:
        """Dollars and cents, rounded half-even, of `amount` on `day`; raises MissingRate."""
        return money.usd(Decimal(amount), self.per_usd(currency, day))
