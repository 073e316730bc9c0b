"""States and closed lists of offers, pledges, deliveries and contributions; codes as in the dossier."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OfferStatus(TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    PARTLY_TAKEN = "partly_taken", _("partly taken up")
    EXHAUSTED = "exhausted", _("taken up in full")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


class PledgeStatus(TextChoices):
    ANNOUNCED = "announced", _("announced")
    DRAFT = "draft", _("draft")
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    AGREED = "agreed", _("agreed")
    DELIVERING = "delivering", _("in delivery")
    DELIVERED = "delivered", _("delivered")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled")
    LAPSED = "lapsed", _("lapsed")


# domain rule 1
PENDING = frozenset({"offered", "accepted", "agreed", "delivering"})
COMMITTED = frozenset({"accepted", "agreed", "delivering", "delivered", "acknowledged"})
HELD_WHOLE = COMMITTED | {"offered"}
ON_THE_TABLE = frozenset({"published", "partly_taken"})


class Kind(TextChoices):
    IN_KIND = "in-kind", _("in kind")
    CASH = "cash", _("in cash")


class Finance(TextChoices):
    GRANT = "grant", _("grant")
    LOAN = "loan", _("loan")


class PledgeChannel(TextChoices):
    DIRECT = "direct", _("direct")
    UNODC = "through-unodc", _("through UNODC")


class DeliveryStatus(TextChoices):
    RECORDED = "recorded", _("recorded, not yet confirmed")
    CORRECTED = "corrected", _("corrected, not yet confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    DISPUTED = "disputed", _("disputed")
    VOID = "void", _("void")


class UseStatus(TextChoices):
    IN_USE = "in-use", _("in use")
    PARTLY = "partly-in-use", _("partly in use")
    NOT_IN_USE = "not-in-use", _("not in use")
    LOST = "lost", _("lost")
    STAFF_MOVED = "staff-moved", _("trained staff moved")


class ContributionStatus(TextChoices):
    ANNOUNCED = "announced", _("announced")
    AGREED = "agreed", _("agreed")
    RECEIVING = "receiving", _("received in part")
    RECEIVED = "received", _("received in full")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class Earmarking(TextChoices):
    UNEARMARKED = "unearmarked", _("unearmarked")
    SOFT = "soft", _("softly earmarked")
    TIGHT = "tight", _("tightly earmarked")


class EntryKind(TextChoices):
    RECEIPT = "receipt", _("receipt")
    PSC = "psc", _("programme support costs")
    ALLOCATION = "allocation", _("allocation")
    REFUND = "refund", _("refund")


class ProposalStatus(TextChoices):
    WAITING = "waiting", _("awaits approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
