"""From a document to the bytes of a file. Pure: no database, no clock."""

from reports.render.html import render_html
from reports.render.pdf import render_pdf

__all__ = ["render_html", "render_pdf"]
