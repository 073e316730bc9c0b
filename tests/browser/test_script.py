"""What the small script adds to pages that work without it, and what a first visit costs."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from portal.core import clock
from reports.enums import JobStatus
from reports.models import ReportJob
from reports.services import session_of, start_report
from tests import cast
from tests.browser.conftest import enter_as, press
from tests.site import url_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who():
    return cast.assemble()


@pytest.mark.parametrize("path", ["/en/", "/ar/", "/en/needs/", "/en/requests/"])
def test_a_first_visit_is_small_and_asks_nobody_else(live_server, who, open_page, said, path):
    cast.request_in(who, "open")
    page = open_page()
    answers = []
    page.on("requestfinished", lambda request: answers.append(request))  # noqa: PLW0108 - a method of C has no place for its marks
    enter_as(page, live_server.url, who.case_officer)
    page.goto(live_server.url + path, wait_until="networkidle")
    kinds = {"stylesheet": 0, "script": 0, "document": 0, "other": 0}
    for request in answers:
        kinds[request.resource_type] = (
            kinds.get(request.resource_type, 0) + request.sizes()["responseBodySize"]
        )
    assert {urlsplit(request.url).netloc for request in answers} == {urlsplit(live_server.url).netloc}
    assert len(answers) <= 4
    assert 0 < kinds["stylesheet"] <= 8192
    assert 0 < kinds["script"] <= 6144
    assert kinds["stylesheet"] + kinds["script"] <= 14 * 1024
    assert 0 < kinds["document"] <= 14 * 1024
    page.goto(live_server.url + path, wait_until="networkidle")
    # what carries a hash is not asked for again
    again = page.evaluate(
        "performance.getEntriesByType('resource').map(entry => [entry.name, entry.transferSize])"
    )
    assert len(again) >= 2
    assert [name for name, size in again if size] == []
    assert said == []


def test_a_long_text_says_how_much_room_is_left(live_server, who, open_page, said):
    page = open_page()
    enter_as(page, live_server.url, who.case_officer)
    page.goto(live_server.url + "/en/style/")
    area = page.locator("#right_situation")
    count = page.locator("#right_situation + .count")
    expect(count).to_have_text("Characters left: 200")
    area.fill(
        "a\nb\N{GRINNING FACE}"
    )  # as the server counts: an end of line is two, a letter of any script one
    expect(count).to_have_text("Characters left: 195")
    area.fill("x" * 203)
    expect(count).to_have_text("Characters too many: 3")
    assert "error" in count.get_attribute("class")
    assert area.input_value() == "x" * 203  # nothing is cut off
    area.focus()
    expect(page.locator("#right_situation ~ [role=status]")).to_have_text("Characters too many: 3")
    assert said == []


def test_a_reference_is_copied(live_server, who, open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    enter_as(page, live_server.url, who.case_officer)
    page.goto(live_server.url + "/en/style/")
    page.get_by_role("button", name="Copy the reference").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "TA-2018-AFG-0007"


def test_the_page_of_a_job_follows_it_without_being_loaded_again(live_server, who, open_page, said):
    job = start_report(session_of(62), actor=who.report_officer)
    page = open_page()
    enter_as(page, live_server.url, who.report_officer)
    page.goto(f"{live_server.url}/en/reports/jobs/{job.pk}/")
    page.evaluate("window.stayed = true")
    expect(page.locator(".stages .current")).to_have_text(str(JobStatus.QUEUED.label))
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    rows = ReportJob.objects.filter(pk=job.pk)
    rows.update(status=JobStatus.RENDERING)
    expect(page.locator(".stages .current")).to_have_text(str(JobStatus.RENDERING.label))
    rows.update(status=JobStatus.DONE, finished_at=clock.now())
    expect(page.locator("#job[data-poll]")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    assert said == []


def test_a_form_is_sent_once_however_often_its_button_is_pressed(live_server, who, open_page):
    page = open_page()
    enter_as(page, live_server.url, who.report_officer)
    page.goto(f"{live_server.url}/en/")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    button = page.get_by_role("button", name="Generate the report")
    button.evaluate("button => { button.click(); button.click(); button.click(); }")
    expect(page.get_by_role("heading", level=1)).to_have_text("Making the report")
    assert len(sent) == 1
    assert ReportJob.objects.count() == 1


def test_what_was_typed_and_not_sent_waits_in_its_tab(live_server, who, open_page, said):
    request = cast.request_in(who, "under_review")
    form = live_server.url + url_of("request", request) + "ask-for-clarification/"
    words = "How many officers?\n\N{ARABIC LETTER ALEF}"
    page = open_page()
    enter_as(page, live_server.url, who.case_officer)
    page.goto(form)
    page.locator("main textarea").first.fill(words)
    page.goto(live_server.url + "/en/")
    page.goto(form)
    note = page.locator(".kept")
    expect(note).to_contain_text("was not sent")
    assert page.locator("main textarea").first.input_value() == ""  # nothing is put back unasked
    note.get_by_role("button", name="Put it back").click()
    assert page.locator("main textarea").first.input_value() == words
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "ask-for-clarification" not in url)
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed:'))") == []
    assert page.evaluate("localStorage.length") == 0
    assert said == []


def test_what_was_typed_goes_with_its_person(live_server, who, open_page):
    request = cast.request_in(who, "under_review")
    form = live_server.url + url_of("request", request) + "ask-for-clarification/"
    page = open_page()
    enter_as(page, live_server.url, who.case_officer)
    page.goto(form)
    page.locator("main textarea").first.fill("words")
    assert page.evaluate("sessionStorage.length") == 1
    page.reload()
    page.get_by_role("button", name="Discard it").click()
    assert page.evaluate("sessionStorage.length") == 0
    page.locator("main textarea").first.fill("words")
    press(page.get_by_role("button", name="Sign out"))
    assert page.evaluate("sessionStorage.length") == 0


def test_five_minutes_before_its_end_a_session_lasts_on_at_one_key(
    live_server, settings, who, open_page, said
):
    settings.SESSION_COOKIE_AGE = 290
    page = open_page()
    enter_as(page, live_server.url, who.case_officer)
    page.goto(live_server.url + "/en/help/")
    dialogue = page.get_by_role("dialog", name="You will soon be signed out")
    expect(dialogue).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    other = page.context.new_page()
    other.goto(live_server.url + "/en/about/accessibility/")
    expect(other.get_by_role("dialog")).to_be_visible()
    settings.SESSION_COOKIE_AGE = 1800
    page.bring_to_front()
    with page.expect_response(lambda answer: answer.url.endswith("/accounts/alive/")) as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["seconds"] > 1700
    expect(dialogue).to_be_hidden()
    expect(other.get_by_role("dialog")).to_be_hidden()  # it is one session in every tab
    assert said == []


def test_with_time_left_nothing_is_in_the_way(live_server, who, open_page):
    page = open_page()
    enter_as(page, live_server.url, who.case_officer)
    page.goto(live_server.url + "/en/help/")
    expect(page.locator("#session")).to_be_hidden()
    expect(page.get_by_text("You will be signed out at")).to_be_visible()
    enter_as(page, live_server.url, who.public)
    page.goto(live_server.url + "/en/help/")
    expect(page.locator("#session")).to_have_count(0)
    expect(page.get_by_text("You will be signed out at")).to_have_count(0)
