"""A request from the first page to its submission, counted in pages."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.audit.verify import findings
from portal.core import clock
from requests_app.models import AssistanceRequest
from tests.filing.visitor import Visitor

pytestmark = pytest.mark.django_db

NEEDS = (
    {
        "what": {"form": "training", "theme": "border-management", "description": "Training of 40 officers"},
        "how-much": {"quantity": "٤٠", "place": "At the land border", "women": "12"},
        "for-whom": {"priority": "high", "recipient_kind": "border-guard", "direction": "inbound"},
    },
    {
        "what": {"form": "equipment", "theme": "forensic", "description": "Test kits"},
        "how-much": {
            "quantity": "1 200", "unit": "kits", "unit_cost_amount": "12.50", "unit_cost_currency": "USD",
            "site_readiness": "Ready", "running_costs": "The laboratory",
        },
        "for-whom": {"priority": "medium", "mainly_for": ["women"]},
    },
    {
        "what": {
            "form": "funds", "theme": "border-management", "description": "A workshop", "paragraphs": ["1", "9"],
        },
        "how-much": {"quantity": "5000", "unit": "usd"},
        "for-whom": {"priority": "low"},
    },
)  # fmt: skip


def day_of(name, days_ago=1):
    day = clock.today() - timedelta(days=days_ago)
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def theme_like(visitor, word):
    """The code of a thematic area whose code begins with a word."""
    from requests_app.selectors import themes  # noqa: PLC0415

    return next(theme.code for theme in themes() if word in theme.code)


def written(who, needs=NEEDS):
    """A draft filled in page by page, up to the page that checks it."""
    person = Visitor(who.afg_focal_point)
    person.open(reverse("web:front"))
    person.follow("Start a request")
    person.send(title="Training and equipment at the borders", language="en")
    assert "0 of 7 tasks completed" in person.text
    person.follow("Title, authority and contact")
    person.send(authority="An authority", contact="A contact")
    assert "Note verbale" in person.text
    person.send(note_verbale_number="NV-1/2026", **day_of("note_verbale_date"))
    person.send(situation="Opiates pass through.", drugs=["opiates"], evidence="Seizures")
    assert "No need has been added yet" in person.text
    for need in needs:
        person.follow("Add a")
        answers = need["what"] | {"theme": theme_like(person, need["what"]["theme"])}
        person.send(**answers)
        person.send(**need["how-much"])
        person.send(**need["for-whom"])
    person.follow("Continue")
    person.send(channel="any", urgency="routine")
    person.send(visibility="all-donors", named_in_report="yes")
    assert "Check the answers" in person.text
    return person


def test_three_needs_are_filed_within_thirty_pages_and_approved_within_four(who):
    person = written(who)
    assert "is missing" not in person.text
    person.send()
    assert person.status == 200 and "was sent to the approvers" in person.text
    assert person.loads <= 30, person.loads

    request = AssistanceRequest.objects.get(title="Training and equipment at the borders")
    assert (request.status, request.needs.count(), request.drugs) == ("approval", 3, ["opiates"])
    first, second, third = request.needs.order_by("number")
    assert (first.quantity, first.unit_id, first.women, first.paragraphs) == (40, "places", 12, [3, 8])
    assert (str(second.quantity), second.unit_id, second.mainly_for) == ("1200.0000", "kits", ["women"])
    assert (second.site_readiness, str(second.unit_cost_amount)) == ("Ready", "12.5000")
    assert third.paragraphs == [1, 9]

    approver = Visitor(who.afg_approver)
    approver.open(reverse("requests:request", args=[str(request)]))
    assert all(text in approver.text for text in ("Training of 40 officers", "Test kits", "A workshop"))
    approver.send(authorised="on")
    request.refresh_from_db()
    assert request.status == "submitted"
    assert request.reference in approver.text and "What happens next" in approver.text
    assert "UNODC acknowledges it by" in approver.text
    assert approver.loads <= 4, approver.loads
    assert list(findings()) == []


def test_what_is_missing_is_told_with_the_place_where_it_is_given(who):
    person = Visitor(who.afg_focal_point)
    person.open(reverse("requests:start")).send(title="Only a title", language="fr")
    request = AssistanceRequest.objects.get(title="Only a title")
    person.open(reverse("requests:check", args=[str(request)]))
    for slug in ("authority", "situation"):
        assert f'href="{reverse("requests:part", args=[str(request), slug])}?from=check"' in person.text
    assert f'href="{reverse("requests:needs_of", args=[str(request)])}"' in person.text
    move = reverse("requests:request_move", args=[str(request), "send-for-approval"])
    answer = person.client.post(move, {"version": "1"})
    assert answer.status_code == 422
    assert "at least one need" in answer.content.decode()


def test_a_change_from_the_check_page_leads_back_to_it(who):
    person = written(who, NEEDS[:1])
    person.follow("Change Objectives")
    person.send(objectives="Fewer drugs pass")
    assert person.address.endswith("/check/") and "Fewer drugs pass" in person.text
    person.follow("Change Quantity (Need 1)")
    person.send(quantity="41")
    assert person.address.endswith("/check/") and "41" in person.text


def test_the_approver_returns_it_and_the_drafter_reads_why(who):
    person = written(who, NEEDS[:1]).send()
    request = AssistanceRequest.objects.latest("pk")
    approver = Visitor(who.afg_approver)
    approver.open(reverse("requests:request", args=[str(request)])).follow("Return for changes")
    approver.send(reason="  ")
    assert approver.status == 422 and "Training of 40 officers" in approver.text
    approver.send(reason="Name the border posts")
    person.open(reverse("requests:request", args=[str(request)]))
    assert "Name the border posts" in person.text and "6 of 7 tasks completed" in person.text


def test_a_state_without_an_approver_is_told_so(who):
    from portal.accounts.models import Membership  # noqa: PLC0415

    Membership.objects.filter(user=who.afg_approver.user).update(until=clock.today())
    person = Visitor(who.afg_focal_point).open(reverse("requests:start"))
    assert "Your State has no approver yet" in person.text
