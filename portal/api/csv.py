"""A list as CSV: each field of a row in one column, lists separated by blanks, names in the reader's language."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import StreamingHttpResponse
from rest_framework import serializers

from portal.api.fields import Names, Number
from portal.web.listing import Column, csv_of
from portal.web.templatetags.portal import named

AT_ONCE = 500


def _at(path: tuple[str, ...], write: Callable[[Any], Any], row: dict[str, Any]) -> Any:
    value: Any = row
    for name in path:
        if value is None:
            return None
        value = value[name]
    return None if value is None else write(value)


def _joined(value: Any) -> Any:
    return " ".join(str(item) for item in value) if isinstance(value, list) else value


def _columns(line: Any, path: tuple[str, ...] = ()) -> Iterator[Column]:
    for name, field in line.fields.items():
        place = (*path, name)
        if isinstance(field, serializers.Serializer):
            yield from _columns(field, place)
            continue
        write: Callable[[Any], Any] = _joined
        if isinstance(field, Names):
            write = named
        elif isinstance(field, Number):
            write = Decimal
        yield Column("_".join(place), "_".join(place), partial(_at, place, write))


def _in_parts(rows: Iterable[Any], line: Any, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    one = line(context=context)
    for row in rows:
        yield one.to_representation(row)


def csv_answer(name: str, line: Any, rows: Any, context: dict[str, Any]) -> StreamingHttpResponse:
    """The rows as a file, written as they are read."""
    columns = list(_columns(line(context=context)))
    return csv_of(name, name, columns, _in_parts(rows.iterator(chunk_size=AT_ONCE), line, context))
