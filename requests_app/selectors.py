"""What may be read of requests, needs and assessments."""

from django.db.models import QuerySet

from portal.core.actor import Actor
from portal.policy.actions import A
from portal.policy.engine import visible_to
from requests_app.models import AssistanceRequest, ImpactAssessment, Need


def requests(actor: Actor) -> QuerySet[AssistanceRequest]:
    return visible_to(actor, A.REQUEST_VIEW, AssistanceRequest.objects.all())


def needs(actor: Actor) -> QuerySet[Need]:
    """Needs of the requests that an actor may see."""
    return Need.objects.filter(request__in=requests(actor).values("pk"))


def assessments(actor: Actor) -> QuerySet[ImpactAssessment]:
    return visible_to(actor, A.ASSESSMENT_VIEW, ImpactAssessment.objects.all())
