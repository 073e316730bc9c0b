"""What may be read of requests, needs and assessments."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.audit.models import CaseEvent
from portal.audit.selectors import events_in, known
from portal.core.actor import Actor
from portal.core.events import ask
from portal.policy.actions import A
from portal.policy.engine import states_seen, visible_to
from requests_app.enums import Criterion
from requests_app.models import AssistanceRequest, Clarification, ImpactAssessment, Need

M = TypeVar("M", bound=Model)

# a right on a request in a state: whoever holds it is waited for
WAITING = {
    "draft": A.REQUEST_DRAFT,
    "approval": A.REQUEST_SIGN,
    "submitted": A.REQUEST_HANDLE,
    "under_review": A.REQUEST_HANDLE,
    "clarification": A.REQUEST_ANSWER,
}


# what a State allows whom to see
CONSENT = ("show_to", "hide_from", "change_consent")
# a request is between its State and UNODC in this state; who could see it then sees also these columns
BETWEEN_THEM = "clarification"
BETWEEN = ("note_verbale_number", "note_verbale_date", "contact", "reason", "evidence", "named_in_report")


def requests(actor: Actor) -> QuerySet[AssistanceRequest]:
    return visible_to(actor, A.REQUEST_VIEW, AssistanceRequest.objects.all())


def request_rows(actor: Actor) -> QuerySet[AssistanceRequest]:
    """Requests for a list: with their State and the number of their needs."""
    counted = (
        Need.objects.filter(request=OuterRef("pk")).order_by().values("request").annotate(number=Count("pk"))
    )
    number = Coalesce(Subquery(counted.values("number"), IntegerField()), 0)
    return requests(actor).select_related("state").annotate(need_count=number)


def requests_by_key(actor: Actor, key: str) -> QuerySet[AssistanceRequest]:
    """The request of a reference, or of the opaque id that it had as a draft."""
    return requests(actor).filter(Q(reference=key) | Q(public_id=key)).select_related("state")


def needs(actor: Actor) -> QuerySet[Need]:
    """Needs of the requests that an actor may see."""
    return Need.objects.filter(request__in=requests(actor).values("pk"))


def need_rows(actor: Actor) -> QuerySet[Any]:
    """Needs with how much of each is committed, offered, delivered, held and left; `to_state` is the ISO code
    of the State that it is for.
    """
    rows = needs(actor).select_related("request__state", "state", "form", "theme", "unit")
    covered: QuerySet[Any] = ask("needs.covered", needs=rows)
    found: QuerySet[Any] = covered.annotate(to_state=Coalesce(F("state_id"), F("request__state_id")))
    return found


def open_needs(actor: Actor, *, number: int) -> list[Any]:
    """The needs that can still be pledged to, of the requests circulated last: looked for among ten times as
    many, so that the answer costs the same however many there are.
    """
    latest = (
        needs(actor).filter(request__status="open").order_by("-request__circulated_at", "-request", "number")
    )
    keys = list(
        latest.values_list("pk", flat=True)[: 10 * number]
    )  # else the cover of every need is computed
    rows = need_rows(actor).filter(pk__in=keys, left__gt=0)
    return list(rows.order_by("-request__circulated_at", "-request", "number")[:number])


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
    shown = Exists(requests(actor).filter(pk=OuterRef("request")))
    return assessments(actor).select_related("request__state").annotate(request_shown=shown)


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
    states = states_seen(actor, A.REQUEST_VIEW, request)
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


def waiting(actor: Actor) -> list[tuple[str, int]]:
    """How many requests wait for the actor, by their state."""
    found = Q(pk__in=[])
    for status, action in WAITING.items():
        found |= Q(
            status=status, pk__in=visible_to(actor, action, AssistanceRequest.objects.all()).values("pk")
        )
    rows = AssistanceRequest.objects.filter(found).order_by().values("status").annotate(number=Count("pk"))
    counts = {row["status"]: row["number"] for row in rows}
    return [(status, counts[status]) for status in WAITING if status in counts]


def ratings(assessment: ImpactAssessment) -> list[tuple[str, int]]:
    """Ratings from 1 to 5, in the order of the criteria."""
    return [(str(c.label), assessment.ratings[c.value]) for c in Criterion if c.value in assessment.ratings]
