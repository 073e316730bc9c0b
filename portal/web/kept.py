"""What was typed and could not be taken: kept for the same person, and shown again in its form.

A form names its author under a signature. When its session has ended or its token is stale, nothing is done
with what it brings; it waits in the session until the author opens the same form again for the same
organisation, and is sent by the author alone.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
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
UNTYPED = PRIVATE | {"key", "version", "next", "keep"}


def digest_of(request: HttpRequest) -> str:
    """A mark of what a form brings, by which the same sent twice is told from something else; no secret is in it."""
    brought = [[name, *values] for name, values in sorted(request.POST.lists()) if name not in PRIVATE]
    brought += [
        [name, *(getattr(file, "sha256", "") for file in files)]
        for name, files in sorted(request.FILES.lists())
    ]
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
    author, acted_for = _mark(request)
    if author is None:
        return False
    data = request.POST.copy()
    for name in PRIVATE:
        data.pop(name, None)
    text = data.urlencode()
    if len(text) > MAX_SIZE:
        return False
    row = {"path": request.path, "author": author, "for": acted_for, "data": text, "asked": False}
    others = [other for other in request.session.get("kept", []) if not _same_place(other, row)]
    request.session["kept"] = [*others[-(MAX_FORMS - 1) :], row]
    return True


def _same_place(row: dict[str, Any], other: dict[str, Any]) -> bool:
    return (row["path"], row["for"]) == (other["path"], other["for"])


def _own(request: HttpRequest, path: str) -> list[dict[str, Any]]:
    """What the person in the session typed at an address, for whichever organisation; the newest last."""
    pk = getattr(request.user, "pk", None)
    rows = request.session.get("kept", [])
    return [row for row in rows if row["path"] == path and row["author"] == pk]


def taken_back(request: HttpRequest) -> QueryDict | None:
    """What the person typed here before for the organisation acted for, once; what someone else typed is forgotten."""
    own = _own(request, request.path)
    here = [row for row in own if row["for"] == _acted_for(request)]
    left = [row for row in own if row not in here]
    rows = request.session.get("kept", [])
    if any(row["path"] == request.path for row in rows):
        request.session["kept"] = [row for row in rows if row["path"] != request.path or row in left]
    return QueryDict(here[-1]["data"]) if here else None


def typed_for(request: HttpRequest, person: int) -> int | None:
    """The organisation for which a person typed last what is kept; None where nothing is."""
    rows = [row for row in request.session.get("kept", []) if row["author"] == person]
    return rows[-1]["for"] if rows else None


def left_at(request: HttpRequest, path: str) -> tuple[int | None, list[str]]:
    """The organisation for which the person typed what is kept for an address, and its words."""
    rows = _own(request, path)
    return (rows[-1]["for"], texts(QueryDict(rows[-1]["data"]))) if rows else (None, [])


def brought(request: HttpRequest) -> list[str]:
    """What was typed in the form that is refused, or kept for it: shown to its author alone."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    if request.method == "POST":
        return texts(request.POST) if _author(request) == user.pk else []
    rows = [row for row in _own(request, request.path) if row["for"] == _acted_for(request)]
    return texts(QueryDict(rows[-1]["data"])) if rows else []


def texts(data: QueryDict) -> list[str]:
    """The words among what a form brings: no keys, no ticks."""
    found = [value.strip() for name, values in data.lists() if name not in UNTYPED for value in values]
    return [text for text in found if text and text != "on"]


def _taken(request: HttpRequest) -> HttpResponse | None:
    """To where the form led when it came before; to the choice of organisation where another is acted for since."""
    done = answered(request.user, request.POST.get("key", ""), request.path, digest_of(request))
    if done:
        return see_other(done)
    author, acted_for = _mark(request)
    if author != request.user.pk or acted_for == _acted_for(request):
        return None
    keep(request)  # nothing is done unasked in the name of another organisation
    return _to_choose(request)


def _to_choose(request: HttpRequest) -> HttpResponse:
    """To the choice of organisation and from there back; asked once."""
    rows = request.session.get("kept", [])
    request.session["kept"] = [row | {"asked": row["asked"] or row["path"] == request.path} for row in rows]
    return see_other(reverse("accounts:acting") + "?" + urlencode({"next": request.path}))


def _waits_elsewhere(request: HttpRequest) -> bool:
    """Whether what the person typed here waits for an organisation that is not the one acted for."""
    own = _own(request, request.path)
    return bool(own) and all(row["for"] != _acted_for(request) and not row["asked"] for row in own)


class KeptMiddleware:
    """What comes before any page's own decision about a form: it was taken already, or its session has ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_given: object) -> HttpResponse | None:
        if getattr(view, "csrf_exempt", False):
            return None  # programs send no forms, and their views read what they send
        if request.method == "GET" and request.user.is_authenticated and _waits_elsewhere(request):
            return _to_choose(request)
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
