"""The Executive Director's report: what asks for it, what it is made from, and what was made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.core.actor import Actor
from portal.core.fields import not_before, one_of
from reports import scopes
from reports.enums import EditionStatus, InputStatus, JobStatus, RenditionStatus


class Resolution(models.Model):
    """A resolution as data: its paragraphs say what is asked; another resolution needs no code."""

    symbol = models.CharField(max_length=20, unique=True)
    year = models.PositiveSmallIntegerField()
    title = models.JSONField()
    paragraphs = models.JSONField(
        help_text="list of {number, addressees, summary, action}, texts by language"
    )

    def __str__(self) -> str:
        return self.symbol


class Session(models.Model):
    """A session of the Commission, and the period on which it is reported to."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="sessions")
    number = models.PositiveIntegerField(unique=True)
    body = models.TextField(blank=True, default="CND")
    venue = models.TextField(blank=True)
    opens = models.DateTimeField(null=True)
    closes = models.DateTimeField(null=True)
    agenda_item = models.TextField(blank=True)
    symbol = models.TextField(blank=True)
    start = models.DateTimeField(help_text="first day of the reporting period")
    until = models.DateTimeField(help_text="last day of the reporting period")
    imported = models.BooleanField(default=False, help_text="listed by a dossier")
    version = models.PositiveIntegerField(default=1)
    as_given = models.JSONField(default=dict)

    class Meta:
        constraints = [
            not_before("until", "start", "session_period"),
            not_before("closes", "opens", "session_dates"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Input(models.Model):
    """A narrative of a State, donor or office on a paragraph of the resolution."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="inputs")
    paragraph = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    text = models.TextField()
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, null=True, related_name="+")
    state = models.ForeignKey("directory.State", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("session", "paragraph", "language", "organisation", "state", "text"),
                nulls_distinct=False,
                name="input_once",
            )
        ]


class ReportEdition(models.Model):
    """One edition of the report to a session: period, cut-off, languages, and where it stands."""

    policy_scopes = scopes.EDITION

    session = models.ForeignKey(Session, models.PROTECT, related_name="editions")
    cut_off = models.DateField()
    languages = ArrayField(models.CharField(max_length=2))
    formats = ArrayField(models.CharField(max_length=8))
    status = models.CharField(max_length=12, choices=EditionStatus.choices)
    symbol = models.TextField(blank=True)
    issued_on = models.DateField(null=True)
    corrigendum = models.TextField(blank=True, help_text="what was corrected after the edition was issued")
    planned_by = models.BigIntegerField(null=True)
    sent_by = models.BigIntegerField(null=True, help_text="id of the person who sent it to clearance")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            one_of("status", EditionStatus.values, "edition_status"),
            models.UniqueConstraint(fields=("session", "cut_off"), name="edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.session.number} ({self.cut_off})"

    def may_be_born_of(self, actor: Actor) -> bool:
        return True


class InputRequest(models.Model):
    """A State, donor or office asked for its narrative on the paragraphs of the resolution, by a day."""

    policy_scopes = scopes.INPUT

    session = models.ForeignKey(Session, models.PROTECT, related_name="input_requests")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+")
    due = models.DateField()
    status = models.CharField(max_length=8, choices=InputStatus.choices)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            one_of("status", InputStatus.values, "input_request_status"),
            models.UniqueConstraint(fields=("session", "organisation"), name="input_request_once"),
        ]

    def __str__(self) -> str:
        return str(self.session)

    def may_be_born_of(self, actor: Actor) -> bool:
        return True


class SectionDecision(models.Model):
    """A section of a frozen edition cleared in a language, or returned with a comment; the latest one holds."""

    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="decisions")
    snapshot = models.ForeignKey("Snapshot", models.PROTECT, related_name="+")
    section = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    cleared = models.BooleanField()
    comment = models.TextField(blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cleared=True) | ~Q(comment=""), name="section_returned_with_a_comment"
            )
        ]


FROZEN = ("content", "figures", "public_figures")
"""Columns of a snapshot that are large, and wanted by the makers of documents alone."""


class Snapshot(models.Model):
    """Frozen, hashed records (rule 10): canonical JSON, gzip; never changed, a trigger sees to it."""

    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="snapshots")
    taken_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    root = models.CharField(max_length=64, help_text="hash over the heads of all chains when it was taken")
    content = models.BinaryField(help_text="gzip of the canonical bytes that sha256 is the hash of")
    figures = models.BinaryField(null=True, help_text="gzip of figures.json, computed once")
    public_figures = models.BinaryField(null=True, help_text="gzip of figures-public.json")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("edition", "sha256"), name="snapshot_once")]


class ReportJob(models.Model):
    """One making of an edition's documents; the row is the truth, the queue only hurries it along."""

    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="jobs")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="jobs")
    languages = ArrayField(models.CharField(max_length=2))
    formats = ArrayField(models.CharField(max_length=8))
    status = models.CharField(max_length=10, choices=JobStatus.choices)
    message = models.TextField(blank=True)
    findings = models.JSONField(default=list, help_text="what the checks before clearance found")
    started_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, help_text="when it was last given to the queue")
    finished_at = models.DateTimeField(null=True)
    releases = models.BooleanField(default=False, help_text="its documents are public once they are made")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("status", JobStatus.values, "job_status"),
            models.UniqueConstraint(
                fields=("edition",), condition=~Q(status__in=["done", "failed"]), name="job_one_at_a_time"
            ),
        ]


class Rendition(models.Model):
    """One document in one language and format, with its hash and size once it stands."""

    job = models.ForeignKey(ReportJob, models.CASCADE, related_name="renditions")
    language = models.CharField(max_length=2, blank=True, help_text="empty for what has no language")
    format = models.CharField(max_length=8)
    status = models.CharField(max_length=8, choices=RenditionStatus.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        constraints = [
            one_of("status", RenditionStatus.values, "rendition_status"),
            models.UniqueConstraint(fields=("job", "language", "format"), name="rendition_once"),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(size__gt=0) & ~Q(sha256="") & ~Q(path="")),
                name="rendition_done_is_whole",
            ),
        ]
