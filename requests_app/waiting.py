"""Requests and assessments that wait for the actor's next step."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit.cases import key_of
from portal.core.actor import Actor
from portal.core.deadlines import Calendar, Clock
from portal.core.workflow import Workflow
from portal.policy.actions import A
from portal.policy.engine import holds, visible_to
from portal.policy.matrix import Scope
from portal.web.waiting import Group, Kind, awaited
from requests_app import clocks
from requests_app.models import AssistanceRequest, ImpactAssessment
from requests_app.workflow import ASSESSMENT, REQUEST

# the move that is waited for, what is to be done, and what the list of all is called
REQUESTS = (
    ("send_for_approval", _("Finish draft %(reference)s"), _("All requests in draft")),
    ("submit", _("Submit or return request %(reference)s"), _("All requests awaiting approval")),
    ("acknowledge", _("Acknowledge request %(reference)s"), _("All submitted requests")),
    ("circulate", _("Review request %(reference)s"), _("All requests under review")),
    ("answer", _("Answer a question on request %(reference)s"), _("All requests with a question")),
)
ASSESSMENTS = (
    ("start", _("Assess what came of request %(reference)s"), _("All assessments asked for")),
    ("send_for_approval", _("Finish the assessment of request %(reference)s"), _("All assessments in draft")),
    (
        "submit",
        _("Submit or return the assessment of request %(reference)s"),
        _("All assessments awaiting approval"),
    ),
)


def groups(actor: Actor, calendar: Calendar) -> list[Group]:
    """What waits for the actor."""
    if actor.user is None:
        return []

    def due(rows: Iterable[Any]) -> dict[int, Clock]:
        return clocks.due_of(rows, calendar=calendar)

    requests, assessments = AssistanceRequest.objects.all(), ImpactAssessment.objects.all()
    of_requests = Group(
        [*_kinds(actor, REQUEST, requests, REQUESTS, reverse("requests:requests")), *_to_join(actor)],
        requests,
        page="requests:request",
        key=str,
        about=str,
        due=due,
    )
    of_assessments = Group(
        _kinds(actor, ASSESSMENT, assessments, ASSESSMENTS, reverse("requests:assessments")),
        assessments.select_related("request"),
        page="requests:assessment",
        key=key_of,
        about=lambda row: str(row.request),
        due=due,
    )
    return [of_requests, of_assessments]


def _kinds(
    actor: Actor, workflow: Workflow, rows: QuerySet[Any], steps: Iterable[tuple[str, Any, Any]], url: str
) -> list[Kind]:
    found = []
    for move, text, more in steps:
        state, right = awaited(workflow, move)
        if holds(actor, right):
            waiting = visible_to(actor, right, rows.filter(status=state))
            found.append(Kind(text, waiting, more, f"{url}?status={state}"))
    return found


def _to_join(actor: Actor) -> list[Kind]:
    """Joint requests that the actor's State is asked to confirm."""
    if not actor.state or not holds(actor, A.REQUEST_SIGN):
        return []
    asked = visible_to(actor, A.REQUEST_VIEW, AssistanceRequest.objects.all()).filter(
        AssistanceRequest.policy_scopes[Scope.ASKED_STATE](actor)
    )
    text, url = _("Confirm or leave joint request %(reference)s"), reverse("requests:requests")
    return [Kind(text, asked, _("All requests"), url)]
