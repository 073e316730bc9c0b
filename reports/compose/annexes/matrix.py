"""The implementation matrix: paragraph, action asked for, what was done, resources, what remains."""

from collections.abc import Iterator

from reports.compose.writer import Writer
from reports.document import NIL, Cell, Column, Row, Runs, Table, Text


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
