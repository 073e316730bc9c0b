"""Lists of records: filtered, sorted, paged, and as a CSV file of the same rows.

A list starts from rows that the actor may see; nothing here filters by person.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from portal.core import clock
from portal.core.fields import BEGINNING
from portal.core.languages import order_key
from portal.core.money import plain
from portal.policy.engine import Seen
from portal.web.cells import row_of, starts
from portal.web.paging import PER_PAGE, Order, Pages
from portal.web.sheets import FORMULA, workbook

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """One column: its key in addresses and CSV, its heading, and the value of a row.

    `order` is what the database sorts by, with `{language}` for the page's or `__begins` for how a long text
    begins, and what decides between equals after a blank; empty: not sortable. `link` gives the address of a row.
    `kind` says how the value is set: text, reference, number, day, or bar (a share of 100). `unit` stands behind a
    number on the page.
    """

    key: str
    label: "str | Promise"
    value: Callable[[Any], Any]
    order: str = ""
    link: Callable[[Any], str] | None = None
    kind: str = "text"
    unit: Callable[[Any], Any] | None = None


__all__ = ["PER_PAGE", "Column", "as_text", "csv_of", "list_page"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Filters(Protocol):
    """A django-filter FilterSet, as far as a list uses it."""

    form: Any
    qs: QuerySet[Any]
    queryset: QuerySet[Any]

    def is_valid(self) -> bool: ...


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


def _in_order(rows: QuerySet[Any], column: Column, *, down: bool) -> tuple[QuerySet[Any], Order]:
    """The rows with what they are sorted by: a column, then the id, so that every page has its own rows."""
    first, *then = column.order.split()
    text = first.removesuffix("__begins")
    if text != first:
        rows = rows.annotate(text_in_order=Left(text, BEGINNING))
        return rows, Order(("text_in_order", *then), down, _may_lack(rows, text))
    names = first.removesuffix("__{language}")
    if names != first:
        rows = rows.annotate(name_in_order=order_key(names, get_language() or "en"))
        first = "name_in_order"
    return rows, Order((first, *then), down, _may_lack(rows, first))


def _may_lack(rows: QuerySet[Any], term: str) -> bool:
    """Whether a row can be without a term; of what is computed one never knows."""
    model: Any = rows.model
    for name in term.split("__"):
        if name in rows.query.annotations:
            return True
        step = model._meta.get_field(name)  # noqa: SLF001
        if step.null:
            return True
        model = step.related_model
    return False


def _headings(columns: Sequence[Column], current: tuple[Column, bool]) -> list[Heading]:
    headings = []
    for column in columns:
        state = ""
        if current[0] is column:
            state = "descending" if current[1] else "ascending"
        turn = ("-" if state == "ascending" else "") + column.key if column.order else ""
        headings.append(Heading(column.label, column.kind, turn, state))
    return headings


def _lines(columns: Sequence[Column], rows: Iterable[Any]) -> list[SafeString]:
    """The cells of each row."""
    opened = starts([(column.kind, column.label) for column in columns])
    return [
        row_of(
            opened,
            [
                (c.kind, c.value(row), c.link(row) if c.link else "", c.unit(row) if c.unit else "")
                for c in columns
            ],
        )
        for row in rows
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


def csv_of(
    name: str, _title: "str | Promise", columns: Sequence[Column], rows: Iterable[Any]
) -> StreamingHttpResponse:
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


def xlsx_of(
    name: str, title: "str | Promise", columns: Sequence[Column], rows: Iterable[Any]
) -> FileResponse:
    """The rows as a workbook with one sheet, written to a temporary file first."""
    file = workbook(
        str(title),
        [str(column.label) for column in columns],
        ([column.value(row) for column in columns] for row in rows),
        from_right=get_language_bidi(),
    )
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


FILES: dict[str, Callable[..., HttpResponseBase]] = {"csv": csv_of, "xlsx": xlsx_of}


def _in_full(rows: QuerySet[Any], keys: Iterable[Any]) -> list[Any]:
    """The rows of one page with all that is computed for them: for these few, not for all that were sorted."""
    order = list(keys)
    if not order:
        return []
    found = {row.pk: row for row in rows.order_by().filter(pk__in=order)}
    return [found[key] for key in order if key in found]


def list_page(
    request: HttpRequest,
    *,
    name: str,
    title: "str | Promise",
    empty: "str | Promise",
    filters: Filters | None = None,
    seen: Seen | None = None,
    narrow: Callable[[QuerySet[Any]], Filters] | None = None,
    columns: Sequence[Column],
    export: Sequence[Column] = (),
    shown: QuerySet[Any] | None = None,
    whole: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
    default: str,
    lead: "str | Promise" = "",
    template: str = "components/list.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """A page of a list, or, with `format=csv` or `format=xlsx`, all its rows as a file.

    `filters` is bound to the address and starts from rows that the actor may see. Of a long list `seen` are those
    rows in parts, and `narrow` binds the filters to rows. Where a filter cannot be read, the page says so and shows
    no row. `export` are columns that only the files have; `shown`, where given, are the same rows with no more than
    the page needs of them, and `whole` adds what only the files need; `default` is the column by which the list is sorted
    unless asked otherwise, with `-` for downwards. `more` is what a template of its own needs beside the list.
    """
    asked = request.GET.get("ordering", "")
    if filters is not None:
        bound, seen = filters, Seen(filters.queryset, (Q(),))
    else:
        assert seen is not None
        assert narrow is not None
        bound = narrow(seen.base)
    valid = bound.is_valid()
    narrowed = bound.qs if valid else seen.base.none()
    current = _ordering(columns, asked) or _ordering(columns, default)
    assert current is not None
    narrowed, order = _in_order(narrowed, current[0], down=current[1])
    kind = request.GET.get("format")
    if kind in FILES and valid:
        if whole is not None:
            narrowed = whole(narrowed)
        rows = seen.of(narrowed).order_by(*order.whole()).iterator(chunk_size=500)
        return FILES[kind](name, title, (*columns, *export), rows)
    page = Pages(seen.parts(narrowed), order).page(request.GET.get("page", "1"))
    context = {
        "title": title,
        "lead": lead,
        "empty": empty,
        "filters": bound,
        "filtered": any(request.GET.get(f.html_name) for f in bound.form),
        "headings": _headings(columns, current),
        "sorted_by": current[0].label,
        "downwards": current[1],
        "page": page,
        "lines": _lines(columns, _in_full(seen.base if shown is None else shown, page.keys)),
        "ordering": asked if _ordering(columns, asked) else "",
        **(more or {}),
    }
    return render(request, template, context, status=200 if valid else 400)
