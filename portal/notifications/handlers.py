"""What this app does when a record has moved."""

from typing import Any

from portal.core.actor import Actor
from portal.core.unit import Unit
from portal.core.workflow import Transition
from portal.notifications.models import Outbox


def on_moved(*, record: Any, line: Transition, event: Any, actor: Actor, unit: Unit) -> None:
    """What the move sets off is owed from its own transaction on; import tells nobody."""
    if line.notice and not actor.is_import:
        Outbox.objects.create(
            notice=line.notice,
            case_type=event.case_type,
            case_id=record.pk,
            event=event,
            created_at=event.recorded_at,
        )
