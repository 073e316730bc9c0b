"""The search finds what the lists show, to the same people, and nothing else."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.core.reference import as_written
from tests import cast
from tests.site import client_of, key_of

pytestmark = pytest.mark.django_db
KINDS = {"request", "need", "offer", "pledge"}


def results(client, words):
    answer = client.get("/en/search/", {"q": words})
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize(
    "person", ["afg_focal_point", "nor_officer", "other_officer", "case_officer", "public"]
)
def test_a_reference_is_found_by_those_who_see_its_record(who, world, person):
    client = client_of(getattr(who, person))
    for row in world:
        if row.thing not in KINDS or key_of(row.record).startswith(("draft-", "D-")):
            continue
        found = f'href="{row.url}"' in results(
            client, key_of(row.record).rpartition("-N")[0] or key_of(row.record)
        )
        assert found == (person in row.seen), (row.url, row.state)


def found(text, kind):
    number = re.search(rf'id="found-{kind}">\w+ <span class="soft">\((\d+)\)', text)
    return int(number[1]) if number else 0


def test_words_are_found_in_titles_and_counted(who):
    client = client_of(who.case_officer)
    title = cast.request_in(who, "open").title
    before = found(results(client, title[:12]), "requests")
    for _ in range(12):
        cast.request_in(who, "open")
    text = results(client, title[:12])
    assert found(text, "requests") == before + 12
    assert text.split('id="found-needs"')[0].count("<li>") == 10
    assert "/en/requests/?q=" in text


def test_what_is_typed_stands_as_text(who):
    client = client_of(who.case_officer)
    text = results(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in text
    assert "No result for" in text
    assert "&quot;&gt;&lt;script&gt;" in text


@pytest.mark.parametrize("words", ["\x00", "%", "_" * 500, "'; --", "\N{ARABIC LETTER ALEF}" * 200, "   "])
def test_no_words_are_too_much(words):
    results(Client(), words)


def test_nothing_is_asked_of_the_records_without_words(who, django_assert_max_num_queries):
    client = client_of(who.case_officer)
    with django_assert_max_num_queries(8):
        assert "found-" not in results(client, " ")


def test_one_and_many_results_ask_the_same_number_of_times(who):
    client = client_of(who.case_officer)
    numbers = []
    for _ in range(3):
        cast.request_in(who, "open")
        cast.offer_in(who, "published")
        cast.pledge_in(who, "offered")
        with CaptureQueriesContext(connection) as asked:
            results(client, "-20")
        numbers.append(len(asked))
    assert len(set(numbers)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "{kind} {year} {state} {number}", "{kind}-{year}-{state}-{short}", "{kind}{year} {state}{short}",
        "{kind}/{year}/{state}/{arabic}",
        " {kind}\u2011{year}\u2013{state}\u2014{number} ", "\u2068{kind}-{year}-{state}-{number}\u2069",
        "{kind} {year} {state} {wide} n 1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_reference_is_found_however_it_is_typed(who, typed, case):
    request = cast.request_in(who, "open")
    other = cast.request_in(who, "open")
    kind, year, state, number = request.reference.split("-")
    said = {"kind": kind, "year": year, "state": state, "number": number, "short": str(int(number))}
    said |= {"arabic": number.translate({48 + n: 0x660 + n for n in range(10)})}
    said |= {"wide": number.translate({48 + n: 0xFF10 + n for n in range(10)})}
    words = case(typed.format(**said))
    text = results(client_of(who.case_officer), words)
    assert request.reference in text and other.reference not in text
    listed = client_of(who.case_officer).get("/en/needs/", {"q": words}).content.decode()
    assert f"{request.reference}-N1" in listed and f"{other.reference}-N1" not in listed


@pytest.mark.parametrize(
    "typed", ["boats", "in 2026", "TA-2026", "TA-2026-TJK", "10 2026 boats 7", "\u0661\u0662", "", "-"]
)
def test_what_is_no_reference_stays_as_typed(typed):
    assert as_written(typed) == typed
