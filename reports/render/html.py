"""The public page: the same text, each figure a link to its definition, no address outside itself."""

import base64
import hashlib

from reports.document import Document
from reports.render.engine import draw, stylesheet


def _style() -> str:
    return stylesheet("page.css")


def render_html(document: Document) -> bytes:
    """The document as one page that stands by itself, UTF-8."""
    return draw("page.html", document, medium="page", style=_style()).encode()


def style_hash(start: bytes) -> str:
    """The source expression, for a content security policy, of the style that a page carries: 'sha256-…'.

    Taken from the page itself, since a page that was made earlier has the style of its time. `start` holds
    at least the page's head, in which nothing that anyone typed stands before the style.
    """
    style = start.partition(b"<style>")[2].partition(b"</style>")[0]
    return f"sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}"
