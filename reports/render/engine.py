"""Templates of documents, with an engine of their own: they know nothing of requests or models."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from reports.document import (
    BarTable,
    Block,
    Document,
    Heading,
    Paragraph,
    Table,
    all_sections,
    plain,
)

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "reports" / "document"
_TYPE = 7.6  # points, the smaller of the two sizes of tables
# A shorter document has no table of contents.
_LONG = 12


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(FOLDER)], builtins=["reports.render.marks"], autoescape=True)


@cache
def stylesheet(*names: str) -> str:
    """The style sheets of the given names, one after the other, and the lengths of bars."""
    sheets = [(FOLDER / name).read_text("utf-8") for name in names]
    widths = "".join(f".w-{share}{{inline-size:{share}%}}" for share in range(101))
    sizes = "".join(f".z-{size} table{{font-size:{_TYPE * size / 100:.2f}pt}}" for size in range(50, 100, 5))
    return "\n".join([*sheets, widths, *([sizes] if "print.css" in names else [])])


def type_size(table: Table) -> int:
    """Per cent of the type size at which the numbers of a table fit its page; 100 where they do anyway.

    Numbers do not break: a table of large amounts is set smaller rather than cut off at the margin.
    """
    room = _ROOM_WIDE if table.wide else _ROOM
    needed = _ROOM_LABELS
    for place, column in enumerate(table.columns):
        if column.kind != "text":
            needed += 2 + max((len(plain(row.cells[place].runs)) for row in table.rows), default=0)
    return 100 if needed <= room else max(50, 5 * (20 * room // needed))


# Characters of a line of a table at its full size; a column of words may shrink to the second.
_ROOM, _ROOM_WIDE, _ROOM_LABELS = 96, 172, 24


@dataclass(frozen=True, slots=True)
class Part:
    """A heading or a block, in the order of print; `kind` names the template that draws it."""

    kind: str
    heading: Heading | None = None
    block: Block | None = None
    size: int = 100


def _kind(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "paragraph"
    return "bars" if isinstance(block, BarTable) else "table"


def flow(document: Document) -> Iterator[Part]:
    """The body as it is printed: each heading before its blocks."""
    for section in all_sections(document):
        yield Part("heading", heading=section.heading)
        for block in section.blocks:
            yield _part(block)


def _part(block: Block) -> Part:
    size = type_size(block) if isinstance(block, Table) else 100
    return Part(_kind(block), block=block, size=size)


def annexes(document: Document) -> Iterator[dict[str, Any]]:
    """Annexes, each with its parts; a wide table turns its page."""
    for annex in document.annexes:
        yield {
            "heading": annex.heading,
            "wide": annex.wide,
            "parts": [_part(block) for block in annex.blocks],
        }


def contents(document: Document) -> list[Heading]:
    """Headings of the table of contents: sections, their parts, annexes; none for a short document."""
    headings = [section.heading for section in all_sections(document)]
    headings += [annex.heading for annex in document.annexes]
    return headings if len(headings) >= _LONG else []


def draw(template: str, document: Document, **more: Any) -> str:
    """The document in a template of the folder."""
    context = Context(
        {
            "document": document,
            "page": document.first_page,
            "flow": list(flow(document)),
            "annexes": list(annexes(document)),
            "contents": contents(document),
            **more,
        }
    )
    return str(_engine().get_template(template).render(context))
