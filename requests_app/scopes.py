"""What each scope of the policy matrix means for a row of this app: conditions, not decisions."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from portal.core import clock
from portal.core.actor import Actor
from portal.policy.matrix import Scope
from portal.policy.scopes import EVERY, NONE, ScopeTable


def own_state(actor: Actor, prefix: str = "") -> Q:
    """Rows of the actor's State; in a joint request each confirmed State is its own State."""
    if not actor.state:
        return NONE
    return Q(**{f"{prefix}state": actor.state}) | joint_state(actor, prefix)


def joint_state(actor: Actor, prefix: str = "") -> Q:
    """Rows of joint requests that the actor's State, another than the lead, has confirmed."""
    joint = apps.get_model("requests_app", "CoRequester").objects.filter(
        request=OuterRef(f"{prefix}pk"), state=actor.state, confirmed_at__isnull=False
    )
    return Q(Exists(joint))


def lead_state(actor: Actor, prefix: str = "") -> Q:
    return Q(**{f"{prefix}state": actor.state}) if actor.state else NONE


def asked_state(actor: Actor) -> Q:
    """Requests that the actor's State is asked to join: it reads what it is to confirm, or to leave."""
    if not actor.state:
        return NONE
    asked = apps.get_model("requests_app", "CoRequester").objects.filter(
        request=OuterRef("pk"), state=actor.state, confirmed_at__isnull=True
    )
    return Q(Exists(asked))


def granted(actor: Actor) -> Q:
    """Requests shown to the actor's organisation by name, until the grant ends or the State takes them back."""
    if actor.organisation is None:
        return NONE
    grants = apps.get_model("requests_app", "RequestGrant").objects.filter(
        content_object=OuterRef("pk"), group__name=f"organisation:{actor.organisation.pk}"
    )
    return ~Q(visibility="unodc") & Q(Exists(grants.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))))


def of_donor(actor: Actor) -> Q:
    """Assessments of requests to which the actor's organisation has pledged, alone or jointly."""
    if actor.organisation is None:
        return NONE
    accepted = apps.get_model("donors", "Pledge").objects.filter(accepted_at__isnull=False)
    own = accepted.filter(donor=actor.organisation)
    joint = accepted.filter(joint_donors__organisation=actor.organisation)
    return Q(request__in=own.values("need__request")) | Q(request__in=joint.values("need__request"))


REQUEST: ScopeTable = {
    Scope.ANY: lambda _: EVERY,
    Scope.SHOWN: lambda _: Q(submitted_at__isnull=False),
    Scope.OWN_STATE: own_state,
    Scope.LEAD_STATE: lead_state,
    Scope.ASKED_STATE: asked_state,
    Scope.PUBLISHED: lambda _: Q(visibility="public"),
    Scope.CIRCULATED: lambda _: Q(visibility__in=["all-donors", "public"]),
    Scope.GRANTED: granted,
}
ASSESSMENT: ScopeTable = {
    Scope.ANY: lambda _: EVERY,
    Scope.OWN_STATE: lambda actor: own_state(actor, "request__"),
    Scope.LEAD_STATE: lambda actor: lead_state(actor, "request__"),
    Scope.OWN_DONOR: of_donor,
}
