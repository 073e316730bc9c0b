"""The record of what happened: append-only, hash-chained per case (rules 6 and 7).

A case is one record with a life of its own (a request, a pledge, a contribution …). Writers of different
cases do not wait for each other: each case has its own chain and its own head.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from portal.core import clock


class CaseEvent(models.Model):
    """One thing that happened to one case. Persons and organisations are named by id only, so that a
    person's data can be erased without touching the chain.
    """

    case_type = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    move = models.CharField(max_length=40)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_user = models.BigIntegerField(null=True)
    actor_organisation = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    outside = ArrayField(models.CharField(max_length=40), default=list)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("case_type", "case_id", "sequence"), name="event_sequence"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="event_sequence_positive"),
        ]
        indexes = [models.Index(fields=("case_type", "case_id", "occurred_at"), name="event_by_case")]


class CaseHead(models.Model):
    """End of a case's chain, and the digest of the case's records as they stand after its last event."""

    case_type = models.CharField(max_length=24)
    case_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(
        default=clock.now, db_default=Now(), help_text="when its last event was recorded"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("case_type", "case_id"), name="head_of_case")]
        indexes = [models.Index(fields=("case_type", "recorded_at"), name="head_by_recording")]


class Root(models.Model):
    """One hash over the heads of all chains; taken daily and with every snapshot, printed in the report."""

    taken_at = models.DateTimeField()
    through = models.BigIntegerField(help_text="id of the last event that it covers")
    hash = models.CharField(max_length=64)
