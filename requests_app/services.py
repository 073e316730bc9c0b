"""The one way in for requests and assessments: page, API, task, command and import call these."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext

from portal.audit.services import perform, record_event
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict, NotVisible, Refusal, Refused
from portal.core.events import publish
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW
from portal.directory.models import Organisation
from portal.policy import engine
from portal.policy.actions import A
from requests_app import rules, selectors
from requests_app.models import (
    AssistanceRequest,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
    RequestGrant,
)
from requests_app.workflow import AMENDED, ASSESSMENT, REQUEST


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
    if move == "amend" and facts:
        facts = {**facts, "before": _before(request, facts.get("needs") or {}, unit)}
    perform(
        REQUEST, move, request, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return request


def _before(request: AssistanceRequest, needs: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    """What the needs that are to be amended say now, for the event: earlier versions stay readable there."""
    rows = {str(need.number): need for need in unit.related(request, "needs")}
    return {
        number: {name: getattr(rows[number], name) for name in columns if name in AMENDED}
        for number, columns in needs.items()
        if number in rows
    }


@atomically
def show_to(
    request: AssistanceRequest, organisations: Iterable[Any], *, actor: Actor, until: datetime | None = None
) -> None:
    """The State lets chosen donors see a request by name, until a moment or until it takes that back.

    Guardian's row for the group of each; what was allowed is in the case's chain. Raises NotAllowed.
    """
    request = DIRECT.lock(request)
    engine.require(actor, A.REQUEST_SIGN, request)
    shown = []
    for organisation in organisations:
        group, _ = Group.objects.get_or_create(name=f"organisation:{organisation.pk}")
        RequestGrant.objects.update_or_create(
            group=group, permission=_may_view(), content_object=request, defaults={"until": until}
        )
        shown.append(organisation.pk)
    _consented(request, "show_to", {"organisations": sorted(shown), "until": until}, actor=actor)


@atomically
def hide_from(request: AssistanceRequest, organisations: Iterable[Any], *, actor: Actor) -> None:
    """The State takes back what it let chosen donors see. Raises NotAllowed."""
    request = DIRECT.lock(request)
    engine.require(actor, A.REQUEST_SIGN, request)
    hidden = sorted(organisation.pk for organisation in organisations)
    request.grants.filter(group__name__in=[f"organisation:{pk}" for pk in hidden]).delete()
    _consented(request, "hide_from", {"organisations": hidden}, actor=actor)


@atomically
def set_shown(
    request: AssistanceRequest, organisations: Iterable[Any], *, seen: str = "", actor: Actor
) -> None:
    """The State shows a request to these donors by name and to no other.

    `seen` is the mark of the choice that the person saw. Raises NotAllowed, or Conflict where it is another by now.
    """
    request = DIRECT.lock(request)
    engine.require(actor, A.REQUEST_SIGN, request)
    wanted = {organisation.pk: organisation for organisation in organisations}
    before = set(selectors.shown_to(request))
    same(seen, selectors.shown_mark(before))
    if added := [wanted[pk] for pk in sorted(set(wanted) - before)]:
        show_to(request, added, actor=actor)
    if gone := Organisation.objects.filter(pk__in=before - set(wanted)):
        hide_from(request, gone, actor=actor)


def same(seen: str, now: str) -> None:
    """Raises Conflict where what the person saw, by its mark, is something else by now."""
    if seen and seen != now:
        raise Conflict(gettext("someone else changed the same answers meanwhile"))


def _may_view() -> Permission:
    kind = ContentType.objects.get_for_model(AssistanceRequest)
    found: Permission = Permission.objects.get(content_type=kind, codename="view_assistancerequest")
    return found


def _consented(request: AssistanceRequest, move: str, facts: Mapping[str, Any], *, actor: Actor) -> None:
    event = record_event(
        request, move, actor=actor, unit=DIRECT, facts=facts, source=request.status, target=request.status
    )
    publish("noted", record=request, event=event, actor=actor)


@atomically
def accept_surplus(need: Need, *, words: str, actor: Actor) -> Need:
    """The State accepts, in words, more than the need's quantity (rule 1). Raises NotAllowed, Refused."""
    request = DIRECT.lock(need.request)
    need = DIRECT.lock(need)
    engine.require(actor, A.REQUEST_SIGN, request)
    if not words.strip():
        raise Refused(Refusal(gettext("say in words that more is accepted"), "surplus_accepted"))
    need.surplus_accepted = words
    DIRECT.save(need, ("surplus_accepted",))
    _consented(request, "accept_surplus", {"need": need.number, "words": words}, actor=actor)
    return need


@atomically
def confirm_joint_request(
    request: AssistanceRequest, *, note_verbale: str, actor: Actor, at: datetime | None = None
) -> CoRequester:
    """A co-requesting State's approver confirms for its own State, with its own note verbale.

    Raises NotVisible where the State is not asked to join, NotAllowed, Conflict where it has confirmed, or Refused
    without the note verbale.
    """
    request = DIRECT.lock(request)
    row = _joining(request, actor)
    if row.confirmed_at is not None:
        raise Conflict(gettext("your State has already confirmed this request"))
    if not note_verbale.strip():
        raise Refused(Refusal(gettext("give the number of the note verbale"), "note_verbale"))
    row.confirmed_at, row.note_verbale_number = at or clock.now(), note_verbale
    DIRECT.save(row, ("confirmed_at", "note_verbale_number"))
    _consented(request, "confirm_joint", {"state": row.state_id, "note_verbale": note_verbale}, actor=actor)
    return row


@atomically
def leave_joint_request(request: AssistanceRequest, *, actor: Actor) -> None:
    """A co-requesting State's approver takes its State off a joint request; its needs become those of all.

    Raises NotVisible, NotAllowed, or Conflict once the request was circulated.
    """
    request = DIRECT.lock(request)
    row = _joining(request, actor)
    if not rules.can_be_left(request):
        raise Conflict(gettext("a State leaves a joint request only before it is circulated"))
    needs = request.needs.filter(state=row.state)
    facts = {"state": actor.state, "needs": list(needs.order_by("number").values_list("number", flat=True))}
    needs.update(state=None)
    row.delete()
    _consented(request, "leave_joint", facts, actor=actor)


def _joining(request: AssistanceRequest, actor: Actor) -> CoRequester:
    """The actor's State in a joint request that it can read, for its approver."""
    row = request.co_requesters.filter(state=actor.state or None).first()
    if row is None or not engine.can(actor, A.REQUEST_VIEW, request):
        raise NotVisible(gettext("there is no such request"))
    if not engine.holds(actor, A.REQUEST_SIGN):
        engine.require(actor, A.REQUEST_SIGN, request)
    return row


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
        ASSESSMENT,
        move,
        assessment,
        actor=actor,
        unit=unit,
        at=at,
        facts=facts,
        version=version,
        replayed=replayed,
    )
    return assessment
