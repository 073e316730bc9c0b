"""What may be read of deliveries."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    When,
)
from django.db.models.functions import Coalesce

from donors.models import Delivery, Pledge
from donors.rules import holding
from donors.selectors.pledges import STATE_NAMES
from portal.core.actor import Actor
from portal.core.unit import DIRECT
from portal.policy.actions import A
from portal.policy.engine import Seen, visible_parts, visible_to
from requests_app import selectors as below


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries that an actor may see; `need_shown`, `to_state` and its names as of pledges."""
    return _delivery_lines(actor, visible_to(actor, A.DELIVERY_VIEW, Delivery.objects.all()))


def deliveries_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Delivery.objects.select_related("pledge__donor", "pledge__unit")
    return Seen(_delivery_lines(actor, rows), visible_parts(actor, A.DELIVERY_VIEW, Delivery))


def _delivery_lines(actor: Actor, rows: QuerySet[Delivery]) -> QuerySet[Any]:
    return (
        rows.annotate(need_shown=Exists(below.needs(actor).filter(pk=OuterRef("pledge__need"))))
        .annotate(
            to_state=Coalesce(
                F("pledge__state_id"),
                Case(
                    When(
                        need_shown=True,
                        then=Coalesce(F("pledge__need__state_id"), F("pledge__need__request__state_id")),
                    ),
                    output_field=CharField(),
                ),
            )
        )
        .annotate(to_state_names=STATE_NAMES)
    )


def deliveries_by_key(actor: Actor, key: str) -> QuerySet[Delivery]:
    rows = deliveries(actor).select_related(
        "pledge__donor", "pledge__unit", "pledge__state", "pledge__need__request__state"
    )
    return below.by_reference(rows, key)


def left_to_deliver(pledge: Pledge) -> Decimal:
    left: Decimal = pledge.quantity - holding.delivered(pledge, DIRECT)
    return max(left, holding.NOTHING)
