"""Dates of the sample's current cases, told from the day of loading.

In place of a date stands `today`, `today-12` or `today+30` (calendar days), or `today-12wd` or `today+5wd`
(working days of the secretariat). `today-12wd` is the latest working day on or before today after which at
least twelve working days have passed, so that a clock shows the same count whenever the sample is loaded.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from portal.core.working_days import add_working_days, is_working_day, working_days

_TOKEN = re.compile(r"today(?:(?P<sign>[+-])(?P<number>\d{1,4})(?P<working>wd)?)?")
_ONE = timedelta(days=1)


def resolve(document: Any, *, today: date, holidays: frozenset[date]) -> Any:
    """A copy of a JSON value in which every text that is a token has become its day, YYYY-MM-DD."""
    known: dict[str, str] = {}

    def of_text(text: str) -> str:
        if text not in known:
            token = _TOKEN.fullmatch(text)
            known[text] = _day(token, today, holidays).isoformat() if token else text
        return known[text]

    return _mapped(document, of_text)


def _mapped(value: Any, of_text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, list):
        return [_mapped(item, of_text) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, of_text) for key, item in value.items()}
    return value


def _day(token: re.Match[str], today: date, holidays: frozenset[date]) -> date:
    number = int(token["number"] or 0)
    if token["working"] is None:
        return today - timedelta(days=number) if token["sign"] == "-" else today + timedelta(days=number)
    if token["sign"] == "+":
        return add_working_days(today, number, holidays)
    found = today
    while working_days(found, today, holidays) < number or not is_working_day(found, holidays):
        found -= _ONE
    return found
