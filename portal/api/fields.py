"""How values are written: codes as codes, numbers as decimal strings, days and moments in UTC."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.core import clock
from portal.core.money import plain
from portal.web.moves import available

Schema = dict[str, Any]
DECIMAL: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["12.5"]}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NAMES: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "examples": [{"en": "Norway", "fr": "Norvège"}],
}


def or_null(schema: Schema) -> Schema:
    found = schema | {"type": [schema["type"], "null"]}
    return found | {"enum": [*schema["enum"], None]} if "enum" in schema else found


class Shown(serializers.Field):  # type: ignore[type-arg]
    """A value that is only read. `of` takes it from the row; without it the attribute of the same name is."""

    schema: Schema = {"type": "string"}

    def __init__(
        self,
        of: Callable[[Any], Any] | None = None,
        *,
        null: bool = False,
        help_text: str = "",
        source: str | None = None,
    ) -> None:
        super().__init__(read_only=True, source=source)
        self.of = of
        schema = or_null(self.schema) if null else dict(self.schema)
        set_override(self, "field", schema | ({"description": help_text} if help_text else {}))

    def get_attribute(self, instance: Any) -> Any:
        return self.of(instance) if self.of else super().get_attribute(instance)

    def to_representation(self, value: Any) -> Any:
        return value


class Text(Shown):
    """Text as it was written, in the language of who wrote it."""


class Whole(Shown):
    schema = {"type": "integer"}


class Flag(Shown):
    schema = {"type": "boolean"}


class Names(Shown):
    """A name or label by language."""

    schema = NAMES


class Codes(Shown):
    """A list of codes."""

    schema = {"type": "array", "items": {"type": "string"}}


class Wholes(Shown):
    schema = {"type": "array", "items": {"type": "integer"}}


class Number(Shown):
    """A quantity, an amount or a rate as a decimal string."""

    schema = DECIMAL

    def to_representation(self, value: Decimal) -> str:
        return plain(value)


class Day(Shown):
    schema = DAY

    def to_representation(self, value: date | datetime) -> str:
        return (clock.day(value) if isinstance(value, datetime) else value).isoformat()


class Moment(Shown):
    schema = MOMENT

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Code(Shown):
    """One of a closed list; null where none was given."""

    def __init__(
        self,
        values: Iterable[str],
        of: Callable[[Any], Any] | None = None,
        *,
        null: bool = False,
        help_text: str = "",
        source: str | None = None,
    ) -> None:
        self.schema = {"type": "string", "enum": list(values)}
        super().__init__(of, null=null, help_text=help_text, source=source)

    def to_representation(self, value: str) -> str | None:
        return value or None


class Fault(serializers.Serializer[Any]):
    """One reason; `field` is empty where it is about no single one."""

    field = Text()
    reason = Text()


class Transition(serializers.Serializer[Any]):
    """A move that the actor may make in this state, and what stands against it already."""

    name = Text()
    possible = Flag()
    refusals = Fault(many=True)


class WithMoves(serializers.Serializer[Any]):
    """A record that is moved by `POST …/transitions/<name>/`."""

    available_transitions = serializers.SerializerMethodField()

    @extend_schema_field(Transition(many=True))
    def get_available_transitions(self, row: Any) -> Any:
        moves = self.context["collection"].moves
        found = available(self.context["actor"], moves.workflow, row)
        return Transition([one for one in found if one.name in moves.moves], many=True).data


class Party(serializers.Serializer[Any]):
    """An organization."""

    id = Whole()
    names = Names()


class Ratings(Shown):
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}

    def to_representation(self, value: Mapping[str, int]) -> dict[str, int]:
        return dict(value)
