"""Attaching, replacing, describing, removing: through the services, against the database, after a crash."""

import os
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.documents import files, selectors, services
from portal.documents.enums import LARGEST_FILE, MIB, MOST_FILES, Kind, Scan
from portal.documents.models import Document, DocumentVersion, NoDocuments
from tests import cast
from tests.attachments import samples
from tests.attachments.conftest import DESCRIBED, attached, kept_in, received

pytestmark = pytest.mark.django_db


def examined(request, actor, content=None, name="letter.pdf"):
    return services.examine(received(content or samples.pdf(), name), request=request, actor=actor)


def moves(document):
    return list(
        CaseEvent.objects.filter(case_type="document", case_id=document.pk)
        .order_by("sequence")
        .values_list("move", flat=True)
    )


def test_a_document_is_a_row_a_file_and_an_event(who, folder):
    request = cast.draft(who)
    content = samples.pdf()
    document = attached(request, who.afg_focal_point, content, title="Letter of the ministry")
    version = document.versions.get()
    assert (version.number, version.size, version.type) == (1, len(content), "application/pdf")
    assert (folder / version.key).read_bytes() == content
    assert kept_in(folder) == {version.key}
    assert "letter" not in version.key
    event = CaseEvent.objects.get(case_type="document", case_id=document.pk)
    assert (event.move, event.facts["sha256"], event.facts["name"]) == (
        "attach",
        version.sha256,
        "letter.pdf",
    )
    assert list(findings()) == []


def test_a_newer_version_leaves_the_older_readable(who, folder):
    request = cast.draft(who)
    document = attached(request, who.afg_focal_point)
    newer = examined(request, who.afg_focal_point, samples.docx(), "letter.docx")
    services.replace(document, newer, version=1, actor=who.afg_focal_point)
    shown = selectors.documents_of(who.afg_approver, request).get()
    assert [v.name for v in shown.versions.all()] == ["letter.docx", "letter.pdf"]
    assert kept_in(folder) == {v.key for v in shown.versions.all()}
    with pytest.raises(Conflict):
        services.replace(document, newer, version=1, actor=who.afg_focal_point)
    assert len(kept_in(folder)) == 2  # what was refused left no file behind
    assert moves(document) == ["attach", "replace"]


def test_what_is_said_of_it_changes_with_an_event(who):
    document = attached(cast.draft(who), who.afg_focal_point)
    services.describe(document, DESCRIBED | {"title": "Another"}, version=1, actor=who.afg_focal_point)
    document.refresh_from_db()
    assert (document.title, document.version, moves(document)) == ("Another", 2, ["attach", "describe"])


def test_it_is_removed_in_a_draft_and_its_files_with_it(who, folder, django_capture_on_commit_callbacks):
    request = cast.draft(who)
    document = attached(request, who.afg_focal_point)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(document, version=1, actor=who.afg_focal_point)
    assert kept_in(folder) == set()
    assert not selectors.documents(who.afg_focal_point).filter(request=request).exists()
    assert moves(document) == ["attach", "remove"]
    with pytest.raises((Conflict, NotAllowed)):
        services.replace(document, examined(request, who.afg_focal_point), actor=who.afg_focal_point)
    assert list(findings()) == []


@pytest.mark.parametrize("state", ["approval", "submitted", "open"])
def test_it_is_not_removed_later(who, state):
    request = cast.draft(who)
    document = attached(request, who.afg_focal_point)
    for move in cast.REQUEST_PATH[state]:
        name, given = cast.REQUEST_MOVES[move]
        cast.asking.move_request(request, move, actor=getattr(who, name), facts=given)
    for actor in (who.afg_focal_point, who.afg_approver):
        with pytest.raises(Refused):
            services.remove(document, actor=actor)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(status="removed")


HANDS = {
    "draft": {"afg_focal_point"},
    "approval": {"afg_approver"},
    "submitted": {"afg_focal_point", "afg_approver"},
    "under_review": {"afg_focal_point", "afg_approver"},
    "clarification": {"afg_focal_point", "afg_approver"},
    "open": {"afg_focal_point", "afg_approver"},
    "closed": set(),
    "declined": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize("state", sorted(HANDS))
def test_who_has_the_request_in_hand_attaches(who, state):
    request = cast.request_in(who, state)
    found = examined(request, who.afg_focal_point)
    could = set()
    for name, actor in who.everyone():
        if actor.user is None:
            continue
        try:
            with transaction.atomic():
                services.attach(request, found, described=DESCRIBED, actor=actor)
                could.add(name)
                transaction.set_rollback(True)
        except (Refused, NotAllowed):
            pass
        assert selectors.may_attach(actor, request) == (name in could), name
    assert could == HANDS[state]


def test_no_more_files_than_allowed(who, folder):
    request = cast.draft(who)
    found = examined(request, who.afg_focal_point)
    for _ in range(MOST_FILES):
        services.attach(request, found, described=DESCRIBED, actor=who.afg_focal_point)
    with pytest.raises(Refused, match="10 documents"):
        services.attach(request, found, described=DESCRIBED, actor=who.afg_focal_point)
    assert len(kept_in(folder)) == MOST_FILES
    with pytest.raises(DatabaseError), transaction.atomic():
        _row(Document.objects.filter(request=request).first(), new=True)
        _at_the_end()


def test_no_more_bytes_than_allowed(who):
    request = cast.draft(who)
    document = attached(request, who.afg_focal_point)
    for number in (2, 3, 4, 5):
        _row(document, number=number, size=LARGEST_FILE - (MIB if number == 2 else 0))
    with pytest.raises(Refused, match="40 MB"):
        services.replace(
            document, examined(request, who.afg_focal_point, _padded(2 * MIB)), actor=who.afg_focal_point
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        _row(document, number=6, size=MIB)
        _at_the_end()


def _padded(size: int) -> bytes:
    def pad(document):
        document.Root["/Padding"] = document.make_stream(os.urandom(size))

    return samples.pdf(pad)


def _row(document, *, new=False, **columns):
    """A version written past the services, whole but for what is tried."""
    if new:
        document = Document.objects.create(
            public_id="x" * 32, request=document.request, status="kept", **DESCRIBED
        )
    whole = {
        "number": 1 if new else 2, "name": "a.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64,
        "key": f"documents/00/{os.urandom(16).hex()}", "uploaded_by": 1, "uploaded_at": cast.NOW, "scan": Scan.NONE,
    }  # fmt: skip
    return DocumentVersion.objects.create(document=document, **whole | columns)


def _at_the_end():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "columns",
    [
        {"number": 0}, {"number": 1}, {"number": 3}, {"number": 51}, {"name": ""}, {"type": "text/html"},
        {"type": "image/svg+xml"}, {"size": 0}, {"size": LARGEST_FILE + 1}, {"sha256": "0" * 63}, {"sha256": "G" * 64},
        {"key": "documents/00/letter.pdf"}, {"key": "../../etc/passwd"}, {"scan": "maybe"}, {"scan": "clean"},
        {"scan": "infected"}, {"scan": "waiting", "scanned_at": cast.NOW},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_keeps_a_file_as_it_should_be(who, columns):
    document = attached(cast.draft(who), who.afg_focal_point)
    with pytest.raises(DatabaseError), transaction.atomic():
        _row(document, **columns)
        _at_the_end()


@pytest.mark.parametrize(
    "columns",
    [
        {"request": None}, {"kind": "secret"}, {"title": ""}, {"language": "xx"}, {"status": "gone"},
        {"kind": Kind.NOTE_VERBALE, "donors_may_see": True},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_keeps_a_document_as_it_should_be(who, columns):
    document = attached(cast.draft(who), who.afg_focal_point)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**columns)
        _at_the_end()


@pytest.mark.parametrize(
    "columns",
    [{"name": "b.pdf"}, {"sha256": "1" * 64}, {"number": 2}, {"size": 3}, {"uploaded_by": 0}],
    ids=str,
)
def test_a_file_once_kept_is_never_another(who, columns):
    version = attached(cast.draft(who), who.afg_focal_point).versions.get()
    rows = DocumentVersion.objects.filter(pk=version.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**columns)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(scan=Scan.INFECTED, scanned_at=cast.NOW)
        rows.update(scan=Scan.CLEAN)


def test_a_document_stays_where_it_hangs(who):
    document = attached(cast.draft(who), who.afg_focal_point)
    other = cast.draft(who)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(request=other)


def test_a_note_verbale_is_never_released(who):
    request = cast.draft(who)
    with pytest.raises(Refused, match="note verbale"):
        attached(request, who.afg_focal_point, kind=Kind.NOTE_VERBALE, donors_may_see=True)
    document = attached(request, who.afg_focal_point, donors_may_see=True)
    with pytest.raises(Refused, match="note verbale"):
        services.describe(
            document,
            DESCRIBED | {"kind": Kind.NOTE_VERBALE, "donors_may_see": True},
            actor=who.afg_focal_point,
        )


def test_no_other_documents_is_an_answer(who):
    request = cast.draft(who)
    assert not selectors.is_settled(request)
    services.answer_none(request, actor=who.afg_focal_point)
    services.answer_none(request, actor=who.afg_focal_point)
    assert selectors.is_settled(request)
    events = CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="no_documents")
    assert events.count() == 1
    for actor in (who.afg_approver, who.afg_coordinator, who.ken_focal_point, who.case_officer):
        with pytest.raises((NotAllowed, Refused)):
            services.answer_none(request, actor=actor)
    attached(request, who.afg_focal_point)
    assert not NoDocuments.objects.filter(request=request).exists()


def test_files_without_a_row_are_swept_and_no_others(who, folder):
    """A crash between the file and its row leaves the file alone: it goes, once it is a day old."""
    document = attached(cast.draft(who), who.afg_focal_point)
    key = document.versions.get().key
    lost, fresh = files.put(received(b"lost", "a")), files.put(received(b"fresh", "a"))
    removed = attached(cast.draft(who), who.afg_focal_point)
    services.remove(removed, actor=who.afg_focal_point)
    half = folder / "documents" / "00" / ".x.part"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half")
    old = time.time() - timedelta(days=2).total_seconds()
    for path in (folder / lost, folder / key, folder / removed.versions.get().key, half):
        os.utime(path, (old, old))
    assert services.sweep_orphans() == 3
    assert kept_in(folder) == {key, fresh}
    assert services.sweep_orphans() == 0


def test_a_row_that_is_refused_leaves_no_file(who, folder, monkeypatch):
    request = cast.draft(who)
    found = examined(request, who.afg_focal_point)
    with pytest.raises(Refused):
        services.attach(request, found, described=DESCRIBED | {"title": ""}, actor=who.afg_focal_point)
    assert kept_in(folder) == set()
    assert not Document.objects.filter(request=request).exists()


def test_a_storage_that_refuses_leaves_no_row(who, folder):
    request = cast.draft(who)
    found = examined(request, who.afg_focal_point)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "documents").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="documents"):
        services.attach(request, found, described=DESCRIBED, actor=who.afg_focal_point)
    assert not Document.objects.filter(request=request).exists()
