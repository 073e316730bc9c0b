"""What each scope of the policy matrix means for a row of this app."""

from django.apps import apps
from django.db.models import Q

from portal.core.actor import Actor
from portal.policy.matrix import Scope
from portal.policy.scopes import EVERY, NONE, ScopeTable
from requests_app.scopes import joint_state


def pledge_own_state(actor: Actor, prefix: str = "") -> Q:
    """Pledges once they were offered to the actor's State; jointly requested needs included."""
    if not actor.state:
        return NONE
    offered = Q(**{f"{prefix}offered_at__isnull": False})
    found = Q()
    for part in (*_of_lead(actor, prefix).children, *joint_state(actor, f"{prefix}need__request__").children):
        found |= (part if isinstance(part, Q) else Q(part)) & offered
    return found


def pledge_lead_state(actor: Actor, prefix: str = "") -> Q:
    """Pledges for which the actor's State speaks: on its own requests, or to itself without a need."""
    if not actor.state:
        return NONE
    lead, beside = _of_lead(actor, prefix).children
    offered = Q(**{f"{prefix}offered_at__isnull": False})
    return (Q(lead) & offered) | (Q(beside) & offered)


def _of_lead(actor: Actor, prefix: str) -> Q:
    """Of the actor's State; a delivery has its pledge's lead, and a few pledges name a State beside their need."""
    beside = Q(**{f"{prefix}state": actor.state, f"{prefix}need__isnull": False})
    return Q(lead=actor.state) | beside


def pledge_own_donor(actor: Actor, prefix: str = "") -> Q:
    if actor.organisation is None:
        return NONE
    joint = apps.get_model("donors", "JointDonor").objects.filter(organisation=actor.organisation)
    return Q(**{f"{prefix}donor": actor.organisation}) | Q(**{f"{prefix}pk__in": joint.values("pledge_id")})


def own_donor(actor: Actor, prefix: str = "") -> Q:
    return NONE if actor.organisation is None else Q(**{f"{prefix}donor": actor.organisation})


OFFER: ScopeTable = {Scope.ANY: lambda _: EVERY, Scope.OWN_DONOR: own_donor}
PLEDGE: ScopeTable = {
    Scope.ANY: lambda _: EVERY,
    Scope.SHOWN: lambda _: Q(offered_at__isnull=False),
    Scope.OWN_STATE: pledge_own_state,
    Scope.LEAD_STATE: pledge_lead_state,
    Scope.OWN_DONOR: pledge_own_donor,
    Scope.LEAD_DONOR: own_donor,
}
DELIVERY: ScopeTable = {
    Scope.ANY: lambda _: EVERY,
    Scope.OWN_STATE: lambda actor: pledge_own_state(actor, "pledge__"),
    Scope.LEAD_STATE: lambda actor: pledge_lead_state(actor, "pledge__"),
    Scope.OWN_DONOR: lambda actor: pledge_own_donor(actor, "pledge__"),
}
CONTRIBUTION: ScopeTable = {Scope.ANY: lambda _: EVERY, Scope.OWN_DONOR: own_donor}
