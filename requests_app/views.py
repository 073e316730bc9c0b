"""Pages of requests, needs and assessments. Every row comes from a selector for the actor."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.selectors import timeline
from portal.policy.actions import A
from portal.web.listing import Column, list_page
from portal.web.moves import buttons, move_page
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import address_key, named, share
from requests_app import selectors, services
from requests_app.filters import AssessmentFilters, NeedFilters, RequestFilters
from requests_app.forms import ASSESSMENT_MOVES, REQUEST_MOVES
from requests_app.workflow import ASSESSMENT, REQUEST


def _request_url(request: Any) -> str:
    return reverse("requests:request", args=[str(request)])


def _need_url(need: Any) -> str:
    return reverse("requests:need", args=[str(need)])


def _need_state(need: Any) -> Any:
    return need.state or need.request.state


REQUEST_COLUMNS = (
    Column("reference", _("Reference"), str, "reference", _request_url, "reference"),
    Column("title", _("Title"), lambda r: r.title, "title"),
    Column("state", _("State"), lambda r: named(r.state.names), "state__names__{language}"),
    Column("needs", _("Needs"), lambda r: r.need_count, "need_count", kind="number"),
    Column("status", _("Status"), lambda r: r.get_status_display(), "status"),
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
    Column("description", _("Need"), lambda n: n.description, "description"),
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
    rows = selectors.request_rows(request.actor)
    states = selectors.requests(request.actor).values("state")
    return list_page(
        request,
        name="requests",
        title=_("Requests for assistance"),
        empty=_("No request can be shown."),
        filters=RequestFilters(request.GET, rows, states=[states]),
        columns=REQUEST_COLUMNS,
        export=REQUEST_EXPORT,
        default="-submitted",
    )


@require_safe
def request_detail(request: Asked, key: str) -> HttpResponse:
    """One request with its needs, what was pledged, and what happened."""
    row = one(selectors.requests_by_key(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(_request_url(row))
    history = selectors.history(request.actor, row)
    needs = selectors.need_rows(request.actor).filter(request=row).order_by("number")
    context = {
        "row": row,
        "between": history.between,
        "joint": [c for c in row.co_requesters.select_related("state") if c.confirmed_at],
        "needs": needs,
        "thread": list(history.thread),
        "events": history.events,
        "assessments": selectors.assessment_rows(request.actor).filter(request=row).order_by("pk"),
        "buttons": buttons(
            request.actor,
            REQUEST,
            REQUEST_MOVES,
            row,
            lambda slug: reverse("requests:request_move", args=[str(row), slug]),
        ),
    }
    return render(request, "requests/request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a request: what it means, what it asks, one button."""
    return move_page(
        request,
        workflow=REQUEST,
        moves=REQUEST_MOVES,
        record=one(selectors.requests_by_key(request.actor, key)),
        name=move,
        perform=services.move_request,
        url=_request_url,
    )


@require_safe
def needs(request: Asked) -> HttpResponseBase:
    """The needs of the requests that the actor may see, with how much of each is covered."""
    rows = selectors.need_rows(request.actor)
    states = selectors.requests(request.actor).values("state")
    return list_page(
        request,
        name="needs",
        title=_("Needs"),
        lead=_("Offered pledges are not yet part of what is committed."),
        empty=_("No need can be shown."),
        filters=NeedFilters(request.GET, rows, states=[states]),
        columns=NEED_COLUMNS,
        export=NEED_EXPORT,
        default="-reference",
    )


@require_safe
def need_detail(request: Asked, key: str) -> HttpResponse:
    """One need: what, how much, and what was promised and provided."""
    row = one(selectors.needs_by_key(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(_need_url(row))
    return render(request, "requests/need.html", {"row": row, "state": _need_state(row)})


@require_safe
def assessments(request: Asked) -> HttpResponseBase:
    """What States said of the assistance that they received (para. 9)."""
    rows = selectors.assessment_rows(request.actor)
    states = selectors.assessments(request.actor).values("request__state")
    return list_page(
        request,
        name="assessments",
        title=_("Impact assessments"),
        empty=_("No assessment can be shown."),
        filters=AssessmentFilters(request.GET, rows, states=[states]),
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
        "title": row.reference or _("Draft assessment"),
        "ratings": selectors.ratings(row),
        "indicators": row.indicators.order_by("pk"),
        "events": timeline(request.actor, A.ASSESSMENT_VIEW, row),
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
