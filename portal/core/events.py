"""Domain events: published by a lower app, answered by an upper one, inside the same transaction.

`SUBSCRIBERS` is the one table of who listens to what; it names functions, so that core imports none of them.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    "moved": ("portal.notifications.handlers.on_moved",),
    "noted": ("portal.notifications.handlers.on_noted",),
    "request.ending": ("donors.handlers.pledges_that_hold_a_request",),
    "request.withdrawing": ("donors.handlers.release_pledges",),
    "needs.committed": ("donors.selectors.with_committed",),
    "needs.covered": ("donors.selectors.with_cover",),
    "need.held": ("donors.handlers.held_quantity_of_need",),
    "account.reset_asked": ("portal.accounts.tasks.hand_over_reset",),
    "report.job_owed": ("reports.handlers.hand_over_job",),
    "report.rendition_owed": ("reports.handlers.hand_over_rendition",),
    "parties.request": ("requests_app.handlers.parties",),
    "parties.assessment": ("requests_app.handlers.parties",),
    "parties.offer": ("donors.handlers.parties",),
    "parties.pledge": ("donors.handlers.parties",),
    "parties.delivery": ("donors.handlers.parties",),
    "parties.contribution": ("donors.handlers.parties",),
    "request.matching_donors": ("donors.selectors.matching_donors",),
    "request.pledging_donors": ("donors.selectors.pledging_donors",),
    "requests.first_confirmed": ("donors.clocks.first_confirmed",),
    "requests.last_activity": ("donors.clocks.last_activity",),
    "clock.request": ("requests_app.clocks.due",),
    "clock.assessment": ("requests_app.clocks.due",),
    "clock.pledge": ("donors.clocks.due",),
    "clock.delivery": ("donors.clocks.due",),
    "request.documents": ("portal.documents.handlers.task_of",),
    "request.confirmed_delivery": ("donors.handlers.first_confirmed_delivery",),
}


@cache
def _listeners(event: str) -> tuple[Callable[..., Any], ...]:
    found = []
    for path in SUBSCRIBERS.get(event, ()):
        module, _, name = path.rpartition(".")
        found.append(getattr(import_module(module), name))
    return tuple(found)


def publish(event: str, /, **payload: Any) -> None:
    """Calls every listener of an event now; an error in one undoes the transaction."""
    for listener in _listeners(event):
        listener(**payload)


def ask(question: str, /, **payload: Any) -> Any:
    """Answer of the upper app that a lower one may not import; None where nobody answers."""
    for listener in _listeners(question):
        return listener(**payload)
    return None
