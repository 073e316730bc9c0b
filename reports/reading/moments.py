"""What held on the cut-off day, read from a snapshot's dates ("YYYY-MM-DD", UTC days)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

# Of two moves of one day the later in this list is the one that holds.
MOVES = ("submitted", "acknowledged", "circulated", "closed", "withdrawn", "declined", "reopened")
_RANK = {move: rank for rank, move in enumerate(MOVES)}
_STATE = {
    "submitted": "submitted",
    "circulated": "open",
    "closed": "closed",
    "withdrawn": "withdrawn",
    "declined": "declined",
}
STATES = ("submitted", "under_review", "clarification", "open", "closed", "declined", "withdrawn")
_ENDS = ("cancelled", "withdrawn", "lapsed")
_SATURDAY = 5
_WEEK = 7


class WorkingDays:
    """Counts the secretariat's working days: weekdays that are no official holiday (rule 16)."""

    def __init__(self, holidays: Iterable[str]) -> None:
        days = {date.fromisoformat(day) for day in holidays}
        self._holidays = sorted(day.toordinal() for day in days if day.weekday() < _SATURDAY)

    def between(self, first: str, last: str) -> int:
        """Working days after `first` up to and including `last`; none when `last` is not later."""
        return max(0, self._up_to(last) - self._up_to(first))

    def _up_to(self, day: str) -> int:
        # Day 1 of the proleptic calendar is a Monday.
        ordinal = date.fromisoformat(day).toordinal()
        weeks, rest = divmod(ordinal, _WEEK)
        return weeks * _SATURDAY + min(rest, _SATURDAY) - bisect_right(self._holidays, ordinal)


def day_of(request: Mapping[str, Any], move: str) -> str | None:
    """The first day on which the request made `move`, if it did."""
    return min((step["date"] for step in request["moves"] if step["move"] == move), default=None)


def request_state(request: Mapping[str, Any], cut_off: str) -> str | None:
    """The request's state at the end of the cut-off day, one of STATES; none before its submission."""
    moves = [(step["date"], _RANK[step["move"]]) for step in request["moves"] if step["date"] <= cut_off]
    if not moves:
        return None
    move = MOVES[max(moves)[1]]
    return _STATE.get(move) or _under_review(request, cut_off)


def _under_review(request: Mapping[str, Any], cut_off: str) -> str:
    for question in request.get("clarifications", ()):
        if question["asked"] <= cut_off and question.get("answered", "9999") > cut_off:
            return "clarification"
    return "under_review"


def happened(dates: Mapping[str, str], move: str, cut_off: str) -> bool:
    """Whether the pledge made the move by the end of the cut-off day."""
    return move in dates and dates[move] <= cut_off


def committed(pledge: Mapping[str, Any], cut_off: str) -> bool:
    """Whether the pledge is accepted or later, and not cancelled, withdrawn or lapsed (rule 1)."""
    dates = pledge["dates"]
    if "accepted" not in dates or dates["accepted"] > cut_off:
        return False
    # no generator here: this is asked of every pledge
    for end in _ENDS:  # noqa: SIM110 - see above
        if end in dates and dates[end] <= cut_off:
            return False
    return True


def confirmed(delivery: Mapping[str, Any], cut_off: str) -> bool:
    """Whether the State had confirmed the delivery by the cut-off and has not disputed it since."""
    day = delivery.get("confirmed")
    if day is None or day > cut_off:
        return False
    dispute = delivery.get("disputed")
    return dispute is None or not day < dispute["date"] <= cut_off
