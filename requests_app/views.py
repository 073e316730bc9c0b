"""Pages of requests, needs and assessments. Every row comes from a selector for the actor."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.selectors import timeline
from portal.core.actor import Actor
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.forms import sentence
from portal.web.listing import Column, list_page
from portal.web.moves import Button, available, buttons, move_page, rights_asked
from portal.web.pages import Asked, address, one
from portal.web.templatetags.portal import address_key, day, named, share
from portal.web.templatetags.portal import number as quantity
from requests_app import clocks, filing, selectors, services
from requests_app.enums import AssessmentStatus, RequestStatus, Visibility
from requests_app.filters import AssessmentFilters, NeedFilters, RequestFilters
from requests_app.forms import ASSESSMENT_MOVES, REQUEST_MOVES
from requests_app.models import AssistanceRequest
from requests_app.workflow import ASSESSMENT, REQUEST


def _request_url(request: Any) -> str:
    return address("requests:request", str(request))


def _need_url(need: Any) -> str:
    return address("requests:need", str(need))


def _need_state(need: Any) -> Any:
    return need.state or need.request.state


REQUEST_COLUMNS = (
    Column("reference", _("Reference"), str, "reference", _request_url, "reference"),
    Column("title", _("Title"), lambda r: r.title, "title"),
    Column("state", _("State"), lambda r: named(r.state.names), "state__names__{language}"),
    Column("needs", _("Needs"), lambda r: r.need_count, "need_count", kind="number"),
    Column("status", _("Status"), lambda r: label_of(RequestStatus, r.status), "status"),
    Column("submitted", _("Submitted"), lambda r: r.submitted_at, "submitted_at", kind="day"),
)
REQUEST_EXPORT = (
    Column("state_code", _("State (ISO code)"), lambda r: r.state_id),
    Column("urgency", _("Urgency"), lambda r: r.get_urgency_display()),
    Column("visibility", _("Shown to"), lambda r: r.get_visibility_display()),
    Column("circulated", _("Circulated"), lambda r: r.circulated_at),
    Column("closed", _("Closed"), lambda r: r.closed_at),
)

NEED_COLUMNS = (
    Column("reference", _("Reference"), str, "request__reference number", _need_url, "reference"),
    Column("description", _("Need"), lambda n: n.description, "description__begins"),
    Column("state", _("State"), lambda n: named(_need_state(n).names), "request__state__names__{language}"),
    Column("form", _("Form"), lambda n: named(n.form.labels), "form__order"),
    Column("theme", _("Thematic area"), lambda n: named(n.theme.labels), "theme__order"),
    Column(
        "quantity",
        _("Quantity"),
        lambda n: n.quantity,
        "quantity",
        kind="number",
        unit=lambda n: named(n.unit.labels),
    ),
    Column("covered", _("Committed (%)"), lambda n: share(n.committed, n.quantity), kind="bar"),
    Column("needed_by", _("Needed by"), lambda n: n.needed_by, "needed_by", kind="day"),
)
NEED_EXPORT = (
    Column("unit", _("Unit"), lambda n: named(n.unit.labels)),
    Column("committed", _("Committed"), lambda n: n.committed),
    Column("offered", _("Offered"), lambda n: n.offered),
    Column("delivered", _("Delivered"), lambda n: n.delivered),
    Column("left", _("Left to pledge"), lambda n: n.left),
    Column("paragraphs", _("Paragraphs"), lambda n: ", ".join(map(str, n.paragraphs))),
    Column("priority", _("Priority"), lambda n: n.get_priority_display()),
)

ASSESSMENT_COLUMNS = (
    Column(
        "reference",
        _("Reference"),
        lambda a: a.reference or _("draft"),
        "reference",
        lambda a: reverse("requests:assessment", args=[address_key(a)]),
        "reference",
    ),
    Column("request", _("Request"), lambda a: str(a.request) if a.request_shown else "", kind="reference"),
    Column("state", _("State"), lambda a: named(a.request.state.names), "request__state__names__{language}"),
    Column("status", _("Status"), lambda a: a.get_status_display(), "status"),
    Column("submitted", _("Submitted"), lambda a: a.submitted_at, "submitted_at", kind="day"),
    Column("published", _("Published"), lambda a: a.published_at, "published_at", kind="day"),
)


@require_safe
def requests(request: Asked) -> HttpResponseBase:
    """The requests that the actor may see."""
    seen = selectors.requests_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="requests",
        title=_("Requests for assistance"),
        empty=_("No request can be shown."),
        narrow=lambda rows: RequestFilters(
            request.GET, rows, states=lambda: seen.column("state"), actor=request.actor
        ),
        columns=REQUEST_COLUMNS,
        export=REQUEST_EXPORT,
        default="-submitted",
    )


@require_safe
def request_detail(request: Asked, key: str) -> HttpResponse:
    """One request with its needs, what was pledged, and what happened."""
    row = one(selectors.requests_on_page(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(_request_url(row))
    if row.status in {RequestStatus.DRAFT, RequestStatus.APPROVAL}:
        return _draft(request, row)
    standing = engine.standing_on(
        request.actor,
        row,
        {*rights_asked(REQUEST, row), A.REQUEST_SIGN, A.REQUEST_HANDLE},
        seen=A.REQUEST_VIEW,
    )
    history = selectors.history_in(standing.states, row)
    needs = selectors.need_rows(request.actor).filter(request=row).order_by("number")
    others = selectors.joined(row)
    own = row.state_id == request.actor.state
    context = {
        "row": row,
        "between": history.between,
        "joint": [other for other in others if other.confirmed],
        "unconfirmed": [other for other in others if not other.confirmed] if history.between else [],
        "asked": _asked_to_join(request.actor, others),
        "needs": needs,
        "thread": list(history.thread),
        "events": history.events,
        "amendments": [
            (moment, number, AMENDABLE[name], *map(_readable, (name, name), texts))
            for moment, number, name, *texts in selectors.amendments(history.events)
            if name in AMENDABLE
        ],
        "due": clocks.due(row) if history.between else None,
        "next": _what_next(row) if own or engine.holds(request.actor, A.REQUEST_HANDLE) else [],
        "choose": own and A.REQUEST_SIGN in standing.rights and row.status in NAMING,
        "assess": selectors.may_be_assessed(request.actor, row, begun=row.assessment_begun),
        "ready": _ready(request.actor, row, standing.rights),
        "assessments": selectors.assessed(row),
        "buttons": _buttons(request.actor, row, rights=standing.rights),
    }
    return render(request, "requests/request.html", context)


def _buttons(actor: Actor, row: Any, *without: str, rights: frozenset[str] | None = None) -> list[Button]:
    moves = {name: move for name, move in REQUEST_MOVES.items() if name not in without}

    def url(slug: str) -> str:
        return reverse("requests:request_move", args=[str(row), slug])

    return buttons(actor, REQUEST, moves, row, url, rights=rights)


AMENDABLE = {
    "quantity": _("Quantity"),
    "description": _("Description"),
    "needed_by": _("Needed by"),
    "place": _("Place of delivery"),
}
# while the State can still choose donors by name
NAMING = frozenset({"submitted", "under_review", "clarification", "open"})


def _readable(name: str, text: Any) -> Any:
    """What an event keeps of a column, as a page shows it."""
    if text in (None, ""):
        return "–"
    if name == "needed_by":
        return day(datetime.fromisoformat(text))
    return quantity(Decimal(text)) if name == "quantity" else text


def _asked_to_join(actor: Actor, others: list[Any]) -> str:
    """What the actor's State is in a joint request: asked, confirmed, or empty; for its approver alone."""
    mine = next((other for other in others if other.state_id == actor.state), None)
    if mine is None or not engine.holds(actor, A.REQUEST_SIGN):
        return ""
    return "confirmed" if mine.confirmed else "asked"


def _what_next(row: Any) -> list[Any]:
    return {
        "submitted": [
            _("UNODC makes sure that the request comes from the Government and acknowledges it."),
            _("UNODC reviews it and may ask your State to clarify something."),
            _(
                "It is circulated to those whom your State allows to see it. They can then pledge to its needs."
            ),
        ],
        "under_review": [
            _("UNODC reviews the request and may ask the State to clarify something."),
            _(
                "It is circulated to those whom the State allows to see it. They can then pledge to its needs."
            ),
        ],
        "clarification": [
            _("The State answers the question of UNODC."),
            _("The review goes on."),
        ],
        "declined": [_("UNODC can open the request again when there are new facts.")],
    }.get(row.status, [])


def _ready(actor: Actor, row: Any, rights: frozenset[str]) -> list[str] | None:
    """For the desk: what is missing before a request can be circulated; None where that is not its matter now."""
    if row.status != RequestStatus.UNDER_REVIEW or A.REQUEST_HANDLE not in rights:
        return None
    missing = selectors.refusals_of(actor, row, "circulate")
    return [sentence(refusal.reason) for refusal in missing]


def _draft(request: Asked, row: AssistanceRequest) -> HttpResponse:
    """A request that nobody outside its State sees: the hub for who writes it, all answers for everyone else."""
    actor = request.actor
    needs = selectors.needs_in_order(row)
    events = timeline(actor, A.REQUEST_VIEW, row)
    writes = row.status == RequestStatus.DRAFT and engine.can(actor, A.REQUEST_DRAFT, row)
    if writes:
        moves = _buttons(actor, row, "send_for_approval")
        return filing.hub(request, row, needs, {"events": events, "buttons": moves})
    shown = available(actor, REQUEST, row)
    sign = any(move.name == "submit" and move.possible for move in shown)
    context: dict[str, Any] = {
        "row": row,
        "parts": filing.sections(row, needs, change=False),
        "events": events,
        "buttons": _buttons(actor, row, *(["submit"] if sign else [])),
        "approvers": selectors.approvers(actor),
        "selected": row.visibility == Visibility.SELECTED,
        "may_sign": engine.can(actor, A.REQUEST_SIGN, row),
    }
    if sign:
        move = REQUEST_MOVES["submit"]
        first = dict(move.initial(row)) if move.initial else {}
        context |= {"sign": move, "form": move.form(initial=first)} | filing.sending(request, row)
    return render(request, "requests/approval.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a request: what it means, what it asks, one button; the whole request above what is signed."""
    row = one(selectors.requests_by_key(request.actor, key))
    signed = move in SHOWS_ALL
    needs = selectors.needs_in_order(row) if signed else []
    return move_page(
        request,
        workflow=REQUEST,
        moves=REQUEST_MOVES,
        record=row,
        name=move,
        perform=services.move_request,
        url=_request_url,
        template="requests/submit.html" if signed else "components/form_page.html",
        context={"parts": filing.sections(row, needs, change=False)} if signed else None,
    )


# moves before which the whole request stands on the page
SHOWS_ALL = frozenset({"submit", "return"})


@require_safe
def needs(request: Asked) -> HttpResponseBase:
    """The needs of the requests that the actor may see, with how much of each is covered."""
    states = selectors.requests_seen(request.actor).column
    return list_page(
        request,
        seen=selectors.needs_seen(request.actor),
        name="needs",
        title=_("Needs"),
        lead=_("Offered pledges are not yet part of what is committed."),
        empty=_("No need can be shown."),
        narrow=lambda rows: NeedFilters(
            request.GET, rows, states=lambda: states("state"), actor=request.actor
        ),
        columns=NEED_COLUMNS,
        export=NEED_EXPORT,
        shown=selectors.needs_in_list(),
        whole=selectors.with_cover,
        default="-reference",
    )


@require_safe
def need_detail(request: Asked, key: str) -> HttpResponse:
    """One need: what, how much, and what was promised and provided."""
    row = one(selectors.needs_by_key(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(_need_url(row))
    live = row.request.status in {RequestStatus.OPEN, RequestStatus.CLOSED}
    context = {
        "row": row,
        "state": _need_state(row),
        "may_sign": live and engine.can(request.actor, A.REQUEST_SIGN, row.request),
    }
    return render(request, "requests/need.html", context)


@require_safe
def assessments(request: Asked) -> HttpResponseBase:
    """What States said of the assistance that they received (para. 9)."""
    seen = selectors.assessments_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="assessments",
        title=_("Impact assessments"),
        empty=_("No assessment can be shown."),
        narrow=lambda rows: AssessmentFilters(
            request.GET, rows, states=lambda: seen.column("request__state"), actor=request.actor
        ),
        columns=ASSESSMENT_COLUMNS,
        default="-submitted",
    )


@require_safe
def assessment_detail(request: Asked, key: str) -> HttpResponse:
    """One assessment: findings, ratings, indicators."""
    row = one(selectors.assessments_by_key(request.actor, key))
    context = {
        "row": row,
        "buttons": buttons(
            request.actor,
            ASSESSMENT,
            ASSESSMENT_MOVES,
            row,
            lambda slug: reverse("requests:assessment_move", args=[address_key(row), slug]),
        ),
        "title": str(row),
        "ratings": selectors.ratings(row),
        "indicators": row.indicators.order_by("pk"),
        "events": timeline(request.actor, A.ASSESSMENT_VIEW, row),
        "writes": row.status == AssessmentStatus.DRAFT and engine.can(request.actor, A.ASSESSMENT_DRAFT, row),
        "returned": selectors.returned_with(row) if row.status == AssessmentStatus.DRAFT else "",
    }
    return render(request, "requests/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of an assessment."""
    return move_page(
        request,
        workflow=ASSESSMENT,
        moves=ASSESSMENT_MOVES,
        record=one(selectors.assessments_by_key(request.actor, key)),
        name=move,
        perform=services.move_assessment,
        url=lambda row: reverse("requests:assessment", args=[address_key(row)]),
    )
