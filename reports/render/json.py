"""The document as JSON: structure, words, values with the ids of their figures, definitions."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reports.document import Document


def render_json(document: Document) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no spaces. Each part says its kind; amounts are strings."""
    data = {"format": "report-document/1", **_plain(document)}
    data.pop("kind", None)
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        kept = {name: part for name, part in found.items() if part not in (None, [], "")}
        # Rows say themselves whether they are a part or a total.
        return kept if "kind" in kept else {"kind": type(value).__name__.lower(), **kept}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
