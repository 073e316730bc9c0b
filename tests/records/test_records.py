"""The record of a request: all that was asked, in PDF and in Word, for who may read it and no more."""

import io
import re

import pikepdf
import pytest
from django.urls import reverse
from django.utils import translation
from docx.oxml.ns import qn

from portal.documents.models import DocumentVersion
from reports.record.content import direction_of, texts
from reports.record.pdf import render_pdf
from reports.record.word import render_docx
from requests_app import answers, selectors
from tests.records.conftest import (
    ANSWERS,
    HIDDEN,
    LANGUAGES,
    NEED,
    TITLES,
    drafted,
    moved,
    pdf_text,
    record,
    word,
    word_text,
)
from tests.site import client_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("folder")]
WRITTEN = [text for text in (*ANSWERS.values(), *NEED.values()) if isinstance(text, str) and " " in text]


def _said(row, language):
    """Labels and values of every answer, as the check page has them."""
    with translation.override(language):
        parts = answers.of_request(row, selectors.needs_in_order(row))
        lines = [(str(answer.label), answer.value) for part in parts for answer in part.answers]
    found = []
    for label, value in lines:
        values = value if isinstance(value, list) else [re.sub("<[^>]+>", "", str(value or ""))]
        found += [label, *filter(None, values)]
    return found


def _plain(text):
    """Without the marks of direction and with one kind of space: what is read, not how it is set."""
    return " ".join(re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", "", text).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_tagged_and_speaks_the_language_of_its_reader(who, make, language):
    row = make(language)
    made = render_pdf(record(who.afg_approver, row, language))
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert str(opened.Root.Lang) == language
        assert opened.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in opened.Root
        with opened.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert TITLES[language] in about["dc:title"]
        kinds = {str(element.S) for element in _elements(opened.Root.StructTreeRoot.K[0])}
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD"} <= kinds


def _elements(element):
    yield element
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _elements(kid)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_the_check_page_is_read_in_the_pdf(who, make, language):
    row = make(language)
    text = _plain(pdf_text(record(who.afg_approver, row, language)))
    # a line may end inside a code, and Arabic letters that do not join are read apart
    letters = text.replace(" ", "")
    for said in _said(row, language):
        assert _plain(said).replace(" ", "") in letters
    assert row.reference in text
    for version in DocumentVersion.objects.filter(document__request=row):
        # a cell of several lines is read line by line, with those of the cells beside it
        assert version.sha256[:20] in letters
        assert all(piece in letters for piece in version.name.split("-"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_file_has_styles_tables_and_every_answer(who, make, language):
    row = make(language)
    made = record(who.afg_approver, row, language)
    opened = word(made)
    styles = [p.style.name for p in opened.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") >= 8
    assert styles.count("Heading 2") == 2  # the needs
    assert {table.style.name for table in opened.tables} == {"Table Grid"}
    text = _plain(word_text(opened))
    for said in (*_said(row, language), made.digest, *(part.title for part in made.parts)):
        assert _plain(said) in text
    assert opened.core_properties.language == language
    instructions = [f.get(qn("w:instr")) for f in opened.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert sorted(instructions) == ["NUMPAGES", "PAGE"]
    repeated = [table for table in opened.tables if table.rows[0]._tr.findall(f".//{qn('w:tblHeader')}")]
    assert len(repeated) == 3  # States, amendments, documents


def test_word_sets_arabic_from_right_to_left(who, make):
    opened = word(record(who.afg_approver, make("ar"), "ar"))
    headings = [p for p in opened.paragraphs if p.style.name.startswith("Heading 1")]
    for paragraph in headings:
        if direction_of(paragraph.text, "ltr") == "rtl":
            assert paragraph._p.pPr.find(qn("w:bidi")) is not None
    title = next(p for p in opened.paragraphs if p.style.name == "Title")
    assert all(run.font.rtl for run in title.runs)
    assert [lang.get(qn("w:bidi")) for lang in title._p.iter(qn("w:lang"))] == ["ar-SA"]
    assert all(table._tbl.tblPr.find(qn("w:bidiVisual")) is not None for table in opened.tables)
    assert opened.sections[0]._sectPr.find(qn("w:bidi")) is not None


def test_word_sets_french_from_left_to_right(who, make):
    opened = word(record(who.afg_approver, make("fr"), "fr"))
    assert not list(opened.element.iter(qn("w:bidi"), qn("w:bidiVisual"), qn("w:rtl")))
    title = next(p for p in opened.paragraphs if p.style.name == "Title")
    assert [lang.get(qn("w:val")) for lang in title._p.iter(qn("w:lang"))] == ["fr-FR"]


@pytest.mark.parametrize("person", ["nor_officer", "other_approver"])
def test_a_donors_copy_holds_nothing_that_is_hidden_from_donors(who, make, person):
    row = make()
    made = record(getattr(who, person), row, "en")
    said = "\n".join((*texts(made), pdf_text(made), word_text(word(made))))
    for hidden in (*HIDDEN.values(), "Letter for UNODC", "for-unodc.pdf", "NV-2"):
        assert hidden not in said
    for label in ("Contact", "Evidence", "named in the report", "note verbale", "Note verbale"):
        assert label not in said
    for shown in (*WRITTEN, "Letter for donors", "Tajikistan"):
        assert shown in said


def test_its_own_state_and_unodc_read_all_of_it(who, make):
    row = make()
    for person in ("afg_coordinator", "afg_focal_point", "case_officer", "auditor"):
        said = "\n".join(texts(record(getattr(who, person), row, "en")))
        for text in (*HIDDEN.values(), *WRITTEN, "Letter for UNODC", "NV-2", "on behalf of its Government"):
            assert text in said


def test_no_person_is_named(who, make):
    row = make()
    said = "\n".join(texts(record(who.afg_approver, row, "en")))
    for person in ("afg_focal_point", "afg_approver", "case_officer"):
        assert getattr(who, person).user.name not in said
        assert getattr(who, person).user.email not in said


def test_a_state_that_has_not_confirmed_is_no_matter_of_donors(who):
    row = moved(who, drafted(who, "en"), "send_for_approval", "submit")
    said = texts(record(who.case_officer, row, "en"))
    assert "asked, not yet confirmed" in said
    parts = answers.of_request(row, [], between=False)
    assert not [a.value for part in parts for a in part.answers if a.column == "states" and a.value]


def test_what_was_amended_stands_with_what_it_said_before(who, make):
    made = record(who.afg_approver, make(), "en")
    table = next(part.table for part in made.parts if part.title == "What was amended")
    assert [row[1:] for row in table.rows] == [("1", "Quantity", "10", "12")]


def test_the_same_request_twice_gives_the_same(who, make):
    row = make()
    first, second = (record(who.afg_approver, row, "en") for _n in range(2))
    assert first.digest == second.digest
    assert render_pdf(first) == render_pdf(second)
    assert word_text(word(first)) == word_text(word(second))
    assert first.digest in pdf_text(first).replace(" ", "")
    assert record(who.nor_officer, row, "en").digest != first.digest


def test_a_draft_says_so_on_each_page(who):
    row = drafted(who, "en")
    made = record(who.afg_focal_point, row, "en")
    with pikepdf.open(io.BytesIO(render_pdf(made))) as opened:
        pages = len(opened.pages)
    assert pages > 1
    assert len(re.findall(r"\bDRAFT\b", pdf_text(made))) == pages + 1  # and above the title
    assert "DRAFT" in word(made).sections[0].header.paragraphs[0].text
    assert f"Page {pages} of {pages}" in pdf_text(made)


def test_characters_that_a_file_cannot_hold_do_not_break_it(who):
    row = drafted(who, "en")
    made = record(who.afg_focal_point, row, "en")
    broken = type(made)(**{**vars(made), "title": "A\x02B\ufffe"})
    assert "AB" in word_text(word(broken))
    assert render_docx(broken)


# the pages


def test_the_pages_lead_to_the_record(who, make):
    row = make()
    for person in ("afg_focal_point", "case_officer", "nor_officer"):
        page = client_of(getattr(who, person)).get(reverse("requests:request", args=[row])).content.decode()
        assert "Download the record" in page
        for form in ("pdf", "docx"):
            assert f'href="{reverse("reports:record", args=[row, form])}"' in page


def test_the_hub_and_the_approvers_page_lead_to_the_draft(who):
    row = drafted(who, "en")
    url = reverse("requests:request", args=[row])
    assert "Download the draft" in client_of(who.afg_focal_point).get(url).content.decode()
    moved(who, row, "send_for_approval")
    assert "Download the draft" in client_of(who.afg_approver).get(url).content.decode()


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-1.7"), ("docx", b"PK\x03\x04")])
def test_a_record_is_saved_by_the_browser_and_kept_by_nobody(who, make, form, start):
    row = make()
    with translation.override("fr"):
        answer = client_of(who.nor_officer).get(reverse("reports:record", args=[row, form]))
    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"] == f'attachment; filename="{row}.fr.{form}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_draft_is_of_its_state_alone(who):
    row = drafted(who, "en")
    for form in ("pdf", "docx"):
        url = reverse("reports:record", args=[row, form])
        for person in ("tjk_approver", "ken_focal_point", "nor_officer", "case_officer", "public"):
            assert client_of(getattr(who, person)).get(url).status_code == 404
        answer = client_of(who.afg_approver).get(url)
        assert answer["Content-Disposition"] == f'attachment; filename="{row}.en.draft.{form}"'


def test_other_forms_and_who_is_not_signed_in_find_nothing(who, make):
    row = moved(who, make(), "change_consent")  # public from now on
    assert client_of(who.public).get(reverse("requests:request", args=[row])).status_code == 200
    assert client_of(who.public).get(reverse("reports:record", args=[row, "pdf"])).status_code == 404
    assert client_of(who.afg_approver).get(reverse("reports:record", args=[row, "odt"])).status_code == 404
