"""The rate of a day, in either kind of unit."""

from datetime import date
from decimal import Decimal

from portal.core.errors import Refusal, Refused
from portal.core.unit import Unit
from portal.directory import selectors


def rate_in(unit: Unit, currency: str, day: date, *, field: str) -> Decimal:
    """Units of a currency for one US dollar in force on a day; Refused, naming the field, where there is none."""
    table = getattr(unit, "rates", None)
    try:
        return table.on(currency, day) if table is not None else selectors.rate_on(currency, day)
    except selectors.MissingRate as missing:
        raise Refused(Refusal(str(missing), field)) from None
