"""The records of a file as rows: new ones, and those that stand already with what the file changes of them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from donors.models import (
    Contribution,
    Delivery,
    FollowUp,
    JointDonor,
    LedgerEntry,
    Offer,
    OfferState,
    Pledge,
)
from portal.audit.services import record_event, revise
from portal.core.actor import IMPORT
from portal.dossier import columns, mending, written
from portal.dossier.batch import ImportBatch
from portal.dossier.check.view import View, parts, references
from portal.dossier.given import differences
from portal.dossier.merge import Merged, merge
from portal.dossier.problems import Step, format_path
from portal.dossier.world import MODELS, World
from requests_app.models import (
    Addressee,
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)

Key = tuple[str, int]
_OWNER = re.compile(r"([a-z_]+)\[(\d+)\]")


@dataclass(eq=False)
class Entity:
    """One record of the file: what it says, its row, and how far its replay has come.

    `merged` is there where the record stands already; `record` then is what both say together. `rows` are
    the rows that hang on it, by relation, in the order of the lists of `record`.
    """

    collection: str
    index: int
    record: dict[str, Any]
    row: Any
    merged: Merged | None = None
    before: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    begun: bool = False
    failed: bool = False

    def path(self, steps: Iterable[Step]) -> str:
        """A place of the record as a path of the file."""
        inside = tuple(steps)
        if self.index < 0:
            return format_path((self.collection, self.record["ref"], *inside))
        return format_path(
            (self.collection, self.index, *(self.merged.in_file(inside) if self.merged else inside))
        )

    def known(self, steps: tuple[Step, ...]) -> bool:
        """Whether what stands at a place stood before this import."""
        return self.merged is not None and steps in self.merged.known


def broken(view: View, mended: Collection[Key]) -> set[Key]:
    """Records that cannot be followed: something is wrong with them that could not be mended, or with another
    on which they lean.
    """
    found = set(view.dossier.damaged)
    for path, _reason in view.problems:
        owner = _OWNER.match(path)
        if owner:
            found.add((owner[1], int(owner[2])))
    found.difference_update(mended)
    owners = _owners(view)
    leaning: dict[Key, list[Key]] = {}
    for steps, target, ref in references(view):
        if steps[2] in _BESIDE:
            continue
        if (target, ref) in owners:
            leaning.setdefault(owners[target, ref], []).append((str(steps[0]), int(steps[1])))
        elif _COMES_FROM.get(target, target) in view.dossier.unread:
            found.add((str(steps[0]), int(steps[1])))
    waiting = list(found)
    while waiting:
        for key in leaning.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _owners(view: View) -> dict[tuple[str, str], Key]:
    """The record of the file that has a reference; of a need, its request."""
    owners: dict[tuple[str, str], Key] = {
        (collection, record["ref"]): (collection, index)
        for collection in (*MODELS, "organisations")
        for index, record in view.each(collection)
        if "ref" in record
    }
    for index, request in view.each("requests"):
        owners |= {
            ("needs", need["ref"]): ("requests", index)
            for _n, need in parts(request, "needs")
            if "ref" in need
        }
    return owners


def _needs_of(entity: Entity) -> Iterator[str]:
    """References of the needs on which a record of the file rests."""
    if entity.collection == "pledges" and "need" in entity.record:
        yield entity.record["need"]
    if entity.collection == "contributions":
        yield from (item["need"] for item in entity.record.get("allocations", ()))


_COMES_FROM = {"needs": "requests"}
_BESIDE = frozenset({"selected_donors", "joint_donors"})
"""Fields that name others without whom the record can be followed all the same."""


class Entities:
    """All records of the file that can be followed, as rows of a batch."""

    def __init__(self, view: View, world: World, unit: ImportBatch) -> None:
        self.view = view
        self.world = world
        self.unit = unit
        self.mended = mending.mended(view)
        self.left_out = broken(view, self.mended)
        self.all: dict[Key, Entity] = {}
        self._by_ref: dict[str, dict[str, Any]] = {name: {} for name in (*MODELS, "needs")}

    def find(self, collection: str, ref: str) -> Any:
        """The row of a reference: of the file, else of the portal."""
        if collection == "organisations":
            return self.organisation(ref)
        return self._by_ref[collection].get(ref) or self.world.find(collection, ref)

    def organisation(self, ref: str) -> Any:
        """An organisation as the file names it, else as the portal does."""
        return self.named.get(ref) or self.world.organisation(ref)

    def with_organisation(self, model: type[models.Model], ref: str, **parent: Any) -> Any:
        """A row that joins an organisation to its parent; None for one with which something is wrong."""
        organisation = self.organisation(ref)
        return None if organisation is None else model(organisation=organisation, **parent)

    def prepare(self, named: Mapping[str, Any]) -> None:
        """Make or find every row, and change what the file changes. `named` are the file's organisations."""
        self.named = named
        for row in self.world.everything():
            self.unit.remember(row)
        for collection, model in MODELS.items():
            for index, record in self.view.each(collection):
                if (collection, index) not in self.left_out:
                    self._enter(collection, model, index, self.mended.get((collection, index), record))
        self._neighbours()
        for entity in self.all.values():
            _FILL[entity.collection](self, entity)
            if entity.merged is not None:
                self._amend(entity)
        self._hang()

    def _enter(self, collection: str, model: type[models.Model], index: int, record: dict[str, Any]) -> None:
        stored = self.world.find(collection, record["ref"])
        entity = Entity(collection, index, record, stored if stored is not None else model())
        if stored is not None:
            entity.before = self.world.form(collection, stored)
            entity.merged = merge(entity.before, record)
            entity.record = entity.merged.record
            for steps, reason in entity.merged.refused:
                self.view.note((collection, index, *steps), reason)
        self.unit.place(entity.row, index)
        self.all[collection, index] = entity
        self._by_ref[collection][record["ref"]] = entity.row
        if collection == "requests":
            self._needs(entity)

    def _neighbours(self) -> None:
        """Stored records without which the file's cannot be lived through: what is pledged on the same request,
        and delivered under it. They come before the file's, so that a refusal is told of what is new.
        """
        here = {id(entity.row) for entity in self.all.values()}
        found = [(name, row) for name, row in self._beside() if id(row) not in here]
        for place, (collection, row) in enumerate(found, start=-len(found)):
            self._enter(collection, MODELS[collection], place, self.world.form(collection, row))

    def _beside(self) -> Iterator[tuple[str, Any]]:
        """Requests on which the file's records rest, every pledge on them, and what was delivered under each."""
        of_deliveries = [
            self.world.find("pledges", entity.record["pledge"])
            for entity in self.all.values()
            if entity.collection == "deliveries"
        ]
        pledges = {pledge.pk: pledge for pledge in of_deliveries if pledge is not None}
        needs = [self.world.find("needs", ref) for entity in self.all.values() for ref in _needs_of(entity)]
        needs += [pledge.need for pledge in pledges.values()]
        requests = {need.request.pk: need.request for need in needs if need is not None}
        for request in requests.values():
            yield "requests", request
            for need in self.world.hanging(request, "needs"):
                pledges |= {row.pk: row for row in self.world.hanging(need, "pledges")}
        for pledge in pledges.values():
            if pledge.offered_at is not None or pledge.announced_at is not None:
                yield "pledges", pledge
                rows = self.world.hanging(pledge, "deliveries")
                yield from (("deliveries", row) for row in rows if row.status != "void")

    def _needs(self, entity: Entity) -> None:
        rows = self._listed(entity, "needs", Need, "needs")
        for need, row in zip(entity.record["needs"], rows, strict=True):
            self._by_ref["needs"][need["ref"]] = row
            if row.pk is None:
                row.request = entity.row
                _set(row, columns.need(need))

    def _listed(self, entity: Entity, name: str, model: type[models.Model], key: str) -> list[Any]:
        """Rows for a list of objects: the stored ones first, as in the merged record, then new ones."""
        stored = self.world.hanging(entity.row, name) if entity.merged is not None else []
        if name == "needs":
            stored = sorted(stored, key=lambda row: row.number)
        rows = [*stored, *(model() for _ in range(len(entity.record.get(key, ())) - len(stored)))]
        for place, row in enumerate(rows):
            self.unit.place(row, entity.index, place)
        entity.rows[name] = rows
        return rows

    def _coded(
        self, entity: Entity, name: str, make: Callable[[str], Any], code: Callable[[Any], str], key: str
    ) -> None:
        """Rows for a list of codes or references: one for each that is different."""
        stored = {code(row): row for row in (self.world.hanging(entity.row, name) if entity.merged else ())}
        rows = {item: stored[item] if item in stored else make(item) for item in entity.record.get(key, ())}
        rows = {item: row for item, row in rows.items() if row is not None}
        for place, row in enumerate(rows.values()):
            self.unit.place(row, entity.index, place)
        entity.rows[name] = list(rows.values())

    def _amend(self, entity: Entity) -> None:
        """Texts of a stored record as the file has them, with one event that names what changed."""
        own = {name: value for name, value in entity.changes.items() if _differs(entity.row, name, value)}
        below: list[str] = []
        for name, rows in entity.rows.items():
            values = _BELOW.get(name)
            for item, row in zip(entity.record.get(name, ()) if values else (), rows, strict=False):
                if row.pk is None or values is None:
                    continue
                given = values(item)
                if name == "clarifications" and row.answered_at is None:
                    del given["answer"]
                different = {
                    key: value for key, value in given.items() if key != "ref" and _differs(row, key, value)
                }
                if different:
                    _set(row, different)
                    self.unit.save(row, different)
                    below.append(name)
            below += [name for row in rows if row.pk is None and name in _ADDED]
        if own:
            revise(entity.row, own, actor=IMPORT, unit=self.unit, move="amended")
        if below:
            entity.row.version += 1
            self.unit.save(entity.row, ("version",))
            record_event(
                entity.row, "amended", actor=IMPORT, unit=self.unit, facts={"changed": sorted(set(below))},
                source=getattr(entity.row, "status", ""), target=getattr(entity.row, "status", ""),
            )  # fmt: skip
        _forget_moves(entity)

    def _hang(self) -> None:
        """What hangs on stored rows and does not come with the file stands from the beginning."""
        coming = {id(entity.row) for entity in self.all.values()}
        coming |= {id(row) for entity in self.all.values() for rows in entity.rows.values() for row in rows}
        for parent, name, rows in self.world.relations():
            for row in rows:
                if id(row) not in coming:
                    self.unit.relate(parent, name, row)

    def with_something_left_out(self) -> Iterator[Any]:
        """Requests of which a pledge or delivery of the file is left out."""
        if self.view.dossier.unread & {"pledges", "deliveries"}:
            yield from (entity.row for entity in self.all.values() if entity.collection == "requests")
        for collection in ("pledges", "deliveries"):
            for index, record in self.view.each(collection):
                if (collection, index) in self.left_out:
                    pledge = (
                        record if collection == "pledges" else self.view.find("pledges", record.get("pledge"))
                    )
                    need = self.find("needs", (pledge or {}).get("need", ""))
                    if need is not None:
                        yield need.request

    def keep_given(self) -> None:
        """What was written and no column holds goes into `as_given`."""
        for entity in self.all.values():
            if entity.failed:
                continue
            canonical = self.world.canonical(entity.collection, entity.row, self._in_file_order)
            given = dict(differences(canonical, entity.record))
            if entity.merged is None:
                entity.row.as_given = given
            elif entity.record != entity.before:
                revise(entity.row, {"as_given": given}, actor=IMPORT, unit=self.unit, move="amended")

    def _in_file_order(self, record: Any, name: str) -> list[Any]:
        last = 2**62
        return sorted(
            self.unit.related(record, name),
            key=lambda row: (row.pk or last, self.unit.place_of(row)),
        )


def _differs(row: Any, name: str, value: Any) -> bool:
    current = getattr(row, name)
    if isinstance(value, models.Model) or isinstance(current, models.Model):
        return current is not value
    return bool(current != value)


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _forget_moves(entity: Entity) -> None:
    """Take a stored record back to before anything happened to it, to live through it again."""
    row = entity.row
    for column in row._meta.concrete_fields:  # noqa: SLF001
        if column.attname.endswith("_at") and column.attname not in {
            "created_at",
            "published_at",
            "announced_at",
        }:
            setattr(row, column.attname, None)
    if isinstance(row, Pledge):
        row.announced_at = None
    if isinstance(row, ImpactAssessment):
        row.published_at = None
    for clarification in entity.rows.get("clarifications", ()):
        clarification.answered_at, clarification.answer = None, ""


def _fill(entity: Entity, values: Mapping[str, Any]) -> None:
    if entity.merged is None:
        _set(entity.row, values)
    else:
        entity.changes = {name: value for name, value in values.items() if name != "ref"}


def _request(entities: Entities, entity: Entity) -> None:
    row = entity.row
    _fill(entity, columns.request(entity.record))
    entities._coded(  # noqa: SLF001
        entity, "co_requesters", lambda code: CoRequester(request=row, state_id=code), lambda other: other.state_id,
        "co_requesters",
    )  # fmt: skip
    entities._coded(  # noqa: SLF001
        entity, "addressees", lambda ref: entities.with_organisation(Addressee, ref, request=row),
        lambda other: entities.world.ref_of(other.organisation), "selected_donors",
    )  # fmt: skip
    rows = entities._listed(entity, "clarifications", Clarification, "clarifications")  # noqa: SLF001
    for item, clarification in zip(entity.record.get("clarifications", ()), rows, strict=True):
        if clarification.pk is None:
            clarification.request = row
            clarification.asked_at = columns.at(item["asked"])
            clarification.question = item["question"]


def _offer(entities: Entities, entity: Entity) -> None:
    row = entity.row
    _fill(entity, columns.offer(entity.record, entities.find))
    entities._coded(  # noqa: SLF001
        entity,
        "states",
        lambda code: OfferState(offer=row, state_id=code),
        lambda other: other.state_id,
        "states",
    )


def _pledge(entities: Entities, entity: Entity) -> None:
    row = entity.row
    _fill(entity, columns.pledge(entity.record, entities.find))
    entities._coded(  # noqa: SLF001
        entity, "joint_donors", lambda ref: entities.with_organisation(JointDonor, ref, pledge=row),
        lambda other: entities.world.ref_of(other.organisation), "joint_donors",
    )  # fmt: skip


def _contribution(entities: Entities, entity: Entity) -> None:
    _fill(entity, columns.contribution(entity.record, entities.find))
    stored = written.standing_entries(entities.world.hanging(entity.row, "entries") if entity.merged else ())
    for kind, key in written.ENTRY_LISTS.items():
        rows = [line for line in stored if line.kind == kind]
        for place, item in enumerate(entity.record.get(key, ())):
            if place < len(rows):
                continue
            line = LedgerEntry(kind=kind, amount=Decimal(item["amount"]), contribution=entity.row)
            if "need" in item:
                line.need, line.consent = entities.find("needs", item["need"]), item.get("consent", "")
            entities.unit.place(line, entity.index, list(written.ENTRY_LISTS).index(kind), place)
            rows.append(line)
        entity.rows[key] = rows


def _delivery(entities: Entities, entity: Entity) -> None:
    _fill(entity, columns.delivery(entity.record, entities.find))
    rows = entities._listed(entity, "follow_ups", FollowUp, "follow_ups")  # noqa: SLF001
    for item, row in zip(entity.record.get("follow_ups", ()), rows, strict=True):
        if row.pk is None:
            _set(
                row,
                {"date": columns.at(item["date"]), "status": item["status"], "note": item.get("note", "")},
            )


def _assessment(entities: Entities, entity: Entity) -> None:
    _fill(entity, columns.assessment(entity.record, entities.find))
    rows = entities._listed(entity, "indicators", Indicator, "indicators")  # noqa: SLF001
    for item, row in zip(entity.record.get("indicators", ()), rows, strict=True):
        if row.pk is None:
            _set(row, columns.indicator(item) | {"assessment": entity.row})


_FILL: dict[str, Callable[[Entities, Entity], None]] = {
    "requests": _request,
    "offers": _offer,
    "pledges": _pledge,
    "contributions": _contribution,
    "deliveries": _delivery,
    "assessments": _assessment,
}
_BELOW: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "needs": columns.need,
    "clarifications": lambda item: {"question": item["question"], "answer": item.get("answer", "")},
    "follow_ups": lambda item: {"note": item.get("note", "")},
    "indicators": columns.indicator,
}
_ADDED = frozenset({"needs", "co_requesters", "addressees", "joint_donors", "states", "indicators"})
"""Relations whose new rows on a stored record have no move, and so no event, of their own."""

__all__ = ["AssistanceRequest", "Contribution", "Delivery", "Entities", "Entity", "Offer"]
