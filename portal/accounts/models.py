"""People, and for whom they act."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.actor import Actor
from portal.policy.matrix import Scope
from portal.policy.roles import R
from portal.policy.scopes import EVERY, NONE, ScopeTable

ROLES = [(r.value, r.label) for r in R]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, known by e-mail. Rights come from memberships alone; nobody is a superuser in the domain."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(
        default=False, help_text="a sample person; signs in at a click in sample mode only"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name


def _own(actor: Actor) -> Q:
    """Rows of the organisation that the actor acts for."""
    return Q(organisation=actor.organisation) if actor.organisation else NONE


POLICY_SCOPES: ScopeTable = {Scope.ANY: lambda _actor: EVERY, Scope.OWN_ORGANISATION: _own}


class OfOrganisation(models.Model):
    """What belongs to the members of one organisation: a right on it counts in that organisation."""

    policy_scopes = POLICY_SCOPES
    status = ""  # the policy asks every record for its state; these are judged without one

    class Meta:
        abstract = True

    def may_be_born_of(self, actor: Actor) -> bool:
        """Whether an actor's right on its own organisation reaches this row before it is stored."""
        return actor.organisation is not None and actor.organisation == self.organisation  # type: ignore[attr-defined]


class Membership(OfOrganisation):
    """A person acting for an organisation in roles, from a day until a day; verified by a note verbale."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLES))
    since = models.DateField()
    until = models.DateField(null=True)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verified_by = models.TextField(blank=True, help_text="reference of the note verbale")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("user", "organisation"), condition=Q(until__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_dates"
            ),
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="membership_has_a_role"),
            models.CheckConstraint(
                condition=~Q(verified_by="") | Q(invited_by__isnull=False), name="membership_verified"
            ),
        ]
        indexes = [models.Index(fields=("organisation",), name="membership_by_organisation")]

    def __str__(self) -> str:
        return self.user.name


class Invitation(OfOrganisation):
    """A place in an organisation, offered to whoever reads an e-mail address; taken once, within fourteen days.

    Only the hash of its token is kept. `verified_by` is the reference of the note verbale, and its date, on which
    UNODC verified the person; the organisation's own invitations have none.
    """

    email = models.EmailField()
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="invitations")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLES))
    language = models.CharField(max_length=2, default="en")
    invited_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    verified_by = models.CharField(max_length=200, blank=True)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    membership = models.OneToOneField(Membership, models.PROTECT, null=True, related_name="invitation")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(condition=Q(roles__len__gt=0), name="invitation_has_a_role"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invitation_expires"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_one_end"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, membership__isnull=True)
                | Q(accepted_at__isnull=False, membership__isnull=False),
                name="invitation_taken_is_a_membership",
            ),
            models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="invitation_hashed"),
        ]

    def role_labels(self) -> list[str]:
        """Its roles in words, in the reader's language."""
        return [str(R(code).label) for code in self.roles]

    @property
    def state(self) -> "InvitationState":
        """What became of it."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= clock.now() else InvitationState.OPEN

    @property
    def is_open(self) -> bool:
        """Whether it can still be sent again or taken back; one that has run out can."""
        return self.accepted_at is None and self.revoked_at is None


class InvitationState(models.TextChoices):
    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


class OpenSession(models.Model):
    """A browser in which a person is signed in, and for which organisation it acts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey("directory.Organisation", models.CASCADE, null=True, related_name="+")
    device = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("last_used_at",), name="session_by_use")]


class TokenScope(models.TextChoices):
    """What a program may do with a token: read, or also what the person may do."""

    READ = "read", _("read")
    WRITE = "write", _("read and write")


class ApiToken(models.Model):
    """A key of a person's programs, for one of the person's memberships; only its hash is kept."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=TokenScope.choices, default=TokenScope.READ)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires"),
            models.CheckConstraint(condition=Q(scope__in=TokenScope.values), name="token_scope"),
            models.CheckConstraint(condition=Q(hash__regex="^[0-9a-f]{64}$"), name="token_hashed"),
        ]

    @property
    def in_force(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()
