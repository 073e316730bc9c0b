"""One way of writing data down, so that the same data are the same bytes and have the same hash."""

import hashlib
import json
from typing import Any


def canonical_bytes(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; TypeError or ValueError for what JSON cannot carry."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256(content: bytes) -> str:
    """The hash in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
