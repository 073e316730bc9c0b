"""What every page shares: who asks, and the one record that is asked for."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from portal.core.actor import Actor

M = TypeVar("M", bound=Model)


class Asked(HttpRequest):
    """A request as the middleware hands it to a page: with the actor, and the number of unread notices."""

    actor: Actor
    unread: int


def one(rows: QuerySet[M]) -> M:
    """The one row; Http404 where the actor sees none, whether it exists or not (rule 9)."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
