"""The whole world of rows through the API: the rows of the pages, no more and no less."""

import csv
import io
import json

import pytest

from portal.api.docs import FILE
from portal.audit.selectors import timeline
from requests_app import selectors as reading
from tests.api.asking import LIST_OF, PEOPLE, every, url
from tests.api.conftest import program_of
from tests.site import key_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("person", PEOPLE)
def test_lists_and_details_hold_the_rows_that_should_be_seen(who, world, person):
    client = program_of(getattr(who, person))
    for thing, name in LIST_OF.items():
        rows = [row for row in world if row.thing == thing]
        should = {key_of(row.record) for row in rows if person in row.seen}
        every_key = {key_of(row.record) for row in rows}
        assert {row["key"] for row in every(client, name)} & every_key == should, name
        opens = {key for key in every_key if client.get(url(name, key)).status_code == 200}
        assert opens == should, name


def test_what_may_not_be_seen_answers_exactly_as_what_does_not_exist(who, world):
    client = program_of(who.ken_focal_point)
    for row in world:
        if "ken_focal_point" in row.seen:
            continue
        name = LIST_OF[row.thing]
        hidden, nothing = client.get(url(name, key_of(row.record))), client.get(url(name, "TA-1999-XXX-9999"))
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert hidden.json() | {"instance": ""} == nothing.json() | {"instance": ""}
        assert {k: v for k, v in hidden.headers.items() if k != "Content-Length"} == {
            k: v for k, v in nothing.headers.items() if k != "Content-Length"
        }


@pytest.mark.parametrize("name", sorted(LIST_OF.values()))
def test_pages_go_forward_and_back_in_every_order(who, world, name):
    client = program_of(who.case_officer)
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    parameters = schema["paths"][url(name)]["get"]["parameters"]
    orders = next(one["schema"]["enum"] for one in parameters if one["name"] == "ordering")
    for ordering in orders:
        forward = [row["key"] for row in every(client, name, ordering=ordering)]
        address, last = url(name, ordering=ordering, page_size=7), None
        while address:
            last = client.get(address).json()
            address = last["next"]
        back = [row["key"] for row in last["results"]]
        while last["previous"]:
            last = client.get(last["previous"]).json()
            back = [row["key"] for row in last["results"]] + back
        assert back == forward, ordering
        whole = client.get(url(name, ordering=ordering, page_size=500)).json()
        assert [row["key"] for row in whole["results"]] == forward
        assert (whole["next"], whole["previous"]) == (None, None)


def test_csv_of_every_list_says_what_the_list_says(who, world):
    client = program_of(who.case_officer)
    for name in (*LIST_OF.values(), "states", "organisations", "exchange-rates", "sessions", "events"):
        answer = client.get(url(name, format="csv"))
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        listed = client.get(url(name, page_size=500)).json()["results"]
        assert len(rows) >= len(listed)
        for row, line in zip(rows, listed, strict=False):
            for field, value in line.items():
                if isinstance(value, str) and not value.startswith(("=", "+", "-", "@")):
                    assert row[field] == value, (name, field)


def test_a_cursor_is_of_its_order(who, world):
    client = program_of(who.case_officer)
    after = client.get(url("requests", page_size=2)).json()["next"]
    assert client.get(after).status_code == 200
    assert client.get(after + "&ordering=reference").status_code == 400


@pytest.mark.parametrize("person", PEOPLE)
def test_events_are_those_of_the_timelines(who, world, person):
    """The list of events is what the pages of all records show together."""
    actor = getattr(who, person)
    should = set()
    for row in world:
        if person not in row.seen or row.thing == "need":
            continue
        if row.thing == "request":
            events = reading.history(actor, row.record).events
        else:
            events = timeline(actor, f"{row.thing}.view", row.record)
        should |= set(events.values_list("pk", flat=True))
    found = every(program_of(actor), "events")
    cases = {(LIST_OF[row.thing], key_of(row.record)) for row in world}
    assert {line["id"] for line in found if (line["collection"], line["record"]) in cases} == should
    assert all(line["record"] for line in found)
