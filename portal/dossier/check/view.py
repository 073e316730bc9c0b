"""A dossier as the checks look at it: its records by reference, its dates as days, its problems."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from portal.core import moments
from portal.dossier.known import Known
from portal.dossier.known import Record as Stored
from portal.dossier.problems import Problems, Step, format_path
from portal.dossier.read import Dossier, Record

WITH_REF = ("organisations", "requests", "offers", "pledges", "contributions", "deliveries", "assessments")
"""The collections whose records have a reference of their own."""

NAMED_IN = {
    "offers": ("donor",),
    "pledges": ("donor", "need", "offer", "redirected_from"),
    "contributions": ("donor", "pledge"),
    "deliveries": ("pledge",),
    "assessments": ("request",),
    "narratives": ("organisation",),
}
"""Fields that hold the reference of one other record."""

TARGET = {
    "donor": "organisations",
    "organisation": "organisations",
    "need": "needs",
    "offer": "offers",
    "pledge": "pledges",
    "redirected_from": "pledges",
    "request": "requests",
}


@lru_cache(maxsize=100_000)
def day_of(text: str) -> date | None:
    """UTC day of a date or timestamp; None where there is no such day or time."""
    try:
        return moments.parse(text).date()
    except ValueError:
        return None


class View:
    """One file under check. Records may lack what their shape requires: what was wrong was taken out."""

    def __init__(self, dossier: Dossier, known: Known, problems: Problems) -> None:
        self.dossier = dossier
        self.known = known
        self.problems = problems

    def each(self, collection: str) -> Iterator[tuple[int, Record]]:
        """The records of a collection with their index."""
        return iter(self.dossier.records[collection])

    def note(self, steps: Iterable[Step], reason: str) -> None:
        """Note a problem at a place."""
        self.problems.add(format_path(steps), reason)

    @cached_property
    def by_ref(self) -> dict[str, dict[str, tuple[int, Record]]]:
        """Records of the file: collection → reference → (index, record); the first where one stands twice."""
        found: dict[str, dict[str, tuple[int, Record]]] = {name: {} for name in WITH_REF}
        for name in WITH_REF:
            for index, record in self.each(name):
                if "ref" in record:
                    found[name].setdefault(record["ref"], (index, record))
        return found

    @cached_property
    def needs(self) -> dict[str, tuple[Record, Stored]]:
        """Needs of the file by reference, each with its request."""
        found: dict[str, tuple[Record, Stored]] = {}
        for _index, request in self.each("requests"):
            for need in request.get("needs") or ():
                if need and "ref" in need:
                    found.setdefault(need["ref"], (need, request))
        return found

    @cached_property
    def _stored(self) -> dict[str, dict[str, Stored]]:
        wanted: dict[str, set[str]] = {name: set() for name in (*WITH_REF, "needs")}
        for _steps, target, ref in references(self):
            wanted[target].add(ref)
        found: dict[str, dict[str, Stored]] = {}
        for name, refs in wanted.items():
            outside = refs - (self.needs.keys() if name == "needs" else self.by_ref[name].keys())
            found[name] = dict(self.known.find(name, outside)) if outside else {}
        return found

    def find(self, collection: str, ref: str | None) -> Stored | None:
        """A record that a reference names: of the file, else of the portal."""
        if ref is None:
            return None
        here = self.by_ref[collection].get(ref)
        return here[1] if here else self._stored[collection].get(ref)

    def find_need(self, ref: str | None) -> tuple[Stored, Stored] | None:
        """A need and its request: of the file, else of the portal."""
        if ref is None:
            return None
        if ref in self.needs:
            return self.needs[ref]
        request = self._stored["needs"].get(ref)
        for need in (request or {}).get("needs") or ():
            if need.get("ref") == ref:
                return need, request or {}
        return None

    def exists(self, collection: str, ref: str) -> bool:
        """Whether the file or the portal has a record of this reference."""
        if collection == "needs":
            return ref in self.needs or ref in self._stored["needs"] or "requests" in self.dossier.unread
        if collection in self.dossier.unread:
            return True
        return ref in self.by_ref[collection] or ref in self._stored[collection]


Reference = tuple[tuple[Step, ...], str, str]
"""Place, collection and reference of the record that is named there."""


def references(view: View) -> Iterator[Reference]:
    """Every reference of a file to another record."""
    for collection, fields in NAMED_IN.items():
        for index, record in view.each(collection):
            for name in fields:
                if name in record:
                    yield (collection, index, name), TARGET[name], record[name]
    for collection, name in (("requests", "selected_donors"), ("pledges", "joint_donors")):
        for index, record in view.each(collection):
            for place, ref in parts(record, name):
                yield (collection, index, name, place), "organisations", ref
    for index, contribution in view.each("contributions"):
        yield from _needs_of(index, contribution)


def _needs_of(index: int, contribution: Record) -> Iterator[Reference]:
    kind, _colon, target = contribution.get("earmarked_for", "").partition(":")
    if kind == "need":
        yield ("contributions", index, "earmarked_for"), "needs", target
    for place, entry in parts(contribution, "allocations"):
        if "need" in entry:
            yield ("contributions", index, "allocations", place, "need"), "needs", entry["need"]


def parts(record: Record, name: str) -> Iterator[tuple[int, Any]]:
    """The items of a list of a record, each with its index; what was wrong is left out."""
    for index, item in enumerate(record.get(name) or ()):
        if item is not None:
            yield index, item
