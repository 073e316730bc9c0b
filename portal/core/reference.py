"""Reference numbers: gap-free where the number is taken and used in one transaction (rule 8)."""

import secrets
from typing import Any

from django.db import connection

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


def draft_id() -> str:
    """Opaque id of a draft, such as `D-7K3M9Q`."""
    return "D-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
