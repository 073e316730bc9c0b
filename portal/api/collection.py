"""What a collection of the API is: rows that the actor may see, how they are written, and by what they are narrowed.

Each app declares its collections as data; `portal.api.views` makes the addresses of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from portal.core.actor import Actor
from portal.core.workflow import Workflow
from portal.web.moves import Move
from portal.web.templatetags.portal import address_key

Rows = QuerySet[Any]
MakeFilters = Callable[[Any, Actor, Rows], Any]


@dataclass(frozen=True)
class Moves:
    """The moves of a collection's records: their table, how each is put to a person, and the service.

    `of` gives the moves for a record, where their forms depend on it.
    """

    workflow: Workflow
    moves: Mapping[str, Move]
    perform: Callable[..., Any]
    of_record: Callable[[Any, str], Mapping[str, Move]] | None = None

    def of(self, record: Any, name: str) -> Mapping[str, Move]:
        return self.of_record(record, name) if self.of_record else self.moves


@dataclass(frozen=True)
class Collection:
    """One collection: its list and its details.

    `rows` and `by_key` are the selectors that the pages use; `line` writes a row of the list, `full` the detail.
    `filters` is the FilterSet of the page's list and `narrow` binds it to what is asked for. `orders` names what
    can be sorted by, with its column. `case` is the type of case in the record of events, and `case_column` the
    column that names it where it is not the row.
    """

    name: str
    thing: str
    about: str
    rows: Callable[[Actor], Rows]
    by_key: Callable[[Actor, str], Rows]
    line: type[serializers.Serializer[Any]]
    full: type[serializers.Serializer[Any]]
    filters: Any = None
    narrow: MakeFilters | None = None
    orders: Mapping[str, str] = field(default_factory=dict)
    default: str = "-id"
    case: str = ""
    case_column: str = "pk"
    key: str = "key"
    moves: Moves | None = None
    key_of: Callable[[Any], str] = address_key
    key_about: str = "Reference of the record, or what stands for it before it has one."

    @property
    def columns(self) -> dict[str, str]:
        """What can be sorted by, with the record's id."""
        return {"id": "pk", **self.orders}


def asked_for(
    filters: Any, *, states: Callable[[Actor], list[Any]] | None = None,
    donors: Callable[[Actor, Rows], list[Any]] | None = None,
) -> MakeFilters:  # fmt: skip
    """Binds the FilterSet of a page to a request, with the choices that the actor has."""

    def narrow(data: Any, actor: Actor, rows: Rows) -> Any:
        given: dict[str, Any] = {}
        if states is not None:
            given["states"] = states(actor)
        if donors is not None:
            given["donors"] = donors(actor, rows)
        return filters(data, rows, **given)

    return narrow
