"""One way to write a record or an event as bytes, so that its hash means something."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from portal.core.canonical import canonical_bytes, sha256


def plain(value: Any) -> Any:  # noqa: PLR0911 - one answer for each kind of value  # noqa: PLR0911 - one line for each kind of value
    """A value as JSON can hold it, equal for equal values however they were typed."""
    if isinstance(value, Decimal):
        text = format(value.normalize(), "f")
        return "0" if text in {"-0", "0"} else text
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)  # the database writes 1e16 as it writes the whole number
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def digest_of(value: Any) -> str:
    """Hex SHA-256 of a value's canonical bytes."""
    return sha256(canonical_bytes(value))


def contents(record: models.Model) -> dict[str, Any]:
    """Every column of a row, as it reads once it is stored; not what the database keeps up by itself."""
    return {
        field.attname: plain(_stored(field, getattr(record, field.attname)))
        for field in record._meta.concrete_fields  # noqa: SLF001
        if not field.generated
    }


def _stored(field: Any, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value, cls=field.encoder)) if value else value
    return field.to_python(value)
