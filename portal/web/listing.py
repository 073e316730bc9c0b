"""Lists of records: filtered, sorted, paged, and as a CSV file of the same rows.

A list starts from rows that the actor may see; nothing here filters by person.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from portal.core import clock
from portal.core.languages import order_key
from portal.core.money import plain

if TYPE_CHECKING:
    from django.utils.functional import Promise

PER_PAGE = 25
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """One column: its key in addresses and CSV, its heading, and the value of a row.

    `order` is what the database sorts by, with `{language}` for the page's, and what decides between equals
    after a blank; empty: not sortable. `link` gives the address of a row. `kind` says how the value is set:
    text, reference, number, day, or bar (a share of 100). `unit` stands behind a number on the page.
    """

    key: str
    label: "str | Promise"
    value: Callable[[Any], Any]
    order: str = ""
    link: Callable[[Any], str] | None = None
    kind: str = "text"
    unit: Callable[[Any], Any] | None = None


class Filters(Protocol):
    """A django-filter FilterSet, as far as a list uses it."""

    form: Any
    qs: QuerySet[Any]

    def is_valid(self) -> bool: ...


@dataclass(frozen=True)
class Cell:
    key: str
    label: "str | Promise"
    value: Any
    link: str
    kind: str
    unit: Any


@dataclass(frozen=True)
class Heading:
    """A column's heading; `ordering` is what a click on it sorts by next."""

    label: "str | Promise"
    kind: str
    ordering: str
    sorted: str  # "", "ascending" or "descending"


def _ordering(columns: Sequence[Column], asked: str) -> tuple[Column, bool] | None:
    """The column asked for and whether downwards; None for one that does not sort."""
    key, down = asked.removeprefix("-"), asked.startswith("-")
    for column in columns:
        if column.key == key and column.order:
            return column, down
    return None


def _sorted(rows: QuerySet[Any], columns: Sequence[Column], asked: str, default: str) -> QuerySet[Any]:
    """Sorted as asked, then by newest record, so that every page has its own rows; absent values come last."""
    found = _ordering(columns, asked) or _ordering(columns, default)
    assert found is not None
    column, down = found
    first, *then = column.order.split()
    names = first.removesuffix("__{language}")
    term = F(first) if names == first else order_key(names, get_language() or "en")
    return rows.order_by(term.desc(nulls_last=True) if down else term.asc(nulls_last=True), *then, "-pk")


def _headings(columns: Sequence[Column], asked: str, default: str) -> list[Heading]:
    current = _ordering(columns, asked) or _ordering(columns, default)
    headings = []
    for column in columns:
        state = ""
        if current and current[0] is column:
            state = "descending" if current[1] else "ascending"
        turn = ("-" if state == "ascending" else "") + column.key if column.order else ""
        headings.append(Heading(column.label, column.kind, turn, state))
    return headings


def _cells(columns: Sequence[Column], row: Any) -> list[Cell]:
    return [
        Cell(
            c.key, c.label, c.value(row), c.link(row) if c.link else "", c.kind, c.unit(row) if c.unit else ""
        )
        for c in columns
    ]


def as_text(value: Any) -> str:
    """A value in a CSV file; what a spreadsheet would take for a formula is made text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.day(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return plain(Decimal(value))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


class _Line:
    """What a csv writer writes to when its lines are streamed."""

    def write(self, line: str) -> str:
        return line


def csv_of(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """The rows as a CSV file in UTF-8 with its mark, so that spreadsheets read names in every script."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow([str(column.label) for column in columns])
        for row in rows:
            yield writer.writerow([as_text(column.value(row)) for column in columns])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _in_full(rows: QuerySet[Any], keys: Iterable[Any]) -> list[Any]:
    """The rows of one page with all that is computed for them: for these few, not for all that were sorted."""
    order = list(keys)
    found = {row.pk: row for row in rows.order_by().filter(pk__in=order)}
    return [found[key] for key in order if key in found]


def list_page(
    request: HttpRequest,
    *,
    name: str,
    title: "str | Promise",
    empty: "str | Promise",
    filters: Filters,
    columns: Sequence[Column],
    export: Sequence[Column] = (),
    default: str,
    lead: "str | Promise" = "",
    template: str = "components/list.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """A page of a list, or, with `format=csv`, all its rows as a file.

    `filters` is bound to the address and starts from rows that the actor may see; where a filter cannot be
    read, the page says so and shows no row. `export` are columns that only the file has; `default` is the
    column by which the list is sorted unless asked otherwise, with `-` for downwards. `more` is what a template of
    its own needs beside the list.
    """
    asked = request.GET.get("ordering", "")
    valid = filters.is_valid()
    rows = _sorted(filters.qs if valid else filters.qs.none(), columns, asked, default)
    if request.GET.get("format") == "csv":
        return csv_of(name, (*columns, *export), rows.iterator(chunk_size=500))
    page = Paginator(rows.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    fields = [
        f for f in filters.form.visible_fields() if f.html_name in request.GET and f.data not in {"", None}
    ]
    context = {
        "title": title,
        "lead": lead,
        "empty": empty,
        "filters": filters,
        "filtered": bool(fields),
        "headings": _headings(columns, asked, default),
        "page": page,
        "lines": [_cells(columns, row) for row in _in_full(rows, page.object_list)],
        "around": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "ordering": asked if _ordering(columns, asked) else "",
        **(more or {}),
    }
    return render(request, template, context, status=200 if valid else 400)
