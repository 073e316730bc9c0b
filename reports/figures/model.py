"""What a figure is, and how it is written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from reports.reading import ZERO_USD

Unit = Literal["count", "usd", "working_days", "rating"]

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a report: `records` are the refs behind it, in the order of the snapshot."""

    id: str
    value: int | Decimal
    unit: Unit
    definition: str
    records: tuple[str, ...] = ()


def written(figure: Figure) -> int | str:
    """The value as figures.json carries it.

    Counts are integers; money is a string with two decimals and a rating one with one. A median of
    working days is an integer where it is whole and else a string with one decimal.
    """
    value = figure.value
    if figure.unit == "usd":
        return f"{value:.2f}"
    if figure.unit == "rating":
        return f"{value:.1f}"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value:.1f}"
    return value


def read_back(value: int | str) -> int | Decimal:
    """The value that `written` gave."""
    return Decimal(value) if isinstance(value, str) else value


def total(values: Iterable[Decimal]) -> Decimal:
    """Sum of amounts already rounded to cents."""
    return sum(values, ZERO_USD)


def mean(values: list[int]) -> Decimal:
    """Mean to one decimal, half-even; there must be at least one value."""
    return (Decimal(sum(values)) / len(values)).quantize(TENTH, rounding=ROUND_HALF_EVEN)


def median(values: list[int]) -> int | Decimal:
    """The middle value, or the mean of the middle two; there must be at least one value."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    doubled = ordered[middle - 1] + ordered[middle]
    return doubled // 2 if doubled % 2 == 0 else Decimal(doubled) / 2
