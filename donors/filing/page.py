"""What the pages on which something is written have in common."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from donors.rules import drafts
from portal.web.forms import sentence
from portal.web.pages import Asked
from portal.web.templatetags.portal import address_key

writes = require_http_methods(["GET", "HEAD", "POST"])


def url_of(name: str, record: Any) -> str:
    """The address of a record."""
    return reverse(f"donors:{name}", args=[address_key(record)])


def saved(request: Asked, words: Any, url: str) -> str:
    """Says that it was done; the address to go to."""
    messages.success(request, str(words))
    return url


def shown(row: Any, *names: str) -> dict[str, Any]:
    """What a form shows of a record."""
    return {name: getattr(row, name) for name in names}


def sent_meanwhile(row: Any) -> list[str]:
    """Why a record is not changed any more, for the page of its draft."""
    reason = drafts.sent(row)
    return [sentence(reason.reason)] if reason else []
