"""Pages of offers, pledges, deliveries and contributions. Every row comes from a selector for the actor."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import selectors, services
from donors.enums import DeliveryStatus, OfferStatus, PledgeStatus
from donors.filters import ContributionFilters, DeliveryFilters, OfferFilters, PledgeFilters
from donors.forms import CONTRIBUTION_MOVES, DELIVERY_MOVES, OFFER_MOVES, PLEDGE_MOVES
from donors.models import Contribution, Offer, Pledge
from donors.workflow import CONTRIBUTION, DELIVERY, OFFER, PLEDGE
from portal.audit.selectors import timeline
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.listing import Column, list_page
from portal.web.moves import Button, buttons, move_page
from portal.web.pages import Asked, address, one
from portal.web.templatetags.portal import address_key, named


def _reference(name: str) -> Column:
    return Column(
        "reference",
        _("Reference"),
        lambda r: r.reference or _("draft"),
        "reference",
        lambda r: address(f"donors:{name}", address_key(r)),
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
    Column("status", _("Status"), lambda o: label_of(OfferStatus, o.status), "status"),
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
    Column("description", _("Pledge"), lambda p: p.description, "description__begins"),
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
    Column("status", _("Status"), lambda p: label_of(PledgeStatus, p.status), "status"),
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
    Column("status", _("Status"), lambda d: label_of(DeliveryStatus, d.status), "status"),
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


def _url(name: str) -> Any:
    return lambda record: reverse(f"donors:{name}", args=[address_key(record)])


def _moves(request: Asked, workflow: Any, moves: Any, name: str, row: Any, *first: Button) -> list[Button]:
    """What the person can do with a record: the moves of its table, and what begins something, before those that
    end something.
    """
    found = buttons(
        request.actor, workflow, moves, row,
        lambda slug: reverse(f"donors:{name}_move", args=[address_key(row), slug]),
    )  # fmt: skip
    return sorted([*found, *first], key=lambda button: button.warns)


def _start(label: Any, url: str) -> Button:
    return Button(label, url, False, ())


def _begins(request: Asked, *found: tuple[Any, Any, Any, str]) -> dict[str, list[Button]]:
    """What the person can begin from a list: (right, record as it would be, label, address)."""
    return {
        "begins": [
            _start(label, reverse(name))
            for right, row, label, name in found
            if engine.can(request.actor, right, row)
        ]
    }


@require_safe
def offers(request: Asked) -> HttpResponseBase:
    """What donors can provide without being asked."""
    seen = selectors.offers_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="offers",
        title=_("Offers"),
        empty=_("No offer can be shown."),
        narrow=lambda rows: OfferFilters(
            request.GET, rows, donors=lambda: seen.column("donor"), actor=request.actor
        ),
        columns=OFFER_COLUMNS,
        export=OFFER_EXPORT,
        default="-valid_from",
        template="donors/list.html",
        more=_begins(
            request,
            (
                A.OFFER_DRAFT,
                Offer(donor=request.actor.organisation, status=NEW),
                _("New offer"),
                "donors:offer_new",
            ),
        ),
    )


@require_safe
def offer_detail(request: Asked, key: str) -> HttpResponse:
    row = one(selectors.offers_by_key(request.actor, key))
    if key != address_key(row):
        return HttpResponseRedirect(_url("offer")(row))
    context: dict[str, Any] = {
        "row": row,
        "title": row.reference or _("Draft offer"),
        "states": [line.state for line in row.states.select_related("state")],
        "regions": selectors.regions_of(row),
        "events": timeline(request.actor, A.OFFER_VIEW, row),
    }
    may = engine.rights_on(request.actor, row, {A.OFFER_DRAFT, A.OFFER_COMMIT})
    first = []
    if A.OFFER_DRAFT in may and row.status == "draft":
        first.append(_start(_("Change the draft"), reverse("donors:offer_edit", args=[address_key(row)])))
    context["buttons"] = _moves(request, OFFER, OFFER_MOVES, "offer", row, *first)
    if A.OFFER_DRAFT in may and row.status in {"published", "partly_taken"}:
        context["takes"] = True
        context["needs"] = selectors.needs_for(request.actor, row)
    return render(request, "donors/offer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of an offer."""
    row = one(selectors.offers_by_key(request.actor, key))
    return move_page(
        request,
        workflow=OFFER,
        moves=OFFER_MOVES,
        record=row,
        name=move,
        perform=services.move_offer,
        url=_url("offer"),
        template="donors/move.html",
        context={"offer": row, "back_label": row.reference or _("Draft offer")},
    )


@require_safe
def pledges(request: Asked) -> HttpResponseBase:
    """What donors have promised, as far as the actor may see it."""
    own = Pledge(donor=request.actor.organisation, status=NEW)
    seen = selectors.pledges_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="pledges",
        title=_("Pledges"),
        empty=_("No pledge can be shown."),
        lead=_("What was announced is listed here and counted nowhere."),
        narrow=lambda rows: PledgeFilters(
            request.GET,
            rows,
            states=lambda: selectors.states_served(request.actor),
            donors=lambda: seen.column("donor", donor_shown=True),
            actor=request.actor,
        ),
        columns=PLEDGE_COLUMNS,
        export=PLEDGE_EXPORT,
        default="-offered",
        template="donors/list.html",
        more=_begins(
            request,
            (A.PLEDGE_DRAFT, own, _("Pledge to a State"), "donors:pledge_new"),
            (A.PLEDGE_ANNOUNCE, own, _("List an announcement"), "donors:pledge_announce"),
        ),
    )


@require_safe
def pledge_detail(request: Asked, key: str) -> HttpResponse:
    """One pledge: for what, how much, and what became of it."""
    row = one(selectors.pledges_by_key(request.actor, key))
    if key != address_key(row):
        return HttpResponseRedirect(_url("pledge")(row))
    deliveries = selectors.deliveries(request.actor).filter(pledge=row).select_related("pledge__unit")
    context: dict[str, Any] = {
        "row": row,
        "title": str(row),
        "deliveries": deliveries.order_by("date", "pk"),
        "contributions": selectors.contributions(request.actor).filter(pledge=row).order_by("pk"),
        "events": timeline(request.actor, A.PLEDGE_VIEW, row),
    }
    first = []
    if row.status == "draft" and engine.can(request.actor, A.PLEDGE_DRAFT, row):
        first.append(_start(_("Change the draft"), reverse("donors:pledge_edit", args=[address_key(row)])))
    context["buttons"] = _moves(request, PLEDGE, PLEDGE_MOVES, "pledge", row, *first)
    context |= _pledge_facts(request, row)
    context["pledge"] = row
    return render(request, "donors/pledge.html", context)


def _pledge_facts(request: Asked, row: Any) -> dict[str, Any]:
    """What a pledge's facts show beside its columns: givers to those who may know them, and due diligence to those
    who give and to UNODC.
    """
    gives = engine.can(request.actor, A.PLEDGE_DELIVER, row)
    return {
        "joint": list(selectors.joint_donors(row)) if row.donor_shown else [],
        "diligence": selectors.fact_of(row, "agree", "due_diligence") if gives and row.agreed_at else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def pledge_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a pledge, with the pledge to look at: also the last look before it is offered."""
    row = one(selectors.pledges_by_key(request.actor, key))
    return move_page(
        request,
        workflow=PLEDGE,
        moves=PLEDGE_MOVES,
        record=row,
        name=move,
        perform=services.make_pledge_move,
        url=_url("pledge"),
        template="donors/move.html",
        context={
            "pledge": row,
            "changes": row.status == "draft" and move == "offer",
            "back_label": str(row),
        }
        | _pledge_facts(request, row),
    )


@require_safe
def deliveries(request: Asked) -> HttpResponseBase:
    """What was actually provided."""
    seen = selectors.deliveries_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="deliveries",
        title=_("Deliveries"),
        empty=_("No delivery can be shown."),
        lead=_("A delivery that its State has not confirmed is counted apart."),
        narrow=lambda rows: DeliveryFilters(
            request.GET,
            rows,
            states=lambda: selectors.states_served(request.actor),
            donors=lambda: seen.column("pledge__donor"),
            actor=request.actor,
        ),
        columns=DELIVERY_COLUMNS,
        export=DELIVERY_EXPORT,
        default="-date",
    )


@require_safe
def delivery_detail(request: Asked, key: str) -> HttpResponse:
    row = one(selectors.deliveries_by_key(request.actor, key))
    context: dict[str, Any] = {
        "row": row,
        "title": row.reference or _("Delivery"),
        "delivery": row,
        "received": selectors.fact_of(row, "confirm", "condition") if row.status == "confirmed" else "",
        "follow_ups": row.follow_ups.order_by("date", "pk"),
        "events": timeline(request.actor, A.DELIVERY_VIEW, row),
    }
    first = []
    if row.status == "confirmed" and engine.can(request.actor, A.DELIVERY_ANSWER, row):
        first.append(_start(_("Say how it is used"), reverse("donors:follow_up", args=[address_key(row)])))
    context["buttons"] = _moves(request, DELIVERY, DELIVERY_MOVES, "delivery", row, *first)
    return render(request, "donors/delivery.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a delivery: confirmed or disputed by the State, corrected or made void by who recorded it."""
    row = one(selectors.deliveries_by_key(request.actor, key))
    return move_page(
        request,
        workflow=DELIVERY,
        moves=DELIVERY_MOVES,
        record=row,
        name=move,
        perform=services.move_delivery,
        url=_url("delivery"),
        template="donors/move.html",
        context={"delivery": row, "back_label": str(row)},
    )


@require_safe
def contributions(request: Asked) -> HttpResponseBase:
    """Cash to UNODC (para. 11)."""
    seen = selectors.contributions_seen(request.actor)
    return list_page(
        request,
        seen=seen,
        name="contributions",
        title=_("Contributions"),
        empty=_("No contribution can be shown."),
        lead=_("Each amount is in the contribution's own currency."),
        narrow=lambda rows: ContributionFilters(
            request.GET, rows, donors=lambda: seen.column("donor"), actor=request.actor
        ),
        columns=CONTRIBUTION_COLUMNS,
        export=CONTRIBUTION_EXPORT,
        default="-announced",
        template="donors/list.html",
        more=_begins(
            request,
            (
                A.CONTRIBUTION_HANDLE,
                Contribution(status=NEW),
                _("New contribution"),
                "donors:contribution_new",
            ),
        ),
    )


@require_safe
def contribution_detail(request: Asked, key: str) -> HttpResponse:
    """One contribution and its ledger, with the balance after each entry."""
    row = one(selectors.contributions_by_key(request.actor, key))
    context: dict[str, Any] = {
        "row": row,
        "title": row.reference or _("Contribution"),
        "ledger": selectors.ledger(request.actor, row),
        "region": selectors.region_of(row),
        "proposals": selectors.proposals(request.actor).filter(contribution=row).exclude(status="approved"),
        "events": timeline(request.actor, A.CONTRIBUTION_VIEW, row),
        "contribution": row,
        "buttons": _moves(request, CONTRIBUTION, CONTRIBUTION_MOVES, "contribution", row),
    }
    return render(request, "donors/contribution.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contribution_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a contribution, with its balance to look at."""
    row = one(selectors.contributions_by_key(request.actor, key))
    return move_page(
        request,
        workflow=CONTRIBUTION,
        moves=CONTRIBUTION_MOVES,
        record=row,
        name=move,
        perform=services.make_contribution_move,
        url=_url("contribution"),
        template="donors/move.html",
        context={"contribution": row, "region": selectors.region_of(row), "back_label": str(row)},
    )
