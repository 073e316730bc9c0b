"""Panels of requests and needs on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core.actor import Actor
from portal.directory.selectors import calendar
from portal.policy.actions import A
from portal.policy.engine import holds
from portal.web.pages import once
from portal.web.searching import Kind, Line
from requests_app import clocks, selectors
from requests_app.filters import NeedFilters, RequestFilters

register = template.Library()


@register.inclusion_tag("requests/panels/requests.html", takes_context=True)
def latest_requests(context: Context) -> dict[str, Any]:
    """The requests that were last submitted or begun; a State begins a new one here."""
    actor = context["actor"]
    rows = list(selectors.request_rows(actor).order_by("-pk")[:5])
    told = bool(actor.state) or holds(actor, A.REQUEST_HANDLE)
    running = [row for row in rows if told and row.status in clocks.RUNNING]
    return {
        "rows": rows,
        "title": _("Latest requests"),
        "starts": bool(actor.state) and holds(actor, A.REQUEST_DRAFT),
        "waits": {row.pk: WAITS_FOR[row.status]() for row in rows if row.status in WAITS_FOR},
        "due": clocks.due_of(running, calendar=once(context, "calendar", calendar)) if running else {},
    }


# a State or donor, in words, for whom a request waits
WAITS_FOR = {
    "draft": lambda: pgettext("waits for", "a focal point"),
    "approval": lambda: pgettext("waits for", "an approver"),
    "submitted": lambda: pgettext("waits for", "UNODC"),
    "under_review": lambda: pgettext("waits for", "UNODC"),
    "clarification": lambda: pgettext("waits for", "the State"),
    "open": lambda: pgettext("waits for", "donors"),
}


@register.inclusion_tag("requests/panels/needs.html", takes_context=True)
def latest_needs(context: Context) -> dict[str, Any]:
    """Open needs that are not yet covered."""
    return {
        "rows": selectors.open_needs(context["actor"], number=5),
        "title": _("Open needs not yet covered"),
    }


@register.inclusion_tag("components/cover.html")
def cover(need: Any) -> dict[str, Any]:
    """How far a need is covered, as a table of bars; offered stands beside what is committed, never in it."""
    return {
        "need": need,
        "lines": [
            (_("Requested"), need.quantity, "requested"),
            (_("Committed"), need.committed, "committed"),
            (_("Offered, not yet accepted"), need.offered, "offered"),
            (_("Delivered"), need.delivered, "delivered"),
        ],
    }


def _found(kind: str, row: Any, text: str, status: str) -> Line:
    return Line(reverse(f"requests:{kind}", args=[str(row)]), str(row), text, status)


def kinds_found(actor: Actor, words: str) -> list[Kind]:
    """Requests and needs that the actor may see and that the words name."""
    asked = {"q": words}
    return [
        Kind(
            "requests",
            _("Requests"),
            selectors.requests_seen(actor),
            lambda rows: RequestFilters(asked, rows).qs,
            lambda r: _found("request", r, r.title, r.get_status_display()),
            list_name="requests:requests",
        ),
        Kind(
            "needs",
            _("Needs"),
            selectors.needs_seen(actor),
            lambda rows: NeedFilters(asked, rows).qs,
            lambda n: _found("need", n, n.description, n.request.get_status_display()),
            list_name="requests:needs",
        ),
    ]
