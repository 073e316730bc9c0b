"""One page with one form: shown, refused with reasons, or done once."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core.errors import Conflict, NotAllowed, Refused
from portal.web import kept
from portal.web.forms import Form
from portal.web.once import Reused, once
from portal.web.pages import see_other

KEY_LENGTH = 32


def asked_version(request: HttpRequest) -> int | None:
    """The version of the record on which the person decided, as the form brings it."""
    return _number(request, "version")


def asked_row(request: HttpRequest) -> int | None:
    """The id of the row that the form was shown for, as it brings it: its place in the address may be another's by now."""
    return _number(request, "shown")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def asked_mark(request: HttpRequest) -> str:
    """The mark of the part of a draft that the person changed, as the form brings it; empty where it has none."""
    return request.POST.get("mark", "")


def _key(request: HttpRequest) -> str:
    given = request.POST.get("key", "")
    return given if len(given) == KEY_LENGTH and given.isalnum() else ""


def form_page(
    request: HttpRequest,
    *,
    form: Callable[[Any], Form],
    save: Callable[[Any], str],
    template: str = "components/form_page.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Shows a form; takes what it brings to `save`, which calls a service and gives the address to go to.

    `form` makes the form from what was sent, or from None. `context` holds at least `title`; `lead`, `button`,
    `back` (address), `warns`, `version` (of the record shown), `mark` (of the part of it) and
    `shown` (id of the row in it) where there are any.
    Answers 200 with the form; 303 once it is done, also when the same form comes twice; 422 with what is wrong
    beside each field; 409 where the record was changed meanwhile; 403 where it is not for this person: always with
    what was typed.
    """
    status, notice, key = 200, "", _key(request) or uuid4().hex
    sent = request.method == "POST"
    if sent and "keep" not in request.POST:
        shown = form(request.POST)
        status = 422
        if shown.is_valid():
            try:
                _status, url = once(
                    request.user if request.user.is_authenticated else None,
                    _key(request),
                    request.path,
                    lambda: (303, save(shown)),
                    digest=kept.digest_of(request),
                )
                return see_other(url)
            except Reused:  # changed after going back to it: neither lost nor done unasked
                status, notice, key = 409, "changed", uuid4().hex
            except (Refused, Conflict, NotAllowed) as error:
                shown.tell(error)
                status = error.status
                notice = "changed" if isinstance(error, Conflict) else ""
    else:
        back = request.POST if sent else kept.taken_back(request)
        shown, notice = form(back), "kept" if back is not None else ""
    quiet = notice == "kept"
    return render(
        request,
        template,
        {
            "form": shown,
            "problems": [] if quiet or not shown.is_bound else shown.problems(),
            "quiet": quiet,
            "notice": notice,
            "key": key,
            "author": kept.author_mark(request),
            "keeps": True,
            "record": None,
            **(context or {}),
        },
        status=status,
    )
