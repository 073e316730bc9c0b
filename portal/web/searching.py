"""What a search finds: of each kind of record the newest that match, and how many there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from portal.policy.engine import Seen

if TYPE_CHECKING:
    from django.utils.functional import Promise

SHOWN = 10
COUNTED = 1000


@dataclass(frozen=True)
class Line:
    """One record that was found."""

    url: str
    reference: str
    text: str
    status: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `url` is its list, narrowed to the same words."""

    name: str
    title: "str | Promise"
    number: int
    lines: list[Line]
    url: str

    @property
    def counted(self) -> int:
        return min(self.number, COUNTED)

    @property
    def more(self) -> bool:
        """Whether there are more than are counted."""
        return self.number > COUNTED


@dataclass(frozen=True)
class Kind:
    """Records of one kind: those that the actor may see, narrowed by the words, and how each is written."""

    name: str
    title: "str | Promise"
    seen: Seen
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]]
    line: Callable[[Any], Line]
    list_name: str

    def ids(self) -> list[QuerySet[Any]]:
        """The ids that match, at most one more than are counted, each once; newest first in each part."""
        rows = self.narrow(self.seen.base)
        return [part.order_by("-pk").values("pk")[: COUNTED + 1] for part in self.seen.parts(rows)]


def search(kinds: Sequence[Kind], words: str) -> list[Group]:
    """The groups of the kinds in which anything was found: one query finds it in all, one more reads each."""
    found = _found(kinds)
    groups = []
    for kind, (number, ids) in zip(kinds, found, strict=True):
        if number:
            rows = {row.pk: row for row in kind.seen.base.filter(pk__in=ids)}
            lines = [kind.line(rows[pk]) for pk in ids if pk in rows]
            url = f"{reverse(kind.list_name)}?{urlencode({'q': words})}"
            groups.append(Group(kind.name, kind.title, number, lines, url))
    return groups


def _found(kinds: Sequence[Kind]) -> list[tuple[int, list[int]]]:
    """How many of each kind there are, up to one more than are counted, and the ids of the newest."""
    statements: list[str] = []
    params: list[Any] = []
    for number, kind in enumerate(kinds):
        parts = []
        for part in kind.ids():
            try:
                sql, given = part.query.sql_with_params()
            except EmptyResultSet:
                continue
            parts.append(f"({sql})")
            params.extend(given)
        if parts:
            ids = f"SELECT * FROM ({' UNION '.join(parts)}) found ORDER BY 1 DESC LIMIT {COUNTED + 1}"  # noqa: S608
            statements.append(
                f"SELECT {number}, count(*), (array_agg(found.id ORDER BY found.id DESC))[1:{SHOWN}] "  # noqa: S608
                f"FROM ({ids}) found(id)"
            )
    found: dict[int, tuple[int, list[int]]] = {}
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), params)
            found = {number: (count, ids) for number, count, ids in cursor.fetchall()}
    return [found.get(number, (0, [])) for number in range(len(kinds))]
