"""Pages of contributions."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from donors import selectors, services
from donors.filters import ContributionFilters
from donors.forms import CONTRIBUTION_MOVES
from donors.models import Contribution
from donors.views.shape import Thing, reference, thing_list, thing_move, thing_page
from donors.workflow import CONTRIBUTION
from portal.core.workflow import NEW
from portal.policy.actions import A
from portal.web.listing import Column
from portal.web.pages import Asked, one
from portal.web.templatetags.portal import named

COLUMNS = (
    reference("contribution"),
    Column("donor", _("Donor"), lambda c: named(c.donor.names), "donor__names__{language}"),
    Column("currency", _("Currency"), lambda c: c.currency, "currency", kind="reference"),
    Column("amount", _("Amount"), lambda c: c.amount, "amount", kind="number"),
    Column("received", _("Received"), lambda c: c.received, "received", kind="number"),
    Column("allocated", _("Allocated"), lambda c: c.allocated, "allocated", kind="number"),
    Column("balance", _("Balance"), lambda c: c.balance, "balance", kind="number"),
    Column("status", _("Status"), lambda c: c.get_status_display(), "status"),
    Column("announced", _("Announced"), lambda c: c.announced_at, "announced_at", kind="day"),
)
EXPORT = (
    Column("earmarking", _("Earmarking"), lambda c: c.get_earmarking_display()),
    Column("support_costs", _("Programme support costs"), lambda c: c.support_costs),
    Column("refunded", _("Refunded"), lambda c: c.refunded),
)

THING = Thing(
    "contribution", A.CONTRIBUTION_VIEW, CONTRIBUTION, CONTRIBUTION_MOVES,
    services.make_contribution_move, selectors.contributions_seen, ContributionFilters, lambda seen: seen.column("donor"),
    COLUMNS, EXPORT,
)  # fmt: skip


@require_safe
def listed(request: Asked) -> HttpResponseBase:
    """Cash to UNODC (para. 11)."""
    begins = (A.CONTRIBUTION_HANDLE, Contribution(status=NEW), _("New contribution"), "contribution_new")
    return thing_list(
        request,
        THING,
        name="contributions",
        title=_("Contributions"),
        empty=_("No contribution can be shown."),
        lead=_("Each amount is in the contribution's own currency."),
        default="-announced",
        begins=[begins],
    )


@require_safe
def detail(request: Asked, key: str) -> HttpResponse:
    """One contribution and its ledger, with the balance after each entry."""
    row = one(selectors.contributions_by_key(request.actor, key))
    proposed = selectors.proposals(request.actor).filter(contribution=row)
    return thing_page(
        request,
        THING,
        row,
        key,
        ledger=selectors.ledger(request.actor, row),
        region=selectors.region_of(row),
        proposals=proposed.exclude(status="approved"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a contribution, with its balance to look at."""
    row = one(selectors.contributions_by_key(request.actor, key))
    return thing_move(request, THING, row, move, region=selectors.region_of(row))
