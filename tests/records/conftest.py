"""Requests whose records are made: one with everything answered, joint, amended, with documents."""

import io
import subprocess
from datetime import UTC, datetime

import pytest
from django.utils import translation
from docx import Document

from reports.record.compile import record_of
from reports.record.pdf import render_pdf
from reports.record.word import render_docx
from requests_app import selectors, services
from tests import cast
from tests.attachments.conftest import attached, folder  # noqa: F401 - a fixture

LANGUAGES = ("ar", "fr", "en")
TITLES = {
    "ar": "التدريب عند الحدود البرية",
    "fr": "Formation aux frontières terrestres",
    "en": "Training at land borders",
}
SITUATIONS = {
    "ar": "تمر المواد الأفيونية عبر الأقاليم الشمالية.",
    "fr": "Les opiacés traversent les provinces du nord.",
    "en": "Opiates pass through the northern provinces.",
}
# what a donor never sees
HIDDEN = {
    "note_verbale_number": "NV-SECRET-118",
    "contact": "Colonel Hidden, hidden@example.org",
    "evidence": "Seizures of the closed operation",
}
ANSWERS = {
    "authority": "Ministry of the Border",
    "objectives": "Better control of freight",
    "previous_assistance": "A course in the past year",
    "national_contribution": "Rooms and meals",
    "urgency_reason": "The season begins",
}
NEED = {
    "description": "Scanner for containers",
    "form_id": "equipment",
    "unit_id": "items",
    "place": "The northern crossing",
    "site_readiness": "The floor is laid",
    "running_costs": "Paid by the customs service",
    "women": 1201,
    "needed_by": datetime(2027, 5, 14, tzinfo=UTC),
}


@pytest.fixture
def who(db):
    return cast.assemble()


def drafted(who, language: str):
    row = cast.draft(
        who,
        quantities=("10", "20500"),
        joint=["TJK"],
        language=language,
        title=TITLES[language],
        situation=SITUATIONS[language],
        urgency="urgent",
        channel="bilateral",
        drugs=["opiates"],
        need=NEED,
        **HIDDEN,
        **ANSWERS,
    )
    attached(row, who.afg_focal_point, title="Letter for donors", name="for-donors.pdf", donors_may_see=True)
    attached(row, who.afg_focal_point, title="Letter for UNODC", name="for-unodc.pdf")
    return row


def moved(who, row, *moves: str):
    for move in moves:
        if move == "circulate":
            cast.confirm_all(who, row)
        name, given = cast.REQUEST_MOVES[move]
        row = services.move_request(row, move, actor=cast.actor_named(who, name), facts=given)
    return row


@pytest.fixture
def make(who):
    """A request in a language, open to donors and amended."""

    def made(language: str = "en"):
        moves = ("send_for_approval", "submit", "acknowledge", "circulate", "amend")
        return moved(who, drafted(who, language), *moves)

    return made


def record(actor, row, language: str):
    with translation.override(language):
        return record_of(actor, selectors.drafts_to_write(actor, str(row)).get())


def pdf_text(record) -> str:
    """The words in reading order, on one line."""
    done = subprocess.run(
        ["pdftotext", "-", "-"], input=render_pdf(record), capture_output=True, check=True
    ).stdout.decode()
    return " ".join(done.split())


def word(record):
    return Document(io.BytesIO(render_docx(record)))


def word_text(opened) -> str:
    paragraphs = [p.text for p in opened.paragraphs]
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join((*paragraphs, *cells))
