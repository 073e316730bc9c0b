"""Who is a member of what, today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import ApiToken, Membership, User
from portal.core import clock
from portal.core.actor import Actor, Kind
from portal.directory.models import Organisation
from portal.directory.selectors import Register
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
    return current().filter(user=user).select_related("user", "organisation").order_by("pk")


def membership_by_ref(email: str, ref: str) -> Membership | None:
    """Today's membership of a person, by e-mail, in an organisation, by its ref; a Government is also known as
    `government:<ISO3>` and the Secretariat as `secretariat`.
    """
    kind, _colon, state = ref.partition(":")
    register = Register.load()
    organisation = register.by_ref(ref) or register.find(kind=kind, state=state.upper())
    rows = current().filter(user__email=email.strip().lower(), organisation=organisation)
    return rows.select_related("user", "organisation").first() if organisation else None


def actor_in(row: Membership, *, language: str, request_id: str = "") -> Actor:
    """The person of a membership acting for its organisation; only the roles held there count."""
    return Actor(
        Kind.PERSON,
        user=row.user,
        organisation=row.organisation,
        roles=frozenset({*row.roles, "public"}),
        state=row.organisation.state_id or "",
        language=language,
        request_id=request_id,
    )


def tokens_of(user: Any) -> QuerySet[ApiToken]:
    """A person's tokens in all organisations, the newest first, those no longer in force among them."""
    return (
        ApiToken.objects.filter(membership__user=user)
        .select_related("membership__user", "membership__organisation")
        .order_by("-pk")
    )


def tokens_in_force(membership: Membership) -> QuerySet[ApiToken]:
    """Tokens of a membership that have neither expired nor been revoked."""
    return ApiToken.objects.filter(membership=membership, revoked_at=None, expires_at__gt=clock.now())


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
