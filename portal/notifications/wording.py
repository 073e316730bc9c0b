"""A notice in words, as the inbox and an e-mail show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from portal.audit.cases import CASES, key_of, model_of
from portal.core.clock import day
from portal.core.languages import long_day
from portal.notifications.catalogue import CATALOGUE
from portal.notifications.models import Notification

PARENTS = {"edition": ("session",), "input_request": ("session",)}  # whose names their references hold


@dataclass(frozen=True)
class Line:
    """A notice in the language of the moment: its record, what happened, what is to be done, and where."""

    row: Any
    reference: str
    text: str
    asks: str
    url: str

    @property
    def day(self) -> date:
        return day(self.row.created_at)


def lines_of(notifications: Iterable[Notification], *, mark: str = "%s") -> list[Line]:
    """Notices in words: one query for each type of case. `mark` is put around each reference."""
    rows = list(notifications)
    records = _records(rows)
    return [_line(row, records.get((row.outbox.case_type, row.outbox.case_id)), mark) for row in rows]


def _records(rows: Iterable[Notification]) -> dict[tuple[str, int], Any]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.outbox.case_type, set()).add(row.outbox.case_id)
    found: dict[tuple[str, int], Any] = {}
    for case_type, ids in wanted.items():
        records = model_of(case_type)._default_manager.filter(pk__in=ids)  # noqa: SLF001
        for record in (
            records.select_related(*PARENTS.get(case_type, ())) if case_type in PARENTS else records
        ):
            found[case_type, record.pk] = record
    return found


def _line(row: Any, record: Any, mark: str) -> Line:
    notice = CATALOGUE.get(row.outbox.notice)
    reference = str(record) if record is not None else "–"
    page = CASES[row.outbox.case_type].page
    text = ""
    if notice is not None:
        text = notice.text % {"reference": mark % reference, "day": _last_day(row.outbox.event.facts)}
    return Line(
        row=row,
        reference=reference,
        text=text,
        asks=str(notice.asks) if notice is not None and row.outstanding else "",
        url=reverse(page, args=[key_of(record)]) if page and record is not None else "",
    )


def _last_day(facts: dict[str, Any]) -> str:
    """The last day of a clock in words, where the event names one."""
    due = facts.get("due")
    return long_day(date.fromisoformat(due)) if due else ""
