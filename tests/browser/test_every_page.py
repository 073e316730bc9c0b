"""Every page that is looked at: no violation that axe knows, no sideways scrolling, no complaint of the browser."""

from itertools import product

import pytest

from tests import cast
from tests.browser.conftest import enter_as
from tests.moves import THINGS
from tests.site import url_of

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
WIDTHS = (320, 1280)
PHONE = 640
SAMPLE = {("en", 1280), ("ar", 320)}  # each direction and each width once; `make audit` looks at all
STATES = {
    "request": "open", "offer": "published", "pledge": "offered", "delivery": "recorded", "contribution": "confirmed",
    "assessment": "published",
}  # fmt: skip
# the page of each list, empty and not, and what belongs to no record
PUBLIC = (
    "", "requests/", "needs/", "offers/", "pledges/", "assessments/", "reports/", "search/", "search/?q=nothing",
    "help/", "about/accessibility/", "nowhere/", "requests/?q=nothing-has-these-words", "requests/?state=nowhere",
    "/accounts/login/",
)  # fmt: skip
STAFF = (
    "", "requests/", "needs/", "offers/", "pledges/", "assessments/", "contributions/", "deliveries/", "reports/",
    "notifications/", "search/?q=a", "needs/?q=a&form=training", "style/", "style/?dir=rtl", "desk/",
    "/accounts/acting/", "/accounts/", "/accounts/people/", "/accounts/second-factor/", "/accounts/details/",
)  # fmt: skip


def chosen(language: str, width: int) -> object:
    return pytest.param(
        language,
        width,
        marks=() if (language, width) in SAMPLE else pytest.mark.audit,
        id=f"{language}-{width}",
    )


def address_of(site: str, language: str, path: str) -> str:
    """A page in a language; those that have none in their address by way of choosing it."""
    if path.startswith("/accounts"):
        return f"{site}/accounts/language/{language}/?next={path}"
    return (
        site + path.replace("/en/", f"/{language}/", 1)
        if path.startswith("/")
        else f"{site}/{language}/{path}"
    )


def wrong_with(page, language: str, axe) -> list[str]:
    """What is wrong with the page that is open."""
    found = axe(page)
    room, wide, spoken = page.evaluate(
        "[innerWidth, document.documentElement.scrollWidth, document.documentElement.lang]"
    )
    if wide > room:
        found.append(f"{wide} pixels wide")
    # on a telephone a table's rows stand below each other, so that nothing lies outside
    if room <= PHONE and page.evaluate(
        "[...document.querySelectorAll('.scroll')].some(place => place.scrollWidth > place.clientWidth)"
    ):
        found.append("a table scrolls sideways")
    if spoken != language:
        found.append(f"speaks {spoken}")
    return found


@pytest.mark.parametrize(("language", "width"), [chosen(*pair) for pair in product(LANGUAGES, WIDTHS)])
def test_no_page_shuts_anyone_out(live_server, settings, open_page, axe, said, language, width):  # noqa: PLR0917 - fixtures
    settings.SAMPLE = True
    who = cast.assemble()
    made = {name: THINGS[name].make(who, state) for name, state in STATES.items()}
    records = [url_of(name, record) for name, record in made.items()]
    records.append(url_of("need", made["delivery"].pledge.need))
    draft = url_of("request", cast.request_in(who, "draft"))
    drafted = [draft + part for part in ("", "needs/", "check/", "edit/situation/", "edit/note-verbale/")]
    page = open_page(width=width)
    page.goto(f"{live_server.url}/{language}/")
    wrong = {}
    for person, paths in {
        "public": PUBLIC,
        "case_officer": (*STAFF, *records),
        "afg_approver": ("", "requests/"),
        "afg_focal_point": ("requests/new/", *drafted),
        "nor_approver": ("", *records[1:3]),
    }.items():
        enter_as(page, live_server.url, getattr(who, person))
        for path in paths:
            page.goto(address_of(live_server.url, language, path))
            wrong[person, path] = wrong_with(page, language, axe)
    told = [f"{person} at {path}: {line}" for (person, path), found in wrong.items() for line in found]
    assert not told, "\n".join(told)
    assert [line for line in said if "404" not in line and "400" not in line] == []


def test_what_shuts_someone_out_is_found(open_page, axe):
    page = open_page(width=320)
    page.set_content(
        '<html lang="en"><title>A page</title><body style="margin: 0"><main><h1>A page</h1><img src="/x"><button></button>'
        '<p style="color: #ccc">Pale</p><p style="width: 500px">Wide</p></main></body></html>'
    )
    found = wrong_with(page, "fr", axe)
    assert [line.partition(" (")[0] for line in found] == [
        "button-name", "color-contrast", "image-alt", "500 pixels wide", "speaks en",
    ]  # fmt: skip
