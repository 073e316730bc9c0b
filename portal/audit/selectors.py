"""What may be read of the record of events."""

from typing import Any

from django.db.models import QuerySet

from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.core.actor import Actor
from portal.policy import engine


def timeline(actor: Actor, action: str, record: Any) -> QuerySet[CaseEvent]:
    """What happened to a record, as far as the actor may know: the moves that led to a state in which the
    actor could see it; in order of occurrence.
    """
    return events_in(engine.states_seen(actor, action, record), record)


def events_in(states: frozenset[str] | None, record: Any) -> QuerySet[CaseEvent]:
    """What led a record to one of these states, None for any; in order of occurrence."""
    rows = CaseEvent.objects.filter(case_type=case_type(record), case_id=record.pk)
    if states is not None:
        rows = rows.filter(target__in=states)
    return rows.order_by("occurred_at", "sequence")
