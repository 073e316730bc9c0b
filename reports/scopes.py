"""What each scope of the policy matrix means for an edition, and for who is asked for an input."""

from django.db.models import Q

from portal.core.actor import Actor
from portal.policy.matrix import Scope
from portal.policy.scopes import EVERY, NONE, ScopeTable


def _own_state(actor: Actor) -> Q:
    return Q(organisation__state=actor.state) if actor.state else NONE


def _own(actor: Actor) -> Q:
    return Q(organisation=actor.organisation) if actor.organisation else NONE


EDITION: ScopeTable = {Scope.ANY: lambda _: EVERY}
INPUT: ScopeTable = {Scope.ANY: lambda _: EVERY, Scope.OWN_STATE: _own_state, Scope.OWN_DONOR: _own}
