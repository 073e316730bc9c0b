"""Two readings of the same matrix: may this be done to this row, and which rows may be seen.

Both are the one query of `visible_q`, so a list and its detail page cannot disagree.
"""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from portal.core.actor import Actor, Kind
from portal.core.errors import NotAllowed
from portal.core.workflow import NEW
from portal.policy.matrix import GRANTS

M = TypeVar("M", bound=Model)

NOTHING = Q(pk__in=[])


def visible_q(actor: Actor, action: str, model: type[Model]) -> Q:
    """Condition on the rows of a model on which an actor holds a right.

    A model says in `policy_scopes` what each scope means for it: a function from the actor to a Q.
    """
    if actor.kind in {Kind.SYSTEM, Kind.IMPORT}:
        return Q()
    found = NOTHING
    for grant in GRANTS:
        if grant.action == action and grant.role in actor.roles:
            condition: Q = model.policy_scopes[grant.scope](actor)  # type: ignore[attr-defined]
            if grant.while_:
                condition &= Q(status__in=grant.while_)
            found |= condition
    return found


def holds(actor: Actor, action: str) -> bool:
    """Whether any row could come under this right for the actor's roles."""
    return actor.kind in {Kind.SYSTEM, Kind.IMPORT} or any(
        grant.action == action and grant.role in actor.roles for grant in GRANTS
    )


def visible_to(actor: Actor, action: str, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows on which the actor holds a right; a row stands once however many lines grant it."""
    return rows.filter(visible_q(actor, action, rows.model))


def can(actor: Actor, action: str, row: Any) -> bool:
    """Whether the actor holds a right on a row; a row not yet stored is judged by the right alone."""
    if actor.kind in {Kind.SYSTEM, Kind.IMPORT}:
        return True
    if row.pk is None or row.status == NEW:
        return holds(actor, action) and row.may_be_born_of(actor)
    found: bool = type(row)._default_manager.filter(visible_q(actor, action, type(row)), pk=row.pk).exists()
    return found


def require(actor: Actor, action: str, row: Any) -> None:
    """Raises NotAllowed, with the reason, where the actor does not hold a right on a row."""
    if not can(actor, action, row):
        holders = sorted({str(g.role.label) for g in GRANTS if g.action == action})
        raise NotAllowed(
            f"this is for: {', '.join(holders) or 'the portal itself'}; ask the coordinator of your organisation"
        )
