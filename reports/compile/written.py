"""How values are written in a snapshot: UTC days, plain decimals, nothing for what is absent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from portal.core import clock
from portal.core.money import plain

CHUNK = 2000

Json = dict[str, Any]


def day(moment: datetime) -> str:
    return clock.day(moment).isoformat()


def money(amount: Any, currency: str) -> Json:
    return {"amount": plain(amount), "currency": currency}


def kept(rate: Any, currency: str) -> Json:
    """The rate of the day that was kept with an amount (rule 4); the dollar needs none."""
    return {} if rate is None or currency == "USD" else {"rate": plain(rate)}


def given(**values: Any) -> Json:
    """Only what is there: absent values are left out."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def rows(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.order_by("pk").iterator(chunk_size=CHUNK)


def grouped(rows: Iterable[Model], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
