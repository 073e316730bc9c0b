"""The one way in for requests and assessments: page, API, task, command and import call these."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from portal.audit.services import perform
from portal.core.actor import Actor
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW
from requests_app.models import (
    AssistanceRequest,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
    RequestGrant,
)
from requests_app.workflow import ASSESSMENT, REQUEST


@atomically
def draft_request(
    request: AssistanceRequest,
    *,
    needs: Iterable[Need],
    states: Iterable[CoRequester] = (),
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    replayed: bool = False,
) -> AssistanceRequest:
    """Brings a request into being, with its needs in order and the other States of a joint request."""
    request.status = NEW
    lines, others = list(needs), list(states)
    for number, need in enumerate(lines, start=1):
        need.request, need.number = request, number
    for row in others:
        row.request = request
    perform(
        REQUEST, "draft", request, actor=actor, unit=unit, at=at, rows=(*lines, *others), replayed=replayed
    )
    return request


@atomically
def move_request(
    request: AssistanceRequest,
    move: str,
    *,
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    version: int | None = None,
    replayed: bool = False,
) -> AssistanceRequest:
    """One move of a request's table; `at` is when it happened. Raises NotAllowed, Conflict, Refused."""
    request = unit.lock(request)
    perform(
        REQUEST, move, request, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return request


@atomically
def show_to(request: AssistanceRequest, organisations: Iterable[Any], *, until: datetime | None = None) -> None:
    """Lets chosen donors see a request by name; guardian's row for the group of each, with an end."""
    permission = Permission.objects.get(
        content_type=ContentType.objects.get_for_model(AssistanceRequest), codename="view_assistancerequest"
    )
    for organisation in organisations:
        group, _ = Group.objects.get_or_create(name=f"organisation:{organisation.pk}")
        RequestGrant.objects.update_or_create(
            group=group, permission=permission, content_object=request, defaults={"until": until}
        )


@atomically
def start_assessment(
    assessment: ImpactAssessment,
    *,
    indicators: Iterable[Indicator] = (),
    requested: bool = False,
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    replayed: bool = False,
) -> ImpactAssessment:
    """Begins an assessment of what was delivered under a request (para. 9), or only asks the State for one."""
    assessment.status = NEW
    rows = list(indicators)
    for row in rows:
        row.assessment = assessment
    move = "request" if requested else "start"
    perform(ASSESSMENT, move, assessment, actor=actor, unit=unit, at=at, rows=rows, replayed=replayed)
    return assessment


@atomically
def move_assessment(
    assessment: ImpactAssessment,
    move: str,
    *,
    actor: Actor,
    unit: Unit = DIRECT,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    version: int | None = None,
    replayed: bool = False,
) -> ImpactAssessment:
    """One move of an assessment's table. Raises NotAllowed, Conflict, Refused."""
    assessment = unit.lock(assessment)
    perform(
        ASSESSMENT, move, assessment, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return assessment
