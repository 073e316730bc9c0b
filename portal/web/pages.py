"""What every page shares: who asks, and the one record that is asked for."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from portal.core.actor import Actor

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Asked(HttpRequest):
    """A request as the middleware hands it to a page: with the actor, and the number of unread notices."""

    actor: Actor
    unread: int


_around: dict[tuple[str, str | None, str], tuple[str, str]] = {}


def address(name: str, key: str) -> str:
    """The address of a record's page; asked of the routes once for each language, for a list has many of them."""
    place = (name, get_language(), get_script_prefix())
    if place not in _around or not key.isascii() or not key.replace("-", "").isalnum():
        url = reverse(name, args=[key])
        if key.isascii() and key.replace("-", "").isalnum() and url.count(f"/{key}/") == 1:
            before, _key, after = url.partition(f"/{key}/")
            _around[place] = f"{before}/", f"/{after}"
        return url
    before, after = _around[place]
    return f"{before}{key}{after}"


@lru_cache(maxsize=512)
def _place(name: str, _language: str | None, _prefix: str) -> str:
    return reverse(name)


def place(name: str) -> str:
    """The address of a page without a record; asked of the routes once for each language."""
    return _place(name, get_language(), get_script_prefix())


def once(context: Context, name: str, find: Callable[[], T]) -> T:
    """What several parts of a page need and one query finds: asked once for the whole page."""
    kept = context["request"].__dict__.setdefault("kept_for_page", {})
    if name not in kept:
        kept[name] = find()
    found: T = kept[name]
    return found


def see_other(url: str) -> HttpResponse:
    """To another page by a GET."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def one(rows: QuerySet[M]) -> M:
    """The one row; Http404 where the actor sees none, whether it exists or not (rule 9)."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
