"""What was actually provided: recorded, answered by the State, followed up."""

from datetime import datetime

from donors.models import Delivery, FollowUp
from donors.rules import deliveries as rules
from donors.services.locks import lock_pledge
from donors.services.pledges import move_pledge
from donors.workflow import DELIVERY
from portal.audit.services import note, perform
from portal.core.actor import Actor
from portal.core.errors import Refused
from portal.core.guards import Facts
from portal.core.unit import DIRECT, Unit, atomically
from portal.policy import engine
from portal.policy.actions import A


def record_delivery(
    delivery: Delivery, *, actor: Actor, unit: Unit = DIRECT, version: int | None = None, replayed: bool = False
) -> Delivery:  # fmt: skip
    """Records what was provided under a pledge, on its day; the pledge is delivered once all has come.

    `version` is that of the pledge on which was decided. Raises NotAllowed, Conflict, Refused.
    """
    facts = {"delivery": delivery}
    move_pledge(
        delivery.pledge, "record_delivery", actor=actor, unit=unit, facts=facts,
        version=version, replayed=replayed,
    )  # fmt: skip
    return delivery


@atomically
def move_delivery(
    delivery: Delivery, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Delivery:  # fmt: skip
    """One move of a delivery's table, under the lock of its pledge. Raises NotAllowed, Conflict, Refused."""
    pledge = lock_pledge(delivery.pledge, unit)
    delivery = unit.lock(delivery)
    delivery.pledge = pledge
    if facts and "quantity" in facts:
        # the event keeps what stood before, so that a report can be frozen as of an earlier day
        facts = {**facts, "before": {"quantity": delivery.quantity}}
    perform(
        DELIVERY, move, delivery, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )  # fmt: skip
    return delivery


@atomically
def answer_follow_up(
    delivery: Delivery, row: FollowUp, *, actor: Actor, unit: Unit = DIRECT, replayed: bool = False
) -> FollowUp:
    """What the State says of a delivery later on: in use, partly, not, lost, staff moved.

    Raises NotAllowed, or Refused where nothing was confirmed or the day is not one between delivery and today.
    """
    delivery = unit.lock(delivery)
    engine.require(actor, A.DELIVERY_ANSWER, delivery)
    Refused.when(rules.follow_up_refusals(delivery, row, imported=actor.is_import))
    row.delivery = delivery
    unit.add(row)
    if not replayed:
        facts = {"status": row.status}
        note(delivery, "follow_up", actor=actor, unit=unit, at=row.date, facts=facts)
    return row
