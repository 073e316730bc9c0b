"""Annex I: requests and support by State."""

from reports.compose.parts import BY_STATE, Part, Parts
from reports.compose.writer import Writer
from reports.document import NOT_AVAILABLE, Cell, Column, Letter, Row, Table, Text
from reports.figures import Figure
from reports.figures.public import OTHER
from reports.reading import ZERO_USD as ZERO

# Of each column: the figure of the whole, and the definition of a State's part that is no fixed figure.
_COLUMNS = {
    "requests": ("requests.received", ""),
    "needs": ("needs.total", "Needs counted of {state}."),
    "met": ("needs.fulfilment.delivered", "Needs of {state} that were met in full."),
    "pledges": ("derived.pledges.standing", "Pledges standing for needs of {state}."),
    "value": ("pledges.value_usd", "Value of the pledges standing for needs of {state}."),
    "deliveries": ("deliveries.confirmed", "Confirmed deliveries for needs of {state}."),
}


def states(writer: Writer, anchor: str, label: str) -> Table | None:
    """One row a State that may be named; what may not be shown under a name is added to the others."""
    columns = {column: BY_STATE[column](writer.records) for column in _COLUMNS}
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
    _standing(writer)
    total = (writer.cell(figure_id, usd=name == "value") for name, (figure_id, _) in _COLUMNS.items())
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
                for name in _COLUMNS
            ),
        ),
        tuple(rows),
        source=writer.text("table.source"),
        notes=writer.table_notes(notes),
    )


def _standing(writer: Writer) -> None:
    refs = tuple(pledge.ref for pledge in writer.records.valued)
    writer.measures.add(
        Figure(
            "derived.pledges.standing",
            len(refs),
            "count",
            "Pledges offered in the period and standing at the cut-off, loans left out.",
            refs,
        )
    )


def _state_cell(writer: Writer, columns: dict[str, Parts], column: str, state: str, name: str) -> Cell:
    usd = column == "value"
    part = columns[column].get(state)
    if part is None:
        return writer.number(ZERO if usd else 0, usd=usd)
    if not part.open_:
        return Cell((Text(NOT_AVAILABLE), Letter("b")))
    if column == "requests":
        return writer.cell(f"requests.by_state.{state}")
    figure = writer.measures.add(
        Figure(
            f"derived.state.{column}.{state}",
            part.amount if usd else len(part.refs),
            "usd" if usd else "count",
            _COLUMNS[column][1].replace("{state}", name),
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
