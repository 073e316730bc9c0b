"""The printed document: tagged PDF/UA-1 by WeasyPrint, its structure finished with pikepdf."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from reports import fonts
from reports.document import Document, text_of
from reports.render.engine import draw, stylesheet
from reports.render.structure import finish

# what fontTools dates a font by, after the specification of reproducible builds
_EPOCH = "SOURCE_DATE_EPOCH"


def render_pdf(document: Document) -> bytes:
    """The document as issued. The same document gives the same bytes.

    Raises FontMissing where a font is not installed. A character that no font has is printed by its
    number, as [U+1F600]; the check of the document names it.
    """
    page = draw("print.html", document, medium="print", style=_style(document))
    return print_page(page, text_of(document), language=document.language, dated=document.metadata.issued)


def print_page(page: str, texts: Iterable[str], *, language: str, dated: date) -> bytes:
    """A page of HTML, whose words are `texts`, as tagged PDF; the same page gives the same bytes."""
    fonts.configure()
    # loads Pango, which must find our fonts
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415

    for character in fonts.uncovered(texts):
        page = page.replace(character, f"[U+{ord(character):04X}]")
    identifier = hashlib.sha256(page.encode()).digest()[:16]
    drawn: Any = HTML(string=page, url_fetcher=_no_address)
    with _font_date(dated):
        written = drawn.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return finish(written, language=language)


@contextmanager
def _font_date(dated: date) -> Iterator[None]:
    """The subsets of the fonts carry the date of the document, not of the clock."""
    midnight = datetime.combine(dated, time.min, UTC)
    before = os.environ.get(_EPOCH)
    os.environ[_EPOCH] = str(max(0, int(midnight.timestamp())))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_EPOCH]
        else:
            os.environ[_EPOCH] = before


def _no_address(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a document has no address outside itself: {url}")


def _style(document: Document) -> str:
    first = document.first_page
    strings = {"symbol": first.symbol, "job": first.job_number, "sample": document.sample}
    sheet = stylesheet("print.css")
    for name, words in strings.items():
        sheet = sheet.replace(f'"${name}"', css_string(words))
    return sheet


def css_string(words: str) -> str:
    """A CSS string: nothing in it can end it or the style element. An escape takes the space after it."""
    return '"' + "".join(c if c.isalnum() or c in " ./:()-" else f"\\{ord(c):06x} " for c in words) + '"'
