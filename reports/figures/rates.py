"""United States dollar values, each at the rate in force on its entry's date (rule 4, docs/rules.md)."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from reports.figures.model import CENT

# Wide enough that rounding to cents is the only rounding: no quotient of two amounts that a dossier
# can carry comes closer to half a cent than this, unless it is half a cent.
_WIDE = Context(prec=60)


class MissingRate(ValueError):
    """No rate of the currency is dated on or before the day; never taken as 1."""

    def __init__(self, currency: str, day: str) -> None:
        self.currency = currency
        self.day = day
        super().__init__(f"no rate of exchange for {currency} dated on or before {day}")


class Rates:
    """Units of each currency per dollar, by the day from which they hold."""

    def __init__(self, rates: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._days = {currency: [row[0] for row in rows] for currency, rows in rates.items()}
        self._per_usd = {currency: [Decimal(row[1]) for row in rows] for currency, rows in rates.items()}

    def per_usd(self, currency: str, day: str) -> Decimal:
        """The latest rate dated on or before `day` ("YYYY-MM-DD"); raises MissingRate."""
        if currency == "USD":
            return Decimal(1)
        place = bisect_right(self._days.get(currency, []), day)
        if place == 0:
            raise MissingRate(currency, day)
        return self._per_usd[currency][place - 1]

    def usd(self, amount: str, currency: str, day: str) -> Decimal:
        """Dollars and cents, rounded half-even, of `amount` on `day`; raises MissingRate."""
        value = Decimal(amount)
        if currency != "USD":
            value = _WIDE.divide(value, self.per_usd(currency, day))
        return value.quantize(CENT, rounding=ROUND_HALF_EVEN, context=_WIDE)
