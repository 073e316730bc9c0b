"""What waits for a person, as homes and the desk list it: the next step on one record, and until when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, QuerySet, Value
from django.urls import reverse

from portal.core.deadlines import Clock
from portal.core.workflow import NEW, Workflow

if TYPE_CHECKING:
    from django.utils.functional import Promise

FORGOTTEN = -250  # working days: of what is later than that, nobody counts the days any more
SHOWN = 5  # of one kind; the list has the others
ISOLATED = "\u2068%s\u2069"  # a reference keeps its order in text of the other direction


@dataclass(frozen=True)
class Kind:
    """Records that wait for the same step: the words with `%(reference)s`, and where all of them are listed."""

    text: "str | Promise"
    rows: QuerySet[Any]
    more: "str | Promise"
    url: str


@dataclass(frozen=True)
class Waiting:
    """One line: what is to be done, where, and the clock that runs on it, if one does."""

    text: str
    url: str
    clock: Clock | None = None


@dataclass(frozen=True)
class Group:
    """Kinds of one model, and how its records are written as lines: `key` stands for a record in its address,
    `about` in the words; `due` gives the clocks of records.
    """

    kinds: Sequence[Kind]
    rows: QuerySet[Any]
    page: str
    key: Callable[[Any], str]
    about: Callable[[Any], str]
    due: Callable[[Iterable[Any]], dict[int, Clock]]


def awaited(workflow: Workflow, move: str) -> tuple[str, str]:
    """The one state in which a record waits for a move, and the right to make it."""
    line = next(line for line in workflow.transitions if line.name == move)
    (state,) = line.source - {NEW}
    return state, line.right


def first_of(kinds: Sequence[Kind]) -> list[list[int]]:
    """Ids of the first records of each kind, one more than are shown; one query for all kinds."""
    found: list[list[int]] = [[] for _ in kinds]
    parts = [
        kind.rows.order_by("pk")
        .annotate(waits_as=Value(n, IntegerField()))
        .values_list("waits_as", "pk")[: SHOWN + 1]
        for n, kind in enumerate(kinds)
    ]
    if parts:
        for number, pk in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            found[number].append(pk)
    return [sorted(ids) for ids in found]


def lines_of(groups: Sequence[Group]) -> list[list[Waiting]]:
    """Of each group, lines for the first records of each kind, and one for the list of all where there are more:
    one query finds what waits in all of them, and one more reads the records of each group that has any.
    """
    first = first_of([kind for group in groups for kind in group.kinds])
    found, start = [], 0
    for group in groups:
        stop = start + len(group.kinds)
        found.append(_lines(group, first[start:stop]))
        start = stop
    return found


def _lines(group: Group, first: Sequence[list[int]]) -> list[Waiting]:
    wanted = {pk for ids in first for pk in ids[:SHOWN]}
    records = {row.pk: row for row in group.rows.filter(pk__in=wanted)} if wanted else {}
    clocks = group.due(records.values()) if records else {}
    clocks = {pk: one for pk, one in clocks.items() if one.left > FORGOTTEN}
    found = []
    for kind, ids in zip(group.kinds, first, strict=True):
        for pk in ids[:SHOWN]:
            if pk in records:
                words = str(kind.text) % {"reference": ISOLATED % group.about(records[pk])}
                url = reverse(group.page, args=[group.key(records[pk])])
                found.append(Waiting(words, url, clocks.get(pk)))
        if len(ids) > SHOWN:
            found.append(Waiting(str(kind.more), kind.url))
    return found


def by_day(lines: Iterable[Waiting]) -> list[Waiting]:
    """What is due first comes first; what has no day comes last, in its order."""
    return sorted(lines, key=lambda line: line.clock.due if line.clock else date.max)
