"""Who is a member of what, today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Membership, User
from portal.core import clock
from portal.directory.models import Organisation
from portal.policy.roles import R


def current() -> QuerySet[Membership]:
    """Memberships in force today."""
    day = clock.today()
    return Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day), since__lte=day, user__is_active=True
    )


def members(organisation: Any) -> int:
    """Number of people who act for an organisation today."""
    return current().filter(organisation=organisation).values("user").distinct().count()


def holds_one_of(user: int, organisation: Any, roles: Iterable[str]) -> bool:
    """Whether a person, by id, holds one of these roles in an organisation today."""
    return current().filter(user=user, organisation=organisation, roles__overlap=list(roles)).exists()


def memberships_of(user: Any) -> QuerySet[Membership]:
    """The organisations for which a person may act today, in a fixed order."""
    return current().filter(user=user).select_related("organisation").order_by("pk")


def sample_person(pk: int) -> User | None:
    """A sample person who can sign in at a click; the caller makes sure that this is a sample portal."""
    return User.objects.filter(pk=pk, is_sample=True, is_active=True).first()


def role_labels(codes: list[str]) -> list[str]:
    """Roles in words, in the order of the list of roles."""
    return [str(role.label) for role in R if role.value in codes]


@dataclass(frozen=True)
class SamplePeople:
    """The sample people of one organisation, each with what the person does there."""

    organisation: Organisation
    people: list[tuple[User, list[str]]]


def sample_people() -> list[SamplePeople]:
    """Sample people by organisation: UNODC first, then the rest in order of entry, people by role."""
    rows = current().filter(user__is_sample=True).select_related("user", "organisation")
    order = [role.value for role in R]
    groups: dict[int, SamplePeople] = {}
    ranked = sorted(
        rows,
        key=lambda m: (
            m.organisation.kind != "secretariat",
            m.organisation_id,
            order.index(m.roles[0]),
            m.pk,
        ),
    )
    for row in ranked:
        group = groups.setdefault(row.organisation_id, SamplePeople(row.organisation, []))
        group.people.append((row.user, role_labels(row.roles)))
    return list(groups.values())
