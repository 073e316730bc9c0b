"""The pages of documents, and the file itself: who gets what, and how a browser gets it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.audit.models import CaseEvent
from portal.documents.enums import LARGEST_FILE, Kind
from portal.documents.models import Document
from tests import cast
from tests.attachments import samples
from tests.attachments.conftest import attached, kept_in, upload
from tests.filing.visitor import Visitor
from tests.site import AFG, NOR, OTHER, STAFF, TJK, client_of

pytestmark = pytest.mark.django_db
GIVEN = {"kind": "letter", "title": "Letter", "language": "en", "donors_may_see": "no"}


def page(name, *args):
    return reverse(f"documents:{name}", args=[str(arg) for arg in args])


def file_of(document, number=1):
    return page("file", document, number)


def test_a_document_is_attached_replaced_and_removed_by_forms_alone(who, folder):
    request = cast.draft(who)
    visitor = Visitor(who.afg_focal_point).open(page("of", request))
    assert "No document is attached" in visitor.text
    visitor.follow("Add a document")
    visitor.send(**GIVEN, file=upload(samples.pdf(), "Letter of the Ministry.pdf"))
    assert visitor.address == page("of", request)
    assert "Letter of the Ministry.pdf" in visitor.text
    visitor.follow("Attach a newer version")
    visitor.send(file=upload(samples.docx(), "letter.docx"))
    assert "Older versions" in visitor.text
    visitor.follow("Change the description").send(title="Another title")
    assert "Another title" in visitor.text
    visitor.follow("Remove").send()
    assert "The document was removed" in visitor.text
    assert not Document.objects.filter(request=request, status="kept").exists()


def test_the_question_can_be_answered_with_none(who):
    request = cast.draft(who)
    visitor = Visitor(who.afg_focal_point).open(page("of", request)).follow("No other documents").send()
    assert visitor.open(page("of", request)).text.count("No other documents.") == 1


@pytest.mark.parametrize(
    "case", ["empty", "program", "pdf-named-docx", "docx-macro", "pdf-and-zip", "nested"]
)
def test_what_is_refused_says_why_beside_the_field_and_keeps_what_was_typed(who, folder, case):
    name, make, _code = samples.BAD[case]
    request = cast.draft(who)
    visitor = Visitor(who.afg_focal_point).open(page("new", request))
    visitor.send(**GIVEN, file=upload(make(), name))
    assert visitor.status == 422
    assert 'id="id_file_error"' in visitor.text
    assert 'value="Letter"' in visitor.text
    assert kept_in(folder) == set()
    assert not Document.objects.filter(request=request).exists()


def test_too_large_is_told_beside_the_field(who, folder):
    request = cast.draft(who)
    visitor = Visitor(who.afg_focal_point).open(page("new", request))
    visitor.send(**GIVEN, file=upload(samples.pdf() + b"0" * LARGEST_FILE, "a.pdf"))
    assert visitor.status == 422
    assert "larger than 10 MB" in visitor.text
    assert kept_in(folder) == set()


def test_far_too_large_is_not_even_read(who):
    request = cast.draft(who)
    answer = client_of(who.afg_focal_point).post(
        page("new", request), b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2**40)
    )
    assert answer.status_code == 400


def test_nothing_chosen_is_told(who):
    visitor = Visitor(who.afg_focal_point).open(page("new", cast.draft(who))).send(**GIVEN)
    assert visitor.status == 422
    assert "Choose a file" in visitor.text


def test_the_same_form_twice_is_one_document_and_another_file_is_not_lost(who):
    request = cast.draft(who)
    visitor = Visitor(who.afg_focal_point).open(page("new", request))
    data = {**visitor.form["fields"], **GIVEN}
    first = samples.pdf()
    for _ in range(2):
        answer = visitor.client.post(page("new", request), {**data, "file": upload(first, "a.pdf")})
        assert answer.status_code == 303
    assert Document.objects.filter(request=request).count() == 1
    answer = visitor.client.post(
        page("new", request), {**data, "file": upload(samples.pdf(pages=2), "a.pdf")}
    )
    assert answer.status_code == 409  # said, not silently dropped
    assert Document.objects.filter(request=request).count() == 1


def test_a_note_verbale_is_attached_by_the_approver_at_approval(who):
    request = cast.request_in(who, "approval")
    visitor = Visitor(who.afg_approver).open(page("new", request))
    visitor.send(**GIVEN | {"kind": "note-verbale"}, file=upload(samples.pdf(), "nv.pdf"))
    assert Document.objects.get(request=request).kind == Kind.NOTE_VERBALE
    assert client_of(who.afg_focal_point).get(page("new", request)).status_code == 200
    assert "with the approver" in client_of(who.afg_focal_point).get(page("new", request)).content.decode()


# of a request in a state and with a visibility: who takes a letter for all donors, one for none, the note verbale
WORLD = {
    "draft": ("draft", "all-donors", AFG, AFG, AFG),
    "submitted": ("submitted", "all-donors", AFG | STAFF, AFG | STAFF, AFG | STAFF),
    "open": ("open", "all-donors", AFG | STAFF | NOR | OTHER, AFG | STAFF, AFG | STAFF),
    "public": ("open", "public", AFG | STAFF | NOR | OTHER, AFG | STAFF, AFG | STAFF),
    "unodc": ("open", "unodc", AFG | STAFF, AFG | STAFF, AFG | STAFF),
    "closed": ("closed", "all-donors", AFG | STAFF | NOR | OTHER, AFG | STAFF, AFG | STAFF),
    "withdrawn": ("withdrawn", "all-donors", AFG | STAFF, AFG | STAFF, AFG | STAFF),
    "asked": ("submitted", "all-donors", AFG | TJK | STAFF, AFG | TJK | STAFF, AFG | STAFF),
    "joint": ("open", "all-donors", *(3 * (AFG | TJK | STAFF,))),
}


@pytest.mark.parametrize("case", sorted(WORLD))
def test_everyone_gets_what_hangs_on_what_they_see_and_nothing_else(who, case):
    state, visibility, released, kept, note = WORLD[case]
    if case == "joint":
        released = released | NOR | OTHER
    joint = ("TJK",) if case in {"asked", "joint"} else ()
    request = cast.draft(who, joint=joint, visibility="all-donors")
    documents = {
        "released": attached(request, who.afg_focal_point, donors_may_see=True),
        "kept": attached(request, who.afg_focal_point),
        "note": attached(request, who.afg_focal_point, kind=Kind.NOTE_VERBALE),
    }
    for move in cast.REQUEST_PATH[state]:
        if move == "circulate":
            cast.confirm_all(who, request)
        name, given = cast.REQUEST_MOVES[move]
        request = cast.asking.move_request(request, move, actor=getattr(who, name), facts=given)
    if visibility != "all-donors":
        facts = {"visibility": visibility}
        cast.asking.move_request(request, "change_consent", actor=who.afg_approver, facts=facts)
    should = {"released": released, "kept": kept, "note": note}
    for name, document in documents.items():
        answers = {
            person: client_of(actor).get(file_of(document)).status_code for person, actor in who.everyone()
        }
        assert {person for person, status in answers.items() if status == 200} == should[name], name
        assert set(answers.values()) <= {200, 404}
        listed = {
            person
            for person, actor in who.everyone()
            if file_of(document) in client_of(actor).get(page("of", request)).content.decode()
        }
        assert listed == should[name], name


def test_a_file_is_saved_and_never_a_page_of_the_site(who):
    request = cast.request_in(who, "open")
    document = attached(request, who.afg_focal_point, name="Résumé – رسالة.pdf", donors_may_see=True)
    answer = client_of(who.nor_officer).get(file_of(document))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''R%C3%A9sum%C3%A9")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer["Content-Length"])
    assert content.startswith(b"%PDF")


def test_an_older_version_is_read_too_and_one_that_is_none_is_not(who):
    document = attached(cast.draft(who), who.afg_focal_point)
    client = client_of(who.afg_approver)
    assert client.get(file_of(document, 1)).status_code == 200
    assert client.get(file_of(document, 2)).status_code == 404


def test_whoever_takes_a_note_verbale_is_noted(who):
    request = cast.request_in(who, "submitted")
    note = attached(request, who.afg_approver, kind=Kind.NOTE_VERBALE)
    letter = attached(request, who.afg_approver)
    client = client_of(who.case_officer)
    client.head(file_of(note))
    for document in (note, letter):
        assert b"".join(client.get(file_of(document)).streaming_content).startswith(b"%PDF")
    client_of(who.nor_officer).get(file_of(note))
    events = CaseEvent.objects.filter(move="taken")
    assert [(e.case_id, e.actor_user, e.facts) for e in events] == [
        (note.pk, who.case_officer.user.pk, {"number": 1})
    ]


def test_the_number_of_questions_does_not_grow_with_documents(who):
    numbers = []
    for many in (1, 4):
        request = cast.draft(who)
        for n in range(many):
            attached(request, who.afg_focal_point, title=f"Letter {n}")
        client = client_of(who.afg_focal_point)
        client.get(page("of", request))
        with CaptureQueriesContext(connection) as found:
            assert len(re.findall("<article", client.get(page("of", request)).content.decode())) == many
        numbers.append(len(found))
    assert numbers[0] == numbers[1]
