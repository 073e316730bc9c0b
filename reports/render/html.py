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


def style_hash() -> str:
    """The source expression of the page's style for a content security policy: 'sha256-…'."""
    digest = hashlib.sha256(_style().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
