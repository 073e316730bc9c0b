"""What the pages of accounts share: who may open them, and where they lead."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from portal.accounts import factors, gate, selectors
from portal.web.pages import see_other

View = Callable[..., HttpResponseBase]


def asked_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, else the front page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


def to(name: str, path: str) -> HttpResponse:
    """To a page that leads back to this address."""
    return see_other(reverse(name) + "?" + urlencode({"next": path}))


def arrive(request: HttpRequest, user: Any, target: str) -> str:
    """A person has proved by one means who it is: in, or first to the second factor. Gives the next address.

    Who acts for several organisations says first for which.
    """
    if target == "/" and len(selectors.memberships_of(user)) > 1:
        target = reverse("accounts:acting")
    if factors.has_one(user):
        gate.wait(request, user, target)
        return reverse("accounts:code")
    gate.enter(request, user)
    return target


def for_person(view: View) -> View:
    """A page of whoever is signed in; others sign in first. Nobody keeps a copy of it."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to("accounts:login", request.get_full_path() if request.method == "GET" else "/")
        return view(request, *args, **kwargs)

    return inner


def freshly(view: View) -> View:
    """A page of a person who has proved within a quarter of an hour who it is; others prove it first."""

    @for_person
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not gate.fresh(request):
            return to("accounts:confirm", request.path)
        return view(request, *args, **kwargs)

    return inner
