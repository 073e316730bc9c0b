"""The unit of work of an import: rows in memory, some of them stored before, written at once in the file's order."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
from portal.core.unit import Batch
from portal.directory.models import ExchangeRate, Organisation
from reports.models import Input, Session
from requests_app.models import (
    Addressee,
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)

ORDER: tuple[type[models.Model], ...] = (
    Organisation,
    ExchangeRate,
    Session,
    Input,
    AssistanceRequest,
    CoRequester,
    Addressee,
    Need,
    Clarification,
    Offer,
    OfferState,
    Pledge,
    JointDonor,
    Delivery,
    FollowUp,
    Contribution,
    LedgerEntry,
    ImpactAssessment,
    Indicator,
)
"""Models in the order in which their rows are inserted: parents first."""


class ImportBatch(Batch):
    """A batch that can make stored records live through their moves again.

    A stored row that a service brings into being again is only joined to its parents. While `again` is on,
    what services write on stored rows is forgotten at the end: it stands already. New rows are inserted in
    the order of the file (`place`), so that an export keeps it.
    """

    def __init__(self) -> None:
        super().__init__(ORDER)
        self._again = False
        self._stored: dict[int, tuple[models.Model, dict[str, Any]]] = {}
        self._touched: dict[int, set[str]] = {}
        self._moves: dict[int, int] = {}
        self._places: dict[int, tuple[int, ...]] = {}

    def remember(self, record: models.Model) -> None:
        """Take note of a stored row as it is, before anything touches it."""
        columns = {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}  # noqa: SLF001
        self._stored[id(record)] = (record, columns)

    def place(self, record: models.Model, *place: int) -> None:
        """Where a new row stands in the file."""
        self._places[id(record)] = place

    def place_of(self, record: models.Model) -> tuple[int, ...]:
        """Where a new row stands in the file; () where nothing was said of it."""
        return self._places.get(id(record), ())

    @contextmanager
    def again(self, known: bool) -> Iterator[None]:
        """While a move is made that stands already."""
        self._again = known
        try:
            yield
        finally:
            self._again = False

    def first(self, record: models.Model, name: str, row: models.Model) -> None:
        """Put one of the rows that hang on a record before the others."""
        self.related(record, name).sort(key=lambda other: other is not row)

    def add(self, record: models.Model) -> None:
        """As in any batch; a stored row is joined to its parents and not inserted again."""
        super().add(record)
        if id(record) in self._stored:
            self._new[type(record)].pop()
            self._fresh.discard(id(record))

    def save(self, record: models.Model, fields: Iterable[str]) -> None:
        """As in any batch; what a stored row lives through again is not written again."""
        if id(record) not in self._stored:
            super().save(record, fields)
        elif not self._again:
            names = {record._meta.get_field(name).attname for name in fields}  # type: ignore[union-attr] # noqa: SLF001
            self._moves[id(record)] = self._moves.get(id(record), 0) + ("version" in names)
            self._touched.setdefault(id(record), set()).update(names - {"version"})

    def flush(self, *, size: int = 2000) -> None:
        """Write everything; the caller holds the transaction and has shut out all other writers."""
        for key, (record, columns) in self._stored.items():
            self._settle(record, columns, self._touched.get(key, set()), self._moves.get(key, 0))
        for rows in self._new.values():
            rows.sort(key=lambda row: self._places.get(id(row), ()))
        super().flush(size=size)

    def _settle(self, record: models.Model, columns: dict[str, Any], touched: set[str], moves: int) -> None:
        for name, value in columns.items():
            if name not in touched and getattr(record, name) != value:
                setattr(record, name, value)
        changed = {name for name in touched if getattr(record, name) != columns[name]}
        if moves:
            record.version = columns["version"] + moves  # type: ignore[attr-defined]
            changed.add("version")
        if changed:
            super().save(record, changed)
