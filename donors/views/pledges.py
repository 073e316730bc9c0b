"""Pages of pledges."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import selectors, services
from donors.enums import PledgeStatus
from donors.filters import PledgeFilters
from donors.forms import PLEDGE_MOVES
from donors.models import Pledge
from donors.views.shape import Thing, reference, start, thing_list, thing_move, thing_page
from donors.workflow import PLEDGE
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.cells import label_of
from portal.web.listing import Column
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import address_key, named


def donor(pledge: Any) -> Any:
    return named(pledge.donor.names) if pledge.donor_shown else _("donor not named")


COLUMNS = (
    reference("pledge"),
    Column("donor", _("Donor"), donor),
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
EXPORT = (
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

THING = Thing(
    "pledge", A.PLEDGE_VIEW, PLEDGE, PLEDGE_MOVES, services.make_pledge_move, selectors.pledges_seen,
    PledgeFilters, lambda seen: seen.column("donor", donor_shown=True), COLUMNS, EXPORT, for_states=True,
)  # fmt: skip


@require_safe
def listed(request: Asked) -> HttpResponseBase:
    """What donors have promised, as far as the actor may see it."""
    own = Pledge(donor=request.actor.organisation, status=NEW)
    return thing_list(
        request,
        THING,
        name="pledges",
        title=_("Pledges"),
        empty=_("No pledge can be shown."),
        lead=_("What was announced is listed here and counted nowhere."),
        default="-offered",
        begins=[
            (A.PLEDGE_DRAFT, own, _("Pledge to a State"), "pledge_new"),
            (A.PLEDGE_ANNOUNCE, own, _("List an announcement"), "pledge_announce"),
        ],
    )


@require_safe
def detail(request: Asked, key: str) -> HttpResponse:
    """One pledge: for what, how much, and what became of it."""
    row = one(selectors.pledges_by_key(request.actor, key))
    deliveries = selectors.deliveries(request.actor).filter(pledge=row).select_related("pledge__unit")
    changes = row.status == "draft" and engine.can(request.actor, A.PLEDGE_DRAFT, row)
    return thing_page(
        request,
        THING,
        row,
        key,
        first=[start(_("Change the draft"), "pledge_edit", address_key(row))] if changes else (),
        deliveries=deliveries.order_by("date", "pk"),
        contributions=selectors.contributions(request.actor).filter(pledge=row).order_by("pk"),
        **_facts(request, row),
    )


def _facts(request: Asked, row: Any) -> dict[str, Any]:
    """What a pledge's facts show beside its columns: givers, and the result of due diligence, to those who may
    know them.
    """
    reads = engine.can(request.actor, A.PLEDGE_DILIGENCE, row)
    return {
        "joint": list(selectors.joint_donors(row)) if row.donor_shown else [],
        "diligence": selectors.fact_of(row, "agree", "due_diligence") if reads and row.agreed_at else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a pledge, with the pledge to look at: also the last look before it is offered."""
    row = one(selectors.pledges_by_key(request.actor, key))
    changes = row.status == "draft" and move == "offer"
    return thing_move(request, THING, row, move, changes=changes, **_facts(request, row))
