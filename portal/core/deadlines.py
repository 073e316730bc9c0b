"""How long a move may take, and when to remind of it: arithmetic of days, without database.

A clock starts on a day and runs for working days of the secretariat, or for calendar months; while the other
side owes an answer it stands still. What runs and for how long is data (the table of clocks in the
directory); who is reminded, and what the portal does in the end, is each app's to say.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.working_days import add_working_days, working_days

AHEAD = 3  # working days before the last one on which the first reminder is sent
WEEK = timedelta(days=7)  # between one reminder that something is late and the next
LATE_REMINDERS = 3
BEFORE_LAPSE = 2  # reminders that something is late, sent before the portal ends it
SOON = 0  # number of the reminder that is sent ahead; those after the last day count from 1


@dataclass(frozen=True)
class Term:
    """How long a clock runs: working days, or calendar months; neither where the day is agreed otherwise."""

    working_days: int | None = None
    months: int | None = None


@dataclass(frozen=True)
class Clock:
    """A clock that runs on a record: since when, the last day, and the working days left.

    After the last day `left` is below zero, by the working days since; it is 0 on a weekend after a Friday.
    """

    name: str
    started: date
    due: date
    left: int
    late: bool


@dataclass(frozen=True)
class Running:
    """A clock that runs on a record, and the day on which the portal learned that it had started."""

    clock: Clock
    learned: date

    @property
    def past(self) -> bool:
        """Whether it had run out before the portal knew of it."""
        return self.clock.due < self.learned


@dataclass(frozen=True)
class Calendar:
    """What it takes to reckon: today, the secretariat's holidays, and how long each clock runs."""

    today: date
    holidays: frozenset[date]
    terms: Mapping[str, Term]

    def clock(self, name: str, started: date, *, stopped: int = 0, due: date | None = None) -> Clock | None:
        """The clock of a name started on a day, which stood still for some working days.

        `due` where the day was agreed; None where nobody has said how long the clock runs.
        """
        term = self.terms.get(name, Term())
        if due is None and term.months is not None:
            due = add_months(started, term.months)
        elif due is None and term.working_days is not None:
            due = add_working_days(started, term.working_days + stopped, self.holidays)
        if due is None:
            return None
        late = due < self.today
        left = -self.between(due, self.today) if late else self.between(self.today, due)
        return Clock(name, started, due, left, late)

    def between(self, start: date, end: date) -> int:
        """Working days after one day up to another."""
        return working_days(start, end, self.holidays)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def owed(clock: Clock, sent: Mapping[int, date], *, today: date, at_start: bool = False) -> int | None:
    """Number of the reminder that is owed today, given those that were sent and when; None where none is.

    One is sent ahead, three working days before the last day (`at_start`: from the first day on); then one on
    the day after the last, and one a week after each, three at most. What was missed is not sent afterwards.
    """
    if not clock.late:
        ahead = clock.started <= today and (at_start or clock.left <= AHEAD)
        return SOON if ahead and SOON not in sent else None
    last = max(sent, default=SOON)
    if last == SOON:
        return 1
    return last + 1 if last < LATE_REMINDERS and today >= sent[last] + WEEK else None


def run_out(clock: Clock, sent: Mapping[int, date], *, today: date) -> bool:
    """Whether the portal may end what was waited for: late, reminded twice since, and a week gone by."""
    return clock.late and BEFORE_LAPSE in sent and today >= sent[BEFORE_LAPSE] + WEEK
