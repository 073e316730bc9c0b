"""Requests and assessments that wait for the actor's next step."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.actor import Actor
from portal.core.deadlines import Calendar, Clock
from portal.policy.actions import A
from portal.policy.engine import holds, visible_to
from portal.policy.matrix import Scope
from portal.web.waiting import Group, Kind
from requests_app import clocks
from requests_app.models import AssistanceRequest, ImpactAssessment

# state, right, what is to be done, and what the list of all is called
REQUESTS = (
    ("draft", A.REQUEST_DRAFT, _("Finish draft %(reference)s"), _("All requests in draft")),
    ("approval", A.REQUEST_SIGN, _("Submit or return request %(reference)s"), _("All requests awaiting approval")),
    ("submitted", A.REQUEST_HANDLE, _("Acknowledge request %(reference)s"), _("All submitted requests")),
    ("under_review", A.REQUEST_HANDLE, _("Review request %(reference)s"), _("All requests under review")),
    ("clarification", A.REQUEST_ANSWER, _("Answer a question on request %(reference)s"), _("All requests with a question")),
)  # fmt: skip
ASSESSMENTS = (
    ("requested", A.ASSESSMENT_DRAFT, _("Assess what came of request %(reference)s"), _("All assessments asked for")),
    ("draft", A.ASSESSMENT_DRAFT, _("Finish the assessment of request %(reference)s"), _("All assessments in draft")),
    ("approval", A.ASSESSMENT_SIGN, _("Submit or return the assessment of request %(reference)s"),
     _("All assessments awaiting approval")),
)  # fmt: skip


def groups(actor: Actor, calendar: Calendar) -> list[Group]:
    """What waits for the actor."""
    if actor.user is None:
        return []

    def due(rows: Iterable[Any]) -> dict[int, Clock]:
        return clocks.due_of(rows, calendar=calendar)

    of_requests = Group(
        _requests(actor),
        AssistanceRequest.objects.all(),
        page="requests:request",
        key=str,
        about=str,
        due=due,
    )
    of_assessments = Group(
        _assessments(actor),
        ImpactAssessment.objects.select_related("request"),
        page="requests:assessment",
        key=lambda row: row.reference or f"draft-{row.pk}",
        about=lambda row: str(row.request),
        due=due,
    )
    return [of_requests, of_assessments]


def _requests(actor: Actor) -> list[Kind]:
    rows = AssistanceRequest.objects.all()
    url = reverse("requests:requests")
    kinds = [
        Kind(text, visible_to(actor, right, rows.filter(status=status)), more, f"{url}?status={status}")
        for status, right, text, more in REQUESTS
        if holds(actor, right)
    ]
    if actor.state and holds(actor, A.REQUEST_SIGN):
        asked = visible_to(actor, A.REQUEST_VIEW, rows).filter(
            AssistanceRequest.policy_scopes[Scope.ASKED_STATE](actor)
        )
        kinds.append(Kind(_("Confirm or leave joint request %(reference)s"), asked, _("All requests"), url))
    return kinds


def _assessments(actor: Actor) -> list[Kind]:
    rows = ImpactAssessment.objects.all()
    url = reverse("requests:assessments")
    return [
        Kind(text, visible_to(actor, right, rows.filter(status=status)), more, f"{url}?status={status}")
        for status, right, text, more in ASSESSMENTS
        if holds(actor, right)
    ]
