"""Tables by donor: who pledged and who paid what. Donors that asked not to be named stand under "other"."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports.compose.parts import Part, Parts
from reports.compose.writer import Writer
from reports.document import Cell, Column, Row, Table, Text
from reports.figures import Figure
from reports.figures.compute import LEDGER
from reports.figures.public import OTHER
from reports.reading import ZERO_USD as ZERO
from reports.reading import Contribution, Pledge, Reading

# Of each column: the figure of the whole, and the definition of a donor's part.
_COLUMNS = {
    "pledges": (
        "derived.pledges.standing",
        "Pledges standing at the cut-off, loans left out, by the donor {donor}.",
    ),
    "value": ("pledges.value_usd", "Value of the pledges for which the donor {donor} may be named."),
    "agreed_value": ("pledges.agreed_usd", "Value of the agreed pledges of the donor {donor}."),
    "loans": ("pledges.loans_usd", "Value of the loans of the donor {donor}."),
    "announced": (
        "contributions.announced_usd",
        "Contributions announced in the period by the donor {donor}.",
    ),
    "agreed": ("contributions.agreed_usd", "Contributions agreed in the period with the donor {donor}."),
    "opening": ("contributions.opening_usd", "Balance at the beginning of the period, of the donor {donor}."),
    "received": ("contributions.received_usd", "Receipts of the period from the donor {donor}."),
    "psc": ("contributions.psc_usd", "Programme support costs of the period, of the donor {donor}."),
    "allocated": ("contributions.allocated_usd", "Allocations of the period, of the donor {donor}."),
    "refunded": ("contributions.refunded_usd", "Refunds of the period to the donor {donor}."),
    "later": ("derived.contributions.later_usd", "Net movement after the period, of the donor {donor}."),
    "closing": ("contributions.closing_usd", "Balance at the cut-off date, of the donor {donor}."),
}
# Fixed figures by donor, which leave out what a donor gave anonymously.
_FIXED = {
    "value": "pledges.value_usd.by_donor.",
    "received": "contributions.received_usd.by_donor.",
}


def parts(records: Reading) -> dict[str, dict[str, Parts]]:
    """Of each column, each donor's named and unnamed part: `parts(...)["value"]["named"]["org:x"]`."""
    found: dict[str, dict[str, Parts]] = {column: {"named": {}, "unnamed": {}} for column in _COLUMNS}
    for pledge in records.live:
        if pledge.loan:
            _add(found["loans"], pledge, pledge.usd)
            continue
        _add(found["pledges"], pledge, Decimal(1))
        _add(found["value"], pledge, pledge.usd)
        if pledge.agreed:
            _add(found["agreed_value"], pledge, pledge.usd)
    for contribution in records.contributions:
        _contribution(found, contribution)
    return found


def _contribution(found: dict[str, dict[str, Parts]], contribution: Contribution) -> None:
    for column, amount in (("announced", contribution.announced), ("agreed", contribution.agreed)):
        if amount is not None:
            _add(found[column], contribution, amount.usd)
    for entry in contribution.entries:
        _add(found["closing"], contribution, entry.effect)
        if entry.when == "period":
            _add(found[LEDGER[entry.kind]], contribution, entry.usd)
        else:
            _add(found[entry.when], contribution, entry.effect)


def _add(column: dict[str, Parts], row: Pledge | Contribution, amount: Decimal) -> None:
    side = column["unnamed" if row.anonymous else "named"]
    side.setdefault(row.donor, Part()).add(row.ref, amount, open_=not row.anonymous)


def by_donor(
    writer: Writer,
    anchor: str,
    label: str,
    *,
    title: str,
    columns: Sequence[tuple[str, str]],
    notes: Iterable[str] = (),
    wide: bool = False,
) -> Table | None:
    """One row a donor that may be named, in alphabetical order, then the others and the total."""
    found = parts(writer.records)
    names = [name for name, _ in columns]
    named = {donor for name in names for donor in found[name]["named"]}
    other = {name: sum((p.amount for p in found[name]["unnamed"].values()), ZERO) for name in names}
    hidden = any(found[name]["unnamed"] for name in names)
    if not named and not hidden:
        return None
    listed = sorted(
        ((writer.facts.donor_name(donor, sentence=False), donor) for donor in named),
        key=lambda pair: writer.style.order(pair[0]),
    )
    rows = [
        Row(
            "part",
            (Cell((Text(name),)), *(_cell(writer, found, column, donor, name) for column in names)),
        )
        for name, donor in listed
    ]
    if hidden:
        cells = (_other(writer, name, other[name]) for name in names)
        rows.append(Row("part", (writer.label("table.other.donors", note="a"), *cells)))
        notes = ("table.note.other.donors", *notes)
    rows.append(Row("total", (writer.label("table.total"), *(_total(writer, found, name) for name in names))))
    marks = {"loans": "b" if hidden else "a"} if "table.note.loans" in notes else {}
    heads = [Column(writer.text("table.head.donor"), "text", width=22 if wide else 40)]
    heads += [
        Column(
            writer.text(head),
            "count" if name == "pledges" else "usd",
            adds=True,
            note=marks.get(name, ""),
            width=round(78 / len(columns)) if wide else None,
        )
        for name, head in columns
    ]
    return Table(
        anchor,
        label,
        writer.text(title),
        writer.text("table.unit.mixed" if "pledges" in names else "table.unit.usd"),
        tuple(heads),
        tuple(rows),
        source=writer.text("table.source"),
        notes=writer.table_notes(notes),
        wide=wide,
    )


def _plain(writer: Writer, column: str, amount: Decimal) -> Cell:
    return writer.number(int(amount)) if column == "pledges" else writer.number(amount, usd=True)


def _other(writer: Writer, column: str, amount: Decimal) -> Cell:
    fixed = _FIXED.get(column)
    return writer.cell(f"{fixed}{OTHER}", usd=True) if fixed else _plain(writer, column, amount)


def _cell(writer: Writer, found: dict[str, dict[str, Parts]], column: str, donor: str, name: str) -> Cell:
    part = found[column]["named"].get(donor)
    if part is None:
        return _plain(writer, column, ZERO)
    fixed = _FIXED.get(column)
    if fixed:
        return writer.cell(fixed + donor, usd=True)
    definition = _COLUMNS[column][1].replace("{donor}", name)
    count = column == "pledges"
    figure = writer.measures.add(
        Figure(
            f"derived.donor.{column}.{donor}",
            int(part.amount) if count else part.amount,
            "count" if count else "usd",
            definition,
        )
    )
    return writer.cell(figure.id, usd=not count)


def _total(writer: Writer, found: dict[str, dict[str, Parts]], column: str) -> Cell:
    whole = _COLUMNS[column][0]
    if column == "pledges":
        counted = sum(len(part.refs) for side in found[column].values() for part in side.values())
        writer.measures.add(
            Figure(whole, counted, "count", "Pledges standing at the cut-off, loans left out.")
        )
    return writer.cell(whole, usd=column != "pledges")


def by_currency(records: Reading) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Receipts of the period by donor ("" for those not named) and currency: amount, and its dollars."""
    found: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for contribution in records.contributions:
        donor = "" if contribution.anonymous else contribution.donor
        for entry in contribution.entries:
            if entry.kind == "receipt" and entry.when == "period":
                sums = found[donor, contribution.currency]
                sums[0] += entry.amount
                sums[1] += entry.usd
    return {key: (sums[0], sums[1]) for key, sums in found.items()}
