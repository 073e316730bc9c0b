"""What is told to whom: owed in the transaction of the move, delivered and mailed after it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """Something to tell, owed from the moment of the move until it is delivered."""

    notice = models.CharField(max_length=40)
    case_type = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    event = models.ForeignKey("audit.CaseEvent", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("event", "notice"), name="outbox_once")]
        indexes = [
            models.Index(fields=("created_at",), condition=Q(delivered_at__isnull=True), name="outbox_owed")
        ]


class MailState(models.TextChoices):
    OWED = "owed", _("to be sent")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("no longer of use")
    FAILED = "failed", _("could not be sent")


class Mail(models.Model):
    """A message to one person, owed until the mail server has it. Its words are made when it is sent.

    `key` makes its Message-ID: a repetition after a fault is the same message to whoever receives it.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    key = models.UUIDField(default=uuid4, unique=True)
    day = models.DateField(null=True, help_text="of a daily summary")
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.OWED)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="not to be tried before")
    sent_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True, help_text="what the last try met")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_when",
            ),
            models.UniqueConstraint(
                fields=("user", "day"), condition=Q(day__isnull=False), name="mail_summary_once"
            ),
        ]
        indexes = [models.Index(fields=("next_at",), condition=Q(state="owed"), name="mail_owed")]


class Notification(models.Model):
    """A notice in a person's inbox, for the organisation for which the person acts.

    `asked` says that something is to be done by that person; `summarised` that it waits for the person's next
    daily summary.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey("directory.Organisation", models.CASCADE, related_name="+")
    outbox = models.ForeignKey(Outbox, models.CASCADE, related_name="notifications")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    asked = models.BooleanField(default=False)
    summarised = models.BooleanField(default=False)
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notifications")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "outbox"), name="notification_once")]
        indexes = [
            models.Index(fields=("user", "-created_at"), name="notification_inbox"),
            models.Index(
                fields=("user",), condition=Q(summarised=True, mail__isnull=True), name="notification_summary"
            ),
        ]


class When(models.TextChoices):
    IMMEDIATE = "immediate", _("An e-mail for each notice, at once")
    DAILY = "daily", _("One e-mail a day with all notices")
    ACTION = "action", _("Only where something is to be done by me")


class Preference(models.Model):
    """When a person wants e-mail; the inbox holds everything in any case."""

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="+")
    mail = models.CharField(max_length=10, choices=When.choices, default=When.IMMEDIATE)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(mail__in=When.values), name="preference_mail")]


class Reminder(models.Model):
    """A reminder of a clock that was sent; once for each start of the clock and number."""

    clock = models.CharField(max_length=20)
    case_type = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    started = models.DateField()
    number = models.PositiveSmallIntegerField()
    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("case_type", "case_id", "clock", "started", "number"), name="reminder_once"
            )
        ]
