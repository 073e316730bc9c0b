"""What was done once and is not done again: the answers to forms and API calls sent with a key."""

from django.conf import settings
from django.db import models


class OneTime(models.Model):
    """The answer to something that a person sent with a key of its own; kept for a day.

    `place` is the address that it was sent to, `digest` the SHA-256 of what was sent, `answer` the address that
    it led to, or the body of an API's answer.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    place = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, blank=True)
    code = models.PositiveSmallIntegerField(default=303)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "key", "place"), name="one_time_once")]
        indexes = [models.Index(fields=("created_at",), name="one_time_age")]
