"""What every page shares: who asks, and the one record that is asked for."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.template.context import Context

from portal.core.actor import Actor

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Asked(HttpRequest):
    """A request as the middleware hands it to a page: with the actor, and the number of unread notices."""

    actor: Actor
    unread: int


def once(context: Context, name: str, find: Callable[[], T]) -> T:
    """What several parts of a page need and one query finds: asked once for the whole page."""
    kept = context["request"].__dict__.setdefault("kept_for_page", {})
    if name not in kept:
        kept[name] = find()
    found: T = kept[name]
    return found


def one(rows: QuerySet[M]) -> M:
    """The one row; Http404 where the actor sees none, whether it exists or not (rule 9)."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
