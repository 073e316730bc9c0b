"""Panels of the report on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.template.context import Context

from portal.policy.actions import A
from portal.policy.engine import holds
from portal.web.waiting import Waiting
from reports import selectors, services, waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def reports_waiting(context: Context) -> list[Waiting]:
    """What waits for the actor in the report."""
    return waiting.lines(context["actor"])


@register.inclusion_tag("reports/panels/issued.html", takes_context=True)
def issued_reports(context: Context, *, as_front: bool = False) -> dict[str, Any]:
    """The editions that the actor may see, latest session first; on the front page also that there is none."""
    rows = selectors.editions(context["actor"]).order_by("-session__number", "-cut_off")[:5]
    return {"rows": rows, "as_front": as_front}


@register.inclusion_tag("reports/panels/make.html", takes_context=True)
def report_to_make(context: Context) -> dict[str, Any]:
    """For whoever makes the report: the session that it is next made for."""
    if not holds(context["actor"], A.EDITION_HANDLE):
        return {"number": None}
    latest = selectors.sessions().first()
    return {
        "number": latest.number if latest else services.DEFAULT_SESSION["number"],
        "csrf_token": context.get("csrf_token"),
    }
