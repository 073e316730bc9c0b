"""The one shape of these pages: a list, a record with its buttons, and a move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from donors import selectors
from portal.audit.selectors import timeline
from portal.core.actor import Actor
from portal.core.workflow import Workflow
from portal.directory.filters import ListFilters
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.engine import Seen
from portal.web.listing import Column, list_page
from portal.web.moves import Button, Move, buttons, move_page
from portal.web.pages import Asked, address
from portal.web.templatetags.portal import address_key

if TYPE_CHECKING:
    from django.utils.functional import Promise

Begins = tuple[A, Model, "str | Promise", str]


@dataclass(frozen=True)
class Thing:
    """A kind of record and its pages.

    `name` is that of its addresses and templates; `donors` gives
    the donors by whom the list is filtered, and `for_states` says whether it is filtered by State too.
    """

    name: str
    view: A
    workflow: Workflow
    moves: Mapping[str, Move]
    make: Callable[..., Any]
    seen: Callable[[Actor], Seen]
    filters: type[ListFilters]
    donors: Callable[[Seen], list[Any]]
    columns: Sequence[Column]
    export: Sequence[Column]
    for_states: bool = False

    def url(self, record: Any) -> str:
        """The address of a record."""
        return reverse(f"donors:{self.name}", args=[address_key(record)])


def reference(name: str) -> Column:
    """The column that leads to a record."""
    return Column(
        "reference",
        _("Reference"),
        lambda r: r.reference or _("draft"),
        "reference",
        lambda r: address(f"donors:{name}", address_key(r)),
        "reference",
    )


def start(label: "str | Promise", name: str, *keys: str) -> Button:
    """What begins something: the way to the page of that name."""
    return Button(label, reverse(f"donors:{name}", args=keys), False, ())


def thing_list(
    request: Asked, thing: Thing, *, begins: Sequence[Begins] = (), **context: Any
) -> HttpResponseBase:
    """The list of a thing; `begins` is what a person with the right can begin from it."""
    seen = thing.seen(request.actor)

    def narrow(rows: QuerySet[Any]) -> ListFilters:
        given = {"states": lambda: selectors.states_served(request.actor)} if thing.for_states else {}
        return thing.filters(
            request.GET,
            rows,
            donors=lambda: thing.donors(seen),
            actor=request.actor,
            **given,
        )

    more = {
        "begins": [
            start(label, name) for right, row, label, name in begins if engine.can(request.actor, right, row)
        ]
    }
    return list_page(
        request, seen=seen, narrow=narrow, columns=thing.columns, export=thing.export, template="donors/list.html", more=more,
        **context,
    )  # fmt: skip


def thing_page(
    request: Asked, thing: Thing, row: Any, key: str, *, first: Sequence[Button] = (), **context: Any
) -> HttpResponse:
    """The page of a record under its one address: what happened to it, and what the person can do with it.

    The buttons are the moves of its table and what begins something (`first`), before what ends something.
    """
    if key != address_key(row):
        return HttpResponseRedirect(thing.url(row))
    found = buttons(
        request.actor, thing.workflow, thing.moves, row,
        lambda slug: reverse(f"donors:{thing.name}_move", args=[address_key(row), slug]),
    )  # fmt: skip
    return render(
        request,
        f"donors/{thing.name}.html",
        {
            "row": row,
            thing.name: row,
            "title": str(row),
            "events": timeline(request.actor, thing.view, row),
            "buttons": sorted([*found, *first], key=lambda button: button.warns),
            **context,
        },
    )


def thing_move(request: Asked, thing: Thing, row: Any, move: str, **context: Any) -> HttpResponse:
    """The page of one move, with the record to look at."""
    return move_page(
        request,
        workflow=thing.workflow,
        moves=thing.moves,
        record=row,
        name=move,
        perform=thing.make,
        url=thing.url,
        template="donors/move.html",
        context={thing.name: row, "back_label": str(row), **context},
    )
