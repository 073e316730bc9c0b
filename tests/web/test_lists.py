"""Lists: filters, sorting, pages, CSV, and as many queries for one row as for three."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.web.listing import as_text
from tests import cast
from tests.site import LIST_OF, client_of, listed, url_of

pytestmark = pytest.mark.django_db
READERS = ("case_officer", "nor_officer", "afg_focal_point", "public")
SEARCH = {"case_officer": 8, "nor_officer": 8, "afg_focal_point": 8, "public": 4}
MAKE = {
    "request": lambda who: cast.request_in(who, "open"),
    "need": lambda who: cast.request_in(who, "open"),
    "assessment": lambda who: cast.assessment_in(who, "submitted"),
    "offer": lambda who: cast.offer_in(who, "published"),
    "pledge": lambda who: cast.pledge_in(who, "offered"),
    "delivery": lambda who: cast.delivery_in(who, "recorded"),
    "contribution": lambda who: cast.contribution_in(who, "received"),
}


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in found.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


# queries of each list, by reader, in the order of READERS; the session, the person and the memberships are three
LISTS = {
    "request": (8, 8, 8, 4),
    "need": (8, 8, 8, 4),
    "assessment": (8, 8, 8, 4),
    "offer": (7, 7, 7, 4),
    "pledge": (8, 8, 8, 4),
    "delivery": (7, 7, 7, 2),
    "contribution": (7, 7, 5, 2),
}
# and of the page of one record; None where the reader may not see it
PAGES = {
    "request": (12, 9, 12, None),
    "need": (7, 9, 7, None),
    "assessment": (8, 8, 8, None),
    "offer": (7, 9, 7, 4),
    "pledge": (11, 11, 9, None),
    "delivery": (10, 10, 10, None),
    "contribution": (8, 8, None, None),
}


@pytest.mark.parametrize("thing", sorted(LIST_OF))
def test_a_list_asks_as_often_for_three_rows_as_for_one(who, thing):
    url = reverse(LIST_OF[thing])
    clients = [client_of(getattr(who, name)) for name in READERS]
    MAKE[thing](who)
    assert tuple(len(queries(client, url)) for client in clients) == LISTS[thing]
    MAKE[thing](who), MAKE[thing](who)
    assert tuple(len(queries(client, url)) for client in clients) == LISTS[thing]
    assert max(LISTS[thing]) <= 8


@pytest.mark.parametrize("thing", sorted(LIST_OF))
def test_the_page_of_one_record_asks_this_often(who, thing):
    row = MAKE[thing](who)
    row = row.needs.get() if thing == "need" else row
    url, found = url_of(thing, row), []
    for name in READERS:
        client = client_of(getattr(who, name))
        shown = client.get(url).status_code == 200
        found.append(len(queries(client, url)) if shown else None)
    assert tuple(found) == PAGES[thing]
    assert max(number for number in found if number) <= 12


def pledged(who, request):
    """Each need of a request with a pledge that waits for an answer and one under which something came."""
    for need in request.needs.all():
        cast.pledge_in(who, "offered", need=need, quantity="5")
        cast.delivery_in(who, "confirmed", pledge=cast.pledge_in(who, "agreed", need=need, quantity="5"))
    return request


@pytest.mark.parametrize(
    ("thing", "counts"), [("request", (12, 9, 12)), ("need", (7, 8, 7))], ids=["request", "need"]
)
def test_a_page_asks_as_often_for_three_rows_as_for_one(who, thing, counts):
    """A page of one record does not ask once for each row that hangs on it."""
    small = pledged(who, cast.request_in(who, "open"))
    large = pledged(who, cast.request_in(who, "open", quantities=("10", "10", "10")))
    for row in (small, large) if thing == "request" else (small.needs.get(), large.needs.first()):
        url = url_of(thing, row)
        clients = [client_of(getattr(who, name)) for name in READERS[:3]]
        assert tuple(len(queries(client, url)) for client in clients) == counts


HOME = {"case_officer": 9, "nor_officer": 12, "afg_focal_point": 12, "public": 2}


@pytest.mark.parametrize("reader", HOME)
def test_home_asks_this_often_however_much_waits(who, reader):
    client = client_of(getattr(who, reader))
    found = []
    for _ in range(3):
        pledged(who, cast.request_in(who, "open"))
        cast.request_in(who, "submitted")
        cast.draft(who)
        cast.delivery_in(who, "recorded")
        cast.offer_in(who, "draft")
        cast.contribution_in(who, "announced")
        found.append(len(queries(client, reverse("web:front"))))
    assert found == [HOME[reader]] * 3


@pytest.mark.parametrize("reader", READERS)
def test_a_search_asks_once_for_what_is_found_and_once_for_each_kind(who, reader):
    for _ in range(3):
        pledged(who, cast.request_in(who, "open", visibility="public"))
        cast.offer_in(who, "published")
    client = client_of(getattr(who, reader))
    asked = len(queries(client, reverse("web:search") + "?q=e"))
    assert asked <= 8
    assert asked == SEARCH[reader]


def test_a_list_is_paged_and_every_row_stands_on_one_page(who):
    made = [cast.request_in(who, "submitted") for _ in range(28)]
    client = client_of(who.case_officer)
    first = client.get(reverse("requests:requests"))
    assert first.content.decode().count("<tr>") == 25
    assert listed(client, "request") == {url_of("request", row) for row in made}


def test_filters_narrow_to_exactly_what_they_say(who):
    here = cast.request_in(who, "open", need={"theme_id": "precursor-control", "paragraphs": [3, 8]})
    there = cast.request_in(who, "open", title="Care for people who use drugs")
    elsewhere = cast.draft(
        who, by=who.ken_focal_point, title="Elsewhere", visibility="public", note_verbale_number="NV-9"
    )
    ken = client_of(who.ken_focal_point)
    url = {
        name: url_of("request", row) for name, row in (("here", here), ("there", there), ("else", elsewhere))
    }
    client = client_of(who.case_officer)
    assert listed(client, "request", theme="precursor-control") == {url["here"]}
    assert listed(client, "request", paragraph="8") == {url["here"]}
    assert listed(client, "request", q="care") == {url["there"]}
    assert listed(client, "request", q=there.reference) == {url["there"]}
    assert listed(client, "request", status="open") == {url["here"], url["there"]}
    assert listed(client, "request", status="closed") == set()
    assert listed(client, "request", state="AFG") == {url["here"], url["there"]}
    assert listed(client, "request", region="142") == {url["here"], url["there"]}  # Asia
    assert listed(client, "request", region="034") == {url["here"], url["there"]}  # Southern Asia
    assert listed(client, "request", region="002") == set()  # Africa
    assert listed(ken, "request", region="014") == {url["else"]}  # Eastern Africa, of its own drafts too
    assert listed(ken, "request", state="KEN") == {url["else"]}


def test_a_filter_that_cannot_be_read_shows_no_row_and_says_which(who):
    cast.request_in(who, "open")
    answer = client_of(who.case_officer).get(reverse("requests:requests"), {"status": "nonsense"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "A filter cannot be read" in text
    assert "TA-" not in text.split("<main")[1].replace("TA-2018", "")


def test_choices_tell_no_more_than_the_rows(who):
    cast.draft(who, by=who.ken_focal_point)
    cast.request_in(who, "open", visibility="public")
    text = client_of(who.tjk_focal_point).get(reverse("requests:requests")).content.decode()
    assert 'value="AFG"' in text
    assert 'value="KEN"' not in text


def test_sorting_goes_both_ways_and_absent_days_come_last(who):
    draft = cast.draft(who)
    sent = cast.request_in(who, "submitted")
    client = client_of(who.afg_focal_point)
    for ordering in ("submitted", "-submitted"):
        text = client.get(reverse("requests:requests"), {"ordering": ordering}).content.decode()
        assert text.index(str(sent)) < text.index(str(draft))
    assert 'aria-sort="descending"' in text
    assert client.get(reverse("requests:requests"), {"ordering": "state__pk"}).status_code == 200


def test_csv_has_every_row_that_is_seen_and_no_other_and_no_formula(who):
    hidden = cast.draft(who, by=who.ken_focal_point, title="Hidden")
    made = [cast.request_in(who, "open", title=f"=HYPERLINK({n})") for n in range(27)]
    answer = client_of(who.nor_officer).get(reverse("requests:requests"), {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["Reference", "Title", "State"]
    assert {row[0] for row in rows[1:]} == {str(row) for row in made}
    assert all(row[1].startswith("'=") for row in rows[1:])
    assert hidden.title not in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_a_spreadsheet_would_compute_is_text(text):
    assert as_text(text) == "'" + text


def test_an_empty_list_says_so(who):
    text = client_of(who.other_officer).get(reverse("donors:contributions")).content.decode()
    assert "No contribution can be shown." in text


def test_a_donor_that_is_not_named_is_named_nowhere(who):
    norway = who.nor_officer.organisation
    pledge = cast.pledge_in(who, "announced", state_id="AFG", anonymous=True)
    for person in ("public", "other_officer", "ken_focal_point"):
        client = client_of(getattr(who, person))
        text = client.get(reverse("donors:pledges")).content.decode()
        text += client.get(url_of("pledge", pledge)).content.decode()
        text += b"".join(client.get(reverse("donors:pledges"), {"format": "csv"}).streaming_content).decode()
        assert pledge.reference in text
        assert norway.names["en"] not in text
        # Norway is no choice for them: as if there were no such donor
        assert client.get(reverse("donors:pledges"), {"donor": norway.pk}).status_code == 400
    assert norway.names["en"] in client_of(who.nor_officer).get(url_of("pledge", pledge)).content.decode()
