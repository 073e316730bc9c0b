"""Records with a fault beside the point: what is wrong is set aside, so that their moves are judged all the same.

All errors of a dossier are told at once. A title that is too long is no reason to keep silent about a pledge
that takes more of the request than it asks for. Nothing of a mended record is ever stored: the fault stands
among the problems.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from portal.dossier.check.view import View

Key = tuple[str, int]

_PLACE = re.compile(r"([a-z_]+)\[(\d+)\]\.?(.*)", re.DOTALL)
_PART = re.compile(r"(needs|clarifications)\[(\d+)\]\.?([A-Za-z_]*)")
_FIELD = re.compile(r"[A-Za-z_]+")

# fields on which the order or the sums of a replay rest; a fault in one leaves the record out
_CARRYING: Mapping[str, frozenset[str]] = {
    "requests": frozenset({"ref", "state", "co_requesters", "needs", "dates", "clarifications"}),
    "offers": frozenset({"ref", "donor", "quantity", "unit", "valid_from", "valid_until"}),
    "pledges": frozenset(
        {"ref", "donor", "need", "offer", "redirected_from", "quantity", "unit", "kind", "finance", "dates"}
    ),
    "contributions": frozenset(
        {"ref", "donor", "amount", "currency", "psc_rate", "announced", "receipts", "psc_charges", "allocations", "refunds"}
    ),
    "deliveries": frozenset({"ref", "pledge", "date", "quantity", "confirmed", "disputed"}),
    "assessments": frozenset({"ref", "request", "submitted"}),
}  # fmt: skip
_CARRYING_PARTS: Mapping[str, frozenset[str]] = {
    "needs": frozenset({"", "ref", "quantity", "unit", "state"}),
    "clarifications": frozenset({"", "asked", "answered"}),
}
# what stands in for a field that a record must have
_STAND_IN: Mapping[str, Any] = {
    "title": "–", "situation": "–", "description": "–", "findings": "–", "question": "–", "psc_rule": "–",
    "form": "–", "theme": "–", "paragraphs": [1], "earmarking": "unearmarked",
}  # fmt: skip


def mended(view: View) -> dict[Key, dict[str, Any]]:
    """The records whose faults are all beside the point, with these set aside, by collection and index."""
    faults: dict[Key, list[str]] = defaultdict(list)
    for path, _reason in view.problems:
        place = _PLACE.fullmatch(path)
        if place and place[1] in _CARRYING:
            faults[place[1], int(place[2])].append(place[3])
    found = {}
    for collection in _CARRYING:
        for index, record in view.each(collection):
            inside = faults.get((collection, index))
            if inside and not any(_carries(collection, fault) for fault in inside):
                found[collection, index] = _set_aside(record, inside)
    return found


def _carries(collection: str, fault: str) -> bool:
    """Whether what is wrong at a place within a record makes its replay mean nothing."""
    part = _PART.match(fault) if collection == "requests" else None
    if part:
        return part[3] in _CARRYING_PARTS[part[1]]
    name = _FIELD.match(fault)
    return not fault or (name is not None and name[0] in _CARRYING[collection])


def _set_aside(record: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    whole: dict[str, Any] = copy.deepcopy(dict(record))
    for fault in faults:
        part = _PART.match(fault)
        name = _FIELD.match(fault)
        if part:
            _replace(whole[part[1]][int(part[2])], part[3])
        elif name:
            _replace(whole, name[0])
    return whole


def _replace(target: dict[str, Any], name: str) -> None:
    target.pop(name, None)
    if name in _STAND_IN:
        target[name] = _STAND_IN[name]
