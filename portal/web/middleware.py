"""The domain errors, mapped once for pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core.errors import DomainError
from portal.web import errors


class DomainErrorMiddleware:
    """Answers a refusal with its status, its reasons and what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if error.status == 404:  # noqa: PLR2004 - answers exactly as what does not exist
            return errors.not_found(request, error)
        return render(request, "errors/refusal.html", {"error": error}, status=error.status)
