"""Parts add up, a figure has one value, every rate is there, what is unconfirmed is named as such."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.checks.finding import Case, Finding
from reports.document import (
    NIL,
    BarTable,
    Block,
    Cell,
    Document,
    Paragraph,
    Table,
    Value,
    parts,
    plain,
    runs_of,
)


def totals(case: Case) -> Iterator[Finding]:
    for section, block in parts(case.document):
        if isinstance(block, Paragraph):
            continue
        for column, total, sum_of_parts in _sums(block):
            if total != sum_of_parts:
                yield Finding(
                    "totals",
                    "error",
                    section,
                    _("%(table)s, column %(column)s: the parts add up to %(sum)s, the total says %(total)s.")
                    % {"table": block.label, "column": column, "sum": sum_of_parts, "total": total},
                    _("Do not issue the report; have the figures and the snapshot examined."),
                )


def _sums(block: Table | BarTable) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Column, its total, the sum of its parts, of each column that has a total."""
    if isinstance(block, BarTable):
        if block.total is not None:
            added = sum((Decimal(bar.cell.value or 0) for bar in block.bars), Decimal(0))
            yield block.heads[1], Decimal(block.total.cell.value or 0), added
        return
    totals = [row for row in block.rows if row.kind == "total"]
    for place, column in enumerate(block.columns):
        if column.adds and totals:
            values = (row.cells[place].value or 0 for row in block.rows if row.kind == "part")
            added = sum((Decimal(value) for value in values), Decimal(0))
            yield column.label, Decimal(totals[0].cells[place].value or 0), added


def same_values(case: Case) -> Iterator[Finding]:
    known = {figure.id: figure.value for figure in case.figures}
    seen: defaultdict[str, dict[int | Decimal, str]] = defaultdict(dict)
    for section, figure_id, value, words in _values(case.document):
        seen[figure_id].setdefault(value.copy_abs() if isinstance(value, Decimal) else abs(value), section)
        if not _reads(words, value):
            yield Finding(
                "values",
                "error",
                section,
                _("The figure %(id)s is %(value)s and reads %(words)s.")
                % {"id": figure_id, "value": value, "words": words},
                _("Do not issue the report; have its texts examined."),
            )
    for figure_id, values in seen.items():
        wanted = known.get(figure_id)
        if len(values) > 1 or (wanted is not None and abs(wanted) not in values):
            yield Finding(
                "values",
                "error",
                ", ".join(values.values()),
                _("The figure %(id)s stands with the values %(values)s.")
                % {"id": figure_id, "values": ", ".join(str(value) for value in values)},
                _("Generate the report again from its snapshot."),
            )


def _values(document: Document) -> Iterator[tuple[str, str, int | Decimal, str]]:
    """Section, figure, value and words of every value that stands in the document."""
    for section, block in parts(document):
        for runs in runs_of(block):
            for run in runs:
                if isinstance(run, Value):
                    yield section, run.figure, run.value, run.text
        for cell in _cells(block):
            if cell.figure is not None and cell.value is not None:
                yield section, cell.figure, cell.value, plain(cell.runs)


def _cells(block: Block) -> Iterator[Cell]:
    if isinstance(block, Table):
        for row in block.rows:
            yield from row.cells
    elif isinstance(block, BarTable):
        yield from (bar.cell for bar in block.bars)
        if block.total:
            yield block.total.cell


def _reads(words: str, value: int | Decimal) -> bool:
    """Whether digits in the words are those of the value, to the dollar in text; words alone pass."""
    digits = re.sub(r"[^\d.]", "", words.replace(",", "")).strip(".")
    if not digits:
        return words != NIL or not value
    return abs(Decimal(digits) - abs(Decimal(value))) <= (Decimal("0.5") if "." not in digits else 0)


def unconfirmed(case: Case) -> Iterator[Finding]:
    figure = next((f for f in case.figures if f.id == "deliveries.unconfirmed"), None)
    told = {figure_id for _section, figure_id, _value, _words in _values(case.document)}
    if figure is not None and figure.value and figure.id not in told:
        yield Finding(
            "unconfirmed",
            "error",
            _("Requests for assistance and how they were met"),
            _("Deliveries that are not confirmed are not named as such."),
            _("Add the sentence on unconfirmed deliveries to the outline of the report."),
        )


def rates(case: Case) -> Iterator[Finding]:
    values = [pledge.value for pledge in case.records.pledges.values()]
    values += [delivery.value for delivery in case.records.deliveries]
    missing = {value.missing_rate for value in values if value} - {""}
    for message in sorted(missing):
        yield Finding(
            "rates",
            "error",
            _("Annex III"),
            message,
            _("Enter the rate of exchange and freeze again."),
        )
