"""What this app does when a record has moved, or something else was written of it."""

from typing import Any

from portal.core.actor import Actor
from portal.core.unit import Unit
from portal.core.workflow import Transition
from portal.notifications import services
from portal.notifications.catalogue import BESIDE, EVENTS


def on_moved(*, record: Any, line: Transition, event: Any, actor: Actor, unit: Unit) -> None:
    """What the move sets off is owed from its own transaction on; import tells nobody."""
    if line.notice and not actor.is_import:
        for notice in (line.notice, *BESIDE.get(line.notice, ())):
            services.owe(notice, record=record, event=event)


def on_noted(*, record: Any, event: Any, actor: Actor) -> None:
    """The same for what is written of a record without a move of its table."""
    if event.move in EVENTS and not actor.is_import:
        services.owe(EVENTS[event.move], record=record, event=event)
