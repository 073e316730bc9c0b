"""The site in a real browser: from signing in to a page, without a word on the console, at every width."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal.accounts.models import Membership, User
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--mute-audio",
]  # fmt: skip
WAIT = 15_000  # milliseconds


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # playwright's own loop runs in this thread, and Django would take it for an asynchronous one
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "no browser: install chromium, or name one by CHROMIUM"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS, timeout=60_000)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def page(browser, said) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    opened = context.new_page()
    opened.set_default_timeout(WAIT)
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    yield opened
    context.close()


@pytest.fixture
def portal(live_server, settings):
    """A sample portal with a request, its pledge and its delivery, open for all donors."""
    settings.SAMPLE = True
    who = cast.assemble()
    delivery = cast.delivery_in(who, "recorded")
    User.objects.filter(pk__in=Membership.objects.values("user")).update(is_sample=True)
    return live_server.url, delivery.pledge.need.request


def sign_in(page: Page, address: str, role: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_role("button", name=role).first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Home")


def test_from_signing_in_to_a_need_without_a_script(page, portal, said):
    address, request = portal
    sign_in(page, address, "case officer")
    page.get_by_role("link", name="Requests", exact=True).first.click()
    page.get_by_label("Words or reference").fill(str(request))
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_role("link", name=str(request)).click()
    assert page.get_by_role("heading", level=1).inner_text().startswith(str(request))
    assert page.locator("h3", has_text=f"{request}-N1").count() == 1
    page.locator("h3 a").first.click()
    assert page.get_by_role("row", name="Committed 10").count() == 1
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("link", name="Sign in").count() >= 1
    assert said == []


def test_the_report_is_asked_for_at_a_click(page, portal, said):
    address, _request = portal
    sign_in(page, address, "report officer")
    page.get_by_role("link", name="Reports", exact=True).click()
    page.get_by_role("button", name="Generate the report").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Making the report"
    assert "/reports/jobs/" in page.url
    assert page.locator(".stages .current").count() == 1
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    first = page.url
    page.get_by_role("link", name="Report to session 62").click()
    page.get_by_role("button", name="Generate the report").click()
    assert page.url == first  # a second click joins what is under way
    assert said == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_is_wider_than_a_small_telephone(browser, portal, language):
    address, request = portal
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    sign_in(page, address, "case officer")
    pages = ["", "requests/", f"requests/{request}/", f"needs/{request}-N1/", "needs/", "pledges/", "deliveries/",
             "contributions/", "offers/", "assessments/", "reports/", "notifications/", "nowhere/"]  # fmt: skip
    wide = {}
    for path in pages:
        page.goto(f"{address}/{language}/{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
        assert page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr")
    context.close()
    assert wide == dict.fromkeys(pages, 320)
