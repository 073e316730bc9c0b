"""Closed lists of the directory and of the dossier; the codes are those of the dossier and never change."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Language(TextChoices):
    """The six official languages of the United Nations; documents and names exist in these."""

    AR = "ar", _("Arabic")
    ZH = "zh", _("Chinese")
    EN = "en", _("English")
    FR = "fr", _("French")
    RU = "ru", _("Russian")
    ES = "es", _("Spanish")


class UnStatus(TextChoices):
    """What a State is to the United Nations; territories are not in the directory."""

    MEMBER = "member", _("Member State")
    OBSERVER = "observer", _("Non-member observer State")


class OrganisationKind(TextChoices):
    GOVERNMENT = "government", _("Government")
    SECRETARIAT = "secretariat", _("Secretariat")
    UN_ENTITY = "un-entity", _("United Nations entity")
    INTERGOVERNMENTAL = "intergovernmental", _("Intergovernmental or regional organization")
    FINANCIAL_INSTITUTION = "financial-institution", _("Financial institution")
    CIVIL_SOCIETY = "civil-society", _("Civil society organization")
    PRIVATE = "private", _("Private foundation or company")


# Codes of the IATI OrganisationType list.
IATI_TYPE: dict[str, str] = {
    OrganisationKind.GOVERNMENT: "10",
    OrganisationKind.SECRETARIAT: "40",
    OrganisationKind.UN_ENTITY: "40",
    OrganisationKind.INTERGOVERNMENTAL: "40",
    OrganisationKind.FINANCIAL_INSTITUTION: "40",
    OrganisationKind.CIVIL_SOCIETY: "21",
    OrganisationKind.PRIVATE: "60",
}


class GroupKind(TextChoices):
    """Groupings of States that an administrator enters, with dates."""

    ELECTORAL = "electoral", _("Electoral group")
    UNODC = "unodc", _("UNODC reporting region")
    ROUTE = "route", _("Trafficking route")


class Drug(TextChoices):
    """What is in transit through a State."""

    OPIATES = "opiates", _("Opiates")
    COCAINE = "cocaine", _("Cocaine")
    CANNABIS = "cannabis", _("Cannabis")
    AMPHETAMINE_TYPE = "amphetamine-type", _("Amphetamine-type stimulants")
    NEW_PSYCHOACTIVE = "new-psychoactive", _("New psychoactive substances")
    PRECURSORS = "precursors", _("Precursors")
    OTHER = "other", _("Other drugs")


class Urgency(TextChoices):
    ROUTINE = "routine", _("Routine")
    URGENT = "urgent", _("Urgent")
    EMERGENCY = "emergency", _("Emergency")


class Channel(TextChoices):
    """How a State prefers to receive assistance."""

    ANY = "any", _("Any channel")
    BILATERAL = "bilateral", _("Bilateral")
    MULTILATERAL = "multilateral", _("Multilateral")
    ORGANIZATION = "organization", _("Through an organization")


class Priority(TextChoices):
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class RecipientKind(TextChoices):
    """The service that receives the assistance."""

    POLICE = "police", _("Police")
    CUSTOMS = "customs", _("Customs")
    BORDER_GUARD = "border-guard", _("Border guard")
    MILITARY = "military", _("Armed forces")
    JUSTICE = "justice", _("Justice")
    HEALTH = "health", _("Health")
    EDUCATION = "education", _("Education")
    STATISTICS = "statistics", _("Statistics")
    OTHER = "other", _("Other")


# Support to these needs human-rights due diligence before it is agreed.
SECURITY_FORCES = frozenset(
    {RecipientKind.POLICE, RecipientKind.CUSTOMS, RecipientKind.BORDER_GUARD, RecipientKind.MILITARY}
)


class MainlyFor(TextChoices):
    WOMEN = "women", _("Women")
    CHILDREN = "children", _("Children")


class Direction(TextChoices):
    """Of the trafficking that a border need is meant to counter (paragraph 3)."""

    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")
    BOTH = "both", _("Inbound and outbound")
