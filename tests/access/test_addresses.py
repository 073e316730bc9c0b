"""Every address × every person × own, other, none."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donors import selectors as given
from requests_app import selectors as asked
from tests.access.addresses import ADDRESSES, MOVES, RECORDS
from tests.site import LIST_OF, client_of, key_of, listed

pytestmark = pytest.mark.django_db
# of those who see alike one stands for all; that they do see alike is the next test
SEEING = (
    "afg_focal_point", "tjk_approver", "ken_coordinator", "nor_officer", "other_approver", "case_officer",
    "auditor", "administrator", "public",
)  # fmt: skip
# the other roles of the secretariat: they see as the case officer does, and do other things
HANDLING = ("finance_officer", "report_officer", "clearing_officer")
READ = {
    "request": (asked.request_rows, asked.requests_by_key),
    "need": (asked.need_rows, asked.needs_by_key),
    "assessment": (asked.assessment_rows, asked.assessments_by_key),
    "offer": (given.offers, given.offers_by_key),
    "pledge": (given.pledges, given.pledges_by_key),
    "delivery": (given.deliveries, given.deliveries_by_key),
    "contribution": (given.contributions, given.contributions_by_key),
}


def named_addresses(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{entry.namespace}:" if entry.namespace else ""
            yield from named_addresses(entry, prefix + space)
        elif isinstance(entry, URLPattern):
            yield prefix + (entry.name or str(entry.pattern))


def test_every_address_has_its_line():
    assert set(named_addresses(get_resolver())) == set(ADDRESSES) | RECORDS | MOVES


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_address_answers_as_its_line_says(who, made, name):
    line = ADDRESSES[name]
    url = reverse(name, args=line.args(made))
    found = {
        person: getattr(client_of(getattr(who, person)), line.method)(url, line.data).status_code
        for person in (*SEEING, *HANDLING)
    }
    assert found == {person: line.expected(person) for person in found}


@pytest.mark.parametrize("name", [n for n, line in sorted(ADDRESSES.items()) if line.method == "post"])
def test_what_changes_something_is_never_done_by_looking(who, made, name):
    url = reverse(name, args=ADDRESSES[name].args(made))
    for person in ("report_officer", "public"):
        assert client_of(getattr(who, person)).get(url).status_code == 405


def test_documents_that_name_less_are_for_all_who_see_the_edition(who, made):
    url = reverse("reports:file", args=[made.public.pk])
    seen = {p for p, actor in who.everyone() if client_of(actor).get(url).status_code == 200}
    full = {p for p, actor in who.everyone() if b"figures.json" in client_of(actor).get(
        reverse("reports:job", args=[made.job.pk])).content}  # fmt: skip
    assert seen == {
        "case_officer", "finance_officer", "second_finance_officer", "report_officer", "clearing_officer", "auditor",
    }  # fmt: skip
    assert full == {"report_officer", "clearing_officer", "auditor"}


@pytest.mark.parametrize("person", SEEING)
def test_pages_and_lists_show_the_same_rows_and_the_right_ones(who, world, person):
    """What a list names is what opens, and what should."""
    client = client_of(getattr(who, person))
    for thing in LIST_OF:
        rows = [row for row in world if row.thing == thing]
        should = {row.url for row in rows if person in row.seen}
        assert {row.url for row in rows if client.get(row.url).status_code == 200} == should, thing
        assert listed(client, thing) & {row.url for row in rows} == should, thing


def test_everyone_finds_what_they_should(who, world):
    """The rows behind lists and behind pages, for every person."""
    for person, actor in who.everyone():
        for thing, (rows_of, by_key) in READ.items():
            rows = [row for row in world if row.thing == thing]
            should = {row.record.pk for row in rows if person in row.seen}
            every = {row.record.pk for row in rows}
            listed_ = set(rows_of(actor).filter(pk__in=every).values_list("pk", flat=True))
            opens = {row.record.pk for row in rows if by_key(actor, key_of(row.record)).exists()}
            assert (listed_, opens) == (should, should), (person, thing)


def plain(text: str) -> str:
    """A page without what differs between two requests: tokens, and the address that was asked for."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value|data-token|data-left)="[^"]+"', "", text)
    return re.sub(r'(href|action)="[^"]*"', "", text)


def test_what_may_not_be_seen_answers_exactly_as_what_does_not_exist(who, world):
    client = client_of(who.ken_focal_point)
    for row in world:
        if "ken_focal_point" in row.seen:
            continue
        hidden = client.get(row.url)
        nothing = client.get(re.sub(r"[^/]+/$", "TA-1999-XXX-9999/", row.url))
        assert (hidden.status_code, nothing.status_code) == (404, 404)
        assert plain(hidden.content.decode()) == plain(nothing.content.decode())
        assert hidden.headers.items() >= {"X-Frame-Options": "DENY"}.items()
