"""Where the pages of this app stand."""

from typing import Any

from django.urls import reverse

from portal.web.pages import address
from portal.web.templatetags.portal import address_key
from requests_app.models import ImpactAssessment


def url(name: str, row: Any, *more: Any) -> str:
    return reverse(f"requests:{name}", args=[str(row), *more])


def request_url(request: Any) -> str:
    return address("requests:request", str(request))


def need_url(need: Any) -> str:
    return address("requests:need", str(need))


def assessment_url(name: str, row: ImpactAssessment, *more: Any) -> str:
    return reverse(f"requests:{name}", args=[address_key(row), *more])
