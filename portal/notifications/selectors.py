"""What is in a person's inbox, and who may be told."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.core import clock
from portal.core.actor import Actor
from portal.core.deadlines import Clock
from portal.notifications.models import Notification, Preference, Reminder
from portal.notifications.models import When as Wish

# what the reader's own side writes of a record without changing its state, and yet does what a notice asks
STEPS = ("follow_up", "confirm_joint", "leave_joint")


def with_unread(memberships: QuerySet[Any]) -> QuerySet[Any]:
    """Memberships with the number of notices that the person has not read for that organisation."""
    rows = Notification.objects.filter(
        user=OuterRef("user"), organisation=OuterRef("organisation"), read_at__isnull=True
    ).order_by()
    counted = rows.values("user").annotate(number=Count("pk")).values("number")
    found: QuerySet[Any] = memberships.annotate(unread=Coalesce(Subquery(counted, IntegerField()), 0))
    return found


def inbox(actor: Actor) -> QuerySet[Any]:
    """Notices of the actor's own, for the organisation acted for: by day, unread before read, newest first.

    `outstanding` says that what was asked is still to be done: the record has not moved on since.
    """
    if actor.user is None:
        return Notification.objects.none()
    rows = with_outstanding(Notification.objects.filter(user=actor.user, organisation=actor.organisation))
    found: QuerySet[Any] = (
        rows.annotate(day=TruncDate("created_at"))
        .select_related("outbox__event")
        .order_by("-day", F("read_at").asc(nulls_first=True), "-created_at", "-pk")
    )
    return found


def with_outstanding(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Notices with whether what they ask for is still to be done."""
    later = CaseEvent.objects.filter(
        ~Q(source=F("target")) | Q(move__in=STEPS, actor_organisation=OuterRef("organisation")),
        case_type=OuterRef("outbox__case_type"),
        case_id=OuterRef("outbox__case_id"),
        pk__gt=OuterRef("outbox__event"),
    )
    open_ = When(~Exists(later), asked=True, then=Value(True))
    found: QuerySet[Any] = rows.annotate(
        outstanding=Case(open_, default=Value(False), output_field=BooleanField())
    )
    return found


def newest(actor: Actor) -> int:
    """Id of the last notice of the actor's; 0 where there is none."""
    row = inbox(actor).order_by("-pk").values_list("pk", flat=True).first()
    return row or 0


def _in_force(**of: Any) -> QuerySet[Any]:
    """Memberships in force today of people who may sign in."""
    day = clock.today()
    rows: QuerySet[Any] = apps.get_model("accounts", "Membership")._default_manager.filter(  # noqa: SLF001
        Q(until__isnull=True) | Q(until__gt=day), since__lte=day, user__is_active=True, **of
    )
    return rows


def possible_recipients(roles: frozenset[str], organisations: Collection[int] | None = None) -> QuerySet[Any]:
    """Memberships in force today of people who hold one of the roles, in these organisations or in any."""
    rows = _in_force(roles__overlap=sorted(roles))
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    return rows.select_related("user", "organisation").order_by("pk")


def told_before(case: str, case_id: int) -> QuerySet[Any]:
    """(person, organisation) of everyone who was told of a case before and still acts there."""
    still = _in_force(user=OuterRef("user"), organisation=OuterRef("organisation"))
    rows = Notification.objects.filter(Exists(still), outbox__case_type=case, outbox__case_id=case_id)
    return rows.values_list(F("user"), F("organisation")).distinct()


def still_acting(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Of notices those whose reader still acts for the organisation for which they came."""
    still = _in_force(user=OuterRef("user"), organisation=OuterRef("organisation"))
    return rows.filter(Exists(still))


def sample_people(users: Iterable[int]) -> frozenset[int]:
    """Of these people those who are invented."""
    rows = apps.get_model("accounts", "User")._default_manager.filter(pk__in=list(users), is_sample=True)  # noqa: SLF001
    return frozenset(rows.values_list("pk", flat=True))


def wishes(users: Iterable[int]) -> dict[int, str]:
    """When people want e-mail, of those who have said so."""
    return dict(Preference.objects.filter(user__in=list(users)).values_list("user", "mail"))


def wish(user: Any) -> str:
    """When a person wants e-mail."""
    return wishes([user.pk]).get(user.pk, Wish.IMMEDIATE.value)


def reminders(case: str, ids: Collection[int]) -> dict[tuple[int, str, date], dict[int, date]]:
    """Reminders that were sent of some cases: by case, clock and its start the day of each number."""
    found: dict[tuple[int, str, date], dict[int, date]] = {}
    for row in Reminder.objects.filter(case_type=case, case_id__in=ids):
        found.setdefault((row.case_id, row.clock, row.started), {})[row.number] = row.sent_on
    return found


def sent(record: Any, due: Clock) -> dict[int, date]:
    """Reminders of a clock that were sent: the day of each number."""
    return reminders(case_type(record), [record.pk]).get((record.pk, due.name, due.started), {})


def reminded(case: str, clocks: Collection[str], number: int, *, until: date) -> list[int]:
    """Cases of whose clocks the reminder of a number was sent, on a day or before."""
    rows = Reminder.objects.filter(case_type=case, clock__in=clocks, number=number, sent_on__lte=until)
    return sorted(set(rows.values_list("case_id", flat=True)))
