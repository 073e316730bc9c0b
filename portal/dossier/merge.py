"""The same reference again is the same record: what a file may change of it, add to it, and not touch.

Texts may change, dates and list items may be added; what happened or was entered in a ledger may not be
altered or removed. A text that the file leaves out stays as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.dossier.given import absent_means, means_same
from portal.dossier.problems import Step, quote

Steps = tuple[Step, ...]
Record = Mapping[str, Any]

_TEXTS = (
    "title situation objectives previous_assistance national_contribution authority contact language "
    "urgency urgency_reason visibility evidence reason source named_in_report description place "
    "site_readiness running_costs priority recipient_kind direction conditions anonymous number question "
    "answer reference psc_rule channel note findings lessons body venue agenda_item symbol why claims "
    "acronym iati_identifier target baseline current"
)
TEXTS = frozenset(_TEXTS.split())
"""Keys whose value is a text, or says as a text does how a thing is described or shown."""

_ADDED = (
    "note_verbale needed_by valid_until unit_cost beneficiaries participants window agreement dates "
    "ratings submitted acknowledged circulated declined withdrawn closed reopened announced offered "
    "accepted agreed cancelled lapsed confirmed disputed published answered opens closes from until "
    "women men children relevance coherence effectiveness efficiency impact sustainability"
)
ADDED = frozenset(_ADDED.split())
"""Keys that may come to a record later, and stand from then on."""


def _same_day(*keys: str) -> Callable[[Record, Record], bool]:
    def match(stored: Record, given: Record) -> bool:
        return all(_same(stored.get(key), given.get(key), key) for key in keys)

    return match


def _same(stored: Any, given: Any, key: str) -> bool:
    if stored is None or given is None:
        present = given if stored is None else stored
        return present is None or absent_means(present, key=key)
    return means_same(given, stored, key=key)


MATCHED: Mapping[str, Callable[[Record, Record], bool]] = {
    "needs": _same_day("ref"),
    "clarifications": _same_day("asked"),
    "follow_ups": _same_day("date", "status"),
    "indicators": _same_day("name"),
    "receipts": _same_day("date", "amount"),
    "psc_charges": _same_day("date", "amount"),
    "refunds": _same_day("date", "amount"),
    "allocations": _same_day("date", "amount", "need", "consent"),
}
"""Lists of objects: by what an item of the file is known as one that stands already."""


@dataclass
class Merged:
    """A stored record and the file's, in one.

    `record` has the items of every list in the order in which they are, or will be, stored. `known` are the
    places in it that stand already, `file_index` the place in the file of each list item, where it differs.
    """

    record: dict[str, Any] = field(default_factory=dict)
    refused: list[tuple[Steps, str]] = field(default_factory=list)
    known: set[Steps] = field(default_factory=set)
    file_index: dict[Steps, int] = field(default_factory=dict)

    def in_file(self, steps: Steps) -> Steps:
        """A place in `record` as a place in the file."""
        moved = list(steps)
        for index, step in enumerate(steps):
            if isinstance(step, int):
                moved[index] = self.file_index.get(steps[: index + 1], step)
        return tuple(moved)


def merge(stored: Record, given: Record) -> Merged:
    """A record of the file laid over the one that stands."""
    merged = Merged()
    merged.record = _objects(merged, stored, given, (), ())
    return merged


def _objects(merged: Merged, stored: Record, given: Record, here: Steps, there: Steps) -> dict[str, Any]:
    """`here` is the place in the merged record, `there` the same place in the file."""
    result = dict(stored)
    for key in stored:
        merged.known.add((*here, key))
        if key not in given and key not in TEXTS and not absent_means(stored[key], key=key):
            merged.refused.append(((*there, key), _removed(stored[key])))
    for key, value in given.items():
        if key == "ref":
            continue
        if key in stored:
            result[key] = _both(merged, stored[key], value, (*here, key), (*there, key))
        elif _may_come(key, value):
            result[key] = value
        else:
            merged.refused.append(((*there, key), _("was not given before; it cannot be added now")))
    return result


def _may_come(key: str, value: Any) -> bool:
    return key in TEXTS or key in ADDED or isinstance(value, list) or absent_means(value, key=key)


def _both(merged: Merged, stored: Any, given: Any, here: Steps, there: Steps) -> Any:
    """What a value is that both have; of two ways to write the same, the stored one."""
    key = str(here[-1])
    if isinstance(given, dict) and isinstance(stored, dict):
        return _objects(merged, stored, given, here, there)
    if key in MATCHED:
        return list(_items(merged, stored, given, here, there))
    if key in TEXTS:
        return given
    if isinstance(given, list):
        return list(_codes(merged, stored, given, there))
    if not means_same(given, stored, key=key):
        merged.refused.append((there, _altered(stored)))
    return stored


def _codes(merged: Merged, stored: list[Any], given: list[Any], there: Steps) -> Iterator[Any]:
    yield from stored
    for item in stored:
        if item not in given:
            merged.refused.append((there, _removed(item)))
    yield from (item for item in given if item not in stored)


def _items(
    merged: Merged, stored: list[Record], given: list[Record], here: Steps, there: Steps
) -> Iterator[dict[str, Any]]:
    pairs = _paired(stored, given, MATCHED[str(here[-1])])
    news = [index for index in range(len(given)) if index not in pairs.values()]
    ledger = "amount" in (stored[0] if stored else {})
    for place, item in enumerate(stored):
        merged.known.add((*here, place))
        if place in pairs:
            if pairs[place] != place:
                merged.file_index[*here, place] = pairs[place]
            yield _objects(merged, item, given[pairs[place]], (*here, place), (*there, pairs[place]))
        elif ledger and news:
            merged.refused.append(((*there, news.pop(0)), _altered(_named(item))))
            yield dict(item)
        else:
            merged.refused.append((there, _removed(_named(item))))
            yield dict(item)
    for number, index in enumerate(news):
        place = len(stored) + number
        if place != index:
            merged.file_index[*here, place] = index
        yield dict(given[index])


def _paired(
    stored: list[Record], given: list[Record], match: Callable[[Record, Record], bool]
) -> dict[int, int]:
    """Which item of the file is which stored one: the one in the same place first, then in order."""
    pairs = {
        place: place for place in range(min(len(stored), len(given))) if match(stored[place], given[place])
    }
    free = [index for index in range(len(given)) if index not in pairs]
    for place, item in enumerate(stored):
        if place not in pairs:
            found = next((index for index in free if match(item, given[index])), None)
            if found is not None:
                pairs[place] = found
                free.remove(found)
    return pairs


def _named(item: Record) -> str:
    return " ".join(
        str(item[key]) for key in ("ref", "name", "asked", "date", "amount", "need", "status") if key in item
    )


def _shown(value: Any) -> str:
    return quote(str(_named(value) if isinstance(value, Mapping) else value))


def _altered(value: Any) -> str:
    reason = _("the portal has %(value)s; what happened or was entered is not altered")
    return reason % {"value": _shown(value)}


def _removed(value: Any) -> str:
    reason = _(
        "the portal has %(value)s, which the file leaves out; what happened or was entered is not removed"
    )
    return reason % {"value": _shown(value)}
