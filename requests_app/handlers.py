"""What this app answers when a lower one asks."""

from typing import Any

from portal.core.events import ask
from requests_app import selectors
from requests_app.models import AssistanceRequest


def parties(*, record: Any) -> set[int]:
    """Organisations for which a request, or an assessment, could be their own."""
    if isinstance(record, AssistanceRequest):
        return selectors.governments(record)
    return selectors.governments(record.request) | (
        ask("request.pledging_donors", record=record.request) or set()
    )
