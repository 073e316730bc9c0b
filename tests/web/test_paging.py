"""Pages of a long list: every row on one page, forwards and backwards, whatever it is sorted by; and as a workbook."""

import io
import re
from datetime import datetime
from itertools import chain

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from portal.policy.engine import Seen
from portal.web import paging
from portal.web.paging import Asked, Mark, Order, Pages
from portal.web.sheets import workbook
from requests_app import selectors
from requests_app.models import AssistanceRequest
from tests import cast
from tests.site import client_of

pytestmark = pytest.mark.django_db
BY_DAY = Order(("submitted_at",), down=True, nullable=True)


@pytest.fixture
def short(monkeypatch):
    """Pages of three rows, two of them with a number."""
    monkeypatch.setattr(paging, "PER_PAGE", 3)
    monkeypatch.setattr(paging, "NUMBERED", 2)
    monkeypatch.setattr(paging, "COUNTED", 6)


@pytest.fixture
def rows(who):
    """Fourteen requests of three titles, five of them never submitted."""
    made = [cast.request_in(who, "open", title=f"Title {n % 3}") for n in range(9)]
    return made + [cast.draft(who, title=f"Title {n % 3}") for n in range(5)]


def walk(pages, start, step):
    found, page = [], pages.page(start)
    while True:
        found.append(page.keys)
        if not getattr(page, step):
            return found
        page = pages.page(getattr(page, step))
        assert len(found) < 30


def expected(order, actor):
    return list(selectors.requests(actor).order_by(*order.whole()).values_list("pk", flat=True))


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("term", ["submitted_at", "title", "reference", "state"])
def test_every_row_stands_on_one_page_forwards_and_backwards(who, rows, short, term, down):
    order = Order((term,), down, nullable=term in {"submitted_at", "reference"})
    seen = selectors.requests_seen(who.afg_focal_point)
    assert len(seen.conditions) > 2
    pages = Pages(seen.parts(seen.base), order)
    right = expected(order, who.afg_focal_point)
    assert len(right) == 14
    assert list(chain(*walk(pages, "1", "next"))) == right
    back = walk(pages, "last", "previous")
    assert list(chain(*reversed(back)))[-3 * (len(back) - 1) :] == right[-3 * (len(back) - 1) :]
    assert back[-1] == right[:3]


def test_what_is_counted_and_what_is_not(who, rows, short):
    seen = selectors.requests_seen(who.afg_focal_point)
    page = Pages(seen.parts(seen.base), BY_DAY).page("1")
    assert (page.more, page.counted, page.first_row, page.last_row) == (True, 6, 1, 3)
    assert [link.label for link in page.numbers] == ["1", "2", "…"]
    few = Pages(seen.parts(seen.base.filter(status="draft")), BY_DAY).page("1")
    assert (few.more, few.count, few.last) == (False, 5, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0",
        "-1",
        "99999999999",
        "3-after-",
        "3-after-bm8",
        "3-sideways-WzFd",
        "3-after-WyJ4IiwxXQ",
        "１",
    ],
)
def test_what_is_no_page_is_a_page_all_the_same(who, rows, short, text):
    seen = selectors.requests_seen(who.afg_focal_point)
    page = Pages(seen.parts(seen.base), BY_DAY).page(text)
    assert page.keys
    assert page.number in {1, 2}


def test_a_mark_is_read_back_and_nothing_else_is():
    mark = Mark(("2020-01-01 00:00:00+00:00", 7))
    assert Mark.read(mark.text(), BY_DAY) == mark
    assert Asked.read(f"41-after-{mark.text()}", BY_DAY) == Asked(41, mark)
    for values in (("x",), (1, 2, 3), ([1], 7), (1.5, 7), ("x", "7"), ("x", True), ("x", 2**70)):
        assert Mark.read(Mark(values).text(), BY_DAY) is None


def test_parts_are_together_what_the_actor_sees(who, rows):
    for actor in (who.afg_focal_point, who.nor_officer, who.case_officer, who.public):
        seen = selectors.requests_seen(actor)
        together = {pk for part in seen.parts(seen.base) for pk in part.values_list("pk", flat=True)}
        assert together == set(selectors.requests(actor).values_list("pk", flat=True))
    assert Seen(AssistanceRequest.objects.all(), ()).of(AssistanceRequest.objects.all()).count() == 0


def test_a_workbook_has_the_same_rows_as_text_numbers_and_days(who):
    made = [cast.request_in(who, "open", title=f"=1+{n}") for n in range(3)]
    hidden = cast.draft(who, by=who.ken_focal_point, title="Hidden")
    answer = client_of(who.nor_officer).get(reverse("requests:requests"), {"format": "xlsx"})
    assert 'filename="requests.xlsx"' in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.active
    assert (sheet.title, sheet.freeze_panes, sheet.sheet_view.rightToLeft) == (
        "Requests for assistance", "A2", None,
    )  # fmt: skip
    lines = list(sheet.iter_rows())
    assert {line[0].value for line in lines[1:]} == {str(row) for row in made}
    for line in lines[1:]:
        assert (line[1].data_type, line[1].value[:2]) == ("s", "=1")
        assert line[3].value == 1
        assert isinstance(line[5].value, datetime)
    assert hidden.title not in {line[1].value for line in lines}


def test_in_arabic_the_sheet_begins_on_the_right(who):
    cast.request_in(who, "open")
    with translation.override("ar"):
        url = reverse("requests:requests")
    answer = client_of(who.nor_officer).get(url, {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.sheet_view.rightToLeft


def test_what_does_not_fit_in_a_sheet_is_said_to_be_missing():
    file = workbook("A/B", ["Number"], ([n] for n in range(9)), from_right=False, most=4)
    sheet = openpyxl.load_workbook(file).active
    values = [line[0].value for line in sheet.iter_rows()]
    assert values[:4] == ["Number", 0, 1, 2]
    assert values[4].startswith("More rows do not fit")
    assert len(values) == 5


def test_both_files_of_what_is_seen_are_offered_with_the_filters_in_use(who):
    cast.request_in(who, "open")
    text = client_of(who.nor_officer).get(reverse("requests:requests"), {"status": "open"}).content.decode()
    assert "Download these rows" in text
    assert set(re.findall(r'href="\?([^"]+)" download', text)) == {
        "status=open&amp;format=csv", "status=open&amp;format=xlsx",
    }  # fmt: skip
