"""Who acts in a request, and for whom: an Actor for every page and API call."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from portal.accounts import gate, selectors
from portal.accounts.models import Membership
from portal.core.actor import PUBLIC, Actor
from portal.notifications.selectors import with_unread
from portal.policy.roles import needs_second_factor

# what a person reaches who owes a second factor; everything else leads to its page
BEFORE_THE_FACTOR = {
    "accounts:second_factor", "accounts:authenticator", "accounts:passkey", "accounts:recovery_codes",
    "accounts:code", "accounts:confirm", "accounts:login", "accounts:logout", "accounts:sample", "accounts:language",
    "accounts:alive", "accounts:invitation", "accounts:invitation_sign_in", "accounts:reset", "accounts:reset_sent",
    "accounts:reset_password", "web:help", "web:accessibility", "healthz", "readyz",
}  # fmt: skip
# answers for programs: they say no by their status, nobody is led anywhere
FOR_PROGRAMS = ("/api/", "/metrics")


def _chosen(request: HttpRequest, rows: list[Membership]) -> Membership | None:
    """The membership in which the person acts: the one chosen, else the first."""
    chosen = request.session.get("acting_for")
    return next((r for r in rows if r.organisation_id == chosen), rows[0] if rows else None)


def actor_of(row: Membership | None) -> Actor:
    """The signed-in person acting for one organisation; the public otherwise."""
    if row is None:
        return PUBLIC
    return selectors.actor_in(row, language=get_language() or "en", request_id=uuid4().hex)


class ActorMiddleware:
    """Puts on every request `actor`, the number of unread notices `unread`, the moment `session_ends`, and
    `owes_factor`: a person of whom a role asks a second factor is nobody until it was given.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name, value in (("actor", PUBLIC), ("unread", 0), ("session_ends", None), ("owes_factor", False)):
            setattr(request, name, value)
        signed_in = request.user.is_authenticated
        if signed_in:
            self._enter(request)
        response = self.get_response(request)
        if signed_in and not response.has_header("Cache-Control"):
            # nobody keeps it, not the person's own browser either: after signing out, Back shows nothing
            response["Cache-Control"] = "private, no-store"
        return response

    def _enter(self, request: HttpRequest) -> None:
        rows = list(with_unread(selectors.memberships_of(request.user)))
        row = _chosen(request, rows)
        ends = gate.use(request, row.organisation_id if row else None)
        if ends is None:
            gate.leave(request)
            return
        request.session_ends = ends  # type: ignore[attr-defined]
        if any(needs_second_factor(r.roles) for r in rows) and not gate.passed(request):
            request.owes_factor = True  # type: ignore[attr-defined]
            return
        request.actor = actor_of(row)  # type: ignore[attr-defined]
        request.unread = row.unread if row else 0  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Leads a person who owes a second factor to its page."""
        if not getattr(request, "owes_factor", False) or request.path_info.startswith(FOR_PROGRAMS):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in BEFORE_THE_FACTOR:
            return None
        return redirect("accounts:second_factor")
