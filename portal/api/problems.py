"""Errors of the API as problem details (RFC 9457): the domain's refusals and HTTP's own, mapped once."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions

from portal.core.errors import DomainError, NotVisible, Refusal

MEDIA_TYPE = "application/problem+json"


class PreconditionFailed(exceptions.APIException):
    """The record has another version than the one that `If-Match` names."""

    status_code = HTTPStatus.PRECONDITION_FAILED


class Unreadable(exceptions.APIException):
    """What was sent cannot be read; `refusals` name the parameters at fault."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__(_("The request cannot be read."))


def problem(
    request: HttpRequest, status: int, detail: str = "", refusals: Iterable[Refusal] = ()
) -> JsonResponse:
    """One answer that says no, and why."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "errors": [{"field": refusal.field, "reason": refusal.reason} for refusal in refusals],
    }
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def answer(error: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """The exception handler of every API view; None where the error is none of ours to explain."""
    request = context["request"]
    if isinstance(error, NotVisible | Http404 | exceptions.NotFound):
        # what may not be seen answers exactly as what does not exist (rule 9)
        return problem(request, HTTPStatus.NOT_FOUND, _("There is nothing here that can be shown."))
    if isinstance(error, DomainError):
        return problem(request, error.status, _refused(error), error.refusals)
    if isinstance(error, PermissionDenied):
        return problem(request, HTTPStatus.FORBIDDEN, _("This is not allowed."))
    if not isinstance(error, exceptions.APIException):
        return None
    found = problem(request, error.status_code, _words(error.detail), getattr(error, "refusals", ()))
    if getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None) is not None:
        found["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    return found


def _refused(error: DomainError) -> str:
    return "; ".join(refusal.reason for refusal in error.refusals)


def _words(detail: Any) -> str:
    if isinstance(detail, dict):
        return "; ".join(_words(value) for value in detail.values())
    if isinstance(detail, list):
        return "; ".join(_words(value) for value in detail)
    return str(detail)
