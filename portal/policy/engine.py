"""Two readings of the same matrix: may this be done to this row, and which rows may be seen.

Both are the one query of `visible_q`, so a list and its detail page cannot disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _

from portal.core.actor import Actor, Kind
from portal.core.errors import NotAllowed
from portal.core.languages import listed
from portal.core.workflow import NEW
from portal.policy.matrix import GRANTS, Scope, roles_with
from portal.policy.roles import held
from portal.policy.scopes import NONE

M = TypeVar("M", bound=Model)


def visible_q(actor: Actor, action: str, model: type[Model]) -> Q:
    """Condition on the rows of a model on which an actor holds a right.

    A model says in `policy_scopes` what each scope means for it: a function from the actor to a Q.
    """
    return _one_of(visible_parts(actor, action, model))


def visible_parts(actor: Actor, action: str, model: type[Model]) -> tuple[Q, ...]:
    """The same condition in parts, of which one must hold: each alone can be answered from an index."""
    if actor.kind in {Kind.SYSTEM, Kind.IMPORT}:
        return (Q(),)
    roles = _roles(actor)
    lines = {(g.scope, g.while_) for g in GRANTS if g.action == action and g.role in roles}
    found: list[Q] = []
    for scope, while_ in sorted(lines, key=lambda line: (line[0], sorted(line[1]))):
        whole: Q = model.policy_scopes[scope](actor)  # type: ignore[attr-defined]
        found += [part & Q(status__in=sorted(while_)) if while_ else part for part in _alternatives(whole)]
    return tuple(found)


def sight(actor: Actor) -> tuple[Any, ...]:
    """Who has the same sees the same."""
    return (actor.kind, actor.organisation.pk if actor.organisation else None, actor.roles, actor.state)


def _alternatives(condition: Q) -> list[Q]:
    """The conditions of which one must hold."""
    if condition.connector == Q.OR and not condition.negated and len(condition) > 1:
        return [child if isinstance(child, Q) else Q(child) for child in condition.children]
    return [condition]


def _one_of(conditions: Iterable[Q]) -> Q:
    """What holds where one of them does; a condition without words always holds."""
    found = NONE
    for condition in conditions:
        if not condition:
            return condition
        found |= condition
    return found


@dataclass(frozen=True)
class Seen:
    """The rows that an actor may see, for a long list: `base` are all rows with what is computed for them,
    `conditions` those of which one must hold.
    """

    base: QuerySet[Any]
    conditions: tuple[Q, ...]

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of some rows of `base` that the actor may see, each once."""
        return rows.filter(_one_of(self.conditions))

    def parts(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """The same as queries whose union they are."""
        return [rows.filter(condition) for condition in self.conditions] or [rows.none()]

    def column(self, name: str, **narrowed: Any) -> list[Any]:
        """What stands in a column of the rows that the actor may see, in the same parts."""
        return [part.values(name) for part in self.parts(self.base.filter(**narrowed))]


def _roles(actor: Actor) -> frozenset[str]:
    """Roles that count: those which the organisation acted for can have."""
    return _counting(frozenset(actor.roles), actor.organisation.kind if actor.organisation else "")


@lru_cache(maxsize=1024)
def _counting(roles: frozenset[str], kind: str) -> frozenset[str]:
    return held(roles, kind)


def holds(actor: Actor, action: str) -> bool:
    """Whether any row could come under this right for the actor's roles."""
    return actor.kind in {Kind.SYSTEM, Kind.IMPORT} or any(
        grant.action == action and grant.role in _roles(actor) for grant in GRANTS
    )


def visible_to(actor: Actor, action: str, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows on which the actor holds a right; a row stands once however many lines grant it."""
    return rows.filter(visible_q(actor, action, rows.model))


def can(actor: Actor, action: str, row: Any) -> bool:
    """Whether the actor holds a right on a row; a row not yet stored is judged by the right alone."""
    if actor.kind in {Kind.SYSTEM, Kind.IMPORT}:
        return True
    if row.pk is None or row.status == NEW:
        return any(
            grant.scope == Scope.ANY or row.may_be_born_of(actor)
            for grant in GRANTS
            if grant.action == action and grant.role in _roles(actor)
        )
    found: bool = type(row)._default_manager.filter(visible_q(actor, action, type(row)), pk=row.pk).exists()  # noqa: SLF001
    return found


def rights_on(actor: Actor, row: Any, actions: Iterable[str]) -> frozenset[str]:
    """Which of several rights the actor holds on a stored row: one query, whatever their number."""
    return standing_on(actor, row, actions).rights


def states_seen(actor: Actor, action: str, row: Any) -> frozenset[str] | None:
    """States in which the actor would hold a right on this very row; None for every state.

    Says which of the things that happened to a record its reader may know: those that led to a state in which
    the reader could see it.
    """
    return standing_on(actor, row, (), seen=action).states


@dataclass(frozen=True)
class Standing:
    """What an actor may do with one stored row, and the states in which the actor could see it; None: all."""

    rights: frozenset[str]
    states: frozenset[str] | None


def standing_on(actor: Actor, row: Any, actions: Iterable[str], *, seen: str = "") -> Standing:
    """`rights_on` some actions and `states_seen` of another, in one query."""
    wanted = sorted(set(actions))
    if actor.kind in {Kind.SYSTEM, Kind.IMPORT}:
        return Standing(frozenset(wanted), None)
    model = type(row)
    asked = {f"right_{n}": action for n, action in enumerate(wanted) if holds(actor, action)}
    grants = [g for g in GRANTS if g.action == seen and g.role in _roles(actor)]
    counted = {
        name: Count("pk", filter=visible_q(actor, action, model), distinct=True)
        for name, action in asked.items()
    }
    counted |= {
        f"scope_{scope.value}": Count("pk", filter=model.policy_scopes[scope](actor))
        for scope in {g.scope for g in grants}
    }
    rows = model._default_manager.filter(pk=row.pk)  # noqa: SLF001
    counts = rows.aggregate(**counted) if counted else {}
    states: set[str] | None = set()
    for grant in grants:
        if states is not None and counts[f"scope_{grant.scope.value}"]:
            states = states | grant.while_ if grant.while_ else None
    rights = frozenset(action for name, action in asked.items() if counts[name])
    return Standing(rights, None if states is None else frozenset(states))


def unbounded(actor: Actor) -> bool:
    """Whether the actor is the portal itself, which sees everything."""
    return actor.kind in {Kind.SYSTEM, Kind.IMPORT}


def scopes_held(actor: Actor, action: str, model: type[Model]) -> list[tuple[Q, frozenset[str]]]:
    """The lines that give the actor a right, each as the rows that it is about and the states in which it holds
    (none: every state).
    """
    return [
        (model.policy_scopes[grant.scope](actor), grant.while_)  # type: ignore[attr-defined]
        for grant in GRANTS
        if grant.action == action and grant.role in _roles(actor)
    ]


def require(actor: Actor, action: str, row: Any) -> None:
    """Raises NotAllowed, with the reason, where the actor does not hold a right on a row."""
    if not can(actor, action, row):
        holders = listed(sorted(str(role.label) for role in roles_with(action)))
        if not holders:
            raise NotAllowed(_("this is for the portal itself"))
        raise NotAllowed(
            _("this is for: %(roles)s; ask the coordinator of your organisation") % {"roles": holders}
        )
