"""Pages of offers, pledges, deliveries and contributions. Every row comes from a selector for the actor."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from donors import selectors
from donors.filters import ContributionFilters, DeliveryFilters, OfferFilters, PledgeFilters
from portal.audit.selectors import timeline
from portal.policy.actions import A
from portal.web.listing import Column, list_page
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import address_key, named


def _reference(name: str) -> Column:
    return Column(
        "reference",
        _("Reference"),
        lambda r: r.reference or _("draft"),
        "reference",
        lambda r: reverse(f"donors:{name}", args=[address_key(r)]),
        "reference",
    )


def _donor(pledge: Any) -> Any:
    return named(pledge.donor.names) if pledge.donor_shown else _("donor not named")


OFFER_COLUMNS = (
    _reference("offer"),
    Column("donor", _("Donor"), lambda o: named(o.donor.names), "donor__names__{language}"),
    Column("description", _("Offer"), lambda o: o.description, "description"),
    Column("form", _("Form"), lambda o: named(o.form.labels), "form__order"),
    Column(
        "quantity",
        _("Quantity"),
        lambda o: o.quantity,
        "quantity",
        kind="number",
        unit=lambda o: named(o.unit.labels),
    ),
    Column("status", _("Status"), lambda o: o.get_status_display(), "status"),
    Column("valid_from", _("Valid from"), lambda o: o.valid_from, "valid_from", kind="day"),
    Column("valid_until", _("Valid until"), lambda o: o.valid_until, "valid_until", kind="day"),
)

OFFER_EXPORT = (
    Column("unit", _("Unit"), lambda o: named(o.unit.labels)),
    Column("conditions", _("Conditions"), lambda o: o.conditions),
)

PLEDGE_COLUMNS = (
    _reference("pledge"),
    Column("donor", _("Donor"), _donor),
    Column("description", _("Pledge"), lambda p: p.description, "description"),
    Column("state", _("For"), lambda p: named(p.to_state_names), "to_state"),
    Column("form", _("Form"), lambda p: named(p.form.labels), "form__order"),
    Column(
        "quantity",
        _("Quantity"),
        lambda p: p.quantity,
        "quantity",
        kind="number",
        unit=lambda p: named(p.unit.labels),
    ),
    Column("status", _("Status"), lambda p: p.get_status_display(), "status"),
    Column("offered", _("Offered"), lambda p: p.offered_at, "offered_at", kind="day"),
)
PLEDGE_EXPORT = (
    Column("state_code", _("State (ISO code)"), lambda p: p.to_state),
    Column("unit", _("Unit"), lambda p: named(p.unit.labels)),
    Column("need", _("Need"), lambda p: str(p.need) if p.need_shown else ""),
    Column("kind", _("In kind or in cash"), lambda p: p.get_kind_display()),
    Column("finance", _("Grant or loan"), lambda p: p.get_finance_display()),
    Column("value", _("Value"), lambda p: p.value_amount),
    Column("currency", _("Currency"), lambda p: p.value_currency),
    Column("announced", _("Announced"), lambda p: p.announced_at),
    Column("accepted", _("Accepted"), lambda p: p.accepted_at),
    Column("agreed", _("Agreed"), lambda p: p.agreed_at),
)

DELIVERY_COLUMNS = (
    _reference("delivery"),
    Column("pledge", _("Pledge"), lambda d: d.pledge.reference or "", "pledge__reference", kind="reference"),
    Column("donor", _("Donor"), lambda d: named(d.pledge.donor.names), "pledge__donor__names__{language}"),
    Column("state", _("For"), lambda d: named(d.to_state_names), "to_state"),
    Column("date", _("Date"), lambda d: d.date, "date", kind="day"),
    Column(
        "quantity",
        _("Quantity"),
        lambda d: d.quantity,
        "quantity",
        kind="number",
        unit=lambda d: named(d.pledge.unit.labels),
    ),
    Column("status", _("Status"), lambda d: d.get_status_display(), "status"),
    Column("confirmed", _("Confirmed"), lambda d: d.confirmed_at, "confirmed_at", kind="day"),
)
DELIVERY_EXPORT = (
    Column("state_code", _("State (ISO code)"), lambda d: d.to_state),
    Column("unit", _("Unit"), lambda d: named(d.pledge.unit.labels)),
    Column("value", _("Value"), lambda d: d.value_amount),
    Column("currency", _("Currency"), lambda d: d.value_currency),
    Column("women", _("Women"), lambda d: d.women),
    Column("men", _("Men"), lambda d: d.men),
)

CONTRIBUTION_COLUMNS = (
    _reference("contribution"),
    Column("donor", _("Donor"), lambda c: named(c.donor.names), "donor__names__{language}"),
    Column("currency", _("Currency"), lambda c: c.currency, "currency", kind="reference"),
    Column("amount", _("Amount"), lambda c: c.amount, "amount", kind="number"),
    Column("received", _("Received"), lambda c: c.received, "received", kind="number"),
    Column("allocated", _("Allocated"), lambda c: c.allocated, "allocated", kind="number"),
    Column("balance", _("Balance"), lambda c: c.balance, "balance", kind="number"),
    Column("status", _("Status"), lambda c: c.get_status_display(), "status"),
    Column("announced", _("Announced"), lambda c: c.announced_at, "announced_at", kind="day"),
)
CONTRIBUTION_EXPORT = (
    Column("earmarking", _("Earmarking"), lambda c: c.get_earmarking_display()),
    Column("support_costs", _("Programme support costs"), lambda c: c.support_costs),
    Column("refunded", _("Refunded"), lambda c: c.refunded),
)


@require_safe
def offers(request: Asked) -> HttpResponseBase:
    """What donors can provide without being asked."""
    rows = selectors.offers(request.actor).select_related("donor", "form", "unit")
    return list_page(
        request,
        name="offers",
        title=_("Offers"),
        empty=_("No offer can be shown."),
        filters=OfferFilters(request.GET, rows, donors=[rows.values("donor")]),
        columns=OFFER_COLUMNS,
        export=OFFER_EXPORT,
        default="-valid_from",
    )


@require_safe
def offer_detail(request: Asked, key: str) -> HttpResponse:
    row = one(selectors.offers_by_key(request.actor, key))
    context = {
        "row": row,
        "title": row.reference or _("Draft offer"),
        "states": [line.state for line in row.states.select_related("state")],
        "regions": selectors.regions_of(row),
        "events": timeline(request.actor, A.OFFER_VIEW, row),
    }
    return render(request, "donors/offer.html", context)


@require_safe
def pledges(request: Asked) -> HttpResponseBase:
    """What donors have promised, as far as the actor may see it."""
    rows = selectors.pledges(request.actor).select_related("donor", "form", "unit", "need__request")
    return list_page(
        request,
        name="pledges",
        title=_("Pledges"),
        empty=_("No pledge can be shown."),
        lead=_("What was announced is listed here and counted nowhere."),
        filters=PledgeFilters(
            request.GET,
            rows,
            states=selectors.states_served(request.actor),
            donors=[rows.filter(donor_shown=True).values("donor")],
        ),
        columns=PLEDGE_COLUMNS,
        export=PLEDGE_EXPORT,
        default="-offered",
    )


@require_safe
def pledge_detail(request: Asked, key: str) -> HttpResponse:
    """One pledge: for what, how much, and what became of it."""
    row = one(selectors.pledges_by_key(request.actor, key))
    deliveries = selectors.deliveries(request.actor).filter(pledge=row).select_related("pledge__unit")
    context = {
        "row": row,
        "title": row.reference or _("Draft pledge"),
        "deliveries": deliveries.order_by("date", "pk"),
        "contributions": selectors.contributions(request.actor).filter(pledge=row).order_by("pk"),
        "events": timeline(request.actor, A.PLEDGE_VIEW, row),
    }
    return render(request, "donors/pledge.html", context)


@require_safe
def deliveries(request: Asked) -> HttpResponseBase:
    """What was actually provided."""
    rows = selectors.deliveries(request.actor).select_related("pledge__donor", "pledge__unit")
    return list_page(
        request,
        name="deliveries",
        title=_("Deliveries"),
        empty=_("No delivery can be shown."),
        lead=_("A delivery that its State has not confirmed is counted apart."),
        filters=DeliveryFilters(
            request.GET,
            rows,
            states=selectors.states_served(request.actor),
            donors=[rows.values("pledge__donor")],
        ),
        columns=DELIVERY_COLUMNS,
        export=DELIVERY_EXPORT,
        default="-date",
    )


@require_safe
def delivery_detail(request: Asked, key: str) -> HttpResponse:
    row = one(selectors.deliveries_by_key(request.actor, key))
    context = {
        "row": row,
        "title": row.reference or _("Delivery"),
        "follow_ups": row.follow_ups.order_by("date", "pk"),
        "events": timeline(request.actor, A.DELIVERY_VIEW, row),
    }
    return render(request, "donors/delivery.html", context)


@require_safe
def contributions(request: Asked) -> HttpResponseBase:
    """Cash to UNODC (para. 11)."""
    rows = selectors.contributions(request.actor).select_related("donor")
    return list_page(
        request,
        name="contributions",
        title=_("Contributions"),
        empty=_("No contribution can be shown."),
        lead=_("Each amount is in the contribution's own currency."),
        filters=ContributionFilters(request.GET, rows, donors=[rows.values("donor")]),
        columns=CONTRIBUTION_COLUMNS,
        export=CONTRIBUTION_EXPORT,
        default="-announced",
    )


@require_safe
def contribution_detail(request: Asked, key: str) -> HttpResponse:
    """One contribution and its ledger, with the balance after each entry."""
    row = one(selectors.contributions_by_key(request.actor, key))
    balance, ledger = Decimal(0), []
    for entry in selectors.entries(request.actor, row).select_related("need__request", "reverses"):
        signed = entry.amount if (entry.kind == "receipt") is (entry.reverses_id is None) else -entry.amount
        balance += signed
        ledger.append((entry, signed, balance))
    context = {
        "row": row,
        "title": row.reference or _("Contribution"),
        "ledger": ledger,
        "region": selectors.region_of(row),
        "events": timeline(request.actor, A.CONTRIBUTION_VIEW, row),
    }
    return render(request, "donors/contribution.html", context)
