"""The annexes: implementation matrix, requests by State, contributions by donor, method."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reports.compose.donors import by_currency, by_donor
from reports.compose.inputs import clean
from reports.compose.records import ZERO, Part, Parts
from reports.compose.writer import Maker, Writer
from reports.document import (
    NIL,
    NOT_AVAILABLE,
    Block,
    Cell,
    Column,
    Letter,
    Paragraph,
    Row,
    Runs,
    Table,
    Text,
)
from reports.figures import Figure
from reports.figures.compute import ALWAYS
from reports.figures.public import OTHER

if TYPE_CHECKING:
    from reports.compose.messages import Argument

# More dates than this are summed up by currency.
_MANY_RATES = 60
_RATE_COLUMNS = 7


def matrix(writer: Writer, anchor: str, label: str) -> Table | None:
    """Paragraph, action asked for, what was done, resources, what remains."""
    rows = []
    for paragraph in writer.records.snapshot["resolution"]["paragraphs"]:
        number = paragraph["number"]
        summary = writer.style.named(paragraph["summary"])
        done, resources, remains = _actions(writer, number)
        rows.append(
            Row(
                "part",
                (
                    writer.words(str(number)),
                    writer.words(summary),
                    Cell(done),
                    Cell(resources),
                    Cell(remains),
                ),
            )
        )
    if not rows:
        return None
    return Table(
        anchor,
        label,
        writer.text("matrix.title"),
        "",
        (
            Column(writer.text("table.head.paragraph"), "text", width=8),
            Column(writer.text("matrix.head.asked"), "text", width=38),
            Column(writer.text("matrix.head.done"), "text", width=23),
            Column(writer.text("matrix.head.resources"), "text", width=16),
            Column(writer.text("matrix.head.remains"), "text", width=15),
        ),
        tuple(rows),
        source=writer.text("table.source"),
        wide=True,
    )


def _actions(writer: Writer, number: int) -> tuple[Runs, Runs, Runs]:
    special = {
        9: ("matrix.done.assessments",),
        10: ("matrix.done.report",),
        11: ("matrix.done.contributions", "matrix.done.received", "matrix.done.contributions.none"),
    }
    if number in (10, 11):
        done = writer.first(special[number], digits=True)
        resources = "matrix.resources.existing" if number == 10 else "matrix.resources.allocated"  # noqa: PLR2004 - paragraph 10
        remains = writer.say("matrix.remains.balance", digits=True) if number == 11 else None  # noqa: PLR2004 - paragraph 11
        return _or_nil(done), _or_nil(writer.say(resources)), _or_nil(remains)
    ids = ("matrix.done.requests", "matrix.done.pledges", "matrix.done.deliveries", *special.get(number, ()))
    words = {"n": str(number)}
    done = _together(writer.say(message_id, words=words, digits=True) for message_id in ids)
    return (
        done or _or_nil(writer.say("matrix.done.none")),
        _or_nil(
            _together(
                writer.say(message_id, words=words, digits=True)
                for message_id in ("matrix.resources", "matrix.resources.delivered")
            )
        ),
        _or_nil(writer.say("matrix.remains", words=words, digits=True)),
    )


def _together(said: Iterator[Runs | None]) -> Runs | None:
    text: Runs = ()
    for runs in said:
        if runs:
            text += (Text(" "), *runs) if text else runs
    return text or None


def _or_nil(runs: Runs | None) -> Runs:
    return runs or (Text(NIL),)


# -- annex I


_STATE_COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    # column, parts of records, fixed figure of the whole, definition of a part that is no fixed figure
    ("requests", "requests_by_state", "requests.received", ""),
    ("needs", "needs_by_state", "needs.total", "Needs counted of {state}."),
    ("met", "met_by_state", "needs.fulfilment.delivered", "Needs of {state} that were met in full."),
    ("pledges", "value_by_state", "derived.pledges.standing", "Pledges standing for needs of {state}."),
    ("value", "value_by_state", "pledges.value_usd", "Value of the pledges standing for needs of {state}."),
    (
        "deliveries",
        "deliveries_by_state",
        "deliveries.confirmed",
        "Confirmed deliveries for needs of {state}.",
    ),
)


def states(writer: Writer, anchor: str, label: str) -> Table | None:
    """One row a State that may be named; what may not be shown under a name is added to the others."""
    columns: dict[str, Parts] = {
        column: getattr(writer.records, source) for column, source, _, _ in _STATE_COLUMNS
    }
    shown = {state for parts in columns.values() for state, part in parts.items() if part.open_ and state}
    if not any(columns.values()):
        return None
    listed = sorted(
        ((writer.style.state(writer.records.states[state]), state) for state in shown),
        key=lambda pair: writer.style.order(pair[0]),
    )
    rows = [
        Row("part", (Cell((Text(name),)), *(_state_cell(writer, columns, c, state, name) for c in columns)))
        for name, state in listed
    ]
    folded = any(part.refs and not part.open_ for parts in columns.values() for part in parts.values())
    if folded:
        cells = (_other(writer, name, columns[name]) for name in columns)
        rows.append(Row("part", (writer.label("table.other.states", note="a"), *cells)))
    notes = ["table.note.other.states"] if folded else []
    if any(isinstance(run, Letter) for row in rows[: len(listed)] for c in row.cells for run in c.runs):
        notes.append("table.note.folded")
    asked = sum(len(part.refs) for part in columns["requests"].values())
    twice = asked - int(writer.measures.value("requests.received"))
    if twice:
        blank = (
            writer.number(ZERO if name == "value" else 0, usd=name == "value") for name in [*columns][1:]
        )
        rows.append(Row("part", (writer.label("table.joint"), writer.number(-twice), *blank)))
    total = (writer.cell(figure_id, usd=name == "value") for name, _, figure_id, _ in _standing(writer))
    rows.append(Row("total", (writer.label("table.total"), *total)))
    return Table(
        anchor,
        label,
        writer.text("table.states.title"),
        writer.text("table.unit.mixed"),
        (
            Column(writer.text("table.head.state"), "text", width=28),
            *(
                Column(writer.text(f"table.head.{name}"), "usd" if name == "value" else "count", adds=True)
                for name, _, _, _ in _STATE_COLUMNS
            ),
        ),
        tuple(rows),
        source=writer.text("table.source"),
        notes=writer.table_notes(notes),
    )


def _standing(writer: Writer) -> Sequence[tuple[str, str, str, str]]:
    refs = tuple(pledge["ref"] for pledge in writer.records.valued)
    writer.measures.add(
        Figure(
            "derived.pledges.standing",
            len(refs),
            "count",
            "Pledges offered in the period and standing at the cut-off, loans left out.",
            refs,
        )
    )
    return _STATE_COLUMNS


def _state_cell(writer: Writer, columns: dict[str, Parts], column: str, state: str, name: str) -> Cell:
    usd = column == "value"
    part = columns[column].get(state)
    if part is None:
        return writer.number(ZERO if usd else 0, usd=usd)
    if not part.open_:
        return Cell((Text(NOT_AVAILABLE), Letter("b")))
    if column == "requests":
        return writer.cell(f"requests.by_state.{state}")
    definition = next(entry[3] for entry in _STATE_COLUMNS if entry[0] == column)
    figure = writer.measures.add(
        Figure(
            f"derived.state.{column}.{state}",
            part.amount if usd else len(part.refs),
            "usd" if usd else "count",
            definition.replace("{state}", name),
        )
    )
    return writer.cell(figure.id, usd=usd)


def _other(writer: Writer, column: str, parts: Parts) -> Cell:
    if column == "requests":
        return writer.cell(f"requests.by_state.{OTHER}")
    hidden: list[Part] = [part for part in parts.values() if not part.open_]
    if column == "value":
        return writer.number(sum((part.amount for part in hidden), ZERO), usd=True)
    return writer.number(sum(len(part.refs) for part in hidden))


# -- annex II


def pledges(writer: Writer, anchor: str, label: str) -> Table | None:
    return by_donor(
        writer,
        anchor,
        label,
        title="table.pledges.title",
        columns=(
            ("pledges", "table.head.pledges"),
            ("value", "table.head.value"),
            ("agreed_value", "table.head.of_agreed"),
            ("loans", "table.head.loans"),
        ),
        notes=("table.note.loans",),
    )


def contributions(writer: Writer, anchor: str, label: str) -> Table | None:
    columns = [
        ("announced", "table.head.announced"),
        ("agreed", "table.head.agreed"),
        ("opening", "statement.opening"),
        ("received", "table.head.got"),
        ("psc", "table.head.psc"),
        ("allocated", "table.head.allocated"),
        ("refunded", "table.head.refunded"),
        ("closing", "table.head.balance"),
    ]
    if writer.measures.value("derived.contributions.later_usd"):
        columns.insert(-1, ("later", "statement.later"))
    return by_donor(writer, anchor, label, title="table.contributions.title", columns=columns, wide=True)


def currencies(writer: Writer, anchor: str, label: str) -> Table | None:
    """Receipts in the currency in which they were paid."""
    found = by_currency(writer.records)
    if not found:
        return None
    named = [
        (
            writer.facts.donor_name(donor, sentence=False) if donor else writer.text("table.other.donors"),
            donor,
            currency,
        )
        for donor, currency in found
    ]
    named.sort(key=lambda entry: (not entry[1], writer.style.order(entry[0]), entry[2]))
    rows = [
        Row(
            "part",
            (
                writer.words(name),
                writer.symbol(currency),
                writer.words(writer.style.cell(found[donor, currency][0], usd=True)),
                writer.number(found[donor, currency][1], usd=True),
            ),
        )
        for name, donor, currency in named
    ]
    total = (writer.words(""), writer.words(""), writer.cell("contributions.received_usd", usd=True))
    rows.append(Row("total", (writer.label("table.total"), *total)))
    return Table(
        anchor,
        label,
        writer.text("table.currencies.title"),
        "",
        (
            Column(writer.text("table.head.donor"), "text", width=40),
            Column(writer.text("table.head.currency"), "text", width=14),
            Column(writer.text("table.head.original"), "number"),
            Column(writer.text("table.head.dollars"), "usd", adds=True),
        ),
        tuple(rows),
        source=writer.text("table.source"),
    )


# -- annex III


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
    """By currency, the rates in force on the days of the entries, by the day from which they hold."""
    records = writer.records
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for pledge in records.live:
        if "value" in pledge:
            wanted[pledge["value"]["currency"]].add(pledge["dates"]["offered"])
    for delivery in records.confirmed:
        if "value" in delivery:
            wanted[delivery["value"]["currency"]].add(delivery["date"])
    for contribution in records.snapshot["contributions"]:
        days = [contribution["announced"], contribution.get("agreement", {}).get("signed")]
        wanted[contribution["currency"]].update(day for day in days if records.in_period(day))
        wanted[contribution["currency"]].update(entry["date"] for entry in contribution["entries"])
    table: dict[str, dict[str, Decimal]] = {}
    for code, days_of in wanted.items():
        if code == "USD":
            continue
        known = [row[0] for row in records.snapshot["rates"].get(code, ())]
        for day in days_of:
            start = max((first for first in known if first <= day), default=None)
            if start is not None:
                table.setdefault(code, {})[start] = records.rates.per_usd(code, day)
    return table


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


ANNEX: dict[str, tuple[str, Maker]] = {
    "matrix": ("table", matrix),
    "states": ("table", states),
    "pledges": ("table", pledges),
    "contributions": ("table", contributions),
    "currencies": ("table", currencies),
    "rates": ("table", rates),
    "figures": ("table", figures),
}


def blocks(writer: Writer, name: str) -> tuple[Block, ...]:
    """What stands in an annex; its paragraphs are numbered from 1."""
    writer.restart()
    return tuple(_ANNEXES[name](writer))


def _matrix(writer: Writer) -> Iterator[Block]:
    yield from _exhibits(writer, "matrix")


def _states(writer: Writer) -> Iterator[Block]:
    yield from _said(writer, "states.intro" if writer.exhibit("states") else "states.none")
    yield from _exhibits(writer, "states")


def _donors(writer: Writer) -> Iterator[Block]:
    names = ("pledges", "currencies", "contributions")
    yield from _said(writer, "donors.intro" if any(writer.exhibit(name) for name in names) else "donors.none")
    yield from _exhibits(writer, *names)


def _method(writer: Writer) -> Iterator[Block]:
    yield from _said(writer, "method.period", "method.state", "method.paragraphs", "method.claims")
    yield from _said(writer, "method.rates")
    table = writer.exhibit("rates")
    if table is None:
        yield from _said(writer, "method.rates.none")
    else:
        if len(table.columns) and table.columns[0].label == writer.text("table.head.currency"):  # type: ignore[union-attr]
            yield from _said(writer, "method.rates.many")
        yield table
    yield from _illustrations(writer)
    yield from _quoted(writer, "method.hash", writer.facts.get("snapshot.hash"))
    yield from _said(writer, "method.root", "method.check", "method.figures")
    yield from _exhibits(writer, "figures")


_ANNEXES = {"matrix": _matrix, "states": _states, "donors": _donors, "method": _method}


def _illustrations(writer: Writer) -> Iterator[Paragraph]:
    """Real cases of which the State may be named, with their sources, by State."""
    cases: list[tuple[str, Runs | None]] = []
    for request in writer.records.snapshot["requests"]:
        if request.get("illustrative") and request["named"]:
            name = writer.facts.state_name(request["state"])
            arguments: dict[str, Argument] = {
                "case.state": name[:1].upper() + name[1:],
                "case.title": clean(request["title"]).rstrip("."),
                "case.source": clean(request.get("source", "")),
            }
            cases.append((name, writer.say("method.illustrative.case", arguments)))
    cases.sort(key=lambda case: writer.style.order(case[0]))
    if cases:
        items = writer.items(runs for _, runs in cases)
        paragraph = writer.paragraph(writer.say("method.illustrative"), items=items)
        if paragraph is not None:
            yield paragraph


def _exhibits(writer: Writer, *names: str) -> Iterator[Block]:
    for name in names:
        exhibit = writer.exhibit(name)
        if exhibit is not None:
            yield exhibit


def _said(writer: Writer, *message_ids: str) -> Iterator[Paragraph]:
    for message_id in message_ids:
        paragraph = writer.paragraph(writer.say(message_id))
        if paragraph is not None:
            yield paragraph


def _quoted(writer: Writer, message_id: str, runs: object) -> Iterator[Paragraph]:
    if isinstance(runs, tuple) and runs and runs[0].text:
        paragraph = writer.paragraph(writer.say(message_id), received=(runs,))
        if paragraph is not None:
            yield paragraph
