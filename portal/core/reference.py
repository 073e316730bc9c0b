"""Reference numbers: gap-free where the number is taken and used in one transaction (rule 8)."""

import re
import secrets
import unicodedata
from typing import Any

from django.db import connection

from portal.core.languages import western_digits
from portal.core.models import Counter

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L: read aloud over a telephone


def next_number(key: str) -> int:
    """Next number of a key, under its lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (key, last) VALUES (%s, 1) "
            "ON CONFLICT (key) DO UPDATE SET last = core_counter.last + 1 RETURNING last",
            [key],
        )
        return int(cursor.fetchone()[0])


class Numbers:
    """Numbers for one batch: each key is read under lock once and written back at the end."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, key: str) -> int:
        if key not in self._last:
            row, _ = Counter.objects.select_for_update().get_or_create(key=key)
            self._last[key] = row.last
        self._last[key] += 1
        return self._last[key]

    def write(self) -> None:
        for key, last in self._last.items():
            Counter.objects.filter(key=key).update(last=last)


def take(key: str, unit: Any) -> int:
    """Next number of a key in either kind of unit."""
    if not unit.batch:
        return next_number(key)
    if not hasattr(unit, "numbers"):
        unit.numbers = Numbers()
        unit.after(unit.numbers.write)
    return int(unit.numbers.next(key))


_REFERENCE = re.compile(
    r"([a-z]{2})[-\s._/]*([0-9]{4})[-\s._/]+(?:([a-z]{3})[-\s._/]*)?([0-9]{1,6})(?:[-\s._/]*n[-\s._/]*([0-9]{1,3}))?",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"[A-Z]{2}-[0-9]{4}(-[A-Z]{3})?-[0-9]{4,}(-N[0-9]+)?|D-[0-9A-Z]{6}")
_DASHES = dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-", 0x0640: "-"}
_MARKS = dict.fromkeys((0x200E, 0x200F, 0x061C, 0x200B, *range(0x2066, 0x206A)))


def as_written(text: str) -> str:
    """A reference as the portal writes it, however it was typed: "ta 2026 tjk 1" is TA-2026-TJK-0001, in the digits
    of any script; what is none, as it is.
    """
    plain = western_digits(unicodedata.normalize("NFKC", text)).translate(_DASHES | _MARKS).strip()
    found = _REFERENCE.fullmatch(plain)
    if found is None:
        return text
    kind, year, state, number, need = found.groups()
    parts = [kind.upper(), year, *([state.upper()] if state else []), f"{int(number):04d}"]
    return "-".join([*parts, *([f"N{int(need)}"] if need else [])])


def is_reference(text: str) -> bool:
    """Whether a text is a reference as the portal writes it, or a draft's id."""
    return _WRITTEN.fullmatch(text) is not None


def draft_id() -> str:
    """Opaque id of a draft, such as `D-7K3M9Q`."""
    return "D-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
