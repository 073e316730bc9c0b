"""Panels of requests and needs on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app import selectors
from requests_app.enums import RequestStatus

register = template.Library()


@register.simple_tag(takes_context=True)
def requests_waiting(context: Context) -> list[dict[str, Any]]:
    """What waits for the actor, with the list in which it stands."""
    lines = []
    for status, number in selectors.waiting(context["actor"]):
        words = ngettext("%(number)d request: %(status)s", "%(number)d requests: %(status)s", number)
        lines.append(
            {
                "text": words % {"number": number, "status": RequestStatus(status).label},
                "url": f"{reverse('requests:requests')}?status={status}",
            }
        )
    return lines


@register.inclusion_tag("requests/panels/requests.html", takes_context=True)
def latest_requests(context: Context) -> dict[str, Any]:
    """The requests that were last submitted or begun."""
    rows = selectors.request_rows(context["actor"]).order_by("-pk")[:5]
    return {"rows": rows, "title": _("Latest requests")}


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
