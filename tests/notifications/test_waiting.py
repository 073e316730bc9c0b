"""What waits for whom, until when: each role's home, complete and no more; and the clock on a record's page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal.core import clock
from portal.core.deadlines import Clock
from portal.web.templatetags.clocks import NAMES, due_words
from reports.templatetags.reports_panels import waits_for
from tests import cast
from tests.site import client_of, url_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def parts(actor):
    """What waits of requests, of what is given, and of the report, as home lists it."""
    return waits_for({"actor": actor, "request": RequestFactory().get("/")}) or [[], [], []]


def lines(actor):
    found = [line for part in parts(actor)[:2] for line in part]
    return [
        (line.text.replace("\u2068", "").replace("\u2069", ""), line.clock.name if line.clock else "")
        for line in found
    ]


def waiting(who, record):
    """Who finds a record among what waits, with the step: (person, text with the reference taken out, clock)."""
    key = getattr(record, "reference", None) or getattr(record, "public_id", None) or f"draft-{record.pk}"
    return {
        (name, text.replace(key, "…"), clock_)
        for name, actor in who.everyone()
        for text, clock_ in lines(actor)
        if key in text
    }


def each(names, text, name=""):
    return {(person, text, name) for person in names.split()}


REQUESTS = {
    "draft": each("afg_focal_point", "Finish draft …"),
    "approval": each("afg_approver", "Submit or return request …"),
    "submitted": each("case_officer", "Acknowledge request …", "acknowledge"),
    "under_review": each("case_officer", "Review request …", "review"),
    "clarification": each("afg_focal_point afg_approver", "Answer a question on request …", "answer"),
    "open": set(), "closed": set(), "declined": set(), "withdrawn": set(),
}  # fmt: skip
PLEDGES = {
    "announced": set(),
    "draft": each("nor_approver", "Offer pledge …"),
    "offered": each("afg_approver", "Accept or decline pledge …", "respond"),
    "accepted": each("nor_approver case_officer", "Record the agreement on pledge …", "agree"),
    "agreed": each("nor_officer nor_approver", "Deliver under pledge …"),
    "delivering": each("nor_officer nor_approver", "Deliver the rest under pledge …"),
    "delivered": each("afg_approver", "Acknowledge pledge …"),
    "acknowledged": set(), "declined": set(), "withdrawn": set(), "cancelled": set(), "lapsed": set(),
}  # fmt: skip
DELIVERIES = {
    "recorded": each("afg_focal_point afg_approver", "Confirm or dispute delivery …", "confirm"),
    "corrected": each("afg_focal_point afg_approver", "Confirm or dispute delivery … again", "confirm"),
    "disputed": each("nor_officer nor_approver", "Correct or void delivery …"),
    "confirmed": set(), "void": set(),
}  # fmt: skip
FINANCE = "finance_officer second_finance_officer"
CONTRIBUTIONS = {
    "announced": each(FINANCE, "Record the agreement on contribution …"),
    "agreed": each(FINANCE, "Record what is received under contribution …"),
    "receiving": each(FINANCE, "Record the rest received under contribution …"),
    "received": set(), "closed": set(), "cancelled": set(),
}  # fmt: skip


@pytest.mark.parametrize(("make", "table"), [
    (cast.request_in, REQUESTS), (cast.pledge_in, PLEDGES), (cast.delivery_in, DELIVERIES),
    (cast.contribution_in, CONTRIBUTIONS),
])  # fmt: skip
def test_each_state_waits_for_these_and_nobody_else(who, make, table):
    for state, expected in table.items():
        record = make(who, state)
        assert waiting(who, type(record).objects.get(pk=record.pk)) == expected, state


def test_assessments_and_offers_wait_too(who):
    request = cast.delivery_in(who, "confirmed").pledge.need.request
    steps = {}
    for state in ("requested", "approval", "submitted"):
        cast.assessment_in(who, state, request=request)
        steps[state] = {(name, text) for name, text, _ in waiting(who, request)}
    asked = {("afg_focal_point", "Assess what came of request …")}
    assert steps["requested"] == asked
    assert steps["approval"] == asked | {("afg_approver", "Submit or return the assessment of request …")}
    assert steps["submitted"] == steps["approval"]
    offer = cast.offer_in(who, "draft")
    assert waiting(who, offer) == each("nor_approver", "Publish offer …")


def test_a_joint_request_waits_for_the_state_that_is_asked_to_join(who):
    request = cast.request_in(who, "submitted", joint=("TJK",))
    joining = each("tjk_approver", "Confirm or leave joint request …", "acknowledge")
    assert waiting(who, request) == REQUESTS["submitted"] | joining
    cast.confirm_all(who, request)
    assert waiting(who, request) == REQUESTS["submitted"]


def test_what_is_late_by_more_than_a_year_comes_last_and_without_its_days(who):
    with clock.frozen(START - timedelta(days=400)):
        cast.request_in(who, "submitted")
    with clock.frozen(START):
        cast.request_in(who, "submitted")
        assert [line.clock is not None for line in parts(who.case_officer)[0]] == [True, False]


def test_what_goes_through_unodc_waits_for_the_desk_too(who):
    pledge = cast.pledge_in(who, "agreed", channel="through-unodc")
    assert waiting(who, pledge) == each("nor_officer nor_approver case_officer", "Deliver under pledge …")


def test_follow_ups_wait_for_the_state_when_they_are_due(who):
    with clock.frozen(START):
        delivery = cast.delivery_in(who, "confirmed")
    with clock.frozen(START + timedelta(days=183)):
        assert waiting(who, delivery) == set()
    with clock.frozen(START + timedelta(days=184)):
        assert waiting(who, delivery) == each(
            "afg_focal_point afg_approver", "Say what became of delivery …", "follow_up"
        )


def test_nothing_waits_for_the_public_and_for_those_who_only_read(who):
    cast.request_in(who, "submitted")
    cast.pledge_in(who, "agreed")
    for name in (
        "public",
        "auditor",
        "administrator",
        "ken_focal_point",
        "other_approver",
        "afg_coordinator",
    ):
        assert lines(getattr(who, name)) == [], name


def test_what_is_due_first_comes_first_and_the_rest_is_in_the_list(who):
    for days in (4, 2, 0, 3, 1, 5, 6):
        with clock.frozen(START + timedelta(days=days)):
            cast.request_in(who, "submitted")
    with clock.frozen(START + timedelta(days=7)):
        found = parts(who.case_officer)[0]
    assert len(found) == 6
    due = [line.clock.due for line in found if line.clock]
    assert due == sorted(due)
    assert len(due) == 5
    assert found[-1].text == "All submitted requests"
    assert found[-1].url.endswith("/requests/?status=submitted")


def test_however_much_waits_the_number_of_questions_is_the_same(who):
    people = ("afg_focal_point", "afg_approver", "nor_approver", "case_officer", "finance_officer")

    def ask():
        counts = {}
        for person in people:
            with CaptureQueriesContext(connection) as found:
                lines(getattr(who, person))
            counts[person] = len(found)
        return counts

    def more():
        for state in ("draft", "approval", "submitted", "clarification"):
            cast.request_in(who, state)
        for state in ("draft", "offered", "accepted", "agreed", "delivered"):
            cast.pledge_in(who, state)
        cast.delivery_in(who, "recorded")
        cast.delivery_in(who, "disputed")
        cast.offer_in(who, "draft")
        cast.contribution_in(who, "agreed")
        cast.assessment_in(who, "draft")
        cast.assessment_in(who, "approval")

    more()
    first = ask()
    more()
    assert ask() == first
    assert max(first.values()) <= 24


# in words


@pytest.mark.parametrize(("left", "late", "due", "words"), [
    (3, False, date(2026, 3, 5), "due in 3 working days"), (1, False, date(2026, 3, 3), "due in 1 working day"),
    (0, False, date(2026, 3, 2), "due today"), (0, False, date(2026, 3, 8), "due before the next working day"),
    (0, True, date(2026, 3, 1), "late"), (-1, True, date(2026, 2, 27), "1 working day late"),
    (-2, True, date(2026, 2, 26), "2 working days late"),
])  # fmt: skip
def test_how_long_in_words(left, late, due, words):
    with clock.frozen(START), translation.override("en"):
        assert due_words(Clock("respond", date(2026, 2, 1), due, left, late)) == words


def test_every_clock_has_its_name():
    assert set(NAMES) == {
        "acknowledge", "review", "answer", "assess", "respond", "agree", "deliver", "confirm", "follow_up",
    }  # fmt: skip


def shown(record):
    with translation.override("en"):
        text = Template("{% load clocks %}{% clock row %}").render(Context({"row": record}))
    return " ".join(text.replace("<", " <").replace(">", "> ").split())


def test_a_clock_on_a_page_says_what_how_long_and_the_day(who):
    with clock.frozen(START):
        request = cast.request_in(who, "submitted")
        pledge = cast.pledge_in(who, "acknowledged")
        assert shown(pledge) == ""
        text = shown(request)
    assert "Acknowledgement by UNODC:" in text
    assert "due in 5 working days" in text
    assert '<time class="soft" datetime="2026-03-09"> (March 9, 2026)' in text or "(9 March 2026)" in text
    with clock.frozen(START + timedelta(days=9)):
        assert "2 working days late" in shown(request)


def test_pages_show_the_clock_to_those_whom_it_concerns(who):
    request = cast.request_in(who, "submitted")
    pledge = cast.pledge_in(who, "offered")
    delivery = cast.delivery_in(who, "recorded")
    assessment = cast.assessment_in(who, "draft")
    for person, thing, record in (
        ("case_officer", "request", request), ("afg_focal_point", "request", request), ("nor_officer", "pledge", pledge),
        ("case_officer", "pledge", pledge), ("afg_focal_point", "delivery", delivery),
        ("afg_focal_point", "assessment", assessment),
    ):  # fmt: skip
        text = client_of(getattr(who, person)).get(url_of(thing, record)).content.decode()
        assert "working days</span>" in text or "due in" in text, (person, thing)


def test_the_home_lists_what_waits_with_its_day(who):
    request = cast.request_in(who, "submitted")
    text = client_of(who.case_officer).get("/en/").content.decode()
    assert f"Acknowledge request \u2068{request}\u2069" in text
    assert "due in 5 working days" in text
