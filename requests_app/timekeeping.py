"""What the portal does by itself as time passes on requests: reminds, asks for assessments, lets lapse.

Every step looks again at its record under the record's lock, so that a run that comes twice, or two that come
at once, do a thing once. A record that cannot be dealt with does not hold up the others.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from portal.audit.cases import case_type
from portal.core.actor import SYSTEM
from portal.core.deadlines import BEFORE_LAPSE, WEEK, Calendar, owed, run_out
from portal.core.errors import DomainError
from portal.core.unit import DIRECT
from portal.directory.selectors import calendar as load_calendar
from portal.notifications import selectors as told
from portal.notifications import services as telling
from requests_app import clocks, services
from requests_app.clocks import Running
from requests_app.models import AssistanceRequest, ImpactAssessment

log = logging.getLogger(__name__)

AT_ONCE = 500
AT_START = {"follow_up"}  # told of on its first day, not only shortly before the last
M = TypeVar("M", bound=Model)
Clocks = Callable[[Collection[Any], Calendar], dict[int, Running]]


def keep_time() -> int:
    """One round over all requests and assessments; the number of things done."""
    calendar = load_calendar()
    done = _lapse_all(calendar)  # first: of what ends today nobody is reminded any more
    done += remind_all(clocks.in_hand(), clocks.running, calendar)
    done += remind_all(clocks.perhaps_idle(calendar), clocks.idle, calendar)
    done += remind_all(clocks.perhaps_to_assess(calendar), _still_to_come, calendar)
    done += _ask_for_assessments(calendar)
    done += remind_all(clocks.unfinished(), _overdue, calendar)
    return done


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


def _lapse_all(calendar: Calendar) -> int:
    """Open requests without pledge and activity end once the State was reminded twice in vain."""

    def step(row: AssistanceRequest) -> bool:
        request = DIRECT.lock(row)
        one = clocks.idle([request], calendar).get(request.pk)
        if (
            one is None
            or one.past
            or not run_out(one.clock, told.sent(request, one.clock), today=calendar.today)
        ):
            return False
        services.move_request(request, "lapse", actor=SYSTEM)
        return True

    rows = clocks.perhaps_idle(calendar).filter(pk__in=ended("request", ("idle",), calendar))
    return each(rows, step)


def _still_to_come(requests: Collection[AssistanceRequest], calendar: Calendar) -> dict[int, Running]:
    """Assessments that are due soon; of one that is late the assessment itself reminds."""
    return {pk: one for pk, one in clocks.assessing(requests, calendar).items() if not one.clock.late}


def _overdue(assessments: Collection[ImpactAssessment], calendar: Calendar) -> dict[int, Running]:
    return {pk: one for pk, one in clocks.of_assessments(assessments, calendar).items() if one.clock.late}


def _ask_for_assessments(calendar: Calendar) -> int:
    """The State is asked for an assessment a year after the first confirmed delivery, unless it has begun one."""

    def step(row: AssistanceRequest) -> bool:
        request = DIRECT.lock(row)
        one = clocks.assessing([request], calendar).get(request.pk)
        if one is None or one.past or calendar.today < one.clock.due or clocks.assessed(request):
            return False
        services.start_assessment(ImpactAssessment(request=request), requested=True, actor=SYSTEM)
        return True

    done = 0
    for batch in in_batches(clocks.perhaps_to_assess(calendar)):
        found = clocks.assessing(batch, calendar)
        ripe = {pk for pk, one in found.items() if not one.past and calendar.today >= one.clock.due}
        done += each([row for row in batch if row.pk in ripe], step)
    return done
