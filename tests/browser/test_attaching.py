"""Documents in a real browser without any script: attached, refused with a reason, replaced, saved, removed."""

import re
from itertools import product

import pytest
from django.urls import reverse

from portal.documents.models import Document
from tests import cast
from tests.attachments import samples
from tests.attachments.conftest import attached
from tests.browser.conftest import enter_as, press
from tests.browser.test_every_page import LANGUAGES, WIDTHS, chosen, wrong_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "portal.core.storage.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }


def fill(page, name: str, content: bytes) -> None:
    page.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )


def test_a_document_without_any_script(live_server, settings, page, said):
    settings.SAMPLE = True
    who = cast.assemble()
    request = cast.draft(who)
    page.goto(f"{live_server.url}/en/")
    enter_as(page, live_server.url, who.afg_focal_point)
    page.goto(live_server.url + reverse("requests:request", args=[str(request)]))
    press(page.get_by_role("link", name="Documents", exact=True))
    press(page.get_by_role("button", name="Add a document"))
    page.get_by_label("letter").check()
    page.get_by_label("Title").fill("Letter of the Ministry")
    page.locator('input[name="donors_may_see"][value="no"]').check()
    fill(page, "letter.pdf", b"MZ no letter")
    press(page.get_by_role("button", name="Attach the document"))
    assert "not a PDF" in page.locator("#id_file_error").inner_text()
    assert page.get_by_label("Title").input_value() == "Letter of the Ministry"
    content = samples.pdf()
    fill(page, "letter.pdf", content)
    press(page.get_by_role("button", name="Attach the document"))
    assert page.get_by_role("heading", name="Letter of the Ministry").is_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="letter.pdf").click()
    assert saved.value.suggested_filename == "letter.pdf"
    assert saved.value.path().read_bytes() == content
    press(page.get_by_role("link", name=re.compile("Attach a newer version")))
    fill(page, "newer.docx", samples.docx())
    press(page.get_by_role("button", name="Attach the version"))
    assert page.get_by_role("link", name="newer.docx").is_visible()
    page.get_by_text("Older versions").click()
    assert page.get_by_role("link", name="letter.pdf").is_visible()
    press(page.get_by_role("link", name=re.compile("Remove")))
    press(page.get_by_role("button", name="Remove the document"))
    assert page.get_by_text("No document is attached").is_visible()
    assert not Document.objects.filter(status="kept").exists()


@pytest.mark.parametrize(("language", "width"), [chosen(*pair) for pair in product(LANGUAGES, WIDTHS)])
def test_no_page_of_documents_shuts_anyone_out(live_server, settings, open_page, axe, said, language, width):  # noqa: PLR0917 - fixtures
    settings.SAMPLE = True
    who = cast.assemble()
    request = cast.draft(who)
    document = attached(request, who.afg_focal_point)
    page = open_page(width=width)
    page.goto(f"{live_server.url}/{language}/")
    enter_as(page, live_server.url, who.afg_focal_point)
    told = []
    for name, args in (
        ("documents:of", [str(cast.draft(who))]), ("documents:of", [str(request)]), ("documents:new", [str(request)]),
        ("documents:none", [str(request)]), ("documents:replace", [str(document)]),
        ("documents:describe", [str(document)]), ("documents:remove", [str(document)]),
        ("requests:request", [str(request)]), ("requests:check", [str(request)]),
    ):  # fmt: skip
        page.goto(live_server.url + reverse(name, args=args).replace("/en/", f"/{language}/", 1))
        told += [f"{name}: {line}" for line in wrong_with(page, language, axe)]
    assert not told, "\n".join(told)
    assert said == []
