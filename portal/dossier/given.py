"""What a dossier wrote where it says more than the portal's columns: a time of day, trailing zeros, an empty text.

A record's `as_given` maps the path of each such value within the record to the value as it was written. It is
laid over what the columns say as long as both mean the same; what was changed since is written anew.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from portal.core import moments
from portal.dossier import schema
from portal.dossier.problems import Step, format_path

DEFAULTS: Mapping[str, Any] = {
    "anonymous": False,
    "body": "CND",
    "channel": "direct",
    "finance": "grant",
    "visibility": "unodc",
}
"""What an absent key means, where it means something; `psc_rate` is 13 per cent."""

_MISSING = object()
_EMPTY: tuple[Any, ...] = ("", [], {})
_STEP = re.compile(r"[^.\[\]]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:]+Z)?\Z", re.ASCII)
_NUMBER = re.compile(r"\d+(\.\d+)?\Z", re.ASCII)


def differences(canonical: Any, target: Any, steps: tuple[Step, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Paths at which a record as the columns write it differs from how it was given, with what was given."""
    if isinstance(canonical, dict) and isinstance(target, dict):
        for key, value in target.items():
            if key not in canonical:
                yield format_path((*steps, key)), value
            else:
                yield from differences(canonical[key], value, (*steps, key))
    elif _are_objects(canonical) and _are_objects(target) and len(canonical) == len(target):
        for index, value in enumerate(target):
            yield from differences(canonical[index], value, (*steps, index))
    elif canonical != target:
        yield format_path(steps), target


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def lay_over(canonical: dict[str, Any], as_given: Mapping[str, Any]) -> dict[str, Any]:
    """The record with what was given in the places where it still means the same."""
    for path, value in as_given.items():
        *way, last = [int(step) if step.isdigit() else step for step in _STEP.findall(path)]
        place: Any = canonical
        for step in way:
            place = _inside(place, step)
        current = _inside(place, last)
        there = isinstance(place, dict) or current is not _MISSING
        if there and means_same(value, current, key=str(last)):
            place[last] = value
    return canonical


def _inside(place: Any, step: Step) -> Any:
    if isinstance(place, dict):
        return place.get(step, _MISSING)
    if isinstance(place, list) and isinstance(step, int) and step < len(place):
        return place[step]
    return _MISSING


def means_same(given: Any, current: Any, *, key: str = "") -> bool:
    """Whether two ways of writing a value say the same; an absent value is its default, or nothing."""
    if current is _MISSING:
        if key == "psc_rate":
            return Decimal(given) == 13  # noqa: PLR2004 - rule 3: per cent where none is given
        return given in _EMPTY or (key in DEFAULTS and DEFAULTS[key] == given)
    if isinstance(given, str) and isinstance(current, str):
        return given == current or _text_means_same(given, current)
    if isinstance(given, list) and isinstance(current, list) and not _are_objects(given):
        return set(map(str, given)) == set(map(str, current))
    return bool(given == current)


def _text_means_same(given: str, current: str) -> bool:
    if _NUMBER.match(given) and _NUMBER.match(current):
        return Decimal(given) == Decimal(current)
    if _DATE.match(given) and _DATE.match(current):
        one, other = moments.parse(given), moments.parse(current)
        # A day alone says less than a time of that day, and nothing else.
        return one == other or (one.date() == other.date() and not ("T" in given and "T" in current))
    return False


def absent_means(given: Any, *, key: str) -> bool:
    """Whether leaving a key out says the same as what is given."""
    return means_same(given, _MISSING, key=key)


def in_schema_order(record: Any, rule: schema.Rule) -> Any:
    """A record with the keys of every object in the order of the format."""
    rules = getattr(rule, "rules", None)
    if rules is not None and isinstance(record, dict):
        return {key: in_schema_order(record[key], rules[key]) for key in rules if key in record}
    item = getattr(rule, "item", None)
    if item is not None and hasattr(item, "rules") and isinstance(record, list):
        return [in_schema_order(one, item) for one in record]
    return record
