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
    all_sections,
)

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "reports" / "document"
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
    return "\n".join([*sheets, widths])


@dataclass(frozen=True, slots=True)
class Part:
    """A heading or a block, in the order of print; `kind` names the template that draws it."""

    kind: str
    heading: Heading | None = None
    block: Block | None = None


def _kind(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "paragraph"
    return "bars" if isinstance(block, BarTable) else "table"


def flow(document: Document) -> Iterator[Part]:
    """The body as it is printed: each heading before its blocks."""
    for section in all_sections(document):
        yield Part("heading", heading=section.heading)
        for block in section.blocks:
            yield Part(_kind(block), block=block)


def annexes(document: Document) -> Iterator[dict[str, Any]]:
    """Annexes, each with its parts; a wide table turns its page."""
    for annex in document.annexes:
        yield {
            "heading": annex.heading,
            "wide": annex.wide,
            "parts": [Part(_kind(block), block=block) for block in annex.blocks],
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
