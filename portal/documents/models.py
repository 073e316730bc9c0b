"""Files attached to records, in versions; an older version stays readable to who may see the document."""

from django.db import models
from django.db.models import Q

from portal.core.actor import Actor
from portal.core.fields import one_of
from portal.documents import scopes
from portal.documents.enums import (
    LANGUAGES,
    LARGEST_FILE,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_VERSIONS,
    Kind,
    Scan,
    Status,
)
from portal.documents.inspection import TYPES

# one column for each thing on which a document can hang; exactly one of them is filled
PARENTS = ("request",)


def _exactly_one(names: tuple[str, ...], name: str) -> models.CheckConstraint:
    condition = Q(pk__in=[])
    for chosen in names:
        condition |= Q(**{f"{other}__isnull": other != chosen for other in names})
    return models.CheckConstraint(condition=condition, name=name)


class Document(models.Model):
    """What a file is about; the files themselves are its versions."""

    policy_scopes = scopes.DOCUMENT

    public_id = models.CharField(max_length=32, unique=True)
    request = models.ForeignKey(
        "requests_app.AssistanceRequest", models.PROTECT, null=True, related_name="documents"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=LONGEST_TITLE)
    language = models.CharField(max_length=5, choices=LANGUAGES)
    donors_may_see = models.BooleanField(default=False)
    status = models.CharField(max_length=7, choices=Status.choices)
    version = models.PositiveIntegerField(default=1, help_text="of the row; files are numbered on their own")

    class Meta:
        constraints = [
            _exactly_one(PARENTS, "document_hangs_on_one"),
            one_of("kind", Kind.values, "document_kind"),
            one_of("language", [code for code, _label in LANGUAGES], "document_language"),
            one_of("status", Status.values, "document_status"),
            models.CheckConstraint(condition=~Q(title=""), name="document_has_a_title"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.NOTE_VERBALE, donors_may_see=True),
                name="document_note_is_not_for_donors",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    def may_be_born_of(self, actor: Actor) -> bool:
        return self.request is not None and self.request.state_id == actor.state


class DocumentVersion(models.Model):
    """One file, as it came: never changed, but for what the scanner says of it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=LONGEST_NAME, help_text="as given by who uploaded it")
    type = models.CharField(max_length=100, help_text="media type found in the content")
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=80, unique=True, help_text="where the file is kept; says nothing of it")
    uploaded_by = models.BigIntegerField(help_text="id of the person")
    uploaded_at = models.DateTimeField()
    scan = models.CharField(max_length=8, choices=Scan.choices)
    scanned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("document", "number"), name="document_version_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_VERSIONS), name="document_version_numbered"
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=LARGEST_FILE), name="document_version_size"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_version_sha256"
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^documents/[0-9a-f]{2}/[0-9a-f]{32}$"), name="document_version_key"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="document_version_has_a_name"),
            one_of("type", [found.media for found in TYPES], "document_version_type"),
            one_of("scan", Scan.values, "document_version_scan"),
            models.CheckConstraint(
                condition=Q(scan__in=[Scan.NONE, Scan.WAITING], scanned_at__isnull=True)
                | Q(scan__in=[Scan.CLEAN, Scan.INFECTED], scanned_at__isnull=False),
                name="document_version_scanned_when",
            ),
        ]
        indexes = [
            models.Index(fields=("id",), condition=Q(scan="waiting"), name="document_version_waiting"),
        ]


class NoDocuments(models.Model):
    """The answer of a State that it attaches no other documents to a request."""

    request = models.OneToOneField(
        "requests_app.AssistanceRequest", models.CASCADE, related_name="no_documents"
    )
    answered_by = models.BigIntegerField(help_text="id of the person")
    answered_at = models.DateTimeField()
