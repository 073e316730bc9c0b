"""What the shell of every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"sample": settings.SAMPLE, "actor": getattr(request, "actor", None)}
