"""Moves through the API: the same table, the same form, the same service as the page of the move."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from portal.api.collection import Collection, Moves
from portal.api.problems import PreconditionFailed, Unreadable
from portal.api.views import Portal, etag, found_by, in_full
from portal.core.errors import Conflict, Refusal, Refused
from portal.web.fields import Day, Number, YesNo
from portal.web.forms import sentence
from portal.web.moves import Move, asked_move
from portal.web.once import once

KEY = re.compile(r"[\x21-\x7e]{1,100}")
DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def idempotency_key(request: Request) -> str:
    """The key of a change that may be sent twice; empty without one. Raises Unreadable."""
    found: str = request.headers.get("Idempotency-Key", "")
    if found and not KEY.fullmatch(found):
        raise Unreadable(
            Refusal(_("A key has 1 to 100 characters of ASCII without blanks."), "Idempotency-Key")
        )
    return found


def asked_versions(request: Request) -> list[str] | None:
    """The versions that `If-Match` names; None where any will do."""
    found = request.headers.get("If-Match", "").strip()
    return None if found in {"", "*"} else [part.strip() for part in found.split(",")]


def agreed_version(request: Request, record: Any) -> int | None:
    """The version on which the change was decided. Raises PreconditionFailed where the record has another."""
    named = asked_versions(request)
    if named is None:
        return None
    if etag(record) not in named:
        raise PreconditionFailed(_("The record was changed meanwhile. Read it again."))
    version: int = record.version
    return version


def once_for(request: Request, act: Callable[[], dict[str, Any]], body: Any) -> HttpResponse:
    """The answer of a change; sent again within a day with the same key, the first answer again.

    Raises Refused where the key came with another body.
    """
    actor = request.actor  # type: ignore[attr-defined]
    acting_for = actor.organisation.pk if actor.organisation else None
    digest = hashlib.sha256(json.dumps([acting_for, body], sort_keys=True).encode()).hexdigest()

    def answer() -> tuple[int, str]:
        return 200, JSONRenderer().render(act()).decode()

    code, text = once(actor.user, idempotency_key(request), request.path, answer, digest=digest)
    found = HttpResponse(text, status=code, content_type="application/json")
    version = _VERSION.search(text)
    if version:
        found["ETag"] = f'"{version[1]}"'
    return found


_VERSION = re.compile(r'"version":(\d+)')


# what a form reads, as JSON


@dataclass(frozen=True)
class Reading:
    """What a program sent, as a form reads it, and what of it cannot be read."""

    data: dict[str, Any]
    refusals: tuple[Refusal, ...]


def read(fields: Mapping[str, forms.Field], body: Any, known: Mapping[str, Any]) -> Reading:
    """A JSON object as the data of a form; `known` is taken for what was not sent."""
    if not isinstance(body, dict):
        raise Unreadable(Refusal(_("Send a JSON object.")))
    data = {
        name: _number(value) if isinstance(fields[name], Number) else value
        for name, value in known.items()
        if name in fields and value is not None
    }
    refusals = []
    for name, value in body.items():
        if name not in fields:
            refusals.append(Refusal(_("There is no such fact here."), name))
        elif value is None:
            data.pop(name, None)
        elif (fit := _fit(fields[name], value)) is None:
            refusals.append(Refusal(_("This is not of the kind that is asked for."), name))
        else:
            data[name] = fit
    return Reading(data, tuple(refusals))


def _fit(field: forms.Field, value: Any) -> Any:
    """The value as the form's field takes it; None for one of another kind."""
    if isinstance(field, Number):
        return _number(value)
    if takes_flag(field):
        return value if isinstance(value, bool) else None
    if isinstance(field, forms.MultipleChoiceField):
        return value if isinstance(value, list) and all(_is_text(item) for item in value) else None
    return value if _is_text(value) else None


def takes_flag(field: forms.Field) -> bool:
    """Whether a field asks for yes or no."""
    return isinstance(field, forms.BooleanField | YesNo)


def _number(value: Any) -> Decimal | None:
    text = str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def _is_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a character
        return False
    return True


def facts_of(form: Any, reading: Reading) -> dict[str, Any]:
    """What the form gives to the service. Raises Refused with everything that is wrong, at once."""
    valid = form.is_valid()
    refusals = list(reading.refusals)
    if not valid:
        refusals += [
            Refusal(str(reason), "" if name == "__all__" else name)
            for name, reasons in form.errors.items()
            if name not in {refusal.field for refusal in refusals}
            for reason in reasons
        ]
    Refused.when(refusals)
    facts: dict[str, Any] = form.facts
    return facts


class MoveView(Portal):
    """One move of a record."""

    collection: ClassVar[Collection]
    move: ClassVar[str]

    def post(self, request: Request, key: Any) -> HttpResponse:
        moves: Any = self.collection.moves
        record = found_by(self.collection, self.actor, str(key))
        body = {} if request.data is None else request.data

        def act() -> dict[str, Any]:
            known_moves = moves.of(record, self.move)
            move, _line = asked_move(self.actor, moves.workflow, known_moves, record, self.move)
            version = agreed_version(request, record)
            known = dict(move.initial(record)) if move.initial else {}
            fields = move.form(None, initial=known).fields
            first = {name: field.initial for name, field in fields.items()} | known
            reading = read(fields, body, first)
            form = move.form(reading.data, initial=known)
            facts = facts_of(form, reading)
            with told_of(form):
                moved = self._made(moves, record, facts, version)
            record.refresh_from_db()
            row = moved if isinstance(moved, type(record)) else record
            return in_full(self.collection, self.actor, self.collection.key_of(row))

        return once_for(request, act, body)

    def _made(self, moves: Moves, record: Any, facts: Mapping[str, Any], version: int | None) -> Any:
        try:
            return moves.perform(record, self.move, actor=self.actor, facts=facts, version=version)
        except Conflict:
            record.refresh_from_db(fields=["version"])
            agreed_version(self.request, record)
            raise


@contextmanager
def told_of(form: Any) -> Iterator[None]:
    """What the domain refuses, told of the form's own fields."""
    try:
        yield
    except Refused as error:
        renamed = (Refusal(r.reason, form.renames.get(r.field, r.field)) for r in error.refusals)
        raise Refused(*renamed) from error


# what the schema says of a form


def schema_of(move: Move) -> dict[str, Any]:
    """The form of a move as JSON Schema. What the record says already need not be sent; where the fields depend
    on the record, others than those named here may be asked.
    """
    fields: Mapping[str, forms.Field] = move.form.base_fields  # type: ignore[attr-defined]
    found = {
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in fields.items()},
        "additionalProperties": "__init__" in vars(move.form),
    }
    required = [name for name, field in fields.items() if field.required and move.initial is None]
    return found | ({"required": required} if required else {})


def _field_schema(field: forms.Field) -> dict[str, Any]:
    about = " ".join(sentence(str(text)) for text in (field.label, field.help_text) if text)
    return _kind(field) | ({"description": about} if about else {})


def _kind(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, Number):
        return {"type": ["string", "number"], "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
    if takes_flag(field):
        return {"type": "boolean"}
    if isinstance(field, Day):
        return {"type": "string", "format": "date"}
    codes = _codes(getattr(field, "choices", ()))
    text: dict[str, Any] = {"type": "string"} | ({"enum": codes} if codes else {})
    if isinstance(field, forms.MultipleChoiceField):
        return {"type": "array", "items": text}
    longest = getattr(field, "max_length", None)
    return text | ({"maxLength": longest} if longest else {})


def _codes(choices: Iterable[Any]) -> list[str]:
    return [str(code) for code, _label in choices if code != ""]
