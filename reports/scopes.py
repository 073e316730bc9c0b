"""What each scope of the policy matrix means for an edition."""

from portal.policy.matrix import Scope
from requests_app.scopes import EVERY, ScopeTable

EDITION: ScopeTable = {Scope.ANY: lambda _: EVERY}
