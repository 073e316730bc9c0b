"""What a rate of exchange and an organisation must be, whoever enters them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.errors import Refusal
from portal.core.money import is_currency, plain
from portal.directory.enums import Language, OrganisationKind
from portal.directory.models import REF_PATTERN, Unit, in_language

_PER_USD = re.compile(r"\d{1,9}(\.\d{1,8})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class RateEntry:
    """A rate to be entered: units of a currency for one United States dollar, in force from a day."""

    currency: str
    day: date
    per_usd: Decimal
    source: str = ""
    as_given: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row; `row` is its index, or its line in a file, `column` the fact at fault."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return _("line %(line)s, %(column)s: %(reason)s") % {
            "line": self.row,
            "column": self.column,
            "reason": self.reason,
        }


def read_currency(text: str) -> str:
    """An ISO 4217 code; ValueError says what is wrong."""
    if not is_currency(text):
        raise ValueError(_("“%(text)s” is not a currency of ISO 4217") % {"text": text})
    return text


def read_day(text: str) -> date:
    """A day written YYYY-MM-DD; ValueError says what is wrong."""
    if not _DATE.fullmatch(text):
        raise ValueError(_("“%(text)s” is not a date written YYYY-MM-DD") % {"text": text})
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("there is no day %(text)s") % {"text": text}) from None


def read_per_usd(text: str) -> Decimal:
    """A rate above zero of at most nine digits and eight decimals; ValueError says what is wrong."""
    # the pattern is ASCII only: Decimal would also read the digits of other scripts
    if not (text.isascii() and _PER_USD.fullmatch(text)):
        raise ValueError(
            _("“%(text)s” is not a number of at most nine digits and eight decimals, with a point")
            % {"text": text}
        )
    rate = Decimal(text)
    if not rate:
        raise ValueError(_("a rate is above zero"))
    return rate


def rate_faults(
    entries: Iterable[tuple[int, RateEntry]], known: dict[tuple[str, date], Decimal]
) -> Iterator[RowFault]:
    """Faults of rates among themselves and against those `known` by currency and day.

    The dollar is 1; a currency has one rate a day; a rate once entered is not given another value.
    """
    seen: set[tuple[str, date]] = set()
    for row, entry in entries:
        key = (entry.currency, entry.day)
        if not is_currency(entry.currency):
            reason = _("“%(text)s” is not a currency of ISO 4217") % {"text": entry.currency}
            yield RowFault(row, "currency", reason)
        if entry.per_usd <= 0:
            yield RowFault(row, "per_usd", _("a rate is above zero"))
        if entry.currency == "USD" and entry.per_usd != 1:
            yield RowFault(row, "per_usd", _("a dollar is one dollar"))
        if key in seen:
            reason = _("%(currency)s has a rate for this day already, higher up")
            yield RowFault(row, "date", reason % {"currency": entry.currency})
        elif key in known and known[key] != entry.per_usd:
            reason = _("%(currency)s stands at %(rate)s for this day; a rate once entered is not changed")
            facts = {"currency": entry.currency, "rate": plain(known[key])}
            yield RowFault(row, "per_usd", reason % facts)
        seen.add(key)


def parts_of_countable(
    quantity: Decimal | None, unit: str | None, field: str = "quantity"
) -> Iterator[Refusal]:
    """What is counted one by one is not asked for, promised or handed over in parts."""
    if quantity is None or not quantity.is_finite() or quantity == quantity.to_integral_value():
        return
    row = Unit.objects.filter(code=unit, countable=True).first()
    if row is not None:
        words = {"quantity": plain(quantity), "unit": in_language(row.labels, get_language() or "en")}
        yield Refusal(_("%(quantity)s is no whole number, and there are no parts of %(unit)s") % words, field)


def organisation_refusals(
    *, kind: str, names: dict[str, str], ref: str, state: str, states: Iterable[str]
) -> Iterator[Refusal]:
    """Refusals of an organisation's own facts; `states` are the ISO codes of the directory."""
    if kind not in OrganisationKind.values:
        yield Refusal(_("“%(kind)s” is not a kind of organisation") % {"kind": kind}, "kind")
    if not any(names.values()):
        yield Refusal(_("an organisation has a name in at least one language"), "names")
    for language in names.keys() - set(Language.values):
        yield Refusal(_("“%(language)s” is not a language of names") % {"language": language}, "names")
    if ref and not re.fullmatch(REF_PATTERN, ref):
        yield Refusal(_("“%(ref)s” is not the form of a reference") % {"ref": ref}, "ref")
    if kind == OrganisationKind.GOVERNMENT:
        if not state:
            yield Refusal(_("a Government has its State"), "state")
        elif state not in states:
            reason = _("“%(state)s” is no Member State or observer State")
            yield Refusal(reason % {"state": state}, "state")
    elif state:
        yield Refusal(_("only a Government has a State"), "state")
