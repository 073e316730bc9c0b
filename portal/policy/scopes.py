"""What the scopes of the matrix are made of: each app says in a table of its own what they mean for its rows."""

from collections.abc import Callable

from django.db.models import Q

from portal.core.actor import Actor
from portal.policy.matrix import Scope

ScopeTable = dict[Scope, Callable[[Actor], Q]]

EVERY = Q(pk__isnull=False)
NONE = Q(pk__in=[])
