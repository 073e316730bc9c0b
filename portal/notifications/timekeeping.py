"""What becomes due as time passes, seen to in batches: reminders are sent, and steps taken row by row.

Every step looks again at its record under the record's lock, so that a run that comes twice, or two that come
at once, do a thing once. A record that cannot be dealt with does not hold up the others.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from portal.audit.cases import case_type
from portal.core.deadlines import BEFORE_LAPSE, WEEK, Calendar, Running, owed
from portal.core.errors import DomainError
from portal.core.unit import DIRECT
from portal.notifications import selectors as told
from portal.notifications import services as telling

log = logging.getLogger(__name__)

AT_ONCE = 500
AT_START = {"follow_up"}  # told of on its first day, not only shortly before the last
M = TypeVar("M", bound=Model)
Clocks = Callable[[Collection[Any], Calendar], dict[int, Running]]


def in_batches(rows: QuerySet[M]) -> Iterator[list[M]]:
    """Rows ordered by id, some hundreds at a time."""
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield batch
        last = batch[-1].pk


def each(rows: Iterable[M], step: Callable[[M], bool]) -> int:
    """One step for each row in its own transaction; the number of rows with which something was done."""
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                done += step(row)
        except DomainError as error:
            log.warning("%s %s is left as it is: %s", case_type(row), row.pk, error)
    return done


def remind_all(rows: QuerySet[M], running: Clocks, calendar: Calendar) -> int:
    """Sends the reminders that are owed today; the number that was sent."""

    def step(row: M) -> bool:
        fresh = DIRECT.lock(row)
        one = running([fresh], calendar).get(fresh.pk)
        if one is None or one.past:
            return False
        return telling.remind_of(fresh, one.clock, at_start=one.clock.name in AT_START)

    return sum(each(_due(batch, running, calendar), step) for batch in in_batches(rows))


def _due(batch: Collection[M], running: Clocks, calendar: Calendar) -> list[M]:
    """Those of whose clock a reminder seems to be owed; what is true is seen under the lock."""
    found = {pk: one.clock for pk, one in running(batch, calendar).items() if not one.past}
    sent = told.reminders(case_type(next(iter(batch))), found)
    return [
        row
        for row in batch
        if (one := found.get(row.pk)) is not None
        and owed(
            one,
            sent.get((row.pk, one.name, one.started), {}),
            today=calendar.today,
            at_start=one.name in AT_START,
        )
        is not None
    ]


def ended(case: str, names: Collection[str], calendar: Calendar) -> list[int]:
    """Cases of whose clocks the last reminder before the end was sent a week ago."""
    return told.reminded(case, names, BEFORE_LAPSE, until=calendar.today - WEEK)
