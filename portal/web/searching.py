"""What a search finds: of each kind of record the newest that match, and how many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import Promise

SHOWN = 10


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


def group(
    name: str,
    title: "str | Promise",
    rows: QuerySet[Any],
    line: Callable[[Any], Line],
    *,
    list_name: str,
    words: str,
) -> list[Group]:
    """The group of one kind, or none where nothing was found; `rows` are those the actor may see and that match."""
    if not (number := rows.count()):
        return []
    lines = [line(row) for row in rows.order_by("-pk")[:SHOWN]]
    return [Group(name, title, number, lines, f"{reverse(list_name)}?{urlencode({'q': words})}")]
