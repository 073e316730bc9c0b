"""The moves of one record against each other: what must have come before, and what a state allows.

The tables are those of `docs/workflows.md`, read with one date for each move. A move that is wrong is left
out of what follows, so that one mistake is told once.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from portal.dossier.check.view import View, day_of, parts
from portal.dossier.order import ordered_moves
from portal.dossier.problems import Step
from portal.dossier.read import Record

Days = dict[str, date]
Place = tuple[Step, ...]
Table = Mapping[str, tuple[frozenset[str], str]]

REQUEST_NEEDS = {
    "acknowledged": "submitted",
    "circulated": "acknowledged",
    "declined": "submitted",
    "closed": "circulated",
}
PLEDGE_NEEDS = {
    "accepted": "offered",
    "declined": "offered",
    "agreed": "accepted",
    "cancelled": "accepted",
    "acknowledged": "accepted",
    "lapsed": "offered",
}
"""A move may not be absent: what each move needs before it."""

REQUEST_TABLE: Table = {
    "submitted": (frozenset({"draft"}), "submitted"),
    "acknowledged": (frozenset({"submitted"}), "under review"),
    "circulated": (frozenset({"under review"}), "open"),
    "closed": (frozenset({"open"}), "closed"),
    "withdrawn": (frozenset({"draft", "submitted", "under review", "open"}), "withdrawn"),
    "declined": (frozenset({"submitted", "under review"}), "declined"),
    "reopened": (frozenset({"closed", "withdrawn", "declined"}), "under review"),
}
PLEDGE_TABLE: Table = {
    "announced": (frozenset({"draft"}), "announced"),
    "offered": (frozenset({"draft", "announced"}), "offered"),
    "accepted": (frozenset({"offered"}), "accepted"),
    "declined": (frozenset({"offered"}), "declined"),
    "agreed": (frozenset({"accepted"}), "agreed"),
    "withdrawn": (frozenset({"draft", "announced", "offered"}), "withdrawn"),
    "cancelled": (frozenset({"accepted", "agreed"}), "cancelled"),
    "acknowledged": (frozenset({"accepted", "agreed"}), "acknowledged"),
    "lapsed": (frozenset({"offered", "accepted"}), "lapsed"),
}
"""Move → (states in which it can happen, state after it); deliveries are looked at apart."""

BEGINNINGS = ("submitted", "announced")
"""Moves that come before every other."""

ENDS = ("declined", "withdrawn", "cancelled", "lapsed")


def check(view: View) -> None:
    """Note moves without what they need, out of order, or from a state that does not allow them."""
    for index, request in view.each("requests"):
        if _in_sequence(view, ("requests", index), request, REQUEST_NEEDS, REQUEST_TABLE):
            _clarifications(view, index, request, _days(request))
    for index, pledge in view.each("pledges"):
        _in_sequence(view, ("pledges", index), pledge, PLEDGE_NEEDS, PLEDGE_TABLE)
    for index, delivery in view.each("deliveries"):
        _delivery(view, index, delivery)


def _days(record: Record) -> Days:
    found = {move: day_of(text) for move, text in (record.get("dates") or {}).items()}
    return {move: day for move, day in found.items() if day is not None}


def _in_sequence(
    view: View, place: tuple[str, int], record: Record, needs: Mapping[str, str], table: Table
) -> bool:
    """Whether the moves of a record could be followed; where not, that is noted, or was before."""
    days = _days(record)
    if place in view.dossier.damaged or len(days) < len(record.get("dates") or {}):
        # A date that could not be read may be the one that is missed.
        needs = {move: needed for move, needed in needs.items() if needed in days}
    sound = True
    for move, needed in needs.items():
        if move not in days:
            continue
        if needed not in days:
            words = {"move": move, "needed": needed}
            view.note((*place, "dates", move), _("%(move)s needs %(needed)s, which is not given") % words)
            sound = False
        elif days[move] < days[needed]:
            view.note((*place, "dates", move), _before(days[move], needed, days[needed]))
            sound = False
    if not sound or place in view.dossier.damaged or len(days) < len(record.get("dates") or {}):
        return False
    _follow(view, (*place, "dates"), ordered_moves(place[0], days), days, table)
    return True


def _before(day: date, other: str, other_day: date) -> str:
    words = {"day": day.isoformat(), "other": other, "other_day": other_day.isoformat()}
    return _("%(day)s is before %(other)s, %(other_day)s") % words


def _follow(view: View, steps: Place, moves: list[str], days: Days, table: Table) -> None:
    state, last = "draft", ""
    for move in moves:
        sources, after = table[move]
        if state in sources:
            state, last = after, move
        elif "draft" in sources and last and move in BEGINNINGS:
            view.note((*steps, last), _before(days[last], move, days[move]))
        else:
            view.note((*steps, move), _cannot(move, state, days.get(last)))


def _cannot(move: str, state: str, since: date | None) -> str:
    words = {"move": move, "state": state, "since": since.isoformat() if since else ""}
    if since is None:
        return _("%(move)s cannot be: nothing came before it") % words
    return _("%(move)s cannot be: on that day it is %(state)s, since %(since)s") % words


def _clarifications(view: View, index: int, request: Record, days: Days) -> None:
    """A question is asked, and answered, while the request is under review."""
    for place, clarification in parts(request, "clarifications"):
        for move in ("asked", "answered"):
            day = day_of(clarification.get(move, ""))
            if day is None:
                continue
            reason = _not_under_review(days, day)
            if reason:
                view.note(("requests", index, "clarifications", place, move), reason)


def _not_under_review(days: Days, day: date) -> str:
    start = min((days[move] for move in ("acknowledged", "reopened") if move in days), default=None)
    if start is None:
        return _("a question needs the request acknowledged, which is not given")
    if day < start:
        return _before(day, "acknowledged", start)
    last = ""
    for move in ordered_moves("requests", days):
        # Of one day, what is asked stands after acknowledgement and reopening, and before everything else.
        if days[move] < day or (days[move] == day and move in ("acknowledged", "reopened")):
            last = move
    if last in ("submitted", "acknowledged", "reopened"):
        return ""
    words = {"move": last, "since": days[last].isoformat()}
    return _("the request is no longer under review: %(move)s on %(since)s") % words


def _delivery(view: View, index: int, delivery: Record) -> None:
    """A delivery follows the pledge's agreement where one is given, else its acceptance, while it stands."""
    pledge = view.find("pledges", delivery.get("pledge"))
    day = day_of(delivery.get("date", ""))
    if pledge is None or day is None:
        return
    here = view.by_ref["pledges"].get(delivery["pledge"])
    if here and ("pledges", here[0]) in view.dossier.damaged and not pledge.get("dates"):
        return
    days = _days(dict(pledge))
    steps = ("deliveries", index, "date")
    if "accepted" not in days:
        if "accepted" not in (pledge.get("dates") or {}):
            view.note(
                (*steps[:2], "pledge"), _("the pledge was not accepted; nothing can be delivered under it")
            )
        return
    signed = day_of((pledge.get("agreement") or {}).get("signed", ""))
    move, since = ("agreed", days["agreed"]) if "agreed" in days else ("accepted", days["accepted"])
    if "agreed" not in days and signed is not None and signed > since:
        move, since = "agreement.signed", signed
    if day < since:
        words = {"day": day.isoformat(), "move": move, "since": since.isoformat()}
        view.note(steps, _("%(day)s is before the pledge's %(move)s, %(since)s") % words)
        return
    for end in ENDS:
        # What came on the day of the cancellation counts; whatever else ends a pledge comes before deliveries.
        if end in days and (days[end] < day or (days[end] == day and end != "cancelled")):
            words = {"day": day.isoformat(), "move": end, "since": days[end].isoformat()}
            view.note(steps, _("%(day)s: the pledge is %(move)s since %(since)s") % words)
            return
    if "acknowledged" in days and days["acknowledged"] < day:
        words = {"day": day.isoformat(), "since": days["acknowledged"].isoformat()}
        view.note(steps, _("%(day)s is after the pledge was acknowledged as delivered, %(since)s") % words)
