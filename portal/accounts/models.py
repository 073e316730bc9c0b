"""People, and for whom they act."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

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
