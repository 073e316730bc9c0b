"""Who is a member of what, today."""

from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Membership
from portal.core import clock


def current() -> QuerySet[Membership]:
    """Memberships in force today."""
    day = clock.today()
    return Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day, user__is_active=True)


def members(organisation: Any) -> int:
    """Number of people who act for an organisation today."""
    return current().filter(organisation=organisation).values("user").distinct().count()
