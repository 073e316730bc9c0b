"""Who acts in a request, and for whom: an Actor for every page and API call."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from portal.accounts import selectors
from portal.core.actor import PUBLIC, Actor, Kind


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person acting for the chosen organisation; the public otherwise.

    Only the roles held in that one organisation count.
    """
    if not request.user.is_authenticated:
        return PUBLIC
    rows = list(selectors.current().filter(user=request.user).select_related("organisation").order_by("pk"))
    if not rows:
        return PUBLIC
    chosen = request.session.get("acting_for")
    row = next((r for r in rows if r.organisation_id == chosen), rows[0])
    return Actor(
        Kind.PERSON,
        user=request.user,
        organisation=row.organisation,
        roles=frozenset({*row.roles, "public"}),
        state=row.organisation.state_id or "",
        language=get_language() or "en",
        request_id=uuid4().hex,
    )


class ActorMiddleware:
    """Puts `request.actor` on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)
