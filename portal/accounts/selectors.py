"""Who is a member of what, today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.accounts.models import ApiToken, Invitation, Membership, User
from portal.core import clock
from portal.core.actor import Actor, Kind
from portal.core.errors import NotAllowed
from portal.core.languages import listed, sort_key
from portal.directory.models import Organisation, in_language
from portal.directory.selectors import Register
from portal.policy.actions import A
from portal.policy.engine import holds, visible_to
from portal.policy.matrix import roles_with
from portal.policy.roles import APPOINTED, R, holdable, needs_second_factor


def in_force() -> Q:
    """Condition on memberships that count today."""
    day = clock.today()
    return Q(Q(until__isnull=True) | Q(until__gt=day), since__lte=day, user__is_active=True)


def ended() -> Q:
    """Condition on memberships whose last day has passed."""
    return Q(until__lte=clock.today())


def current() -> QuerySet[Membership]:
    """Memberships in force today."""
    return Membership.objects.filter(in_force())


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


def by_oneself(user: User) -> Actor:
    """A person who acts for no organisation."""
    return Actor(Kind.PERSON, user=user, roles=frozenset({"public"}), language=user.language)


def membership_of(actor: Actor) -> Membership:
    """The membership in which a person acts; raises NotAllowed for who acts in none."""
    row = current().filter(user=actor.user, organisation=actor.organisation).first() if actor.user else None
    if row is None:
        raise NotAllowed(_("only a member of an organisation may do this"))
    return row


def people(actor: Actor) -> QuerySet[Membership]:
    """Members, past ones too, of the organisations whose people the actor may see."""
    rows = Membership.objects.select_related("user", "organisation", "invited_by")
    return visible_to(actor, A.PEOPLE_VIEW, rows)


def others_with(action: str, row: Membership) -> list[str]:
    """Names of the other members of an organisation who hold a right there."""
    roles = [role.value for role in roles_with(action)]
    rows = current().filter(organisation=row.organisation, roles__overlap=roles).exclude(user=row.user)
    return list(rows.order_by("user__name").values_list("user__name", flat=True))


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations, past ones too, to the organisations whose people the actor may see; the newest first."""
    rows = Invitation.objects.select_related("organisation", "invited_by__user").order_by("-pk")
    return visible_to(actor, A.PEOPLE_VIEW, rows)


def open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, or sent again."""
    return invitations(actor).filter(accepted_at=None, revoked_at=None)


def ending_invitations(actor: Actor) -> int:
    """Number of open invitations, of those that the actor may see, that end within three days or have ended."""
    if not holds(actor, A.PEOPLE_INVITE):
        return 0
    return open_invitations(actor).filter(expires_at__lt=clock.now() + timedelta(days=3)).count()


def invitations_in_order(actor: Actor) -> QuerySet[Invitation]:
    """Those that are open first, then the newest."""
    closed = Case(When(accepted_at=None, revoked_at=None, then=0), default=1)
    return invitations(actor).order_by(closed, "-pk")


def inviting_roles() -> str:
    """The roles that invite, in words."""
    return listed(str(role.label) for role in roles_with(A.PEOPLE_INVITE))


def organisations_open_to(actor: Actor) -> QuerySet[Organisation]:
    """Organisations into which the actor may invite."""
    if holds(actor, A.PEOPLE_VERIFY):
        return Organisation.objects.all()
    own = [actor.organisation.pk] if actor.organisation and holds(actor, A.PEOPLE_INVITE) else []
    return Organisation.objects.filter(pk__in=own)


def members_by_email(organisation: Organisation, email: str) -> QuerySet[Membership]:
    return current().filter(organisation=organisation, user__email=email.strip().lower())


def needs_note(actor: Actor, organisation: Organisation) -> bool:
    """Whether a place is given by UNODC in another organisation, which it does on a note verbale alone."""
    return bool(actor.organisation != organisation)


def name_of(organisation: Organisation) -> str:
    """Name of an organisation in the reader's language."""
    return in_language(organisation.names, get_language() or "en")


def organisations_to_choose(actor: Actor) -> list[tuple[int, str]]:
    """Organisations into which the actor may invite, by name."""
    rows = [(row.pk, name_of(row)) for row in organisations_open_to(actor)]
    return sorted(rows, key=lambda row: sort_key(row[1], get_language() or "en"))


def organisation_open_to(actor: Actor, pk: int) -> Organisation | None:
    """The organisation, if the actor may invite into it."""
    return organisations_open_to(actor).filter(pk=pk).first()


def appointed(organisation: Organisation) -> QuerySet[Membership]:
    """Today's members in a role that UNODC alone gives, on a note verbale."""
    rows = current().filter(organisation=organisation, roles__overlap=list(APPOINTED))
    return rows.select_related("user", "organisation").order_by("pk")


def appointed_roles(organisation: Organisation) -> list[str]:
    return [role.value for role in holdable(organisation.kind) if role in APPOINTED]


def appoints_second(roles: Iterable[str], organisation: Organisation) -> bool:
    """Whether these roles hold one that UNODC gives once, and someone has it."""
    wanted = [code for code in roles if code in set(APPOINTED)]
    return bool(wanted) and appointed(organisation).filter(roles__overlap=wanted).exists()


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


def active_person(pk: int) -> User | None:
    return User.objects.filter(pk=pk, is_active=True).first()


def person_by_email(email: str) -> User | None:
    """Who has an account with this address; sample people have none of their own."""
    return User.objects.filter(email=email.strip().lower(), is_active=True, is_sample=False).first()


def owes_factor(user: Any) -> bool:
    """Whether some role of the person, in whatever organisation, needs a second factor."""
    return any(needs_second_factor(row.roles) for row in memberships_of(user))


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
