"""Annex III: rates of exchange, cases given as illustrations, and the figures with their definitions."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from reports.compose.inputs import clean
from reports.compose.writer import Writer
from reports.document import NIL, Cell, Column, Paragraph, Row, Runs, Table
from reports.figures import Figure
from reports.figures.compute import ALWAYS

if TYPE_CHECKING:
    from reports.compose.messages import Argument
    from reports.reading import Amount

# More dates than this are summed up by currency.
_MANY_RATES = 60
_RATE_COLUMNS = 7


def rates(writer: Writer, anchor: str, label: str) -> Table | None:
    """The rates that entries of the report used; by currency alone where they are many."""
    used = _rates_used(writer)
    days = sorted({day for dates in used.values() for day in dates})
    if not days:
        return None
    codes = sorted(used)
    many = len(days) > _MANY_RATES or len(codes) > _RATE_COLUMNS
    number = sum(len(dates) for dates in used.values())
    writer.measures.add(Figure("derived.rates.used", number, "count", "Rates of exchange that entries used."))
    if many:
        heads = [writer.text(f"table.head.{name}") for name in ("currency", "number", "lowest", "highest")]
        rows: list[tuple[Cell, ...]] = [
            (
                writer.symbol(code),
                writer.number(len(used[code])),
                writer.words(str(min(used[code].values()))),
                writer.words(str(max(used[code].values()))),
            )
            for code in codes
        ]
    else:
        heads = [writer.text("table.head.date"), *codes]
        rows = [
            (
                writer.words(writer.style.date(day)),
                *(writer.words(_rate(used[code], day)) for code in codes),
            )
            for day in days
        ]
    return Table(
        anchor,
        label,
        writer.text("table.rates.title"),
        "",
        tuple(
            Column(head, "number" if place else "text", width=None if place else 30)
            for place, head in enumerate(heads)
        ),
        tuple(Row("part", cells) for cells in rows),
        source=writer.text("table.source"),
    )


def _rate(rates: dict[str, Decimal], day: str) -> str:
    """A rate with as many decimals as the longest of its column."""
    if day not in rates:
        return NIL
    places = max(-int(rate.as_tuple().exponent) for rate in rates.values())
    return f"{rates[day]:.{max(places, 0)}f}"


def _rates_used(writer: Writer) -> dict[str, dict[str, Decimal]]:
    """By currency, the rates at which amounts were converted, by the day from which they hold."""
    records = writer.records
    amounts: list[Amount | None] = [pledge.value for pledge in records.live]
    amounts += [delivery.value for delivery in records.confirmed if not delivery.pledge.loan]
    for contribution in records.contributions:
        amounts += [contribution.announced, contribution.agreed]
        amounts += [entry.value for entry in contribution.entries]
    table: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    for amount in amounts:
        if amount is not None and amount.currency != "USD":
            since, per_usd = amount.rate
            table[amount.currency][since] = per_usd
    return dict(table)


def figures(writer: Writer, anchor: str, label: str) -> Table | None:
    """The figures that are no part of a family, with value and definition."""
    rows = []
    for figure_id in ALWAYS:
        figure = writer.measures.get(figure_id)
        words = figure_id.split(".")
        if figure is None or words[0] == "paragraph" or any(word.startswith("by_") for word in words):
            continue
        rows.append(
            Row(
                "part",
                (
                    writer.symbol(figure_id),
                    writer.words(figure.definition),
                    writer.cell(figure_id, usd=figure.unit == "usd"),
                ),
            )
        )
    return Table(
        anchor,
        label,
        writer.text("table.figures.title"),
        writer.text("table.unit.mixed"),
        (
            Column(writer.texts.label("figure"), "text", width=36),
            Column(writer.texts.label("definition"), "text", width=46),
            Column(writer.texts.label("value"), "number", width=18),
        ),
        tuple(rows),
    )


def illustrations(writer: Writer) -> Iterator[Paragraph]:
    """Real cases of which the State may be named, with their sources, by State."""
    cases: list[tuple[str, Runs | None]] = []
    for request in writer.records.requests:
        if request.named and request.data.get("illustrative"):
            name = writer.facts.state_name(request.state)
            arguments: dict[str, Argument] = {
                "case.state": name[:1].upper() + name[1:],
                "case.title": clean(request.data["title"]).rstrip("."),
                "case.source": clean(request.data.get("source", "")),
            }
            cases.append((name, writer.say("method.illustrative.case", arguments)))
    cases.sort(key=lambda case: writer.style.order(case[0]))
    if cases:
        items = writer.items(runs for _, runs in cases)
        paragraph = writer.paragraph(writer.say("method.illustrative"), items=items)
        if paragraph is not None:
            yield paragraph
