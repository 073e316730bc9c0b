"""States and closed lists of requests; the codes are those of the dossier."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestStatus(TextChoices):
    DRAFT = "draft", _("draft")
    APPROVAL = "approval", _("awaiting approval")
    SUBMITTED = "submitted", _("submitted")
    UNDER_REVIEW = "under_review", _("under review")
    CLARIFICATION = "clarification", _("clarification asked")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Visibility(TextChoices):
    UNODC = "unodc", _("UNODC only")
    SELECTED = "selected-donors", _("selected donors")
    ALL = "all-donors", _("all donors")
    PUBLIC = "public", _("public")


class AssessmentStatus(TextChoices):
    REQUESTED = "requested", _("requested")
    DRAFT = "draft", _("draft")
    APPROVAL = "approval", _("awaiting approval")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")


class Criterion(TextChoices):
    """OECD-DAC evaluation criteria."""

    RELEVANCE = "relevance", _("relevance")
    COHERENCE = "coherence", _("coherence")
    EFFECTIVENESS = "effectiveness", _("effectiveness")
    EFFICIENCY = "efficiency", _("efficiency")
    IMPACT = "impact", _("impact")
    SUSTAINABILITY = "sustainability", _("sustainability")
