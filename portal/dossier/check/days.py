"""Dates: days that exist, nothing that happened after today, and what comes first is dated first.

The same day is always in order, and the time of day does not order.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.dossier.check.view import View, day_of
from portal.dossier.problems import Step, format_path, quote
from portal.dossier.read import Record

Place = tuple[Step, ...]

HAPPENED = {
    "requests": ("note_verbale.date", "dates.*", "clarifications[].asked", "clarifications[].answered"),
    "pledges": ("dates.*", "agreement.signed"),
    "contributions": (
        "announced",
        "agreement.signed",
        "receipts[].date",
        "psc_charges[].date",
        "allocations[].date",
        "refunds[].date",
    ),
    "deliveries": ("date", "confirmed", "disputed.date", "follow_ups[].date"),
    "assessments": ("submitted", "published"),
}
"""Dates of what happened: none of them can lie after today."""

FORESEEN = {
    "exchange_rates": ("date",),
    "requests": ("needs[].needed_by",),
    "offers": ("valid_from", "valid_until"),
    "pledges": ("window.from", "window.until"),
    "sessions": ("opens", "closes", "from", "to"),
}
"""Dates that may lie ahead."""

IN_ORDER = {
    "requests": (
        ("note_verbale.date", "dates.submitted"),
        ("clarifications[].asked", "clarifications[].answered"),
    ),
    "offers": (("valid_from", "valid_until"),),
    "pledges": (("window.from", "window.until"), ("agreement.signed", "dates.agreed")),
    "contributions": (
        ("announced", "agreement.signed"),
        *(
            (earlier, f"{entries}[].date")
            for entries in ("receipts", "psc_charges", "allocations", "refunds")
            for earlier in ("announced", "agreement.signed")
        ),
    ),
    "deliveries": (
        ("date", "confirmed"),
        ("date", "disputed.date"),
        ("disputed.date", "confirmed"),
        ("date", "follow_ups[].date"),
    ),
    "assessments": (("submitted", "published"),),
    "sessions": (("opens", "closes"), ("from", "to")),
}
"""Pairs (earlier, later) within one record; the moves of requests and pledges are in `moves`."""

BLAMED_FIRST = {("note_verbale.date", "dates.submitted"), ("agreement.signed", "dates.agreed")}
"""Pairs in which the earlier date is the odd one out: a paper is dated before the move that rests on it."""


def check(view: View) -> None:
    """Note days that do not exist, days after today and days out of order."""
    for dated, past in ((HAPPENED, True), (FORESEEN, False)):
        for collection, fields in dated.items():
            wanted = [_parsed(path) for path in fields]
            for index, record in view.each(collection):
                for field in wanted:
                    for place, text in _values(record, field):
                        _one(view, (collection, index, *place), text, past=past)
    for collection, pairs in IN_ORDER.items():
        for earlier, later in pairs:
            _in_order(view, collection, earlier, later)


def _one(view: View, steps: Place, text: str, *, past: bool) -> None:
    day = day_of(text)
    if day is None:
        reason = _("there is no such time") if _day_exists(text) else _("there is no such day")
        view.note(steps, f"{quote(text)}: {reason}")
    elif past and day > view.known.today:
        words = {"day": day.isoformat(), "today": view.known.today.isoformat()}
        view.note(steps, _("%(day)s is after today, %(today)s") % words)


def _day_exists(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _in_order(view: View, collection: str, earlier: str, later: str) -> None:
    first, second = _parsed(earlier), _parsed(later)
    together = earlier.partition("[]")[0] == later.partition("[]")[0] and "[]" in earlier
    blame_first = (earlier, later) in BLAMED_FIRST
    for index, record in view.each(collection):
        befores = dict(_values(record, first))
        if not befores:
            continue
        for place, text in _values(record, second):
            before_place = (*place[:-1], first[-1]) if together else next(iter(befores))
            before = day_of(befores.get(before_place, ""))
            after = day_of(text)
            if before is None or after is None or before <= after:
                continue
            if blame_first:
                reason = _("%(before)s is after %(other)s, %(after)s")
                steps, other = before_place, place
            else:
                reason = _("%(after)s is before %(other)s, %(before)s")
                steps, other = place, before_place
            words = {"before": before.isoformat(), "after": after.isoformat(), "other": format_path(other)}
            view.note((collection, index, *steps), reason % words)


def _parsed(path: str) -> Place:
    """`receipts[].date` as steps; a list stands as the step -1."""
    steps: list[Step] = []
    for name in path.split("."):
        steps.append(name.removesuffix("[]"))
        if name.endswith("[]"):
            steps.append(-1)
    return tuple(steps)


def _values(record: Record, field: Place) -> Iterator[tuple[Place, str]]:
    found: list[tuple[Place, Any]] = [((), record)]
    for step in field:
        if step == -1:
            found = [((*place, i), item) for place, items in found for i, item in enumerate(items) if item]
        elif step == "*":
            found = [((*place, key), item) for place, items in found for key, item in items.items()]
        else:
            found = [((*place, step), item[step]) for place, item in found if step in item]
    return iter(found)
