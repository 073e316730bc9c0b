"""The clocks of a request and of its assessment: which one runs, since when, until when.

How long each may take is data (the directory's table of clocks); which move starts and stops it stands here.
A clock that had run out before the portal learned of its start asks nothing of anybody (`learned`).
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.audit.cases import case_type
from portal.audit.selectors import Last, last_of, learned_of
from portal.core import clock
from portal.core.deadlines import Calendar, Clock, Running, Term, add_months
from portal.core.events import ask
from portal.directory.selectors import calendar as load_calendar
from requests_app.enums import AssessmentStatus, RequestStatus
from requests_app.models import AssistanceRequest, Clarification, ImpactAssessment

# state: the clock that runs in it; an open or closed request waits for its assessment
RUNNING = {
    RequestStatus.SUBMITTED: "acknowledge",
    RequestStatus.UNDER_REVIEW: "review",
    RequestStatus.CLARIFICATION: "answer",
}
LIVE = (RequestStatus.OPEN, RequestStatus.CLOSED)
# the moves that start each clock
STARTS = {
    "acknowledge": ("submit",),
    "review": ("acknowledge", "reopen"),
    "answer": ("ask_for_clarification",),
}
IDLE = Term(months=24)  # an open request without pledge or activity lapses after this
UNFINISHED = (AssessmentStatus.REQUESTED, AssessmentStatus.DRAFT, AssessmentStatus.APPROVAL)
OVERLOOKED = 24  # months after which nobody is asked any more for an assessment that nobody asked for


def due(record: Any, *, calendar: Calendar | None = None) -> Clock | None:
    """The clock that runs on a request or an assessment; None where none does."""
    return due_of([record], calendar=calendar).get(record.pk)


def due_of(records: Iterable[Any], *, calendar: Calendar | None = None) -> dict[int, Clock]:
    """The clock of each of some requests, or of some assessments: a fixed number of queries."""
    rows = list(records)
    calendar = calendar or load_calendar()
    if rows and case_type(rows[0]) == "assessment":
        return {pk: found.clock for pk, found in of_assessments(rows, calendar).items() if not found.past}
    threads = _threads(rows)
    handled = {row.pk: found for row in rows if (found := _handling(row, threads, calendar))}
    live = [row for row in rows if row.status in LIVE]
    return handled | {pk: found.clock for pk, found in assessing(live, calendar).items() if not found.past}


def running(requests: Collection[AssistanceRequest], calendar: Calendar) -> dict[int, Running]:
    """The clocks of requests that are with one side or the other, by request."""
    threads = _threads(requests)
    found = {row.pk: handled for row in requests if (handled := _handling(row, threads, calendar))}
    moves = last_of("request", found, [move for starts in STARTS.values() for move in starts])
    return {pk: Running(one, learned_of(pk, STARTS[one.name], moves, one)) for pk, one in found.items()}


def _threads(requests: Iterable[AssistanceRequest]) -> dict[int, list[Clarification]]:
    """Questions and answers of those requests on whose clock they bear."""
    found: dict[int, list[Clarification]] = {}
    ids = [
        row.pk for row in requests if row.status in {RequestStatus.UNDER_REVIEW, RequestStatus.CLARIFICATION}
    ]
    if ids:
        for line in Clarification.objects.filter(request__in=ids).order_by("asked_at", "pk"):
            found.setdefault(line.request_id, []).append(line)
    return found


def _handling(
    request: AssistanceRequest, threads: dict[int, list[Clarification]], calendar: Calendar
) -> Clock | None:
    name = RUNNING.get(RequestStatus(request.status))
    thread = threads.get(request.pk, [])
    if name == "acknowledge" and request.submitted_at:
        return calendar.clock(name, clock.day(request.submitted_at))
    if name == "review":
        starts = [moment for moment in (request.acknowledged_at, request.reopened_at) if moment]
        if starts:
            started = clock.day(max(starts))
            return calendar.clock(name, started, stopped=stood_still(thread, started, calendar))
    if name == "answer":
        asked = [line.asked_at for line in thread if line.answered_at is None]
        if asked:
            return calendar.clock(name, clock.day(min(asked)))
    return None


def stood_still(thread: Iterable[Clarification], started: date, calendar: Calendar) -> int:
    """Working days since a day on which a question to the State was open; days of two questions count once."""
    total, reached = 0, started
    for line in thread:
        if line.answered_at is not None:
            asked, answered = max(clock.day(line.asked_at), reached), clock.day(line.answered_at)
            total += calendar.between(asked, answered)
            reached = max(reached, answered)
    return total


# what the portal itself sees to


def assessing(requests: Collection[AssistanceRequest], calendar: Calendar) -> dict[int, Running]:
    """Until when the State assesses what was delivered, of requests that have no assessment submitted yet."""
    ids = {row.pk for row in requests}
    if not ids:
        return {}
    done = ImpactAssessment.objects.filter(request=OuterRef("pk")).exclude(status__in=UNFINISHED)
    rows = AssistanceRequest.objects.filter(~Exists(done), pk__in=ids).order_by()
    return _assessing(rows.values("pk"), calendar)


def _assessing(requests: Collection[int] | QuerySet[Any], calendar: Calendar) -> dict[int, Running]:
    first: dict[int, tuple[datetime, datetime]] = ask("requests.first_confirmed", requests=requests) or {}
    found = {}
    for pk, (confirmed, learned) in first.items():
        one = calendar.clock("assess", clock.day(confirmed))
        if one is not None:
            found[pk] = Running(one, clock.day(learned))
    return found


def assessed(request: AssistanceRequest) -> bool:
    """Whether the State has an assessment of a request, or was asked for one."""
    return ImpactAssessment.objects.filter(request=request).exists()


def of_assessments(records: Collection[ImpactAssessment], calendar: Calendar) -> dict[int, Running]:
    """Until when assessments that are not submitted yet should be, by assessment."""
    rows = [row for row in records if row.status in UNFINISHED]
    by_request = _assessing({row.request_id for row in rows}, calendar)
    return {row.pk: by_request[row.request_id] for row in rows if row.request_id in by_request}


def idle(requests: Collection[AssistanceRequest], calendar: Calendar) -> dict[int, Running]:
    """Open requests without a pending pledge, and until when something is to happen on them."""
    ids = [row.pk for row in requests if row.status == RequestStatus.OPEN]
    if not ids:
        return {}
    last: dict[int, list[Last]] = {}
    for (pk, move), found in last_of("request", ids).items():
        if move != "reminded":
            last.setdefault(pk, []).append(found)
    pending, activity = ask("requests.last_activity", requests=ids)
    for pk, lasts in activity.items():
        last.setdefault(pk, []).extend(lasts)
    started = {
        pk: clock.day(max(one.begun for one in lasts)) for pk, lasts in last.items() if pk not in pending
    }
    learned = {pk: clock.day(max(one.learned for one in lasts)) for pk, lasts in last.items()}
    clocks = {
        pk: calendar.clock("idle", day, due=add_months(day, IDLE.months or 0)) for pk, day in started.items()
    }
    return {pk: Running(one, learned[pk]) for pk, one in clocks.items() if one is not None}


# which records have a clock worth looking at


def in_hand() -> QuerySet[AssistanceRequest]:
    """Requests that are with one side or the other."""
    return AssistanceRequest.objects.filter(status__in=list(RUNNING)).order_by("pk")


def perhaps_idle(calendar: Calendar) -> QuerySet[AssistanceRequest]:
    """Open requests that were circulated so long ago that they may have been forgotten."""
    since = add_months(calendar.today, 1 - (IDLE.months or 0))
    return AssistanceRequest.objects.filter(
        status=RequestStatus.OPEN, circulated_at__date__lte=since
    ).order_by("pk")


def perhaps_to_assess(calendar: Calendar) -> QuerySet[AssistanceRequest]:
    """Requests under which a delivery was confirmed about as long ago as an assessment may take."""
    months = calendar.terms.get("assess", Term(months=12)).months or 0
    confirmed = Q(
        needs__pledges__deliveries__status="confirmed",
        needs__pledges__deliveries__confirmed_at__date__lte=add_months(calendar.today, 1 - months),
        needs__pledges__deliveries__confirmed_at__date__gte=add_months(calendar.today, -months - OVERLOOKED),
    )
    ids = AssistanceRequest.objects.filter(confirmed, status__in=LIVE).order_by().values("pk")
    return AssistanceRequest.objects.filter(pk__in=ids).order_by("pk")


def unfinished() -> QuerySet[ImpactAssessment]:
    """Assessments that are not submitted yet."""
    return ImpactAssessment.objects.filter(status__in=UNFINISHED).order_by("pk")
