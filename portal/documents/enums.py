"""Closed lists and limits of what can be attached."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import Language

LANGUAGES = (*Language.choices, ("other", _("another language")))


class Kind(TextChoices):
    NOTE_VERBALE = "note-verbale", _("note verbale")
    LETTER = "letter", _("letter")
    PLAN = "plan", _("plan or programme")
    STUDY = "study", _("study or statistics")
    QUOTATION = "quotation", _("quotation or price list")
    PHOTOGRAPH = "photograph", _("photograph")
    OTHER = "other", _("other")


class Status(TextChoices):
    KEPT = "kept", _("attached")
    REMOVED = "removed", _("removed")


class Scan(TextChoices):
    """What the virus scanner said of a file."""

    NONE = "none", _("type checked")  # no scanner is set up
    WAITING = "waiting", _("not yet checked for viruses")
    CLEAN = "clean", _("checked, no virus found")
    INFECTED = "infected", _("removed: a virus was found")


MIB = 2**20
LARGEST_FILE = 10 * MIB  # bytes of one file
MOST_FILES = 10  # documents of one record
LARGEST_SUM = 40 * MIB  # bytes of all files of one record, every version counted
MOST_VERSIONS = 50
LONGEST_NAME = 150
LONGEST_TITLE = 200
