"""Attaching files, replacing, describing and removing them; what the scanner says; sweeping what no row knows.

A file is written before its row, in whose transaction its key is recorded: after a crash there may be a file
without a row, which the sweep takes away, and never a row without its file.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import perform, record_event
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.errors import Conflict, NotAllowed, NotVisible, Refusal, Refused
from portal.core.unit import DIRECT, atomically
from portal.core.workflow import NEW
from portal.documents import files, rules
from portal.documents.enums import Kind, Scan
from portal.documents.examining import Examined, look_through
from portal.documents.examining import scan as scan_file
from portal.documents.inspection import Rejected
from portal.documents.models import Document, DocumentVersion, NoDocuments
from portal.documents.selectors import may_read
from portal.documents.workflow import DOCUMENT
from portal.policy import engine
from portal.policy.actions import A
from requests_app.models import AssistanceRequest

logger = logging.getLogger(__name__)
ORPHAN_AFTER = timedelta(days=1)


def examine(file: Any, *, request: AssistanceRequest, actor: Actor) -> Examined:
    """Looks through a file that is to hang on a request; `file` is a `receiving.Received`.

    Raises Refused beside the field `file`; an infected one leaves an event.
    """
    try:
        found = look_through(file)
    except Rejected as no:
        raise Refused(Refusal(rules.why_not_taken(no.code), "file")) from None
    if found.scan is Scan.INFECTED:
        facts = {"name": found.name, "sha256": found.sha256, "virus": found.virus}
        _note_infection(request, facts, actor=actor)
        raise Refused(Refusal(rules.why_not_taken("infected"), "file"))
    return found


@transaction.atomic
def _note_infection(request: AssistanceRequest, facts: Mapping[str, Any], *, actor: Actor) -> None:
    """In the chain of the request, for its own State alone: it leads to no state that others see."""
    record_event(DIRECT.lock(request), "infected_file_refused", actor=actor, unit=DIRECT, facts=facts)


def _kept(document: Document, found: Examined, number: int, *, actor: Actor) -> DocumentVersion:
    moment = clock.now()
    return DocumentVersion(
        document=document, number=number, name=found.name, type=found.type, size=found.size, sha256=found.sha256,
        key=files.put(found.file), uploaded_by=actor.user.pk, uploaded_at=moment, scan=found.scan,
        scanned_at=moment if found.scan is Scan.CLEAN else None,
    )  # fmt: skip


def _facts(version: DocumentVersion) -> dict[str, Any]:
    names = ("number", "name", "type", "size", "sha256", "scan")
    return {name: getattr(version, name) for name in names}


@atomically
def attach(
    request: AssistanceRequest, found: Examined, *, described: Mapping[str, Any], actor: Actor
) -> Document:
    """A new document of a request: its description and its first file. Raises NotAllowed, Refused."""
    request = DIRECT.lock(request)
    document = Document(request=request, status=NEW, **described)
    _may(document, actor)
    return _with_file(document, "attach", found, described, actor=actor)


@atomically
def replace(document: Document, found: Examined, *, version: int | None = None, actor: Actor) -> Document:
    """A newer file of a document; the older stay. Raises NotAllowed, Conflict, Refused."""
    return _with_file(_locked(document), "replace", found, {}, actor=actor, version=version)


def _with_file(
    document: Document,
    move: str,
    found: Examined,
    described: Mapping[str, Any],
    *,
    actor: Actor,
    version: int | None = None,
) -> Document:
    """The move with its file: the file is there before the row, and goes again where the row is refused."""
    number = document.versions.count() + 1 if document.pk else 1
    row = _kept(document, found, number, actor=actor)
    try:
        perform(
            DOCUMENT, move, document, actor=actor, unit=DIRECT, facts={**described, **_facts(row)}, version=version,
            rows=(row,),
        )  # fmt: skip
    except BaseException:
        files.remove(row.key)
        raise
    NoDocuments.objects.filter(request=document.request).delete()
    return document


@atomically
def describe(
    document: Document, described: Mapping[str, Any], *, version: int | None = None, actor: Actor
) -> Document:
    """Another title, kind, language or release of a document. Raises NotAllowed, Conflict, Refused."""
    document = _locked(document)
    perform(DOCUMENT, "describe", document, actor=actor, unit=DIRECT, facts=described, version=version)
    return document


@atomically
def remove(document: Document, *, version: int | None = None, actor: Actor) -> None:
    """Takes a document out of a draft, and its files away. Raises NotAllowed, Conflict, Refused."""
    document = _locked(document)
    perform(DOCUMENT, "remove", document, actor=actor, unit=DIRECT, version=version)
    keys = list(document.versions.values_list("key", flat=True))
    transaction.on_commit(lambda: files.remove(*keys))


def _locked(document: Document) -> Document:
    """The request first, then the document: the order in which everything is locked."""
    parent: Any = document.request
    request = DIRECT.lock(parent)
    document = DIRECT.lock(document)
    document.request = request
    return document


def _may(document: Document, actor: Actor) -> None:
    engine.require(actor, A.DOCUMENT_ATTACH, document)


@atomically
def answer_none(request: AssistanceRequest, *, actor: Actor) -> None:
    """The State attaches no other documents; said once. Raises NotAllowed, Refused."""
    request = DIRECT.lock(request)
    _may(Document(request=request, status=NEW), actor)
    refusal = rules.hands(request, actor)
    if refusal is not None:
        raise Refused(refusal)
    _row, new = NoDocuments.objects.get_or_create(
        request=request, defaults={"answered_by": actor.user.pk, "answered_at": clock.now()}
    )
    if new:
        record_event(
            request, "no_documents", actor=actor, unit=DIRECT, source=request.status, target=request.status
        )


def take(version: DocumentVersion, *, actor: Actor, noted: bool = True) -> Any:
    """The file of a version that the actor may see, open; that a note verbale was taken, and by whom, is noted.

    Raises NotAllowed where it is not checked or was infected, NotVisible where its file is not there.
    """
    if not may_read(actor, version):
        if version.scan == Scan.INFECTED:
            raise NotAllowed(_("this file was removed: a virus was found in it"))
        raise NotAllowed(_("this file has not been checked for viruses yet; try again later"))
    try:
        file = files.opened(version.key)
    except OSError:
        logger.exception("the file of version %s is not there", version.pk)
        raise NotVisible(_("There is nothing here that can be shown.")) from None
    if noted and version.document.kind == Kind.NOTE_VERBALE:
        _note_reading(version, actor=actor)
    return file


@transaction.atomic
def _note_reading(version: DocumentVersion, *, actor: Actor) -> None:
    document = DIRECT.lock(version.document)
    record_event(document, "taken", actor=actor, unit=DIRECT, facts={"number": version.number})


def scan_waiting(pk: int) -> bool:
    """Has the scanner look through a file that it has not seen; False where it cannot be asked."""
    row = DocumentVersion.objects.filter(pk=pk, scan=Scan.WAITING).select_related("document").first()
    if row is None or not settings.CLAMAV_URL:
        return row is None
    with files.opened(row.key) as file:
        said, found = scan_file(file)
    if said is Scan.WAITING:
        return False
    _write_scan(row, said, found)
    return True


@transaction.atomic
def _write_scan(row: DocumentVersion, said: Scan, found: str) -> None:
    document = DIRECT.lock(row.document)
    facts = {"number": row.number, "scan": said} | ({"virus": found} if found else {})
    try:
        perform(DOCUMENT, "scan", document, actor=SYSTEM, unit=DIRECT, facts=facts)
    except Conflict:  # removed meanwhile
        return
    if said is Scan.INFECTED:
        transaction.on_commit(lambda: files.remove(row.key))


def sweep_orphans() -> int:
    """Takes away files of which no row knows, or whose document was removed or is infected; gives their number."""
    number = 0
    for keys in files.kept_before(clock.now() - ORPHAN_AFTER):
        rows = DocumentVersion.objects.filter(key__in=keys, document__status="kept").exclude(
            scan=Scan.INFECTED
        )
        for key in sorted(set(keys) - set(rows.values_list("key", flat=True))):
            files.remove(key)
            number += 1
    return number
