"""The pages that say no: what does not exist, what is not allowed, what went wrong."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core.errors import DomainError
from portal.web import kept


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A rule of the domain says no: why, and what was typed, to whoever typed it."""
    context = {"error": error, "typed": kept.brought(request)}
    return render(request, "errors/refusal.html", context, status=error.status)


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """400: the request itself cannot be read."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """403 where no rule of ours gave a reason."""
    return _page(request, 403, typed=kept.brought(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404: it does not exist, or not for this person; the two answer alike (rule 9)."""
    return _page(request, 404, typed=kept.brought(request))


def failed(_request: HttpRequest) -> HttpResponse:
    """500: needs neither the database nor the session, either of which may be what failed."""
    return render(None, "errors/500.html", {"sample": settings.SAMPLE}, status=500)
