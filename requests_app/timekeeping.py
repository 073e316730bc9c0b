"""What the portal does by itself as time passes on requests: reminds, asks for assessments, lets lapse."""

from collections.abc import Collection

from portal.core.actor import SYSTEM
from portal.core.deadlines import Calendar, Running, run_out
from portal.core.unit import DIRECT
from portal.directory.selectors import calendar as load_calendar
from portal.notifications import selectors as told
from portal.notifications.timekeeping import each, ended, in_batches, remind_all
from requests_app import clocks, services
from requests_app.models import AssistanceRequest, ImpactAssessment


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
