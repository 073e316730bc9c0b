"""Lists of requests, needs and assessments, and the desk. Every row comes from a selector for the actor."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.core.errors import NotAllowed
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.listing import Column, list_page
from portal.web.pages import Asked
from portal.web.templatetags.portal import address_key, named, share
from requests_app import clocks, selectors
from requests_app.enums import RequestStatus
from requests_app.filters import AssessmentFilters, NeedFilters, RequestFilters
from requests_app.views.addresses import need_url, request_url


def need_state(need: Any) -> Any:
    return need.state or need.request.state


REQUEST_COLUMNS = (
    Column("reference", _("Reference"), str, "reference", request_url, "reference"),
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
    Column("reference", _("Reference"), str, "request__reference number", need_url, "reference"),
    Column("description", _("Need"), lambda n: n.description, "description__begins"),
    Column("state", _("State"), lambda n: named(need_state(n).names), "request__state__names__{language}"),
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


TITLES = {
    "submitted": (_("To acknowledge"), _("No request waits for its acknowledgement.")),
    "under_review": (_("To review"), _("No request is under review.")),
    "clarification": (_("Waiting for States"), _("No State owes an answer.")),
    "open": (_("Open for pledges"), _("No request is open.")),
}


@require_safe
def desk(request: Asked) -> HttpResponse:
    """UNODC's work on requests, by what waits."""
    if not engine.holds(request.actor, A.REQUEST_HANDLE):
        raise NotAllowed(gettext("this is for case officers of UNODC"))
    groups = []
    for status, rows in selectors.desk(request.actor):
        due = clocks.due_of(rows) if status in clocks.RUNNING else {}
        title, empty = TITLES[status]
        groups.append(
            {
                "status": status,
                "title": title,
                "empty": empty,
                "rows": [(row, due.get(row.pk)) for row in rows],
                "more": len(rows) == selectors.DESK_SIZE,
            }
        )
    return render(request, "requests/desk.html", {"groups": groups})
