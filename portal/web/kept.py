"""What was typed and could not be taken: kept for the same person, and shown again in its form.

A form names its author under a signature. When its session has ended or its token is stale, nothing is done
with what it brings; it waits in the session until the author opens the same form again, and is sent by the
author alone.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from portal.web.once import answered
from portal.web.pages import see_other

SALT = "portal.web.kept"
MAX_AGE = timedelta(days=2)
MAX_SIZE = 256 * 1024  # characters of one form
MAX_FORMS = 3
PRIVATE = {"csrfmiddlewaretoken", "author", "password", "new_password", "code", "credential"}


def digest_of(request: HttpRequest) -> str:
    """A mark of what a form brings, by which the same sent twice is told from something else; no secret is in it."""
    brought = [[name, *values] for name, values in sorted(request.POST.lists()) if name not in PRIVATE]
    return hashlib.sha256(json.dumps(brought).encode()).hexdigest()


def _acted_for(request: HttpRequest) -> int | None:
    return getattr(getattr(getattr(request, "actor", None), "organisation", None), "pk", None)


def author_mark(request: HttpRequest) -> str:
    """The signed ids of who is shown a form and of the organisation acted for."""
    pk = getattr(request.user, "pk", None)
    return signing.dumps([pk, _acted_for(request)], salt=SALT) if pk else ""


def _mark(request: HttpRequest) -> tuple[int | None, int | None]:
    try:
        author, acted_for = signing.loads(request.POST.get("author", ""), salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, TypeError, ValueError):
        return None, None
    return author, acted_for


def _author(request: HttpRequest) -> int | None:
    return _mark(request)[0]


def keep(request: HttpRequest) -> bool:
    """Keeps what a form brings in the session; False where it has no author or is too large."""
    author = _author(request)
    if author is None:
        return False
    data = request.POST.copy()
    for name in PRIVATE:
        data.pop(name, None)
    text = data.urlencode()
    if len(text) > MAX_SIZE:
        return False
    kept = request.session.get("kept", [])
    kept = [row for row in kept if row["path"] != request.path][-(MAX_FORMS - 1) :]
    request.session["kept"] = [*kept, {"path": request.path, "author": author, "data": text}]
    return True


def taken_back(request: HttpRequest) -> QueryDict | None:
    """What the person typed here before, once; what someone else typed is forgotten."""
    rows = request.session.get("kept", [])
    here = [row for row in rows if row["path"] == request.path]
    if not here:
        return None
    request.session["kept"] = [row for row in rows if row["path"] != request.path]
    own = here[-1]["author"] == getattr(request.user, "pk", None)
    return QueryDict(here[-1]["data"]) if own else None


def _taken(request: HttpRequest) -> HttpResponse | None:
    """To where the form led when it came before; to the choice of organisation where another is acted for since."""
    done = answered(request.user, request.POST.get("key", ""), request.path, digest_of(request))
    if done:
        return see_other(done)
    author, acted_for = _mark(request)
    if author != request.user.pk or acted_for == _acted_for(request):
        return None
    keep(request)  # nothing is done unasked in the name of another organisation
    return see_other(reverse("accounts:acting") + "?" + urlencode({"next": request.path}))


class KeptMiddleware:
    """What comes before any page's own decision about a form: it was taken already, or its session has ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_given: object) -> HttpResponse | None:
        if getattr(view, "csrf_exempt", False):
            return None  # programs send no forms, and their views read what they send
        if request.method != "POST" or "author" not in request.POST:
            return None
        if request.user.is_authenticated:
            return _taken(request)
        if not keep(request):
            return None
        return see_other(reverse("accounts:login") + "?" + urlencode({"next": request.path, "kept": "1"}))


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """Instead of Django's page for a token that does not fit: the form again, with what was typed."""
    if request.user.is_authenticated:
        if _author(request) == request.user.pk and keep(request):
            return see_other(request.path)
    elif keep(request):
        return see_other(reverse("accounts:login") + "?" + urlencode({"next": request.path, "kept": "1"}))
    return render(request, "403_csrf.html", status=403)
