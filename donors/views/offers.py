"""Pages of offers."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import selectors, services
from donors.enums import OfferStatus
from donors.filters import OfferFilters
from donors.forms import OFFER_MOVES
from donors.models import Offer
from donors.rules.holding import on_the_table
from donors.views.shape import Thing, reference, start, thing_list, thing_move, thing_page
from donors.workflow import OFFER
from portal.core import clock
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.listing import Column
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import address_key, named

COLUMNS = (
    reference("offer"),
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

EXPORT = (
    Column("unit", _("Unit"), lambda o: named(o.unit.labels)),
    Column("conditions", _("Conditions"), lambda o: o.conditions),
)

THING = Thing(
    "offer", A.OFFER_VIEW, OFFER, OFFER_MOVES, services.move_offer, selectors.offers_seen, OfferFilters,
    lambda seen: seen.column("donor"), COLUMNS, EXPORT,
)  # fmt: skip


@require_safe
def listed(request: Asked) -> HttpResponseBase:
    """What donors can provide without being asked."""
    own = Offer(donor=request.actor.organisation, status=NEW)
    return thing_list(
        request,
        THING,
        name="offers",
        title=_("Offers"),
        empty=_("No offer can be shown."),
        default="-valid_from",
        begins=[(A.OFFER_DRAFT, own, _("New offer"), "offer_new")],
    )


@require_safe
def detail(request: Asked, key: str) -> HttpResponse:
    """One offer, and, to who gives it, the needs to which it fits."""
    row = one(selectors.offers_by_key(request.actor, key))
    drafts = engine.can(request.actor, A.OFFER_DRAFT, row)
    takes = drafts and on_the_table(row, clock.today())
    changes = drafts and row.status == "draft"
    return thing_page(
        request,
        THING,
        row,
        key,
        first=[start(_("Change the draft"), "offer_edit", address_key(row))] if changes else (),
        states=[line.state for line in row.states.select_related("state")],
        regions=selectors.regions_of(row),
        takes=takes,
        needs=selectors.needs_for(request.actor, row) if takes else (),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of an offer."""
    return thing_move(request, THING, one(selectors.offers_by_key(request.actor, key)), move)
