"""Panels of pledges and deliveries on the pages of others; each shows what the actor may see."""

from typing import Any

from django import template
from django.db.models import Q
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from donors import selectors
from donors.filters import OfferFilters, PledgeFilters
from donors.rules.contributions import signed
from donors.rules.holding import has_room
from portal.policy import engine
from portal.policy.actions import A
from portal.web.searching import Group, Kind, Line, search
from portal.web.templatetags.portal import address_key
from requests_app.templatetags.requests_panels import kinds_found

register = template.Library()


@register.inclusion_tag("donors/panels/pledges.html", takes_context=True)
def pledges_of(context: Context, *, request: Any = None, need: Any = None) -> dict[str, Any]:
    """Pledges on a need, or on all needs of a request, that the actor may see."""
    condition = Q(need=need) if need is not None else Q(need__request=request)
    rows = (
        selectors.pledges(context["actor"])
        .filter(condition)
        .select_related("donor", "form", "unit", "need__request")
    )
    return {"rows": rows.order_by("need__number", "offered_at", "pk"), "by_need": need is None}


@register.inclusion_tag("donors/panels/deliveries.html", takes_context=True)
def deliveries_of(context: Context, *, need: Any) -> dict[str, Any]:
    """Deliveries under pledges on a need that the actor may see."""
    rows = selectors.deliveries(context["actor"]).filter(pledge__need=need).select_related("pledge__unit")
    return {"rows": rows.order_by("date", "pk")}


@register.inclusion_tag("donors/panels/support.html", takes_context=True)
def support_of(context: Context, *, need: Any) -> dict[str, Any]:
    """Who supports a need, and what was allocated to it, as far as the actor may know."""
    actor = context["actor"]
    allocations = [(entry, signed(entry)) for entry in selectors.allocations(actor, need)]
    return {"supporters": selectors.supporters(actor, need), "allocations": allocations}


def _found(kind: str, row: Any) -> Line:
    url = reverse(f"donors:{kind}", args=[address_key(row)])
    return Line(url, row.reference or _("draft"), row.description, row.get_status_display())


@register.simple_tag(takes_context=True)
def found(context: Context, words: str) -> list[Group]:
    """Requests, needs, offers and pledges that the actor may see and that the words name."""
    actor, asked = context["actor"], {"q": words}
    offers = Kind(
        "offers",
        _("Offers"),
        selectors.offers_seen(actor),
        lambda rows: OfferFilters(asked, rows).qs,
        lambda row: _found("offer", row),
        list_name="donors:offers",
    )
    pledges = Kind(
        "pledges",
        _("Pledges"),
        selectors.pledges_seen(actor),
        lambda rows: PledgeFilters(asked, rows).qs,
        lambda row: _found("pledge", row),
        list_name="donors:pledges",
    )
    return search([*kinds_found(actor, words), offers, pledges], words)


@register.inclusion_tag("donors/panels/pledge_to.html", takes_context=True)
def pledge_to(context: Context, *, need: Any) -> dict[str, Any]:
    """The way to a pledge against a need, for who may draft one, with the own offers that fit."""
    actor = context["actor"]
    may = need.request.status == "open" and engine.holds(actor, A.PLEDGE_DRAFT)
    left = has_room(need, need.left)
    offers = selectors.offers_to_take(actor, unit=need.unit_id) if may and left else []
    return {
        "need": need,
        "may": may,
        "left": left,
        "offers": [o for o in offers if o.form_id == need.form_id],
    }


@register.inclusion_tag("donors/panels/own_support.html", takes_context=True)
def own_support(context: Context) -> dict[str, Any]:
    """What the actor's organisation offers, has committed and delivered, for a donor's home."""
    actor = context["actor"]
    may = engine.holds(actor, A.PLEDGE_DRAFT)
    rows = selectors.own_support(actor) if may else []
    forms, units = selectors.names_of_forms_and_units() if rows else ({}, {})
    for row in rows:
        row["whole"] = max(row["offered"], row["committed"], row["delivered"])
        row["caption"] = _("%(form)s (%(unit)s)") % {
            "form": forms.get(row["form"], row["form"]),
            "unit": units.get(row["unit"], row["unit"]),
        }
    return {"may": may, "rows": rows}


@register.inclusion_tag("donors/panels/finance.html", takes_context=True)
def finance_of(context: Context) -> dict[str, Any]:
    """What awaits a second approval, and the balances, for a finance officer's home."""
    actor = context["actor"]
    may = engine.holds(actor, A.CONTRIBUTION_HANDLE)
    return {
        "may": may,
        "actor": actor,
        "rows": selectors.proposals_waiting(actor) if may else [],
        "funds": selectors.funds(actor) if may else [],
    }
