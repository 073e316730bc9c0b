"""The pages that say no: what does not exist, what is not allowed, what went wrong."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """400: the request itself cannot be read."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """403 where no rule of ours gave a reason."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404: it does not exist, or not for this person; the two answer alike (rule 9)."""
    return _page(request, 404)


def failed(_request: HttpRequest) -> HttpResponse:
    """500: needs neither the database nor the session, either of which may be what failed."""
    return render(None, "errors/500.html", {"sample": settings.SAMPLE}, status=500)
