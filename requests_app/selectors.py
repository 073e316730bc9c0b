"""What may be read of requests, needs and assessments."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from portal.accounts.selectors import active_person, current
from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.audit.selectors import events_in, known
from portal.core import clock
from portal.core.actor import Actor
from portal.core.canonical import canonical_bytes
from portal.core.errors import Refusal
from portal.core.events import ask
from portal.core.unit import DIRECT
from portal.core.workflow import judge
from portal.directory.models import Form, Organisation, State, Theme, Unit
from portal.policy.actions import A
from portal.policy.engine import Seen, holds, states_seen, visible_parts, visible_to
from portal.policy.roles import DONOR_ROLES, R
from requests_app.enums import Criterion
from requests_app.models import (
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)
from requests_app.workflow import REQUEST

M = TypeVar("M", bound=Model)

# what a State allows whom to see
CONSENT = ("show_to", "hide_from", "change_consent")
# a request is between its State and UNODC in this state; who could see it then sees also these columns
BETWEEN_THEM = "clarification"
BETWEEN = ("note_verbale_number", "note_verbale_date", "contact", "reason", "evidence", "named_in_report")


def requests(actor: Actor) -> QuerySet[AssistanceRequest]:
    return visible_to(actor, A.REQUEST_VIEW, AssistanceRequest.objects.all())


def request_rows(actor: Actor) -> QuerySet[AssistanceRequest]:
    """Requests for a list: with their State and the number of their needs."""
    return _request_lines(requests(actor))


def requests_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    parts = visible_parts(actor, A.REQUEST_VIEW, AssistanceRequest)
    return Seen(_request_lines(AssistanceRequest.objects.all()), parts)


def _request_lines(rows: QuerySet[AssistanceRequest]) -> QuerySet[AssistanceRequest]:
    counted = (
        Need.objects.filter(request=OuterRef("pk")).order_by().values("request").annotate(number=Count("pk"))
    )
    number = Coalesce(Subquery(counted.values("number"), IntegerField()), 0)
    return rows.select_related("state").annotate(need_count=number)


def requests_by_key(actor: Actor, key: str) -> QuerySet[AssistanceRequest]:
    """The request of a reference, or of the opaque id that it had as a draft."""
    return requests(actor).filter(Q(reference=key) | Q(public_id=key)).select_related("state")


def requests_on_page(actor: Actor, key: str) -> QuerySet[Any]:
    """The same with its other States and its assessments, as far as the actor may see them: `joined` gives
    (ISO code, names, whether it has confirmed), `assessed` (id, reference, status).
    """
    others = CoRequester.objects.filter(request=OuterRef("pk")).order_by("pk")
    joined = JSONObject(state=F("state"), names=F("state__names"), confirmed=Q(confirmed_at__isnull=False))
    shown = assessments(actor).filter(request=OuterRef("pk")).order_by("pk")
    assessed = JSONObject(pk=F("pk"), reference=F("reference"), status=F("status"))
    return requests_by_key(actor, key).annotate(
        joined=ArraySubquery(others.values_list(joined, flat=True)),
        assessed=ArraySubquery(shown.values_list(assessed, flat=True)),
        assessment_begun=Exists(_begun().filter(request=OuterRef("pk"))),
    )


@dataclass(frozen=True)
class Joined:
    """Another State of a joint request."""

    state_id: str
    names: dict[str, str]
    confirmed: bool


def joined(request: Any) -> list[Joined]:
    """The other States of a request of `requests_on_page`."""
    return [Joined(one["state"], one["names"], one["confirmed"]) for one in request.joined]


def assessed(request: Any) -> list[ImpactAssessment]:
    """The assessments of a request of `requests_on_page`, with no more than a line of them shows."""
    return [ImpactAssessment(request=request, **one) for one in request.assessed]


def requests_in_full(actor: Actor, key: str) -> QuerySet[AssistanceRequest]:
    """The same with the number of its needs."""
    return request_rows(actor).filter(Q(reference=key) | Q(public_id=key))


def needs(actor: Actor) -> QuerySet[Need]:
    """Needs of the requests that an actor may see."""
    return Need.objects.filter(request__in=requests(actor).values("pk"))


def need_rows(actor: Actor) -> QuerySet[Any]:
    """Needs with how much of each is committed, offered, delivered, held and left; `to_state` is the ISO code
    of the State that it is for.
    """
    return _need_lines(needs(actor))


def needs_seen(actor: Actor) -> Seen:
    """The same for a long list, without their cover."""
    parts = visible_parts(actor, A.REQUEST_VIEW, AssistanceRequest)
    shown = (AssistanceRequest.objects.filter(part).values("pk") for part in parts)
    return Seen(_need_parents(Need.objects.all()), tuple(Q(request__in=rows) for rows in shown))


def _need_parents(needs: QuerySet[Need]) -> QuerySet[Need]:
    return needs.select_related("request__state", "state", "form", "theme", "unit")


def with_cover(needs: QuerySet[Any]) -> QuerySet[Any]:
    """Needs with how much of each is committed, offered, delivered, held and left."""
    found: QuerySet[Any] = ask("needs.covered", needs=needs)
    return found


def needs_in_list() -> QuerySet[Any]:
    """Needs as a page of a list shows them: of their cover, what is committed alone."""
    found: QuerySet[Any] = ask("needs.committed", needs=_need_parents(Need.objects.all()))
    return found


def _need_lines(needs: QuerySet[Need]) -> QuerySet[Any]:
    covered = with_cover(_need_parents(needs))
    found: QuerySet[Any] = covered.annotate(to_state=Coalesce(F("state_id"), F("request__state_id")))
    return found


def open_needs(actor: Actor, *, number: int) -> list[Any]:
    """The needs that can still be pledged to, of the requests circulated last: looked for among ten times as
    many, so that the answer costs the same however many there are.
    """
    rows = Need.objects.filter(request__in=requests(actor).filter(status="open").values("pk"))
    latest = rows.order_by("-request__circulated_at", "-request", "number").values("pk")[: 10 * number]
    found = with_cover(_need_parents(Need.objects.filter(pk__in=latest)))
    found = found.filter(left__gt=0).order_by("-request__circulated_at", "-request", "number")
    return list(found[:number])


def needs_by_key(actor: Actor, key: str) -> QuerySet[Any]:
    """The need of a reference such as `TA-2018-AFG-0007-N2`."""
    request, dash, number = key.rpartition("-N")
    if not dash or not number.isascii() or not number.isdecimal() or len(number) > 6:  # noqa: PLR2004
        return Need.objects.none()
    by_request = Q(request__reference=request) | Q(request__public_id=request)
    return need_rows(actor).filter(by_request, number=int(number))


def assessments(actor: Actor) -> QuerySet[ImpactAssessment]:
    return visible_to(actor, A.ASSESSMENT_VIEW, ImpactAssessment.objects.all())


def assessment_rows(actor: Actor) -> QuerySet[ImpactAssessment]:
    """Assessments with their request and its State; `request_shown` says whether the actor sees the request."""
    return _assessment_lines(actor, assessments(actor))


def assessments_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    parts = visible_parts(actor, A.ASSESSMENT_VIEW, ImpactAssessment)
    return Seen(_assessment_lines(actor, ImpactAssessment.objects.all()), parts)


def _assessment_lines(actor: Actor, rows: QuerySet[ImpactAssessment]) -> QuerySet[ImpactAssessment]:
    shown = Exists(requests(actor).filter(pk=OuterRef("request")))
    return rows.select_related("request__state").annotate(request_shown=shown)


def assessments_by_key(actor: Actor, key: str) -> QuerySet[ImpactAssessment]:
    """The assessment of a reference, or `draft-<id>` before it has one."""
    return by_reference(assessment_rows(actor), key)


def by_reference(rows: QuerySet[M], key: str) -> QuerySet[M]:
    """The row of a reference; `draft-<id>` for one that has none yet."""
    draft = key.removeprefix("draft-")
    if draft != key:
        known = draft.isascii() and draft.isdecimal() and len(draft) < 19  # noqa: PLR2004 - a 64-bit id
        return rows.filter(reference__isnull=True, pk=int(draft)) if known else rows.none()
    return rows.filter(reference=key)


@dataclass(frozen=True)
class History:
    """What happened to a request, as far as the actor may know.

    `between` says whether the actor sees what stays between the State and UNODC: whoever could see the
    request while it was between them. The questions and answers are theirs, and whom the State shows it to.
    """

    between: bool
    thread: QuerySet[Clarification]
    events: QuerySet[CaseEvent]


def history(actor: Actor, request: AssistanceRequest) -> History:
    return history_in(states_seen(actor, A.REQUEST_VIEW, request), request)


def history_in(states: frozenset[str] | None, request: AssistanceRequest) -> History:
    """The same for whoever could see the request in these states; None: in all."""
    between = states is None or BETWEEN_THEM in states
    thread = Clarification.objects.filter(request=request).order_by("asked_at", "pk")
    events = events_in(states, request)
    if not between:
        thread, events = thread.none(), events.exclude(move__in=CONSENT)
    return History(between, thread, events)


def events_known(actor: Actor) -> Q:
    """Which events of requests and assessments the actor may know: the histories of all of them at once."""
    asked = known(actor, A.REQUEST_VIEW, "request", apart=CONSENT, if_seen_in=BETWEEN_THEM)
    return asked | known(actor, A.ASSESSMENT_VIEW, "assessment")


def ratings(assessment: ImpactAssessment) -> list[tuple[str, int]]:
    """Ratings from 1 to 5, in the order of the criteria."""
    return [(str(c.label), assessment.ratings[c.value]) for c in Criterion if c.value in assessment.ratings]


# writing a draft


def drafts_to_write(actor: Actor, key: str) -> QuerySet[AssistanceRequest]:
    """The request of a key as its State's people see it, before it is submitted too."""
    return requests_by_key(actor, key).prefetch_related("co_requesters__state")


def needs_in_order(request: AssistanceRequest) -> list[Need]:
    """The needs of a request that the actor was already shown."""
    return list(request.needs.select_related("form", "theme", "unit", "state").order_by("number"))


@dataclass(frozen=True)
class Removed:
    """A need that was taken out of a draft: what it said then, by whom and when."""

    need: Need
    by: str
    at: datetime


def removed_need(request: AssistanceRequest, pk: int) -> Removed | None:
    """A need of a draft that the actor was already shown, by the id that it had; None where none was removed."""
    events = CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="remove_need")
    event = events.filter(facts__id=pk).first()
    if event is None:
        return None
    person = active_person(event.actor_user) if event.actor_user else None
    by = person.name if person else ""
    columns = {field.attname: field for field in Need._meta.concrete_fields}  # noqa: SLF001
    answers = {name: columns[name].to_python(value) for name, value in event.facts["answers"].items()}
    need = Need(request=request, number=event.facts["need"], **answers)
    return Removed(need, by, event.recorded_at)


def refusals_of(actor: Actor, request: AssistanceRequest, move: str) -> tuple[Refusal, ...]:
    """What a request still lacks for a move, as its guards say it now; nothing where it has no such move."""
    line = next((line for line in REQUEST.available(request.status) if line.name == move), None)
    if line is None:
        return ()
    return judge(line, request, {}, waive_absent=False, at=clock.now(), unit=DIRECT, actor=actor).refusals


def returned_with(record: Any) -> str:
    """In which words a draft was returned last; empty where it never was, or was sent again since."""
    last = (
        CaseEvent.objects.filter(
            case_type=case_type(record), case_id=record.pk, move__in=("return", "send_for_approval")
        )
        .order_by("-sequence")
        .first()
    )
    return str(last.facts.get("reason", "")) if last is not None and last.move == "return" else ""


def approvers(actor: Actor) -> list[str]:
    """Names of those who can approve for the actor's organisation today."""
    rows = current().filter(organisation=actor.organisation, roles__contains=[R.APPROVER])
    return [row.user.name for row in rows.select_related("user").order_by("pk")]


def forms_of_assistance() -> list[Form]:
    return list(Form.objects.filter(active=True).order_by("order", "code"))


def themes() -> list[Theme]:
    return list(Theme.objects.filter(active=True).order_by("order", "code"))


def units_for(form: Form, *, also: str | None = None) -> list[Unit]:
    """The units natural to a form, the usual one first; `also` is one that is in use already."""
    rows = {unit.code: unit for unit in Unit.objects.filter(Q(code__in=form.units) | Q(code=also or ""))}
    return [rows[code] for code in [*form.units, *([also] if also not in form.units else [])] if code in rows]


def other_states(request: AssistanceRequest) -> list[State]:
    """States that can be asked to join a request."""
    return list(State.objects.exclude(pk=request.state_id).order_by("iso3"))


def donor_organisations(request: AssistanceRequest) -> list[Organisation]:
    """Organisations that give, and those to which the request is shown already."""
    giving = current().filter(roles__overlap=sorted(DONOR_ROLES)).values("organisation")
    return list(
        Organisation.objects.filter(Q(pk__in=giving) | Q(pk__in=shown_to(request)))
        .exclude(state=request.state_id, kind="government")
        .order_by("pk")
    )


def shown_to(request: AssistanceRequest) -> list[int]:
    """Organisations to which the State lets a request be shown by name now."""
    rows = request.grants.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
    names = rows.values_list("group__name", flat=True)
    return sorted(int(name.removeprefix("organisation:")) for name in names)


def shown_mark(organisations: Iterable[int]) -> str:
    """Stands for a choice of donors by name; another choice has another one."""
    return hashlib.sha256(canonical_bytes(sorted(organisations))).hexdigest()[:16]


def may_be_assessed(actor: Actor, request: AssistanceRequest, *, begun: bool | None = None) -> bool:
    """Whether the actor may start an assessment: something that was delivered is confirmed, and none is begun.

    `begun` says whether one is, where that is known already.
    """
    if request.state_id != actor.state or not holds(actor, A.ASSESSMENT_DRAFT):
        return False
    if begun is None:
        begun = _begun().filter(request=request).exists()
    return not begun and delivered(request)


def _begun() -> QuerySet[ImpactAssessment]:
    return ImpactAssessment.objects.exclude(status__in=["submitted", "published"])


def delivered(request: AssistanceRequest) -> bool:
    """Whether something that was delivered under a request is confirmed."""
    return ask("request.confirmed_delivery", request=request, unit=DIRECT) is not None


def indicators(assessment: ImpactAssessment) -> QuerySet[Indicator]:
    return Indicator.objects.filter(assessment=assessment).order_by("pk")


def amendments(events: Iterable[CaseEvent]) -> list[tuple[datetime, str, str, Any, Any]]:
    """What was amended: when, in which need, which column, what it said before and after."""
    found = []
    for event in events:
        if event.move == "amend":
            for number, columns in event.facts.get("needs", {}).items():
                before = event.facts.get("before", {}).get(number, {})
                for name, value in columns.items():
                    found.append((event.occurred_at, number, name, before.get(name), value))
    return found


# the desk


def desk(actor: Actor) -> list[tuple[str, list[AssistanceRequest]]]:
    """Requests by what they wait for, the longest waiting first."""
    rows = request_rows(actor)
    return [
        (status, list(rows.filter(status=status).order_by(stamp, "pk")[:DESK_SIZE]))
        for status, stamp in DESK.items()
    ]


DESK = {
    "submitted": "submitted_at",
    "under_review": "acknowledged_at",
    "clarification": "acknowledged_at",
    "open": "circulated_at",
}
DESK_SIZE = 50


def governments(request: AssistanceRequest) -> set[int]:
    """Governments of the State that asks and of those that join it, or are asked to."""
    joint = CoRequester.objects.filter(request=request).values("state")
    rows = Organisation.objects.filter(kind="government")
    return {
        *rows.filter(state=request.state_id).values_list("pk", flat=True),
        *rows.filter(state__in=joint).values_list("pk", flat=True),
    }
