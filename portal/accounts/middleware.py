"""Who acts in a request, and for whom: an Actor for every page and API call."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.accounts import selectors
from portal.accounts.models import Membership
from portal.core.actor import PUBLIC, Actor
from portal.notifications.selectors import with_unread


def _membership(request: HttpRequest) -> Membership | None:
    """The membership in which the person acts: the one chosen, else the first."""
    rows = list(with_unread(selectors.memberships_of(request.user)))
    chosen = request.session.get("acting_for")
    return next((r for r in rows if r.organisation_id == chosen), rows[0] if rows else None)


def actor_of(row: Membership | None) -> Actor:
    """The signed-in person acting for one organisation; the public otherwise."""
    if row is None:
        return PUBLIC
    return selectors.actor_in(row, language=get_language() or "en", request_id=uuid4().hex)


class ActorMiddleware:
    """Puts `request.actor` on every request, and the number of unread notices on `request.unread`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        row = _membership(request) if request.user.is_authenticated else None
        request.actor = actor_of(row)  # type: ignore[attr-defined]
        request.unread = row.unread if row else 0  # type: ignore[attr-defined]
        return self.get_response(request)
