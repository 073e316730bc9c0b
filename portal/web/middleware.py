"""What every answer shares: the domain errors mapped once, compression, and what no page may use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

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
        return errors.refused(request, error)


class CompressMiddleware(GZipMiddleware):
    """Compresses text; what is compressed already (PDF, workbooks, archives) is left alone.

    The token in a page is masked anew for each answer and Django pads what it compresses, so that lengths
    tell nothing of it.
    """

    TEXT = ("text/", "application/json", "application/problem+json", "application/vnd.oai")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(self.TEXT):
            return response
        return super().process_response(request, response)


class PermissionsMiddleware:
    """Tells the browser what no page of the portal ever asks for."""

    NONE = ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi",
            "payment", "usb", "browsing-topics",
        )
    )  # fmt: skip

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.NONE)
        return response
