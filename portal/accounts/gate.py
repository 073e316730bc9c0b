"""What a session says of the person in it: signed in by what, how lately, until when, and who waits at the door.

Between the password and the second factor a person is nobody yet: the session only names who may enter the code.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext as _

from portal.accounts import factors, selectors, sessions
from portal.accounts.models import User
from portal.core.errors import Refused
from portal.web import kept

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITS = 10 * 60  # seconds between the password and the code
FRESH = 15 * 60  # seconds for which a person counts as just having signed in
EVERY = 60  # seconds after which a session is stored again as used
SAMPLE = "sample"


@dataclass(frozen=True)
class Waiting:
    """Who has given the password and owes the second factor, and where the person wants to go."""

    user: User
    target: str


def address(request: Any) -> str:
    """Where a request comes from; behind the proxy of an https site, what the proxy itself saw."""
    if settings.SITE_URL.startswith("https://"):
        return str(request.headers.get("X-Forwarded-For", "")).rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def wait(request: Any, user: User, target: str) -> None:
    """The password was right: the session waits for the second factor, and begins anew."""
    request.session.cycle_key()
    request.session["waiting"] = {"user": user.pk, "at": int(time.time()), "target": target}


def waiting(request: Any) -> Waiting | None:
    """Who waits for the second factor; nobody once ten minutes have passed."""
    row = request.session.get("waiting")
    if not row or not 0 <= time.time() - row["at"] < WAITS:
        return None
    user = selectors.active_person(row["user"])
    return Waiting(user, row["target"]) if user else None


def enter(request: Any, user: User, factor: str = "") -> None:
    """Signs a person in, with the second factor that was given; the session begins anew."""
    request.session.pop("waiting", None)
    auth.login(request, user, backend=BACKEND)
    now = int(time.time())
    request.session.update({"factor": factor, "fresh": now, "since": now})
    typed_for = kept.typed_for(request, user.pk)
    if typed_for and selectors.memberships_of(user).filter(organisation=typed_for).exists():
        request.session["acting_for"] = typed_for  # what was typed comes back for whom it was typed
    _open(request, None)


def leave(request: Any) -> None:
    """Signs out; by the new token a page that the browser still has in memory knows that it is of another time."""
    sessions.closed(request.session.session_key or "")
    auth.logout(request)
    rotate_token(request)


def _open(request: Any, organisation: int | None) -> None:
    request.session["used"] = {"at": int(time.time()), "for": organisation}
    if request.session.session_key is None:
        request.session.save()
    sessions.opened(
        request.user, request.session.session_key, request.headers.get("User-Agent", ""), organisation
    )


def renewed(request: Any) -> None:
    """The session has another key now: its row follows."""
    row = request.session.get("used") or {}
    _open(request, row.get("for"))


def passed(request: Any) -> bool:
    """Whether the second factor was given; a sample person passes, in a sample portal alone."""
    factor = request.session.get("factor", "")
    if factor == SAMPLE:
        return bool(settings.SAMPLE and request.user.is_sample)
    return bool(factor)


def mark_passed(request: Any, factor: str) -> None:
    request.session["factor"] = factor
    confirm(request)


def fresh(request: Any) -> bool:
    """Whether the person has proved lately who it is; a sample person in a sample portal always."""
    if settings.SAMPLE and request.user.is_sample:
        return True
    return bool(0 <= time.time() - request.session.get("fresh", 0) < FRESH)


def confirm(request: Any) -> None:
    request.session["fresh"] = int(time.time())


def use(request: Any, organisation: int | None) -> datetime | None:
    """A page was asked for: gives the moment when the session ends if this is the last one; None where it has
    lasted for as long as a session may.
    """
    now = int(time.time())
    since = request.session.setdefault("since", now)
    if now - since >= settings.SESSION_LONGEST:
        return None
    row = request.session.get("used")
    if row is None:
        _open(request, organisation)
    elif row["for"] != organisation or now - row["at"] >= EVERY:
        request.session["used"] = {"at": now, "for": organisation}
        if not sessions.used(request.session.session_key, organisation):
            _open(request, organisation)
    at = request.session["used"]["at"] + settings.SESSION_COOKIE_AGE
    return datetime.fromtimestamp(min(at, since + settings.SESSION_LONGEST), UTC)


def extend(request: Any) -> int:
    """Stores the session as used now; gives the seconds that it lasts."""
    now = int(time.time())
    request.session["used"] = request.session.get("used", {"for": None}) | {"at": now}
    return int(
        min(settings.SESSION_COOKIE_AGE, request.session.get("since", now) + settings.SESSION_LONGEST - now)
    )


# what is shown once


def put_once(request: Any, name: str, value: str) -> None:
    """Keeps a text for the next page, encrypted."""
    request.session[f"once:{name}"] = factors.seal(value)


def take_once(request: Any, name: str) -> str:
    """That text, this one time."""
    sealed = request.session.pop(f"once:{name}", "")
    return factors.unseal(sealed) if sealed else ""


def secret(request: Any, *, new: bool) -> str:
    """The secret of the authenticator that is being set up; the same while the page is open."""
    sealed = request.session.get("authenticator")
    if sealed is None:
        if not new:
            raise Refused(_("begin again: the page was open for too long"))
        sealed = request.session["authenticator"] = factors.seal(factors.new_secret())
    return str(factors.unseal(sealed))


def forget_secret(request: Any) -> None:
    request.session.pop("authenticator", None)
