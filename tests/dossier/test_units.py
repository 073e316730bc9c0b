"""A batch leaves the rows and the events that the same moves leave one by one, each under its locks."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models, transaction

from donors.models import Contribution, Delivery, LedgerEntry, Offer, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.unit import Direct
from portal.dossier.batch import ImportBatch
from portal.dossier.check.view import View
from portal.dossier.entities import Entities
from portal.dossier.headings import Headings
from portal.dossier.importing import known_here
from portal.dossier.play import Player
from portal.dossier.problems import Problems
from portal.dossier.read import read_stream
from portal.dossier.world import World
from requests_app.models import AssistanceRequest, ImpactAssessment, Need
from tests.conftest import empty_tables
from tests.dossier.samples import whole, written
from tests.reports.dossiers import random_dossier

MODELS = (AssistanceRequest, Need, Offer, Pledge, Delivery, Contribution, LedgerEntry, ImpactAssessment)


class OneByOne(Direct):
    """Each row locked, decided upon and written at once, as when a person moves it."""

    def remember(self, record: models.Model) -> None:
        """Nothing is kept in memory."""

    def place(self, record: models.Model, *place: int) -> None:
        """Rows come in the order of the moves."""

    def relate(self, record: models.Model, name: str, row: models.Model) -> None:
        """The database knows what hangs on what."""

    def load(self, record: models.Model, name: str, rows: Any) -> None:
        """As `relate`."""

    def first(self, record: models.Model, name: str, row: models.Model) -> None:
        """One question at a time."""

    @contextmanager
    def again(self, known: bool) -> Iterator[None]:
        yield


def replay(document: dict[str, Any], unit: Any) -> None:
    problems = Problems()
    dossier = read_stream(io.BytesIO(written(document)), problems=problems)
    view = View(dossier, known_here(), problems)
    world = World.load(view)
    entities = Entities(view, world, unit)
    headings = Headings(view, world, unit, set())
    entities.prepare(headings.organisations())
    headings.rates()
    if isinstance(unit, ImportBatch):
        from portal.directory.selectors import RateTable  # noqa: PLC0415 - only a batch has its own

        unit.rates = RateTable.load()  # type: ignore[attr-defined]
        for rate in headings.new_rates:
            unit.rates.add(*rate)  # type: ignore[attr-defined]
    Player(entities, unit, problems, lambda _done, _all: None).play()
    assert dict(problems) == {}
    if isinstance(unit, ImportBatch):
        unit.flush()


def _name(model: type[models.Model], pk: int | None) -> Any:
    if pk is None:
        return None
    row = model._default_manager.get(pk=pk)
    return getattr(row, "ref", None) or getattr(row, "code", None) or getattr(row, "iso3", None) or str(row)


def rows() -> list[dict[str, Any]]:
    """Every row, with its parents by reference and without what only says when or how it was written."""
    found = []
    for model in MODELS:
        for row in model._default_manager.all():
            columns = {"model": model.__name__}
            for field in row._meta.concrete_fields:
                if field.primary_key or field.name in {"as_given", "public_id", "reference"}:
                    continue
                value = getattr(row, field.attname)
                columns[field.name] = _name(field.related_model, value) if field.related_model else value
            found.append(columns)
    return sorted(found, key=str)


def events() -> list[tuple[Any, ...]]:
    """Every event of every case, in its order, the case by its reference."""
    by_type = {"request": AssistanceRequest, "offer": Offer, "pledge": Pledge, "delivery": Delivery,
               "contribution": Contribution, "assessment": ImpactAssessment}  # fmt: skip
    return sorted(
        (
            event.case_type, _name(by_type[event.case_type], event.case_id), event.sequence, event.move, event.source,
            event.target, event.actor_kind, event.occurred_at, str(_without_ids(event.facts)), tuple(event.outside),
        )
        for event in CaseEvent.objects.filter(case_type__in=by_type)
    )  # fmt: skip


def _without_ids(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if not str(key).endswith(("_id", "need", "entry"))}


def _simple(seed: int) -> dict[str, Any]:
    """Without pledges announced before their request was drafted: a row cannot point to one not yet there."""
    document = random_dossier(seed, 5)
    for pledge in document["pledges"]:
        pledge["dates"].pop("announced", None)
    return document


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [whole, lambda: _simple(3), lambda: _simple(4)])
def test_a_batch_and_one_by_one_leave_the_same(make: Any) -> None:
    document = make()
    with clock.frozen(datetime(2026, 1, 1, tzinfo=UTC)):
        with transaction.atomic():
            replay(document, ImportBatch())
        batch = rows(), events()
        assert batch[0]
        empty_tables()
        with transaction.atomic():
            replay(document, OneByOne())
        assert events() == batch[1]
        assert rows() == batch[0]
        assert list(findings()) == []
