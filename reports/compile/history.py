"""What the chain of events says of a day: moves made up to it, and what stood before a later change."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from donors.models import Delivery
from donors.workflow import PLEDGE
from portal.audit.models import CaseEvent
from portal.core.workflow import Workflow
from reports.compile.written import CHUNK, day
from requests_app.workflow import REQUEST

PLEDGE_STEPS = {
    "announced",
    "offered",
    "accepted",
    "declined",
    "agreed",
    "withdrawn",
    "cancelled",
    "acknowledged",
    "lapsed",
}


def _steps(table: Workflow) -> dict[str, str]:
    """Each move that keeps when it happened: the step that it is in the snapshot, read from the table itself."""
    return {line.name: line.stamp.removesuffix("_at") for line in table.transitions if line.stamp}


REQUEST_MOVES = _steps(REQUEST)
PLEDGE_MOVES = {move: step for move, step in _steps(PLEDGE).items() if step in PLEDGE_STEPS}


def moves(case: str, names: Mapping[str, str], *, before: datetime) -> dict[int, list[tuple[str, str]]]:
    """Moves dated before a moment by case, in order of occurrence and then of recording."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = CaseEvent.objects.filter(case_type=case, move__in=names, occurred_at__lt=before)
    ordered = rows.order_by("case_id", "occurred_at", "sequence")
    for pk, move, at in ordered.values_list("case_id", "move", "occurred_at").iterator(chunk_size=CHUNK):
        found[pk].append((names[move], day(at)))
    return found


def changed_since(moment: datetime, case: str, *names: str) -> dict[int, list[Mapping[str, Any]]]:
    """By case, what stood before each change that happened at a moment or after it, the last first."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    late = CaseEvent.objects.filter(case_type=case, move__in=names, occurred_at__gte=moment)
    for pk, facts in late.order_by("case_id", "-sequence").values_list("case_id", "facts"):
        found[pk].append(facts.get("before") or {})
    return found


def put_back(row: Model, before: Mapping[str, Any]) -> None:
    """Gives a row in memory the values that it had."""
    for name, value in before.items():
        setattr(row, name, row._meta.get_field(name).to_python(value))  # type: ignore[union-attr] # noqa: SLF001


def earlier_disputes(moment: datetime) -> dict[int, tuple[str, str]]:
    """Of deliveries disputed since a moment, the last dispute before it: day and reason."""
    late = Delivery.objects.filter(disputed_at__gte=moment).values("pk")
    rows = CaseEvent.objects.filter(
        case_type="delivery", case_id__in=late, move="dispute", occurred_at__lt=moment
    )
    ordered = rows.order_by("case_id", "sequence").values_list("case_id", "occurred_at", "facts")
    return {pk: (day(at), facts.get("reason") or "") for pk, at, facts in ordered}
