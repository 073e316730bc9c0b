"""Pages of a list by a place in it, not by a number: a row that is added meanwhile moves none to another page."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet

SALT = "api.cursor"


class BadCursor(ValueError):
    """A cursor that this portal did not give, or not for this ordering."""


@dataclass(frozen=True)
class Order:
    """By a column, downwards or not, then by the record's id in the same direction; absent values come last."""

    name: str
    column: str
    down: bool

    def sort(self, rows: QuerySet[Any], *, back: bool = False) -> QuerySet[Any]:
        down = self.down is not back
        second = "-pk" if down else "pk"
        if self.column == "pk":
            return rows.order_by(second)
        term = F(self.column)
        turn = term.desc if down else term.asc
        return rows.order_by(turn(nulls_last=not back or None, nulls_first=back or None), second)

    def beyond(self, value: Any, pk: int, *, back: bool) -> Q:
        """What comes after a place, or before it."""
        sign = "lt" if self.down is not back else "gt"
        if self.column == "pk":
            return Q(**{f"pk__{sign}": pk})
        absent = Q(**{f"{self.column}__isnull": True})
        beside = Q(**{f"pk__{sign}": pk})
        if value is None:
            return (absent & beside) | (~absent if back else Q(pk__in=[]))
        found = Q(**{f"{self.column}__{sign}": value}) | (Q(**{self.column: value}) & beside)
        return found if back else found | absent


@dataclass(frozen=True)
class Page:
    """Keys of the rows of a page in their order, and the cursors of the pages beside it."""

    keys: list[Any]
    next: str | None
    previous: str | None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _cursor(order: Order, place: tuple[Any, Any], *, back: bool) -> str:
    pk, value = place
    return signing.dumps([order.name, order.down, back, _plain(value), _plain(pk)], salt=SALT)


def page(rows: QuerySet[Any], order: Order, cursor: str, size: int) -> Page:
    """A page of rows from a cursor on; the first one without a cursor. Raises BadCursor."""
    back, place = False, None
    if cursor:
        try:
            name, down, back, value, pk = signing.loads(cursor, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise BadCursor from error
        if (name, down) != (order.name, order.down):
            raise BadCursor
        place = (value, pk)
        rows = rows.filter(order.beyond(value, pk, back=back))
    columns = ("pk", "pk" if order.column == "pk" else order.column)
    found = list(order.sort(rows, back=back).values_list(*columns)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([], None, None)
    after = more if not back else True
    before = more if back else place is not None
    return Page(
        [pk for pk, _value in found],
        _cursor(order, found[-1], back=False) if after else None,
        _cursor(order, found[0], back=True) if before else None,
    )
