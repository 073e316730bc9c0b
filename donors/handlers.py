"""What this app answers and does when a lower one asks or tells."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min

from donors import services
from donors.enums import PENDING
from donors.models import Contribution, Delivery, Offer, Pledge
from donors.rules import holding
from donors.services.locks import lock_offers
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.unit import Unit
from portal.directory.models import Organisation
from requests_app.models import AssistanceRequest, Need
from requests_app.selectors import governments


def _pledges(request: AssistanceRequest, unit: Unit) -> list[Pledge]:
    """The pledges on the needs of a request: one query, however many needs it has."""
    if unit.batch:
        return [p for need in unit.related(request, "needs") for p in unit.related(need, "pledges")]
    rows = Pledge.objects.filter(need__request=request).select_related("need__request", "offer")
    return list(rows.order_by("need", "pk"))


def pledges_that_hold_a_request(*, request: AssistanceRequest, unit: Unit) -> list[Pledge]:
    """Pledges on a request's needs that are offered, accepted, agreed or in delivery."""
    return [pledge for pledge in _pledges(request, unit) if pledge.status in PENDING]


def release_pledges(*, request: AssistanceRequest, at: datetime, unit: Unit, actor: Actor) -> None:
    """With its request withdrawn, what was offered or accepted lapses; import has released it before."""
    if actor.is_import:
        return
    released = [pledge for pledge in _pledges(request, unit) if pledge.status in {"offered", "accepted"}]
    lock_offers((pledge.offer for pledge in released), unit)
    for pledge in released:
        services.move_pledge(
            pledge, "lapse", actor=SYSTEM, unit=unit, at=at, facts={"reason": "the request was withdrawn"}
        )


def held_quantity_of_need(*, need: Need, unit: Unit) -> Decimal:
    """How much of a need is held (rule 1)."""
    return holding.held(need, unit)


def first_confirmed_delivery(*, request: AssistanceRequest, unit: Unit) -> date | None:
    """Day of the first delivery under a request that its State confirmed; None where there is none."""
    if not unit.batch:
        confirmed = Delivery.objects.filter(pledge__need__request=request, status="confirmed")
        first = confirmed.aggregate(first=Min("confirmed_at"))["first"]
        return clock.day(first) if first else None
    days = [
        clock.day(d.confirmed_at)
        for pledge in _pledges(request, unit)
        for d in unit.related(pledge, "deliveries")
        if d.status == "confirmed"
    ]
    return min(days, default=None)


def parties(*, record: Offer | Pledge | Delivery | Contribution) -> set[int]:
    """Organisations for which an offer, pledge, delivery or contribution could be their own."""
    if isinstance(record, Offer | Contribution):
        return {record.donor_id}
    pledge = record.pledge if isinstance(record, Delivery) else record
    found = {pledge.donor_id, *pledge.joint_donors.values_list("organisation", flat=True)}
    if pledge.need is not None:
        found |= governments(pledge.need.request)
    if pledge.state_id is not None:
        own = Organisation.objects.filter(kind="government", state=pledge.state_id)
        found |= set(own.values_list("pk", flat=True))
    return found
