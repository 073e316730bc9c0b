"""The tables and charts of the body. Each maker returns None where it would have nothing to show.

Parts and totals are taken from different places (parts from figures by region, form, donor; totals from
the figure of the whole), so that a sum that does not close shows in the check of the document.
"""

from collections.abc import Iterable
from decimal import Decimal

from reports.compose.donors import by_donor
from reports.compose.writer import Maker, Writer
from reports.document import Bar, BarTable, Cell, Column, Row, Table
from reports.figures import PARAGRAPHS, REGIONS, Figure
from reports.reading import FULFILMENT
from reports.reading import ZERO_USD as ZERO

CRITERIA = ("relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability")
# A longer table of donors stands in annex II alone.
_LONG_TABLE = 25


def regions(writer: Writer, anchor: str, label: str) -> Table | None:
    """Requests and value pledged by M49 region; joint requests of several regions are taken off again."""
    measures, style = writer.measures, writer.style
    names = {code: style.named(writer.records.snapshot["regions"][code]["names"]) for code in REGIONS}
    codes = sorted(REGIONS, key=lambda code: style.order(names[code]))
    rows = [
        Row(
            "part",
            (
                writer.words(names[code]),
                writer.cell(f"requests.by_region.{code}"),
                writer.cell(f"pledges.value_usd.by_region.{code}", usd=True),
            ),
        )
        for code in codes
    ]
    twice = sum(measures.value(f"requests.by_region.{code}") for code in REGIONS) - measures.value(
        "requests.received"
    )
    if twice:
        rows.append(
            Row("part", (writer.label("table.joint"), writer.number(-twice), writer.number(ZERO, usd=True)))
        )
    tied = sum((Decimal(measures.value(f"pledges.value_usd.by_region.{code}")) for code in REGIONS), ZERO)
    untied = Decimal(measures.value("pledges.value_usd")) - tied
    if untied:
        rows.append(
            Row(
                "part",
                (writer.label("table.regions.untied"), writer.number(0), writer.number(untied, usd=True)),
            )
        )
    rows.append(
        Row(
            "total",
            (
                writer.label("table.total"),
                writer.cell("requests.received"),
                writer.cell("pledges.value_usd", usd=True),
            ),
        )
    )
    return Table(
        anchor,
        label,
        writer.text("table.regions.title"),
        writer.text("table.unit.mixed"),
        (
            Column(writer.text("table.head.region"), "text", width=52),
            Column(writer.text("table.head.requests"), "count", adds=True),
            Column(writer.text("table.head.value"), "usd", adds=True),
        ),
        tuple(rows),
        source=writer.text("table.source"),
    )


def forms(writer: Writer, anchor: str, label: str) -> Table | None:
    """Needs and value pledged by form of assistance."""
    needs = writer.measures.family("needs.by_form.")
    values = writer.measures.family("pledges.value_usd.by_form.")
    codes = writer.facts.terms("forms", {*needs, *values})
    if not codes:
        return None
    rows = [
        Row(
            "part",
            (
                writer.words(writer.facts.term("forms", code)),
                writer.cell(f"needs.by_form.{code}"),
                writer.cell(f"pledges.value_usd.by_form.{code}", usd=True),
            ),
        )
        for code in codes
    ]
    total = (
        writer.label("table.total"),
        writer.cell("needs.total"),
        writer.cell("pledges.value_usd", usd=True),
    )
    return Table(
        anchor,
        label,
        writer.text("table.forms.title"),
        writer.text("table.unit.mixed"),
        (
            Column(writer.text("table.head.form"), "text", width=52),
            Column(writer.text("table.head.needs"), "count", adds=True),
            Column(writer.text("table.head.value"), "usd", adds=True),
        ),
        (*rows, Row("total", total)),
        source=writer.text("table.source"),
    )


def themes(writer: Writer, anchor: str, label: str) -> BarTable | None:
    """Needs by thematic area."""
    found = writer.measures.family("needs.by_theme.")
    members = [
        (writer.words(writer.facts.term("themes", code)), f"needs.by_theme.{code}")
        for code in writer.facts.terms("themes", found)
    ]
    return _bars(writer, (anchor, label, "themes", "theme", "needs"), members, total="needs.total")


def fulfilment(writer: Writer, anchor: str, label: str) -> BarTable | None:
    """Needs by how far they were met."""
    members = [
        (writer.label(f"fulfilment.{step}"), f"needs.fulfilment.{step}") for step in reversed(FULFILMENT)
    ]
    return _bars(writer, (anchor, label, "fulfilment", "step", "needs"), members, total="needs.total")


def _bars(
    writer: Writer, words: tuple[str, str, str, str, str], members: Iterable[tuple[Cell, str]], *, total: str
) -> BarTable | None:
    anchor, label, name, head, value_head = words
    cells = [(member, writer.cell(figure_id)) for member, figure_id in members]
    longest = max((cell.value or 0 for _, cell in cells), default=0)
    if not longest:
        return None
    return BarTable(
        anchor,
        label,
        writer.text(f"table.{name}.title"),
        writer.text("table.unit.count"),
        (writer.text(f"table.head.{head}"), writer.text(f"table.head.{value_head}")),
        tuple(Bar(member.runs, cell, round(100 * (cell.value or 0) / longest)) for member, cell in cells),
        total=Bar(writer.label("table.total").runs, writer.cell(total), 0),
        source=writer.text("table.source"),
    )


def paragraphs(writer: Writer, anchor: str, label: str) -> Table | None:
    """One row a paragraph of the resolution; rows overlap, so there is no total."""
    columns = ("requests", "states", "needs", "needs_met", "pledges", "donors")
    heads = ("requests", "states", "needs", "met", "pledges", "donors")
    if not any(writer.measures.value(f"paragraph.{number}.requests") for number in PARAGRAPHS):
        return None
    rows = tuple(
        Row(
            "part",
            (
                writer.words(str(number)),
                *(writer.cell(f"paragraph.{number}.{column}") for column in columns),
                writer.cell(f"paragraph.{number}.value_usd", usd=True),
            ),
        )
        for number in PARAGRAPHS
    )
    return Table(
        anchor,
        label,
        writer.text("table.paragraphs.title"),
        writer.text("table.unit.mixed"),
        (
            Column(writer.text("table.head.paragraph"), "text", width=13),
            *(Column(writer.text(f"table.head.{head}"), "count") for head in heads),
            Column(writer.text("table.head.value"), "usd", width=20),
        ),
        rows,
        source=writer.text("table.source"),
    )


def ratings(writer: Writer, anchor: str, label: str) -> Table | None:
    """Mean rating by criterion."""
    found = writer.measures.family("assessments.rating.")
    rows = tuple(
        Row("part", (writer.label(f"criterion.{code}"), _rating(writer, found[code])))
        for code in CRITERIA
        if code in found
    )
    if not rows:
        return None
    return Table(
        anchor,
        label,
        writer.text("table.ratings.title"),
        writer.text("table.unit.rating"),
        (
            Column(writer.text("table.head.criterion"), "text", width=70),
            Column(writer.text("table.head.rating"), "number"),
        ),
        rows,
        source=writer.text("table.source"),
    )


def _rating(writer: Writer, figure: Figure) -> Cell:
    words = writer.words(writer.style.digits(figure.value, places=1))
    return Cell(words.runs, figure.value, figure.id)


def statement(writer: Writer, anchor: str, label: str) -> Table | None:
    """Opening balance to closing balance; charges, allocations and refunds are subtracted."""
    measures = writer.measures
    lines = [
        ("opening", "contributions.opening_usd", False),
        ("received", "contributions.received_usd", False),
        ("psc", "contributions.psc_usd", True),
        ("allocated", "contributions.allocated_usd", True),
        ("refunded", "contributions.refunded_usd", True),
    ]
    closing = "contributions.closing_usd"
    if not any(measures.value(figure_id) for _, figure_id, _ in lines) and not measures.value(closing):
        return None
    if measures.value("derived.contributions.later_usd"):
        lines.append(("later", "derived.contributions.later_usd", False))
    rows = [
        Row(
            "part",
            (writer.label(f"statement.{line}"), writer.cell(figure_id, usd=True, negative=negative)),
        )
        for line, figure_id, negative in lines
    ]
    rows.append(Row("total", (writer.label("statement.closing"), writer.cell(closing, usd=True))))
    return Table(
        anchor,
        label,
        writer.text("table.statement.title"),
        writer.text("table.unit.usd"),
        (
            Column(writer.text("table.head.line"), "text", width=70),
            Column(writer.text("table.head.amount"), "usd", adds=True),
        ),
        tuple(rows),
        source=writer.text("table.source"),
    )


def donors(writer: Writer, anchor: str, label: str) -> Table | None:
    """Value pledged, loans and contributions received by donor; long lists stand in annex II alone."""
    table = by_donor(
        writer,
        anchor,
        label,
        title="table.donors.title",
        columns=(
            ("value", "table.head.value"),
            ("received", "table.head.received"),
            ("loans", "table.head.loans"),
        ),
        notes=("table.note.loans",),
    )
    return None if table is None or len(table.rows) > _LONG_TABLE else table


BODY: dict[str, tuple[str, Maker]] = {
    "regions": ("table", regions),
    "forms": ("table", forms),
    "themes": ("chart", themes),
    "fulfilment": ("chart", fulfilment),
    "paragraphs": ("table", paragraphs),
    "ratings": ("table", ratings),
    "statement": ("table", statement),
    "donors": ("table", donors),
}
