"""Chance as the random dossiers use it, and the words that they are made of."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Record = dict[str, Any]

FIRST, LAST = date(2016, 3, 1), date(2019, 12, 31)
EDGES = [date(2017, 3, 17), date(2017, 3, 18), date(2018, 12, 31), date(2019, 1, 1)]
MINOR = {"USD": 2, "EUR": 2, "NOK": 2, "JPY": 0, "KWD": 3}
PER_USD = {"EUR": "0.9", "NOK": "8.3", "JPY": "110", "KWD": "0.305"}
FORMS = {
    "training": "places",
    "capacity-building": "days",
    "equipment": "items",
    "know-how": "licences",
    "funds": "usd",
    "infrastructure": "facilities",
    "human-resources": "person-months",
}
THEMES = ["border-management", "cargo-control", "forensics", "treatment", "human-rights", "trafficking-data"]
GOVERNMENTS = ["CAN", "CHN", "DEU", "FRA", "JPN", "NOR", "SWE"]
CRITERIA = ["relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability"]
ENDS = [
    "none",
    "none",
    "declined",
    "withdrawn",
    "lapsed",
    "accepted",
    "agreed",
    "agreed",
    "delivered",
    "delivered",
]
RELEASED = ["declined", "withdrawn", "lapsed", "cancelled", "accepted-lapsed"]


class Chance:
    """A seeded source of days, amounts, quantities and references."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.numbers: defaultdict[str, int] = defaultdict(int)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def day(self, first: date, within: int = 60, last: date = LAST) -> date:
        """A day from `first` on, at most `within` days later: an edge of the period if one is near."""
        last = max(first, min(last, first + timedelta(days=within)))
        edges = [edge for edge in EDGES if first <= edge <= last]
        if edges and self.chance(0.5):
            return self.random.choice(edges)
        if self.chance(0.15):
            return first
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def ref(self, letters: str) -> str:
        self.numbers[letters] += 1
        return f"{letters}{self.numbers[letters]}"

    def amount(self, currency: str, most: int = 900_000) -> str:
        digits = self.random.randint(0, MINOR[currency])
        units = self.random.randint(1, most)
        part = self.random.choice([0, 5, 50, 500, 999]) % 10**digits
        return f"{units}.{part:0{digits}d}" if digits else str(units)

    def money(self, most: int = 900_000) -> Record:
        currency = self.random.choice(list(MINOR))
        return {"amount": self.amount(currency, most), "currency": currency}

    def part(self, quantity: Decimal, *, whole: float = 0.4) -> Decimal:
        """Some of a quantity, in its own steps, or all of it."""
        step = Decimal(1).scaleb(quantity.as_tuple().exponent)  # type: ignore[arg-type]
        if self.chance(whole) or quantity <= step:
            return quantity
        return step * self.random.randint(1, int(quantity / step))
