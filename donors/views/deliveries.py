"""Pages of deliveries."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import selectors, services
from donors.enums import DeliveryStatus
from donors.filters import DeliveryFilters
from donors.forms import DELIVERY_MOVES
from donors.views.shape import Thing, reference, start, thing_list, thing_move, thing_page
from donors.workflow import DELIVERY
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.listing import Column
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import address_key, named

COLUMNS = (
    reference("delivery"),
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
EXPORT = (
    Column("state_code", _("State (ISO code)"), lambda d: d.to_state),
    Column("unit", _("Unit"), lambda d: named(d.pledge.unit.labels)),
    Column("value", _("Value"), lambda d: d.value_amount),
    Column("currency", _("Currency"), lambda d: d.value_currency),
    Column("women", _("Women"), lambda d: d.women),
    Column("men", _("Men"), lambda d: d.men),
)

THING = Thing(
    "delivery", A.DELIVERY_VIEW, DELIVERY, DELIVERY_MOVES, services.move_delivery, selectors.deliveries_seen,
    DeliveryFilters, lambda seen: seen.column("pledge__donor"), COLUMNS, EXPORT, for_states=True,
)  # fmt: skip


@require_safe
def listed(request: Asked) -> HttpResponseBase:
    """What was actually provided."""
    return thing_list(
        request,
        THING,
        name="deliveries",
        title=_("Deliveries"),
        empty=_("No delivery can be shown."),
        lead=_("A delivery that its State has not confirmed is counted apart."),
        default="-date",
    )


@require_safe
def detail(request: Asked, key: str) -> HttpResponse:
    """One delivery: what came, what its State says of it, and what became of it since."""
    row = one(selectors.deliveries_by_key(request.actor, key))
    confirmed = row.status == "confirmed"
    answers = confirmed and engine.can(request.actor, A.DELIVERY_ANSWER, row)
    return thing_page(
        request,
        THING,
        row,
        key,
        first=[start(_("Say how it is used"), "follow_up", address_key(row))] if answers else (),
        received=selectors.fact_of(row, "confirm", "condition") if confirmed else "",
        follow_ups=row.follow_ups.order_by("date", "pk"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a delivery: confirmed or disputed by the State, corrected or made void by who recorded it."""
    return thing_move(request, THING, one(selectors.deliveries_by_key(request.actor, key)), move)
