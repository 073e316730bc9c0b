"""Panels of the report on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.template.context import Context

from donors import waiting as donors_waiting
from portal.directory.selectors import calendar
from portal.policy.actions import A
from portal.policy.engine import holds
from portal.web.pages import once
from portal.web.waiting import Waiting, by_day, lines_of
from reports import selectors, services, waiting
from requests_app import waiting as requests_waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_for(context: Context) -> list[list[Waiting]]:
    """What waits for the actor: of requests and of what is given the first due first, then of the report."""
    actor = context["actor"]
    if actor.user is None:
        return []
    days = once(context, "calendar", calendar)
    parts = [requests_waiting.groups(actor, days), donors_waiting.groups(actor, days), waiting.groups(actor)]
    lines = iter(lines_of([group for part in parts for group in part]))
    requests, donors, reports = ([line for _group in part for line in next(lines)] for part in parts)
    return [by_day(requests), by_day(donors), reports]


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


@register.inclusion_tag("reports/panels/record.html", takes_context=True)
def record_to_download(context: Context, *, request: Any) -> dict[str, Any]:
    """The record of a request to take along, for whoever is signed in and looks at it."""
    return {"row": request, "shown": context["actor"].user is not None, "draft": request.submitted_at is None}
