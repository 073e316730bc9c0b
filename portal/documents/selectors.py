"""What may be read of documents."""

from typing import Any

from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, When

from portal.core.actor import Actor
from portal.documents import rules
from portal.documents.enums import Kind, Scan
from portal.documents.models import Document, DocumentVersion, NoDocuments
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.engine import visible_to
from requests_app.models import AssistanceRequest

READABLE = frozenset({Scan.NONE, Scan.CLEAN})


def documents(actor: Actor) -> QuerySet[Document]:
    """Documents that the actor may see, with the record on which each hangs and its files, the newest first."""
    newest = DocumentVersion.objects.order_by("-number")
    rows = Document.objects.select_related("request").prefetch_related(Prefetch("versions", newest))
    return visible_to(actor, A.DOCUMENT_VIEW, rows)


def document_rows(actor: Actor) -> QuerySet[Any]:
    """The same with what is known of the newest file of each."""
    latest = DocumentVersion.objects.filter(document=OuterRef("pk")).order_by("-number")
    columns = ("number", "name", "type", "size", "sha256", "scan", "uploaded_at")
    found = {f"file_{name}": Subquery(latest.values(name)[:1]) for name in columns}
    return documents(actor).annotate(**found)


def documents_by_key(actor: Actor, key: str) -> QuerySet[Any]:
    return document_rows(actor).filter(public_id=key)


def documents_of(actor: Actor, request: AssistanceRequest) -> QuerySet[Document]:
    """The documents of one request, the note verbale first."""
    others = Case(When(kind=Kind.NOTE_VERBALE, then=0), default=1)
    return documents(actor).filter(request=request).order_by(others, "pk")


def answered_none(request: AssistanceRequest) -> bool:
    """Whether the State said that it attaches nothing."""
    return NoDocuments.objects.filter(request=request).exists()


def is_settled(request: AssistanceRequest) -> bool:
    """Whether the question for documents is answered: something is attached, or nothing is to be."""
    return request.documents.filter(status="kept").exists() or answered_none(request)


def may_attach(actor: Actor, request: AssistanceRequest, *, rights: frozenset[str] | None = None) -> bool:
    """Whether the actor can attach to a request now; `rights` on it that the actor holds, where they are known."""
    if not engine.holds(actor, A.DOCUMENT_ATTACH):
        return False
    if rights is not None:
        return rules.HANDS.get(request.status) in rights
    return rules.hands(request, actor) is None


def may_read(actor: Actor, version: DocumentVersion) -> bool:
    """Whether a file that the actor sees can be taken: once it is checked, before that by who uploaded it."""
    if version.scan in READABLE:
        return True
    return version.scan == Scan.WAITING and actor.user is not None and version.uploaded_by == actor.user.pk


def numbered(document: Document, number: int) -> DocumentVersion | None:
    """The file of a number; of the versions that `documents` fetched."""
    return next((version for version in document.versions.all() if version.number == number), None)


def waiting() -> list[int]:
    """Ids of the files that the scanner has not seen yet, the oldest first."""
    rows = DocumentVersion.objects.filter(scan=Scan.WAITING, document__status="kept")
    return list(rows.order_by("pk").values_list("pk", flat=True)[:500])
