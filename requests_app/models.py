"""Requests for assistance, their needs, and the State's own assessment of what came of them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Upper
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermissionBase

from portal.core.actor import Actor
from portal.core.fields import (
    BEGINNING,
    Amount,
    Quantity,
    Record,
    both_or_neither,
    newest,
    not_before,
    one_of,
    positive,
)
from portal.directory.enums import Channel, Direction, Drug, Priority, RecipientKind, Urgency
from requests_app import scopes
from requests_app.enums import AssessmentStatus, Criterion, RequestStatus, Visibility


class AssistanceRequest(Record):
    """A State's formal request. Opaque until submitted; then `TA-2018-AFG-0007`, without gaps (rule 8)."""

    policy_scopes = scopes.REQUEST

    public_id = models.CharField(max_length=10, unique=True)
    reference = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001
    state = models.ForeignKey("directory.State", models.PROTECT, related_name="requests")
    language = models.CharField(max_length=2, blank=True)
    drugs = ArrayField(models.CharField(max_length=20, choices=Drug.choices), default=list)
    title = models.CharField(max_length=300)
    situation = models.TextField(blank=True)
    objectives = models.TextField(blank=True)
    previous_assistance = models.TextField(blank=True)
    national_contribution = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    contact = models.TextField(blank=True)
    channel = models.CharField(max_length=14, choices=Channel.choices, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True)
    urgency_reason = models.TextField(blank=True)
    visibility = models.CharField(max_length=16, choices=Visibility.choices, default=Visibility.UNODC)
    named_in_report = models.BooleanField(null=True)
    note_verbale_number = models.TextField(blank=True)
    note_verbale_date = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    drafted_by = models.BigIntegerField(null=True, help_text="id of the person who drafted it")
    sent_by = models.BigIntegerField(null=True, help_text="id of the person who sent it for approval")
    created_at = models.DateTimeField(null=True)

    status = models.CharField(max_length=14, choices=RequestStatus.choices)
    submitted_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    circulated_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", RequestStatus.values, "request_status"),
            one_of("visibility", Visibility.values, "request_visibility"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "approval", "withdrawn"])
                | Q(reference__isnull=False, submitted_at__isnull=False),
                name="request_submitted_has_reference",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(submitted_at__isnull=False),
                name="request_acknowledged_after_submission",
            ),
        ]
        indexes = [
            # as the lists are sorted: what may be absent comes last either way, and the id decides at the end
            models.Index("status", *newest("submitted_at"), name="request_by_status"),
            models.Index("state", *newest("submitted_at"), name="request_by_state"),
            models.Index(*newest("submitted_at"), name="request_newest"),
            models.Index(*newest("reference"), name="request_in_reference"),
            models.Index(fields=("title", "id"), name="request_in_title"),
            models.Index(fields=("status", "id"), name="request_in_status"),
            models.Index(
                fields=("-circulated_at", "-id"), condition=Q(status="open"), name="request_last_circulated"
            ),
            models.Index(Upper("public_id"), name="request_by_public_id"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="request_title_trigrams"),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="request_reference_trigrams"),
        ]

    def __str__(self) -> str:
        return self.reference or self.public_id

    @property
    def named(self) -> bool:
        """Whether the State may be named for this request (report, “Who is named”)."""
        if self.named_in_report is not None:
            return self.named_in_report
        return self.visibility in {Visibility.ALL, Visibility.PUBLIC}

    def may_be_born_of(self, actor: Actor) -> bool:
        return actor.state == self.state_id


class CoRequester(models.Model):
    """Another State of a joint request; it confirms for itself or leaves."""

    request = models.ForeignKey(AssistanceRequest, models.CASCADE, related_name="co_requesters")
    state = models.ForeignKey("directory.State", models.PROTECT, related_name="joint_requests")
    confirmed_at = models.DateTimeField(null=True)
    note_verbale_number = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("request", "state"), name="co_requester_once")]


class Addressee(models.Model):
    """A donor to whom the State lets this request be shown by name."""

    request = models.ForeignKey(AssistanceRequest, models.CASCADE, related_name="addressees")
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="addressed_requests"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("request", "organisation"), name="addressee_once")]


class RequestGrant(GroupObjectPermissionBase):
    """A right on one request for one organisation's group, with an end; the row that guardian would keep,
    with a direct foreign key. Written by `requests_app.services`, read by `requests_app.scopes`.
    """

    content_object = models.ForeignKey(AssistanceRequest, models.CASCADE, related_name="grants")
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("group", "permission", "content_object"), name="request_grant_once"
            )
        ]


class Need(models.Model):
    """One line of a request; pledges, allocations and deliveries attach to it."""

    request = models.ForeignKey(AssistanceRequest, models.CASCADE, related_name="needs")
    ref = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001
    number = models.PositiveIntegerField()
    form = models.ForeignKey("directory.Form", models.PROTECT, related_name="+")
    theme = models.ForeignKey("directory.Theme", models.PROTECT, related_name="+")
    description = models.TextField()
    quantity = Quantity(null=True, help_text="may be missing in a draft alone")
    unit = models.ForeignKey("directory.Unit", models.PROTECT, null=True, related_name="+")
    unit_cost_amount = Amount(null=True)
    unit_cost_currency = models.CharField(max_length=3, blank=True)
    needed_by = models.DateTimeField(null=True)
    place = models.TextField(blank=True)
    paragraphs = ArrayField(models.PositiveSmallIntegerField())
    priority = models.CharField(max_length=8, choices=Priority.choices, blank=True)
    site_readiness = models.TextField(blank=True)
    running_costs = models.TextField(blank=True)
    recipient_kind = models.CharField(max_length=16, choices=RecipientKind.choices, blank=True)
    mainly_for = ArrayField(models.CharField(max_length=8), default=list)
    women = models.PositiveIntegerField(null=True)
    men = models.PositiveIntegerField(null=True)
    children = models.PositiveIntegerField(null=True)
    state = models.ForeignKey("directory.State", models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=8, choices=Direction.choices, blank=True)
    surplus_accepted = models.TextField(
        blank=True, help_text="the State's words; allows more than the quantity"
    )
    as_given = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("request", "number"), name="need_number"),
            positive("quantity", "need_quantity_positive"),
            both_or_neither("unit_cost_amount", "unit_cost_currency", "need_unit_cost_whole"),
            models.CheckConstraint(
                condition=Q(paragraphs__contained_by=list(range(1, 10))) & Q(paragraphs__len__gt=0),
                name="need_paragraphs_1_to_9",
            ),
        ]
        indexes = [
            models.Index(fields=("form", "request"), name="need_by_form"),
            models.Index(fields=("theme", "request"), name="need_by_theme"),
            models.Index(*newest("needed_by"), name="need_in_day"),
            models.Index(*newest("quantity"), name="need_in_quantity"),
            models.Index(Left("description", BEGINNING), "id", name="need_in_description"),
            GinIndex(fields=("paragraphs",), name="need_by_paragraph"),
            GinIndex(OpClass(Upper("description"), name="gin_trgm_ops"), name="need_description_trigrams"),
        ]

    def __str__(self) -> str:
        return f"{self.request}-N{self.number}"


class Clarification(models.Model):
    """A question of UNODC to the State on a request, and the answer."""

    request = models.ForeignKey(AssistanceRequest, models.CASCADE, related_name="clarifications")
    asked_at = models.DateTimeField()
    question = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            not_before("answered_at", "asked_at", "clarification_answered_after_asked"),
        ]


class ImpactAssessment(Record):
    """What the State says the assistance changed (para. 9)."""

    policy_scopes = scopes.ASSESSMENT

    reference = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001
    request = models.ForeignKey(AssistanceRequest, models.PROTECT, related_name="assessments")
    findings = models.TextField(blank=True)
    lessons = models.TextField(blank=True)
    ratings = models.JSONField(default=dict, help_text="criterion: 1 to 5")
    status = models.CharField(max_length=10, choices=AssessmentStatus.choices)
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", AssessmentStatus.values, "assessment_status"),
            models.CheckConstraint(
                condition=Q(ratings__has_any_keys=Criterion.values) | Q(ratings={}),
                name="assessment_ratings",
            ),
        ]
        indexes = [models.Index(fields=("submitted_at",), name="assessment_by_submission")]

    def __str__(self) -> str:
        return self.reference or _("Draft assessment")

    def may_be_born_of(self, actor: Actor) -> bool:
        return actor.state == self.request.state_id


class Indicator(models.Model):
    """What changed, by one measure."""

    assessment = models.ForeignKey(ImpactAssessment, models.CASCADE, related_name="indicators")
    name = models.TextField()
    unit = models.TextField(blank=True)
    baseline = models.TextField(blank=True)
    target = models.TextField(blank=True)
    current = models.TextField(blank=True)
    given = models.JSONField(default=list, help_text="which of the optional texts were given, even if empty")
