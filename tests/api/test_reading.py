"""Lists and details of the API: the rows of the pages, no more and no less, and what each field tells to whom."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from donors import services as giving
from donors.models import FollowUp
from portal.core import clock
from requests_app import services as asking
from tests import cast
from tests.api.asking import LIST_OF, asked, every, url
from tests.api.conftest import program_of
from tests.site import key_of
from tests.web.test_lists import MAKE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("thing", sorted(LIST_OF))
def test_a_list_asks_as_often_for_three_rows_as_for_one(who, thing):
    """Two for the token and who it is, two for the keys and the rows of the page."""
    client = program_of(who.case_officer)
    MAKE[thing](who)
    client.get(url(LIST_OF[thing]))
    once = asked(client, url(LIST_OF[thing]))
    MAKE[thing](who), MAKE[thing](who)
    assert len(client.get(url(LIST_OF[thing])).json()["results"]) >= 3
    assert (once, asked(client, url(LIST_OF[thing]))) == (4, 4)
    assert asked(client, url(LIST_OF[thing], q="2026")) == 4


@pytest.mark.parametrize("thing", ["request", "need", "pledge", "contribution"])
def test_a_detail_asks_as_often_for_three_rows_as_for_one(who, thing):
    client = program_of(who.case_officer)
    small, large = cast.request_in(who, "open"), cast.request_in(who, "open", quantities=("10", "10", "10"))
    for request, times in ((small, 1), (large, 3)):
        for need in request.needs.all():
            for _ in range(times):
                pledge = cast.pledge_in(who, "agreed", need=need, quantity="3")
        for _ in range(times):
            cast.delivery_in(who, "recorded", pledge=pledge, quantity="0.5")
    contributions = [cast.contribution_in(who, "received") for _ in range(2)]
    cast.entry(who, contributions[1], "allocate", "10", need=small.needs.get())
    cast.entry(who, contributions[1], "allocate", "10", need=large.needs.first())
    first, second = {
        "request": (small, large),
        "need": (small.needs.get(), large.needs.last()),
        "pledge": (small.needs.get().pledges.get(), large.needs.last().pledges.last()),
        "contribution": contributions,
    }[thing]
    name = LIST_OF[thing]
    assert asked(client, url(name, key_of(first))) == asked(client, url(name, key_of(second))) <= 10


def test_csv_has_every_row_that_is_seen_and_no_other_and_no_formula(who):
    hidden = cast.draft(who, by=who.ken_focal_point, title="Hidden")
    made = [cast.request_in(who, "open", title=f"=HYPERLINK({n})") for n in range(27)]
    client = program_of(who.nor_officer)
    for answer in (
        client.get(url("requests", format="csv", page_size=2)),
        client.get(url("requests"), headers={"Accept": "text/csv"}),
    ):
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [row["key"] for row in rows] == [str(row) for row in reversed(made)]
        assert {row["title"][:2] for row in rows} == {"'="}
        assert hidden.title not in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "nonsense"}, "status"),
        ({"state": "XXX"}, "state"),
        ({"paragraph": "12"}, "paragraph"),
        ({"colour": "red"}, "colour"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "501"}, "page_size"),
        ({"page_size": "²"}, "page_size"),
        ({"ordering": "state__pk"}, "ordering"),
        ({"cursor": "rubbish"}, "cursor"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "9999-12-31T23:59:59-23:59"}, "updated_since"),
        ({"q": "x" * 101}, "q"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_what_cannot_be_read_is_named(who, query, field):
    cast.request_in(who, "open")
    answer = program_of(who.case_officer).get("/api/v1/requests/", query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_filters_narrow_to_exactly_what_they_say(who):
    here = cast.request_in(who, "open", need={"theme_id": "precursor-control", "paragraphs": [3, 8]})
    there = cast.request_in(who, "open", title="Care for people who use drugs")
    client = program_of(who.case_officer)

    def keys(**query):
        return {row["key"] for row in every(client, "requests", **query)}

    assert keys(theme="precursor-control") == {str(here)}
    assert keys(paragraph="8") == {str(here)}
    assert keys(q="care") == {str(there)}
    assert keys(state="AFG", region="142", status="open", form="training") == {str(here), str(there)}
    assert keys(region="002") == set()
    pledge = cast.pledge_in(who, "offered", need=here.needs.get())
    donor = who.nor_officer.organisation.pk
    assert {row["key"] for row in every(client, "pledges", donor=donor)} == {pledge.reference}


def test_updated_since_is_when_the_record_last_changed(who):
    past = datetime(2026, 1, 1, tzinfo=UTC)
    with clock.frozen(past):
        old, touched = cast.request_in(who, "open"), cast.request_in(who, "open")
        delivery = cast.delivery_in(who, "confirmed")
    now = past + timedelta(days=5)
    with clock.frozen(now):
        need = touched.needs.get()
        asking.accept_surplus(need, words="Two more are welcome", actor=who.afg_approver)
        giving.answer_follow_up(delivery, FollowUp(date=now, status="in-use"), actor=who.afg_focal_point)
    client = program_of(who.case_officer)
    since = "2026-01-06"
    assert {row["key"] for row in every(client, "requests", updated_since=since)} == {str(touched)}
    assert {row["key"] for row in every(client, "needs", updated_since=since)} == {str(need)}
    assert {r["key"] for r in every(client, "deliveries", updated_since=since)} == {delivery.reference}
    assert str(old) in {row["key"] for row in every(client, "requests", updated_since="2026-01-01T00:00:00Z")}
    assert client.get(url("requests", touched)).json()["updated_at"] == "2026-01-06T00:00:00Z"
    assert every(client, "requests", updated_since="2026-01-06T00:00:01%2B00:00") == []


def test_what_stays_between_the_state_and_unodc_stays_there(who):
    request = cast.request_in(
        who, "clarification", contact="A telephone number", evidence="Seizures", visibility="public"
    )
    asking.move_request(request, "answer", actor=who.afg_focal_point, facts={"answer": "Border police"})
    request = asking.move_request(request, "circulate", actor=who.case_officer)
    for person in ("afg_focal_point", "case_officer", "auditor"):
        found = program_of(getattr(who, person)).get(url("requests", request)).json()["between"]
        assert (found["contact"], found["note_verbale_number"]) == ("A telephone number", "NV-1")
        assert [line["answer"] for line in found["thread"]] == ["Border police"]
    for person in ("nor_officer", "ken_focal_point", "administrator", "public"):
        answer = program_of(getattr(who, person)).get(url("requests", request))
        assert answer.json()["between"] is None
        for word in ("A telephone number", "NV-1", "Seizures", "Border police", "authentication"):
            assert word not in answer.content.decode(), (person, word)


def test_a_donor_that_is_not_named_is_named_nowhere(who):
    fund = who.other_officer.organisation
    pledge = cast.pledge_in(who, "announced", state_id="AFG", anonymous=True, donor=fund)
    for person in ("public", "nor_officer", "ken_focal_point"):
        client = program_of(getattr(who, person))
        texts = [
            client.get(url("pledges")).content,
            client.get(url("pledges", pledge.reference)).content,
            client.get(url("organisations", page_size=500)).content,
            b"".join(client.get(url("pledges", format="csv")).streaming_content),
        ]
        assert all(fund.names["en"] not in text.decode() for text in texts)
        assert client.get(url("pledges", pledge.reference)).json()["donor"] is None
        assert client.get(url("pledges", donor=fund.pk)).status_code == 400
        assert client.get(url("organisations", fund.pk)).status_code == 404
    for person in ("other_officer", "case_officer"):
        client = program_of(getattr(who, person))
        assert client.get(url("organisations", fund.pk)).status_code == 200
    told = program_of(who.other_officer).get(url("pledges", pledge.reference)).json()
    assert told["donor"]["names"] == fund.names


def test_an_event_names_no_person_and_no_fact(who):
    request = cast.request_in(who, "under_review")
    client = program_of(who.case_officer)
    found = client.get(url("events", collection="requests", record=str(request))).json()["results"]
    assert [line["move"] for line in found] == ["acknowledge", "submit"]
    assert set(found[0]) == {
        "id",
        "collection",
        "record",
        "move",
        "status",
        "by",
        "occurred_at",
        "recorded_at",
    }
    assert client.get(url("events", found[0]["id"])).json() == found[0]


def test_the_directory_is_public(who):
    client = Client()
    assert len(every(client, "states")) == 195
    assert client.get(url("states", "AFG")).json()["ldc"] is True
    assert client.get(url("states", "QQQ")).status_code == 404
    names = [row["name"] for row in client.get(url("vocabularies")).json()["results"]]
    for name in names:
        entries = client.get(url("vocabularies", name)).json()["entries"]
        assert entries and all(entry["labels"] for entry in entries), name
    forms = client.get(url("vocabularies", "forms")).json()["entries"]
    assert set(forms[0]["labels"]) == {"ar", "zh", "en", "fr", "ru", "es"}
    assert {row["currency"] for row in every(client, "exchange-rates")} == {"USD", "EUR", "JPY", "KWD"}


def test_an_answer_is_private_and_carries_its_version(who):
    request = cast.request_in(who, "open")
    answer = program_of(who.case_officer).get(url("requests", request))
    assert answer["ETag"] == f'"{request.version}"' == f'"{answer.json()["version"]}"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(answer["Vary"].split(", "))
