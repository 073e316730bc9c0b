"""What each scope of the policy matrix means for a row of this app."""

from django.apps import apps
from django.db.models import Q

from portal.core.actor import Actor
from portal.policy.matrix import Scope
from portal.policy.scopes import EVERY, NONE, ScopeTable
from requests_app.scopes import joint_state


def pledge_own_state(actor: Actor, prefix: str = "") -> Q:
    """Pledges once they were offered to the actor's State; jointly requested needs included once it confirmed."""
    if not actor.state:
        return NONE
    joint = joint_state(actor, f"{prefix}need__request__")
    return pledge_lead_state(actor, prefix) | (joint & Q(**{f"{prefix}offered_at__isnull": False}))


def pledge_lead_state(actor: Actor, prefix: str = "") -> Q:
    """Pledges for which the actor's State speaks: on its own requests, or to itself without a need."""
    if not actor.state:
        return NONE
    return Q(lead=actor.state, **{f"{prefix}offered_at__isnull": False})  # a delivery has its pledge's lead


def pledge_own_donor(actor: Actor, prefix: str = "") -> Q:
    """Pledges of the actor's organisation; of those that another gives jointly with it, what was offered."""
    if actor.organisation is None:
        return NONE
    joint = apps.get_model("donors", "JointDonor").objects.filter(organisation=actor.organisation)
    named = Q(**{f"{prefix}pk__in": joint.values("pledge_id"), f"{prefix}offered_at__isnull": False})
    return own_donor(actor, prefix) | named


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
