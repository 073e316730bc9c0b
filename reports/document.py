"""What a report is, whatever it is printed as: sections, numbered paragraphs, tables, footnotes.

A document is made by `reports.compose` and read by `reports.render`. It holds text that is ready to
print: numbers, dates and names already stand in the words of its language. A value that comes from the
figures carries the figure's id, so that a page can link it to its definition and a check can compare it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

NIL = "–"
NOT_AVAILABLE = ".."

Direction = Literal["ltr", "rtl"]
# the report that stands alone, or its section in the annual report
Shape = Literal["report", "section"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words. `language` is given where it is not the document's own."""

    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the figures, in the words or digits of the document, and the value itself."""

    text: str
    figure: str
    value: int | Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference, symbol or hash, whose letters keep their order in text of either direction."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a publication, in italics."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The call of a footnote."""

    number: int


@dataclass(frozen=True, slots=True)
class Letter:
    """The call of a note under the table that it stands in."""

    letter: str


Run = Text | Value | Reference | Title | Mark | Letter
Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    number: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is "I.", 2 is "A.", 3 is "1."; `label` is empty where the heading has no number."""

    level: int
    label: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a paragraph: (a), (b)."""

    label: str
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`number` is None in the summary. `received` is text reproduced as received, one Runs a paragraph."""

    number: int | None
    runs: Runs
    items: tuple[Item, ...] = ()
    received: tuple[Runs, ...] = ()
    strong: bool = False


ColumnKind = Literal["text", "count", "usd", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """`adds` says that the parts of the column add up to its total; such a column has a total."""

    label: str
    kind: ColumnKind
    adds: bool = False
    width: int | None = None  # per cent of the table
    note: str = ""  # the letter of a note on the column


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is what the cell says as a number; it stays None for text, nil included as zero."""

    runs: Runs
    value: int | Decimal | None = None
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A part or the total. An adjustment (what is counted twice among the parts) is a part as well."""

    kind: Literal["part", "total"]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TableNote:
    letter: str
    runs: Runs


@dataclass(frozen=True, slots=True)
class Table:
    """`label` is "Table 1"; `unit` the line under the title; `wide` asks for a page turned sideways."""

    anchor: str
    label: str
    title: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str = ""
    notes: tuple[TableNote, ...] = ()
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` is the length of the bar in per cent of the longest."""

    label: Runs
    cell: Cell
    share: int


@dataclass(frozen=True, slots=True)
class BarTable:
    """A chart that is its own table of data. `total` is None where the bars overlap."""

    anchor: str
    label: str
    title: str
    unit: str
    heads: tuple[str, str]
    bars: tuple[Bar, ...]
    total: Bar | None = None
    source: str = ""
    notes: tuple[TableNote, ...] = ()


Block = Paragraph | Table | BarTable


@dataclass(frozen=True, slots=True)
class Section:
    """`answers` are the paragraphs of the resolution that the section is on."""

    heading: Heading
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Annex:
    heading: Heading
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class SessionLines:
    """Body, session and agenda item; a document before two bodies has two of them."""

    body: str
    session: str
    venue: str
    agenda: str
    item: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page as issued. `stars` are the notes of the asterisks, in their order."""

    organization: str
    symbol: str
    organ: str
    distribution: str
    date: str
    original: str
    sessions: tuple[SessionLines, ...]
    title: str
    subtitle: str
    stars: tuple[Runs, ...]
    job_number: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure of the document means. `value` is plain: digits, a point, no separators."""

    id: str
    value: str
    unit: str
    text: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """Fixed words that renderers print."""

    summary: str
    contents: str
    notes: str
    source: str
    definitions: str
    figure: str
    definition: str
    value: str
    footnotes: str
    back: str
    page: str


@dataclass(frozen=True, slots=True)
class Metadata:
    title: str
    author: str
    subject: str
    keywords: tuple[str, ...]
    issued: date
    generator: str


@dataclass(frozen=True, slots=True)
class Document:
    """`sample` is the line that a document of a sample carries on every page; empty otherwise."""

    language: str
    direction: Direction
    metadata: Metadata
    labels: Labels
    first_page: FirstPage
    summary: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    annexes: tuple[Annex, ...]
    footnotes: tuple[Footnote, ...]
    definitions: tuple[Definition, ...]
    snapshot: str
    sample: str = ""
    sample_notice: Runs = ()
    shape: Shape = "report"


# -- reading a document --------------------------------------------------------------------------


def plain(runs: Runs) -> str:
    """The words of `runs`, calls of footnotes left out."""
    return "".join(run.text for run in runs if not isinstance(run, Mark | Letter))


def all_sections(document: Document) -> Iterator[Section]:
    """Every section of the body, a section before its parts."""
    stack = list(reversed(document.sections))
    while stack:
        section = stack.pop()
        yield section
        stack.extend(reversed(section.sections))


def parts(document: Document) -> Iterator[tuple[str, Block]]:
    """Every block with the words of its heading: summary, sections, annexes, in the order of print."""
    for paragraph in document.summary:
        yield document.labels.summary, paragraph
    for section in all_sections(document):
        for block in section.blocks:
            yield headline(section.heading), block
    for annex in document.annexes:
        for block in annex.blocks:
            yield headline(annex.heading), block


def headline(heading: Heading) -> str:
    """A heading as a table of contents shows it."""
    return f"{heading.label} {heading.text}".strip()


def runs_of(block: Block) -> Iterator[Runs]:
    """All words of a block, piece by piece, in reading order."""
    if isinstance(block, Paragraph):
        yield block.runs
        yield from (item.runs for item in block.items)
        yield from block.received
        return
    yield (Text(f"{block.label} {block.title} {block.unit}"),)
    if isinstance(block, Table):
        yield from ((Text(column.label),) for column in block.columns)
        for row in block.rows:
            yield from (cell.runs for cell in row.cells)
    else:
        yield from ((Text(head),) for head in block.heads)
        for bar in (*block.bars, *((block.total,) if block.total else ())):
            yield bar.label
            yield bar.cell.runs
    yield (Text(block.source),)
    yield from (note.runs for note in block.notes)


def text_of(document: Document, *, annexes: bool = True) -> Iterator[str]:
    """All text of the document in reading order, footnotes last; without its annexes on request."""
    first = document.first_page
    if document.shape == "report":
        yield from (first.title, first.subtitle)
    yield plain(document.sample_notice)
    yield from (plain(paragraph.runs) for paragraph in document.summary)
    for section in all_sections(document):
        yield headline(section.heading)
        for block in section.blocks:
            yield from map(plain, runs_of(block))
    yield from (plain(note.runs) for note in document.footnotes)
    if annexes:
        for annex in document.annexes:
            yield headline(annex.heading)
            for block in annex.blocks:
                yield from map(plain, runs_of(block))


def word_count(document: Document) -> int:
    """Words of the document, headings, tables and footnotes included, annexes apart."""
    return sum(len(text.split()) for text in text_of(document, annexes=False))
