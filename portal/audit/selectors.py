"""What may be read of the record of events."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate

from portal.audit.cases import case_type, model_of
from portal.audit.models import CaseEvent, CaseHead
from portal.core.actor import Actor
from portal.core.clock import day
from portal.core.deadlines import Clock
from portal.policy import engine


def timeline(actor: Actor, action: str, record: Any) -> QuerySet[CaseEvent]:
    """What happened to a record, as far as the actor may know: the moves that led to a state in which the
    actor could see it; day by day, and within a day in order of entry: a day alone says no time.
    """
    return events_in(engine.states_seen(actor, action, record), record)


def events_in(states: frozenset[str] | None, record: Any) -> QuerySet[CaseEvent]:
    """What led a record to one of these states, None for any; in order of occurrence."""
    rows = CaseEvent.objects.filter(case_type=case_type(record), case_id=record.pk)
    if states is not None:
        rows = rows.filter(target__in=states)
    return rows.order_by(TruncDate("occurred_at", tzinfo=UTC), "sequence")


def events() -> QuerySet[CaseEvent]:
    """All events; to be narrowed by `known` to those that an actor may know."""
    return CaseEvent.objects.all()


def known(actor: Actor, action: str, name: str, *, apart: Iterable[str] = (), if_seen_in: str = "") -> Q:
    """Which events of a type of case an actor may know: the timelines of all its records as one condition.

    The moves `apart` are for those alone who would see the record in the state `if_seen_in`.
    """
    model = model_of(name)
    rows = model._default_manager.all()  # noqa: SLF001
    now = Exists(engine.visible_to(actor, action, rows).filter(pk=OuterRef("case_id")))
    if engine.unbounded(actor):
        return Q(now, case_type=name)
    apart = tuple(apart)
    found = Q(pk__in=[])
    for scope, states in engine.scopes_held(actor, action, model):
        reached = Q() if not states else Q(target__in=states)
        if apart and states and if_seen_in not in states:
            reached &= ~Q(move__in=apart)
        found |= Q(Exists(rows.filter(scope, pk=OuterRef("case_id")))) & reached
    return Q(now, case_type=name) & found


def updated_at(name: str, column: str = "pk") -> Subquery:
    """When a record's last event was recorded; `column` names the record where it is not the row itself."""
    heads = CaseHead.objects.filter(case_type=name, case_id=OuterRef(column))
    return Subquery(heads.values("recorded_at"))


def updated_since(name: str, moment: datetime, column: str = "pk") -> Q:
    """The records with an event recorded at a moment or after it."""
    heads = CaseHead.objects.filter(case_type=name, recorded_at__gte=moment)
    return Q(**{f"{column}__in": heads.values("case_id")})


@dataclass(frozen=True)
class Last:
    """When something was last done to a case: when it began to count, and when the portal learned of it.

    What was imported counts from its own date, what a person records from the moment of recording.
    """

    begun: datetime
    learned: datetime


def last_of(case_type: str, ids: Collection[int], moves: Collection[str] = ()) -> dict[tuple[int, str], Last]:
    """When each of these moves, or each of all, was last made of some cases: by case and move, one query."""
    rows = CaseEvent.objects.filter(case_type=case_type, case_id__in=ids)
    if moves:
        rows = rows.filter(move__in=moves)
    counts = Case(When(actor_kind="import", then=F("occurred_at")), default=F("recorded_at"))
    grouped = (
        rows.order_by().values("case_id", "move").annotate(begun=Max(counts), learned=Max("recorded_at"))
    )
    return {(row["case_id"], row["move"]): Last(row["begun"], row["learned"]) for row in grouped}


def learned_of(pk: int, starts: Iterable[str], last: Mapping[tuple[int, str], Last], one: Clock) -> date:
    """The day on which the portal learned of the moves that started a clock."""
    known = [day(last[pk, move].learned) for move in starts if (pk, move) in last]
    return max(known, default=one.started)


def last_event() -> int:
    """Id of the event recorded last; while it is the same, nothing has happened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_caseevent ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
