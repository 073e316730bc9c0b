"""Working days of the secretariat: weekdays that are no official holiday (rule 16, docs/rules.md)."""

from collections.abc import Collection
from datetime import date, timedelta

_WEEK = 7
_WORKING = 5


def _weekdays_up_to(day: date) -> int:
    """Weekdays from the calendar's first day, a Monday, up to and including `day`."""
    weeks, rest = divmod(day.toordinal(), _WEEK)
    return weeks * _WORKING + min(rest, _WORKING)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether the secretariat works on a day."""
    return day.weekday() < _WORKING and day not in holidays


def working_days(start: date, end: date, holidays: frozenset[date]) -> int:
    """Working days after `start` up to and including `end`; 0 where `end` is not later.

    A Monday to the Monday after is 5, where no holiday lies between.
    """
    if end <= start:
        return 0
    off = sum(1 for day in holidays if start < day <= end and day.weekday() < _WORKING)
    return _weekdays_up_to(end) - _weekdays_up_to(start) - off


def add_working_days(start: date, days: int, holidays: frozenset[date]) -> date:
    """The day on which the given number of working days after `start` is reached; `start` itself for 0.

    Raises ValueError for a negative number and OverflowError beyond the calendar's end.
    """
    if days < 0:
        raise ValueError("working days are counted forward")
    day = start
    left = days
    while left:
        # whole weeks while a day is left after them, so that the last step ends on a working day
        after = day + timedelta(days=(left - 1) // _WORKING * _WEEK or 1)
        left -= working_days(day, after, holidays)
        day = after
    return day
