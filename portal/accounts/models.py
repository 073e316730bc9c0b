"""People, and for whom they act."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.policy.roles import R


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


class Membership(models.Model):
    """A person acting for an organisation in roles, from a day until a day; verified by a note verbale."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=[(r.value, r.label) for r in R]))
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
