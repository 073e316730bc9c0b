"""A real browser on a real server, and what it makes of a page."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, Request, sync_playwright

from portal.accounts.models import Membership, User
from portal.core.actor import Actor
from tests import cast
from tests.site import client_of

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--mute-audio",
]  # fmt: skip
WAIT = 15_000  # milliseconds
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def launched(kind: BrowserType, **more: Any) -> Browser:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "no browser: install chromium, or name one by CHROMIUM"
    return kind.launch(executable_path=program, args=FLAGS, timeout=60_000, **more)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # playwright's own loop runs in this thread, and Django would take it for an asynchronous one
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = launched(playwright.chromium)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of."""
    return []


def _lost(request: Request, said: list[str]) -> None:
    """What did not come; what was still on its way when the page was left for another is no loss."""
    if request.failure != "net::ERR_ABORTED":
        said.append(f"failed: {request.url} {request.failure}")


def listen(page: Page, said: list[str]) -> Page:
    """Puts every complaint of the browser about a page on a list."""
    page.set_default_timeout(WAIT)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: _lost(request, said))
    return page


@pytest.fixture
def page(browser: Browser, said: list[str]) -> Iterator[Page]:
    """A page in which no script runs."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield listen(context.new_page(), said)
    context.close()


@pytest.fixture
def open_page(browser: Browser, said: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a page of a width, with scripts unless told otherwise."""
    contexts: list[BrowserContext] = []

    def opened(*, width: int = 1280, height: int = 900, scripts: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, **more
        )
        contexts.append(context)
        return listen(context.new_page(), said)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def portal(live_server, settings):
    """A sample portal with a request, its pledge and its delivery, open for all donors."""
    settings.SAMPLE = True
    who = cast.assemble()
    delivery = cast.delivery_in(who, "recorded")
    User.objects.filter(pk__in=Membership.objects.values("user")).update(is_sample=True)
    return live_server.url, delivery.pledge.need.request


def press(control: Locator) -> None:
    """Presses what leads to another page, and waits until that page is there."""
    # a click returns before the answer has come: what follows would look at the page that is about to go
    with control.page.expect_navigation():
        control.click()


def sign_in(page: Page, address: str, role: str) -> None:
    """As a sample person, at a click."""
    page.goto(f"{address}/accounts/login/")
    press(page.get_by_role("button", name=role).first)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Home")


def enter_as(page: Page, address: str, actor: Actor) -> None:
    """As any person of the cast, without the pages of signing in; as nobody for the public."""
    page.context.clear_cookies()
    cookies = client_of(actor).cookies
    if "sessionid" in cookies:
        page.context.add_cookies([{"name": "sessionid", "value": cookies["sessionid"].value, "url": address}])


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds wrong on a page: each rule with the places where it is broken."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE)
        # styles come from the site alone, so that none must be fetched again to be read
        options = {
            "runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False,
        }  # fmt: skip
        # what is right fills a page of its own: it stays in the browser
        found = page.evaluate("options => axe.run(document, options).then(told => told.violations)", options)
        return [
            f"{broken['id']} ({broken['impact']}): {'; '.join(' '.join(map(str, node['target'])) for node in broken['nodes'])}"
            for broken in found
        ]

    return run
