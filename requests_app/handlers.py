"""What this app answers when a lower one asks."""

from typing import Any

from portal.core.events import ask
from portal.directory.models import Organisation
from requests_app.models import AssistanceRequest, CoRequester


def governments(request: AssistanceRequest) -> set[int]:
    """Governments of the State that asks and of those that join it, or are asked to."""
    joint = CoRequester.objects.filter(request=request).values("state")
    rows = Organisation.objects.filter(kind="government")
    return {
        *rows.filter(state=request.state_id).values_list("pk", flat=True),
        *rows.filter(state__in=joint).values_list("pk", flat=True),
    }


def parties(*, record: Any) -> set[int]:
    """Organisations for which a request, or an assessment, could be their own."""
    if isinstance(record, AssistanceRequest):
        return governments(record)
    return governments(record.request) | (ask("request.pledging_donors", record=record.request) or set())
