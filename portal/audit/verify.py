"""Is the record whole? Every event, every chain, every root, and every record against its case's digest."""

import hashlib
from bisect import insort
from collections.abc import Iterator
from datetime import datetime

from portal.audit.cases import CASES, digest, model_of
from portal.audit.models import CaseEvent, CaseHead, Root
from portal.audit.services import end_of_chain, event_hash

Last = tuple[tuple[str, int], int, str, datetime]  # case, sequence, hash and recording of an event


def findings() -> Iterator[str]:
    """One line for each thing that does not hold; nothing where all holds."""
    heads = {(h.case_type, h.case_id): h for h in CaseHead.objects.iterator(chunk_size=5000)}
    yield from _chains(dict(heads))
    yield from _records(heads)
    yield from _roots()


def _roots() -> Iterator[str]:
    """One pass over the events in their order; each root is compared where it is passed."""
    columns = ("pk", "case_type", "case_id", "sequence", "hash")
    events = CaseEvent.objects.order_by("pk").values_list(*columns).iterator(chunk_size=5000)
    event = next(events, None)
    cases: list[tuple[str, int]] = []
    ends: dict[tuple[str, int], tuple[int, bytes]] = {}
    for root in Root.objects.order_by("through", "pk"):
        while event and event[0] <= root.through:
            _, case_type, case_id, sequence, last = event
            key = (case_type, case_id)
            if key not in ends:
                insort(cases, key)
            if key not in ends or ends[key][0] < sequence:
                ends[key] = (sequence, end_of_chain(case_type, case_id, last))
            event = next(events, None)
        if hashlib.sha256(b"".join(ends[key][1] for key in cases)).hexdigest() != root.hash:
            yield f"root {root.pk} of {root.taken_at:%Y-%m-%d}: the chains it covers have changed"


def _chains(heads: dict[tuple[str, int], CaseHead]) -> Iterator[str]:
    previous: Last | None = None
    for event in CaseEvent.objects.order_by("case_type", "case_id", "sequence").iterator(chunk_size=5000):
        key = (event.case_type, event.case_id)
        if previous and previous[0] != key:
            yield from _end(previous, heads)
            previous = None
        name = f"{event.case_type} {event.case_id}, event {event.sequence}"
        sequence, before = (previous[1], previous[2]) if previous else (0, "")
        if event.sequence != sequence + 1:
            yield f"{name}: an event before it is missing"
        if event.previous != before:
            yield f"{name}: does not follow the event before it"
        if event_hash(event) != event.hash:
            yield f"{name}: its content does not match its hash"
        previous = (key, event.sequence, event.hash, event.recorded_at)
    if previous:
        yield from _end(previous, heads)
    for case_type, case_id in heads:
        yield f"{case_type} {case_id}: its events are missing"


def _end(last: Last, heads: dict[tuple[str, int], CaseHead]) -> Iterator[str]:
    key, *end = last
    head = heads.pop(key, None)
    if head is None or [head.sequence, head.hash, head.recorded_at] != end:
        yield f"{key[0]} {key[1]}: the end of its chain does not match its head"


def _records(heads: dict[tuple[str, int], CaseHead]) -> Iterator[str]:
    for case_type, case in CASES.items():
        relations = case.rows
        seen: set[int] = set()
        rows = model_of(case_type)._default_manager.order_by("pk").prefetch_related(*relations)  # noqa: SLF001
        for record in rows.iterator(chunk_size=1000):
            seen.add(record.pk)
            head = heads.get((case_type, record.pk))
            if head is None:
                yield f"{case_type} {record.pk}: has no event"
            elif (
                digest(record, {name: list(getattr(record, name).all()) for name in relations}) != head.digest
            ):
                yield f"{case_type} {record.pk}: its record was changed outside the portal's services"
        for kind, pk in heads:
            if kind == case_type and pk not in seen:
                yield f"{case_type} {pk}: its record is missing"
