"""Amounts of money: decimal, in one currency, in that currency's minor units (rule 4, docs/rules.md)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from portal.core.errors import Refusal

# Wide enough that rounding to cents is the only rounding of a quotient.
_WIDE = Context(prec=60)
# Sums are exact or an error.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_CENT = Decimal("0.01")
_CURRENCIES = Path(__file__).with_name("data") / "currencies.csv"


class UnlikeCurrencies(TypeError):
    """Two currencies were added or compared; a value in dollars has to be taken first."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} are not added or compared")


@cache
def minor_units() -> Mapping[str, int]:
    """Decimal places of every ISO 4217 currency, also of those withdrawn since 2016."""
    with _CURRENCIES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: int(row["minor_units"]) for row in csv.DictReader(file)}


def is_currency(code: str) -> bool:
    """Whether a code is one of ISO 4217's, as the portal knows them."""
    return code in minor_units()


def plain(number: Decimal) -> str:
    """A number as a plain decimal string: no exponent, no trailing zeros, "0" for zero of either sign."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def fits_minor_units(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency; KeyError for an unknown currency."""
    places = minor_units()[currency]
    return _decimals(amount) <= places


def money_refusal(amount: Decimal, currency: str, field: str, *, currency_field: str = "") -> Refusal | None:
    """Why an amount is none of its currency: below zero, in no currency of ISO 4217, or with too many decimals."""
    if amount < 0:
        return Refusal(_("an amount is not below zero"), field)
    if not is_currency(currency):
        words = _("%(currency)s is no currency of ISO 4217") % {"currency": currency or "–"}
        return Refusal(words, currency_field or field)
    if fits_minor_units(amount, currency):
        return None
    return Refusal(_("%(currency)s has fewer decimals than this amount") % {"currency": currency}, field)


def _decimals(number: Decimal) -> int:
    return len(plain(number).partition(".")[2])


def usd(amount: Decimal, per_usd: Decimal) -> Decimal:
    """United States dollars and cents of an amount, rounded half-even.

    `per_usd` is units of the amount's currency for one dollar, above zero (ValueError otherwise).
    """
    if per_usd <= 0:
        raise ValueError(f"a rate of exchange is above zero, not {per_usd}")
    return _WIDE.divide(amount, per_usd).quantize(_CENT, rounding=ROUND_HALF_EVEN, context=_WIDE)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency; sums and comparisons stay within one currency (UnlikeCurrencies)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("an amount of money is a Decimal")
        if not self.amount.is_finite():
            raise ValueError("an amount of money is a finite number")
        if not is_currency(self.currency):
            raise ValueError(f"{self.currency!r} is not a currency of ISO 4217")

    def _same(self, other: "Money") -> Decimal:
        if self.currency != other.currency:
            raise UnlikeCurrencies(self.currency, other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(self.amount.copy_negate(), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"

    @property
    def fits(self) -> bool:
        """Whether the amount has no more decimals than its currency."""
        return fits_minor_units(self.amount, self.currency)
