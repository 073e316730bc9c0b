"""What is told to whom: written in the transaction of the move, delivered after it."""

from django.db import models


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
            models.Index(
                fields=("created_at",), condition=models.Q(delivered_at__isnull=True), name="outbox_owed"
            )
        ]


class Notification(models.Model):
    """A notice in a person's inbox, for the organisation for which the person acts."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey("directory.Organisation", models.CASCADE, related_name="+")
    outbox = models.ForeignKey(Outbox, models.CASCADE, related_name="notifications")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "outbox"), name="notification_once")]
        indexes = [models.Index(fields=("user", "-created_at"), name="notification_inbox")]
