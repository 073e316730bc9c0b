"""Who asks: a token's person, the person signed in on the site, or the public."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from portal.accounts import tokens
from portal.accounts.models import TokenScope

_LONGEST = 200  # characters of a token that are looked at


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; the actor is the token's, whatever session there is."""

    def authenticate(self, request: Request) -> tuple[Any, str] | None:
        scheme, _space, raw = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        found = tokens.actor_of(raw.strip()[:_LONGEST]) if scheme.lower() == "bearer" else None
        if found is None:
            raise AuthenticationFailed(_("This token is unknown, has expired or was revoked."))
        actor, scope = found
        request._request.actor = actor  # type: ignore[attr-defined]  # noqa: SLF001
        return actor.user, scope

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SiteAuthentication(SessionAuthentication):
    """The person who is signed in on the site; what changes something carries the site's CSRF token."""


class Allowed(BasePermission):
    """Everyone may look, and sees what the actor may see; who changes something says who it is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        if request.user is None:
            raise NotAuthenticated(_("Say who you are: send a token, or sign in."))
        if request.auth == TokenScope.READ:
            raise PermissionDenied(_("This token may only read."))
        return True


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a person for one organization. Each has a scope: read, or read and write.",
        }


class SiteScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SiteAuthentication
    name = "site"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of the site. A change also sends the header X-CSRFToken.",
        }
