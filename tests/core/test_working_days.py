"""Working days, checked against counting the days one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.working_days import add_working_days, is_working_day, working_days

days = st.dates(min_value=date(2015, 1, 1), max_value=date(2030, 12, 31))
holiday_sets = st.frozensets(st.dates(min_value=date(2016, 1, 1), max_value=date(2019, 12, 31)), max_size=60)
near = st.dates(min_value=date(2015, 12, 1), max_value=date(2020, 1, 31))
NONE: frozenset[date] = frozenset()


def counted(start, end, holidays):
    """One by one: weekdays after `start` up to and including `end` that are no holiday."""
    span = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in span if day.weekday() < 5 and day not in holidays)


@given(near, near, holiday_sets)
def test_equals_counting_one_by_one(start, end, holidays):
    assert working_days(start, end, holidays) == counted(start, end, holidays)


@given(near, near, near, holiday_sets)
def test_spans_add_up(first, second, third, holidays):
    first, second, third = sorted((first, second, third))
    whole = working_days(first, third, holidays)
    assert whole == working_days(first, second, holidays) + working_days(second, third, holidays)


@given(near, st.integers(0, 300), holiday_sets)
def test_adding_reaches_the_day_that_counts_so_many(start, number, holidays):
    end = add_working_days(start, number, holidays)
    assert working_days(start, end, holidays) == number
    if number:
        assert is_working_day(end, holidays)
        assert working_days(start, end - timedelta(days=1), holidays) == number - 1
    else:
        assert end == start


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2018, 1, 8), date(2018, 1, 15), 5),  # Monday to Monday
        (date(2018, 1, 8), date(2018, 1, 8), 0),
        (date(2018, 1, 8), date(2018, 1, 7), 0),
        (date(2018, 1, 12), date(2018, 1, 14), 0),  # Friday to Sunday
        (date(2018, 1, 13), date(2018, 1, 15), 1),  # Saturday to Monday
        (date(2018, 1, 1), date(2018, 12, 31), 260),
    ],
)
def test_known_spans(start, end, expected):
    assert working_days(start, end, NONE) == expected


def test_a_holiday_on_a_weekday_counts_off_and_one_on_a_weekend_does_not():
    monday, next_monday = date(2018, 3, 26), date(2018, 4, 2)
    assert working_days(monday, next_monday, frozenset({date(2018, 3, 30), next_monday})) == 3
    assert working_days(monday, next_monday, frozenset({date(2018, 3, 31)})) == 5
    # the first day itself is never counted
    assert working_days(monday, next_monday, frozenset({monday})) == 5


def test_five_working_days_over_easter():
    easter = frozenset({date(2018, 3, 30), date(2018, 4, 2)})
    assert add_working_days(date(2018, 3, 26), 5, easter) == date(2018, 4, 4)


def test_days_are_counted_forward():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2018, 1, 1), -1, NONE)


def test_the_calendar_ends():
    with pytest.raises(OverflowError):
        add_working_days(date(9999, 12, 30), 10, NONE)
