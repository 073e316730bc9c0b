"""Sessions and editions of the report in the API, with the files that the actor may have."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.api.collection import Collection, Moves
from portal.api.fields import Code, Codes, Day, Moment, Text, Whole, Wholes, WithMoves
from reports import editions, selectors
from reports.enums import EditionStatus
from reports.forms import EDITION_MOVES, moves_of
from reports.workflow import EDITION


class SessionLine(serializers.Serializer[Any]):
    """A session of the Commission, and the period on which it is reported to."""

    number = Whole()
    resolution = Text(source="resolution.symbol")
    body = Text()
    venue = Text()
    opens = Day(null=True)
    closes = Day(null=True)
    agenda_item = Text()
    symbol = Text()
    start = Day(help_text="First day of the reporting period.")
    until = Day(help_text="Last day of the reporting period.")
    version = Whole()
    updated_at = Moment(null=True)


class SessionFull(SessionLine):
    """A session with the editions of its report."""

    editions = serializers.SerializerMethodField()

    @extend_schema_field(Wholes())
    def get_editions(self, row: Any) -> list[int]:
        rows = selectors.editions(self.context["actor"]).filter(session=row).order_by("-cut_off")
        return [edition.pk for edition in rows]


class EditionLine(serializers.Serializer[Any]):
    """One edition of the report to a session."""

    id = Whole()
    session = Whole(source="session.number")
    cut_off = Day()
    languages = Codes()
    formats = Codes()
    status = Code(EditionStatus.values)
    symbol = Text()
    version = Whole()
    updated_at = Moment(null=True)


class File(serializers.Serializer[Any]):
    """A document of an edition, as it was last made."""

    name = Text()
    language = Text(lambda f: f.language or None, null=True)
    format = Text()
    size = Whole(help_text="Bytes.")
    sha256 = Text()
    made_at = Moment(source="finished_at", null=True)
    address = Text(lambda f: reverse("reports:file", args=[f.pk]))


class EditionFull(WithMoves, EditionLine):
    """An edition with its files."""

    files = serializers.SerializerMethodField()

    @extend_schema_field(File(many=True))
    def get_files(self, row: Any) -> Any:
        return File(selectors.latest_files(self.context["actor"], row), many=True).data


SESSIONS = Collection(
    name="sessions",
    thing="session",
    about="Sessions to which the Executive Director reports.",
    rows=lambda _actor: selectors.sessions(),
    by_key=lambda _actor, key: selectors.sessions().filter(number=int(key)),
    line=SessionLine,
    full=SessionFull,
    orders={"number": "number"},
    default="-number",
    case="session",
    key="int",
    key_about="Number of the session.",
)
EDITIONS = Collection(
    name="report-editions",
    thing="report-edition",
    about="Editions of the report.",
    rows=selectors.editions,
    by_key=lambda actor, key: selectors.editions(actor).filter(pk=int(key)),
    line=EditionLine,
    full=EditionFull,
    orders={"cut_off": "cut_off"},
    case="edition",
    moves=Moves(EDITION, EDITION_MOVES, editions.move_edition, moves_of),
    key_of=lambda row: str(row.pk),
    key="int",
    key_about="Number of the edition.",
)
COLLECTIONS = (SESSIONS, EDITIONS)
