"""What is in a person's inbox."""

from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.core import clock
from portal.notifications.models import Notification


def with_unread(memberships: QuerySet[Any]) -> QuerySet[Any]:
    """Memberships with the number of notices that the person has not read for that organisation."""
    rows = Notification.objects.filter(
        user=OuterRef("user"), organisation=OuterRef("organisation"), read_at__isnull=True
    ).order_by()
    counted = rows.values("user").annotate(number=Count("pk")).values("number")
    found: QuerySet[Any] = memberships.annotate(unread=Coalesce(Subquery(counted, IntegerField()), 0))
    return found


def inbox(actor: Any) -> QuerySet[Notification]:
    """Notices of the actor's own, for the organisation acted for, newest first."""
    if actor.user is None:
        return Notification.objects.none()
    rows = Notification.objects.filter(user=actor.user, organisation=actor.organisation)
    return rows.select_related("outbox").order_by("-created_at", "-pk")


def possible_recipients(roles: frozenset[str]) -> QuerySet[Any]:
    """Memberships in force today of people who hold one of the roles."""
    day = clock.today()
    model = apps.get_model("accounts", "Membership")
    return (
        model._default_manager.filter(  # noqa: SLF001
            Q(until__isnull=True) | Q(until__gt=day),
            since__lte=day,
            user__is_active=True,
            roles__overlap=sorted(roles),
        )
        .select_related("user", "organisation")
        .order_by("pk")
    )


def told_before(case_type: str, case_id: int) -> QuerySet[Any]:
    """(person, organisation) of everyone who was told of a case before and still acts there."""
    day = clock.today()
    still = apps.get_model("accounts", "Membership")._default_manager.filter(  # noqa: SLF001
        Q(until__isnull=True) | Q(until__gt=day),
        since__lte=day,
        user=OuterRef("user"),
        organisation=OuterRef("organisation"),
        user__is_active=True,
    )
    rows = Notification.objects.filter(Exists(still), outbox__case_type=case_type, outbox__case_id=case_id)
    return rows.values_list(F("user"), F("organisation")).distinct()
