"""The annexes: implementation matrix, requests by State, contributions by donor, method."""

from collections.abc import Iterator

from reports.compose.annexes.donors import contributions, currencies, pledges
from reports.compose.annexes.matrix import matrix
from reports.compose.annexes.method import figures, illustrations, rates
from reports.compose.annexes.states import states
from reports.compose.writer import Maker, Writer
from reports.document import Block, Paragraph

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
    yield from illustrations(writer)
    yield from _quoted(writer, "method.hash", writer.facts.get("snapshot.hash"))
    yield from _said(writer, "method.root", "method.check", "method.figures")
    yield from _exhibits(writer, "figures")


_ANNEXES = {"matrix": _matrix, "states": _states, "donors": _donors, "method": _method}


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
