"""People who walk through the portal in a browser: what they open, type and send, and what they see on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from portal.core.actor import Actor
from tests.browser.conftest import listen, press
from tests.browser.test_every_page import wrong_with


@dataclass
class Walk:
    """One journey in one language, at one width, with scripts or without; every page is looked at once opened.

    `wrong` gathers what is wrong with the pages, `said` what the browser complained of; `photos` is the folder of
    the photographs, None for none.
    """

    browser: Browser
    site: str
    language: str
    width: int
    scripts: bool
    axe: Callable[[Page], list[str]]
    photos: Path | None = None
    wrong: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    opened: int = 0
    mirror: Page | None = None

    def likeness(self, page: Page) -> Page:
        """The same mark-up and styles in a page in which axe's script runs, and no script of the site does."""
        if self.mirror is None:
            context = self.browser.new_context(viewport={"width": self.width, "height": 900})
            self.mirror = context.new_page()
        html = page.content()

        def answer(route: Route) -> None:
            kind = route.request.resource_type
            if kind == "document":
                route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
            elif kind == "script":
                route.abort()
            else:
                route.continue_()

        self.mirror.unroute_all()
        self.mirror.route("**/*", answer)
        self.mirror.goto(page.url)
        return self.mirror

    def person(self, actor: Actor) -> "Person":
        """Someone who signs in at a click."""
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 900}, java_script_enabled=self.scripts
        )
        return Person(self, listen(context.new_page(), self.said), actor)


class Person:
    """A sample person with a browser of its own."""

    def __init__(self, walk: Walk, page: Page, actor: Actor) -> None:
        self.walk, self.page, self.actor = walk, page, actor
        self.loads = 0
        self.go(f"/accounts/language/{walk.language}/?next=/accounts/login/")
        self._press(f'button[name="person"][value="{actor.user.pk}"]')
        self.loads = 1  # home; from here on pages are counted

    def look(self) -> None:
        """Photographs the page that is open and writes down what is wrong with it."""
        walk, page = self.walk, self.page
        self.loads = getattr(self, "loads", 0) + 1
        walk.opened += 1
        found = self._wrong()
        if found:
            walk.wrong[page.url.removeprefix(walk.site)] = found
        if walk.photos is not None:
            page.screenshot(path=walk.photos / f"{walk.opened:03}.png", full_page=True)

    def _wrong(self) -> list[str]:
        """What is wrong with the page; where scripts are off, with its likeness in a page where axe can run."""
        page = self.page if self.walk.scripts else self.walk.likeness(self.page)
        return wrong_with(page, self.walk.language, self.walk.axe)

    def go(self, path: str) -> None:
        """Opens an address; one without a language in the walk's own."""
        plain = path.startswith(("/accounts", f"/{self.walk.language}/"))
        self.page.goto(self.walk.site + (path if plain else f"/{self.walk.language}{path}"))
        self.look()

    def follow(self, ending: str) -> None:
        """Follows the first link of the page whose address ends so, as a reader would."""
        self._press(f'main a[href$="{ending}"]')

    def _press(self, place: str) -> None:
        """Presses what leads to another page, and looks at that page once it is there."""
        press(self.page.locator(place).first)
        self.look()

    def fill(self, **values: Any) -> "Person":
        """Fills the form of the page, field by field, by name."""
        for name, value in values.items():
            if isinstance(value, date):
                for part in ("day", "month", "year"):
                    self.page.locator(f'main [name="{name}_{part}"]').fill(str(getattr(value, part)))
                continue
            for each in value if isinstance(value, list) else [value]:
                self._one(name, str(each))
        return self

    def _one(self, name: str, value: str) -> None:
        found = self.page.locator(f'main [name="{name}"]')
        kind = found.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            ticks = (
                found if found.count() == 1 else self.page.locator(f'main [name="{name}"][value="{value}"]')
            )
            ticks.check()
        elif kind.startswith("select"):
            found.select_option(value)
        else:
            found.fill(value)

    def send(self) -> "Person":
        """Presses the page's first button; the answer is a page that says no error."""
        self._press('main form[method="post"] button[type="submit"]')
        assert self.page.locator("main .errors").count() == 0, self.page.locator("main .errors").inner_text()
        return self

    @property
    def key(self) -> str:
        """The key of the record whose page is open."""
        return self.page.url.rstrip("/").rpartition("/")[2]
