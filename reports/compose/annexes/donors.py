"""Annex II: what donors pledged, and what they paid."""

from reports.compose.donors import by_currency, by_donor
from reports.compose.writer import Writer
from reports.document import Column, Row, Table


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
