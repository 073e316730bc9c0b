"""Panels of documents on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _

from portal.documents import selectors
from portal.documents.enums import Scan
from portal.documents.inspection import TYPES
from portal.documents.models import Document, DocumentVersion

register = template.Library()

ENDINGS = {found.media: found.endings[0].removeprefix(".").upper() for found in TYPES}
TAGS = {Scan.WAITING: "waiting", Scan.INFECTED: "problem"}


@register.filter
def file_type(version: DocumentVersion) -> str:
    """PDF, DOCX, …: as people call it."""
    return ENDINGS[version.type]


@register.filter
def scan_tag(version: DocumentVersion) -> str:
    return TAGS.get(Scan(version.scan), "done")


@register.simple_tag(takes_context=True)
def can_read(context: Context, version: DocumentVersion) -> bool:
    """Whether the file can be taken by who looks at the page."""
    return selectors.may_read(context["actor"], version)


@register.filter
def seen_by(document: Document) -> str:
    """Who else sees a document beside the State and UNODC."""
    return _("Donors may see it") if document.donors_may_see else _("For the State and UNODC alone")


@register.inclusion_tag("documents/panels/of.html", takes_context=True)
def documents_of(context: Context, *, request: Any, empty: bool = False) -> dict[str, Any]:
    """The documents of a request that the actor may see, with a link to where they are attached.

    `empty`: also where there is none. The page may know already which `rights` the actor holds on the request.
    """
    actor = context["actor"]
    return {
        "row": request,
        "documents": list(selectors.documents_of(actor, request)),
        "attaches": selectors.may_attach(actor, request, rights=context.get("rights")),
        "empty": empty,
        "actor": actor,
    }
