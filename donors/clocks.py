"""The clocks of pledges and deliveries: which one runs, since when, until when; and what follows a delivery.

How long each may take is data (the directory's table of clocks); which move starts and stops it stands here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from donors.enums import PENDING, DeliveryStatus, OfferStatus, PledgeStatus
from donors.models import Delivery, FollowUp, Offer, Pledge
from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.audit.selectors import Last, last_of, learned_of
from portal.core import clock
from portal.core.deadlines import Calendar, Clock, Running, add_months
from portal.directory.selectors import calendar as load_calendar

# state: the clock that runs in it, and the moves that start it
PLEDGE_CLOCKS: dict[str, tuple[str, tuple[str, ...]]] = {
    PledgeStatus.OFFERED: ("respond", ("offer",)),
    PledgeStatus.ACCEPTED: ("agree", ("accept",)),
    PledgeStatus.AGREED: ("deliver", ("agree",)),
    PledgeStatus.DELIVERING: ("deliver", ("agree", "accept", "resume")),
}
LAPSING = ("respond", "agree")  # a pledge that nobody answers or agrees on ends by itself
TO_CONFIRM = (DeliveryStatus.RECORDED, DeliveryStatus.CORRECTED)
RECORDING = ("record", "correct")
FOLLOW_UPS = (6, 12, 24)  # months after the confirmation
FOLLOW_UP_TIME = 1  # months for each answer; one that comes so much early counts too
FORGOTTEN = 36  # months after which no follow-up is asked for any more


@dataclass(frozen=True)
class FollowUpDue:
    """One of the follow-ups of a confirmed delivery: to come, due, overdue, or answered."""

    months: int
    day: date
    until: date
    answered: bool
    late: bool


def due(record: Pledge | Delivery, *, calendar: Calendar | None = None) -> Clock | None:
    """The clock that runs on a pledge or a delivery; None where none does."""
    return due_of([record], calendar=calendar).get(record.pk)


def due_of(records: Iterable[Any], *, calendar: Calendar | None = None) -> dict[int, Clock]:
    """The clock of each of some pledges, or of some deliveries: a fixed number of queries."""
    rows = list(records)
    calendar = calendar or load_calendar()
    if rows and case_type(rows[0]) == "delivery":
        found = of_deliveries(rows, calendar)
        return {pk: one.clock for pk, one in found.items() if one.clock.name == "confirm" or not one.past}
    return {row.pk: one for row in rows if (one := _of_pledge(row, calendar))}


def _of_pledge(pledge: Pledge, calendar: Calendar) -> Clock | None:
    name, _moves = PLEDGE_CLOCKS.get(pledge.status, ("", ()))
    started = {
        "respond": pledge.offered_at,
        "agree": pledge.accepted_at,
        "deliver": pledge.agreed_at or pledge.accepted_at,
    }.get(name)
    if started is None or (name == "deliver" and pledge.window_until is None):
        return None
    until = clock.day(pledge.window_until) if name == "deliver" and pledge.window_until else None
    return calendar.clock(name, clock.day(started), due=until)


def of_pledges(pledges: Collection[Pledge], calendar: Calendar) -> dict[int, Running]:
    """The clocks of pledges, by pledge, with the day on which the portal learned of their start."""
    found = {row.pk: (row, one) for row in pledges if (one := _of_pledge(row, calendar))}
    starts = sorted({move for _name, moves in PLEDGE_CLOCKS.values() for move in moves})
    last = last_of("pledge", found, starts)
    return {
        pk: Running(one, learned_of(pk, PLEDGE_CLOCKS[row.status][1], last, one))
        for pk, (row, one) in found.items()
    }


def of_deliveries(deliveries: Collection[Delivery], calendar: Calendar) -> dict[int, Running]:
    """The clocks of deliveries, by delivery: until when each is to be confirmed, or followed up."""
    rows = [row for row in deliveries if row.status in {*TO_CONFIRM, DeliveryStatus.CONFIRMED}]
    ids = [row.pk for row in rows]
    last = last_of("delivery", ids, (*RECORDING, "confirm"))
    answers = _answers([row.pk for row in rows if row.status == DeliveryStatus.CONFIRMED])
    found = {}
    for row in rows:
        one, starts = _of_delivery(row, last, answers.get(row.pk, []), calendar)
        if one is not None:
            found[row.pk] = Running(one, learned_of(row.pk, starts, last, one))
    return found


def _of_delivery(
    row: Delivery, last: dict[tuple[int, str], Last], answers: list[date], calendar: Calendar
) -> tuple[Clock | None, tuple[str, ...]]:
    if row.status in TO_CONFIRM:
        begun = [clock.day(last[row.pk, move].begun) for move in RECORDING if (row.pk, move) in last]
        return calendar.clock("confirm", max(begun, default=clock.day(row.date))), RECORDING
    reached = [line for line in planned(row, answers, today=calendar.today) if line.day <= calendar.today]
    # an answer today speaks for the time before too: of several only the last is waited for
    if not reached or reached[-1].answered:
        return None, ()
    return calendar.clock("follow_up", reached[-1].day, due=reached[-1].until), ("confirm",)


def _answers(deliveries: Collection[int]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    if deliveries:
        for pk, moment in FollowUp.objects.filter(delivery__in=deliveries).values_list("delivery", "date"):
            found.setdefault(pk, []).append(clock.day(moment))
    return found


def planned(delivery: Delivery, answers: Collection[date], *, today: date) -> list[FollowUpDue]:
    """The follow-ups of a confirmed delivery, at 6, 12 and 24 months; derived, never stored.

    An answer counts for the follow-up whose day it is near to or after, until the next one's.
    """
    if delivery.status != DeliveryStatus.CONFIRMED or delivery.confirmed_at is None:
        return []
    confirmed = clock.day(delivery.confirmed_at)
    days = [add_months(confirmed, months) for months in FOLLOW_UPS]
    opens = [add_months(confirmed, months - FOLLOW_UP_TIME) for months in FOLLOW_UPS]
    closes = [*opens[1:], date.max]
    found = []
    for months, day, start, end in zip(FOLLOW_UPS, days, opens, closes, strict=True):
        answered = any(start <= answer < end for answer in answers)
        until = add_months(day, FOLLOW_UP_TIME)
        found.append(FollowUpDue(months, day, until, answered, not answered and until < today))
    return found


def follow_ups(delivery: Delivery) -> list[FollowUpDue]:
    """The follow-ups of one delivery, as its page shows them."""
    return planned(delivery, _answers([delivery.pk]).get(delivery.pk, []), today=clock.today())


# what requests ask


def first_confirmed(*, requests: Collection[int] | QuerySet[Any]) -> dict[int, tuple[datetime, datetime]]:
    """Of requests under which a delivery was confirmed: when the first was, and when the portal learned of it."""
    of_request = "pledge__need__request"
    events = CaseEvent.objects.filter(case_type="delivery", case_id=OuterRef("pk"), move="confirm").order_by()
    learned = events.values("case_id").annotate(last=Max("recorded_at")).values("last")
    rows = Delivery.objects.filter(
        status=DeliveryStatus.CONFIRMED, confirmed_at__isnull=False, **{f"{of_request}__in": requests}
    )
    first = rows.order_by(of_request, "confirmed_at", "pk").distinct(of_request)
    return {
        request: (confirmed, known or confirmed)
        for request, confirmed, known in first.values_list(of_request, "confirmed_at", Subquery(learned))
    }


def last_activity(*, requests: Collection[int]) -> tuple[set[int], dict[int, list[Last]]]:
    """Requests that a pending pledge holds, and when something was last done on the pledges of each."""
    of_pledge = dict(Pledge.objects.filter(need__request__in=requests).values_list("pk", "need__request"))
    pending = set(
        Pledge.objects.filter(pk__in=of_pledge, status__in=PENDING).values_list("need__request", flat=True)
    )
    of_delivery = dict(Delivery.objects.filter(pledge__in=of_pledge).values_list("pk", "pledge"))
    found: dict[int, list[Last]] = {}
    for (pk, move), last in last_of("pledge", of_pledge).items():
        if move != "reminded":
            found.setdefault(of_pledge[pk], []).append(last)
    for (pk, move), last in last_of("delivery", of_delivery).items():
        if move != "reminded":
            found.setdefault(of_pledge[of_delivery[pk]], []).append(last)
    return pending, found


# which records have a clock worth looking at


def waiting_pledges() -> QuerySet[Pledge]:
    """Pledges on which a clock may run."""
    return Pledge.objects.filter(status__in=list(PLEDGE_CLOCKS)).order_by("pk")


def waiting_deliveries(calendar: Calendar) -> QuerySet[Delivery]:
    """Deliveries that are to be confirmed, or followed up."""
    rows = Delivery.objects.filter(status__in=TO_CONFIRM) | followed_up(calendar)
    return rows.order_by("pk")


def followed_up(calendar: Calendar) -> QuerySet[Delivery]:
    """Confirmed deliveries so old that a follow-up may be due, and not so old that nobody asks any more."""
    return Delivery.objects.filter(
        status=DeliveryStatus.CONFIRMED,
        confirmed_at__lt=clock.start(add_months(calendar.today, -FOLLOW_UPS[0]) + timedelta(days=1)),
        confirmed_at__gte=clock.start(add_months(calendar.today, -FORGOTTEN)),
    )


def run_out_offers(calendar: Calendar) -> QuerySet[Offer]:
    """Offers on the table whose last day has passed."""
    open_ = (OfferStatus.PUBLISHED, OfferStatus.PARTLY_TAKEN)
    return Offer.objects.filter(status__in=open_, valid_until__date__lt=calendar.today).order_by("pk")


def published_on(offers: Collection[Offer]) -> dict[int, date]:
    """The day on which the portal learned that each offer was published."""
    last = last_of("offer", [offer.pk for offer in offers], ("publish",))
    return {pk: clock.day(found.learned) for (pk, _move), found in last.items()}
