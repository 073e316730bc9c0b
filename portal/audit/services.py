"""Writing the chain, and the one way in which a record changes its state."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from portal.audit.canonical import digest_of, plain
from portal.audit.cases import case_type, digest, rows_of
from portal.audit.models import CaseEvent, CaseHead, Root
from portal.audit.sql import WRITING_LOCK
from portal.core import clock
from portal.core.actor import Actor
from portal.core.copying import insert
from portal.core.errors import Conflict, Refusal, Refused
from portal.core.events import publish
from portal.core.fields import mistyped, too_early, unfit
from portal.core.unit import Direct, Unit
from portal.core.workflow import NEW, Transition, Workflow, judge
from portal.policy import engine

_HASHED = (
    "case_type", "case_id", "sequence", "move", "source", "target", "actor_kind", "actor_user",
    "actor_organisation", "request_id", "occurred_at", "recorded_at", "facts", "outside", "previous",
)  # fmt: skip


def event_hash(event: CaseEvent) -> str:
    """Hash of an event's content and of the event before it in the same case."""
    return digest_of({name: plain(getattr(event, name)) for name in _HASHED})


def _chain(events: list[CaseEvent], record: models.Model, head: CaseHead, unit: Unit) -> CaseHead:
    """Links events to the head of their case; returns the head moved on, unsaved."""
    for event in events:
        event.case_id = record.pk
        event.sequence = head.sequence + 1
        event.previous = head.hash
        event.hash = event_hash(event)
        head.sequence, head.hash, head.recorded_at = event.sequence, event.hash, event.recorded_at
    head.digest = digest(record, rows_of(record, unit))
    return head


def _write_now(event: CaseEvent, record: models.Model, unit: Unit) -> None:
    head, _ = CaseHead.objects.select_for_update().get_or_create(
        case_type=event.case_type, case_id=record.pk, defaults={"sequence": 0, "hash": "", "digest": ""}
    )
    _chain([event], record, head, unit)
    event.save(force_insert=True)
    head.save(update_fields=["sequence", "hash", "digest", "recorded_at"])


class _Pending:
    """Events of a batch, written in order of recording once their records have their ids."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.events: list[tuple[CaseEvent, models.Model]] = []

    def write(self) -> None:
        with connection.cursor() as cursor:  # before the events get their numbers
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITING_LOCK])
        by_case: dict[int, tuple[models.Model, list[CaseEvent]]] = {}
        for event, record in self.events:
            by_case.setdefault(id(record), (record, []))[1].append(event)
        heads = {
            (head.case_type, head.case_id): head
            for name in {event.case_type for event, _ in self.events}
            for head in CaseHead.objects.select_for_update().filter(
                case_type=name,
                case_id__in=[record.pk for record, events in by_case.values() if events[0].case_type == name],
            )
        }
        old: list[CaseHead] = []
        new: list[CaseHead] = []
        for record, events in by_case.values():
            key = (events[0].case_type, record.pk)
            (old if key in heads else new).append(
                _chain(
                    events,
                    record,
                    heads.get(key) or CaseHead(case_type=key[0], case_id=record.pk, sequence=0, hash=""),
                    self.unit,
                )
            )
        insert(CaseEvent, [event for event, _ in self.events])
        insert(CaseHead, new)
        CaseHead.objects.bulk_update(old, ["sequence", "hash", "digest", "recorded_at"], batch_size=500)


def record_event(
    record: models.Model,
    move: str,
    *,
    actor: Actor,
    unit: Unit,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    source: str = "",
    target: str = "",
    outside: tuple[str, ...] = (),
) -> CaseEvent:
    """Appends one event to the chain of a record's case, in the transaction that changes the record."""
    moment = clock.now()
    event = CaseEvent(
        case_type=case_type(record),
        move=move,
        source=source,
        target=target,
        actor_kind=actor.kind.value,
        actor_user=actor.user.pk if actor.user else None,
        actor_organisation=actor.organisation.pk if actor.organisation else None,
        request_id=actor.request_id,
        occurred_at=at or moment,
        recorded_at=moment,
        facts=plain(
            {name: value for name, value in (facts or {}).items() if not isinstance(value, models.Model)}
        ),
        outside=list(outside),
    )
    if isinstance(unit, Direct):
        _write_now(event, record, unit)
    else:
        pending = getattr(unit, "pending_events", None)
        if pending is None:
            pending = _Pending(unit)
            unit.pending_events = pending  # type: ignore[attr-defined]
            unit.after(pending.write)
        pending.events.append((event, record))
    return event


def note(
    record: Any,
    move: str,
    *,
    actor: Actor,
    unit: Unit,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    told: bool = False,
) -> CaseEvent:
    """What happened to a record that leaves it in its state; `told`: those whom it concerns hear of it."""
    state = getattr(record, "status", "")
    event = record_event(record, move, actor=actor, unit=unit, at=at, facts=facts, source=state, target=state)
    if told:
        publish("noted", record=record, event=event, actor=actor)
    return event


class Prepared(NamedTuple):
    """A move that nothing stands against: its line, its moment, what was counted as met outside the portal."""

    line: Transition
    moment: datetime
    outside: tuple[str, ...]
    taken: tuple[str, ...]


def prepare(
    workflow: Workflow,
    name: str,
    record: Any,
    *,
    actor: Actor,
    unit: Unit,
    at: datetime | None = None,
    facts: Mapping[str, Any],
    version: int | None = None,
    rows: Sequence[models.Model] = (),
) -> Prepared:
    """The first half of `perform`: whether a move can be made now, with nothing written and no state changed.

    Raises as `perform` does.
    """
    line = workflow.find(name, record.status, imported=actor.is_import)
    same_version(record, version)
    engine.require(actor, line.right, record)
    Refused.when(Refusal(_("this is missing"), fact) for fact in line.needs if facts.get(fact) is None)
    brought = [facts[fact] for fact in line.needs if isinstance(facts[fact], models.Model)]
    taken = tuple(column for column in line.takes if column in facts)
    for column in taken:
        setattr(record, column, facts[column])
    moment = at or (line.dated and line.dated.moment(record, facts)) or clock.now()
    Refused.when(refusal for row in (record, *rows, *brought) for refusal in unfit(row))
    if not actor.is_import:  # a dossier is taken at its word
        made = [row for row in (*rows, *brought) if row.pk is None]
        columns = None if record.status == NEW else taken
        days = [*mistyped(record, columns), *chain.from_iterable(map(mistyped, made))]
        early = too_early(moment, line.dated.field if line.dated else "")
        Refused.when(days or ([early] if early else []))
    verdicts = judge(line, record, facts, waive_absent=actor.is_import, at=moment, unit=unit, actor=actor)
    Refused.when(verdicts.refusals)
    return Prepared(line, moment, verdicts.outside, taken)


def perform(
    workflow: Workflow,
    name: str,
    record: Any,
    *,
    actor: Actor,
    unit: Unit,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    version: int | None = None,
    rows: Iterable[models.Model] = (),
    replayed: bool = False,
) -> None:
    """One move of a record that the caller has locked: right, guards, change, event, what follows (rule 6).

    `facts` are what the person or the dossier gives with the move; `at` when it happened: else the line says, and
    else it is now.
    `rows` hang on the record and are stored with it. `replayed` marks a move that the
    chain already holds: it is made again in memory, without an event.
    Raises Conflict (not a move of this state, or another version), NotAllowed, Refused.
    """
    facts = facts or {}
    rows = tuple(rows)
    line, moment, outside, taken = prepare(
        workflow, name, record, actor=actor, unit=unit, at=at, facts=facts, version=version, rows=rows
    )
    new = record.status == NEW
    if record.status not in line.source:
        outside = (*outside, f"from_{record.status}")
    source = "" if new else record.status
    changed = {"status", "version", *taken}
    if line.effect:
        changed |= set(line.effect(record, facts, at=moment, unit=unit, actor=actor) or ())
        Refused.when([*unfit(record), *(() if actor.is_import else mistyped(record, changed))])
    if line.stamp:
        setattr(record, line.stamp, moment)
        changed.add(line.stamp)
    record.status = line.target(record) if callable(line.target) else line.target
    if new:
        unit.add(record)
    else:
        record.version += 1
        unit.save(record, changed)
    for row in rows:
        unit.add(row)
    if not replayed:
        event = record_event(
            record, name, actor=actor, unit=unit, at=moment, facts=facts, source=source,
            target=record.status, outside=outside,
        )  # fmt: skip
        publish("moved", record=record, line=line, event=event, actor=actor, unit=unit)
    if line.then:
        line.then(record, facts, at=moment, unit=unit, actor=actor, replayed=replayed)


def same_version(record: Any, version: int | None) -> None:
    """Raises Conflict where someone has changed the record since the version on which was decided."""
    if version is not None and version != record.version:
        raise Conflict(
            _(
                "this record was changed meanwhile: it is in version %(now)d, and you decided on version %(then)d"
            )
            % {"now": record.version, "then": version}
        )


def revise(
    record: Any,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    unit: Unit,
    at: datetime | None = None,
    move: str = "revised",
    version: int | None = None,
) -> bool:
    """Changes columns that are not the state, with one event that names them; False where nothing differs.

    The caller has locked the record and asked for the right. Raises Conflict for another version, Refused where
    a value does not fit its column, and ValueError for the state: it changes by a move alone (rule 6).
    """
    same_version(record, version)
    if {"status", "version"} & set(changes):
        raise ValueError("a state is changed by a move of its table")
    changed = [name for name, value in changes.items() if getattr(record, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(record, name, changes[name])
    Refused.when([*unfit(record), *(() if actor.is_import else mistyped(record, changed))])
    record.version += 1
    unit.save(record, [*changed, "version"])
    note(record, move, actor=actor, unit=unit, at=at, facts={"changed": sorted(changed)})
    return True


def take_root() -> Root:
    """One hash over the heads of all chains as they stand (rule 7).

    For a moment nobody writes: an event that has its number and is not yet committed would be covered by the
    number and not by the hash.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING_LOCK])
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_caseevent")
        through = int(cursor.fetchone()[0])
        transaction.set_rollback(True)  # nothing was written; the lock goes with it, at once
    return Root.objects.create(taken_at=clock.now(), through=through, hash=root_hash(through))


def take_daily_root() -> None:
    """Takes a root unless one was taken within the day."""
    if not Root.objects.filter(taken_at__gt=clock.now() - timedelta(hours=23)).exists():
        take_root()


def root_hash(through: int) -> str:
    """Hash over the last event of every case up to an event id; can be computed again at any later time."""
    total = hashlib.sha256()
    ends = (
        CaseEvent.objects.filter(pk__lte=through)
        .order_by("case_type", "case_id", "-sequence")
        .distinct("case_type", "case_id")
        .values_list("case_type", "case_id", "hash")
    )
    for end in ends.iterator(chunk_size=5000):
        total.update(end_of_chain(*end))
    return total.hexdigest()


def end_of_chain(case_type: str, case_id: int, last: str) -> bytes:
    """What stands in a root for one case: the hash of its last event; cases in their order."""
    return f"{case_type}:{case_id}:{last}\n".encode()
