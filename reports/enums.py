"""States of editions and of the jobs that make them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EditionStatus(TextChoices):
    COLLECTING = "collecting", _("collecting")
    DRAFTING = "drafting", _("drafting")
    CLEARANCE = "clearance", _("in clearance")
    CLEARED = "cleared", _("cleared")
    SUBMITTED = "submitted", _("submitted")
    ISSUED = "issued", _("issued")
    CORRECTED = "corrected", _("corrected")


class InputStatus(TextChoices):
    ASKED = "asked", _("asked for")
    ANSWERED = "answered", _("received")


class JobStatus(TextChoices):
    QUEUED = "queued", _("waiting for a worker")
    FREEZING = "freezing", _("freezing the records")
    RENDERING = "rendering", _("making the documents")
    DONE = "done", _("complete")
    FAILED = "failed", _("failed")


class RenditionStatus(TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("in progress")
    DONE = "done", _("complete")
    FAILED = "failed", _("failed")
