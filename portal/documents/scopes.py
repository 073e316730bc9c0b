"""What each scope of the policy matrix means for a document: that of the record on which it hangs, and less."""

from django.db.models import Q

from portal.core.actor import Actor
from portal.documents.enums import Kind
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.matrix import BEFORE_CIRCULATION, Scope
from portal.policy.scopes import ScopeTable
from requests_app import scopes as of_requests
from requests_app.models import AssistanceRequest

NOT_THE_NOTE = ~Q(kind=Kind.NOTE_VERBALE)


def _with_its_request(actor: Actor) -> Q:
    """Documents of the requests that the actor sees."""
    seen = engine.visible_to(actor, A.REQUEST_VIEW, AssistanceRequest.objects.all())
    return Q(request__in=seen.values("pk"))


def _asked_state(actor: Actor) -> Q:
    asked = AssistanceRequest.objects.filter(of_requests.asked_state(actor), status__in=BEFORE_CIRCULATION)
    return Q(request__in=asked.values("pk")) & NOT_THE_NOTE


DOCUMENT: ScopeTable = {
    Scope.OWN_STATE: lambda actor: of_requests.own_state(actor, "request__"),
    Scope.LEAD_STATE: lambda actor: of_requests.lead_state(actor, "request__"),
    Scope.ASKED_STATE: _asked_state,
    Scope.SHOWN: _with_its_request,
    Scope.RELEASED: lambda actor: Q(donors_may_see=True) & NOT_THE_NOTE & _with_its_request(actor),
}
