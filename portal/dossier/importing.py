"""A dossier into the portal: all or nothing, repeatable, and every error at once by path.

What happened is replayed with its own dates through the services that people's moves go through. One writer
at a time: the tables are closed to all other writers, and open to readers, until the import has ended.
"""

import gc
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.money import minor_units
from portal.core.unit import advisory_lock
from portal.directory.models import ExchangeRate, Form, Region, State, Theme, Unit
from portal.directory.selectors import RateTable
from portal.dossier import check
from portal.dossier.batch import ORDER, ImportBatch
from portal.dossier.check.money import rates_in_doubt
from portal.dossier.entities import Entities
from portal.dossier.headings import Headings
from portal.dossier.known import AREAS, Known
from portal.dossier.models import Heading
from portal.dossier.play import Player
from portal.dossier.problems import Problems
from portal.dossier.read import Dossier, Limits, read
from portal.dossier.world import World
from reports.models import Session
from reports.services import DEFAULT_SESSION
from requests_app.services import show_to

Told = Callable[[str, int, int], None]
"""Is told how far an import has come: what is being done, how many steps of how many."""

_LOCK = 0x646F7373


@dataclass
class Imported:
    """What an import came to; nothing was stored where there are problems, or on a dry run."""

    problems: Problems
    records: dict[str, int] = field(default_factory=dict)
    stored: bool = False


def import_dossier(
    source: Path, *, dry_run: bool = False, told: Told | None = None, limits: Limits | None = None
) -> Imported:
    """Import a file; `dry_run` does everything and stores nothing."""
    told = told or (lambda _what, _done, _all: None)
    with _nothing_collected():
        return _import(source, dry_run=dry_run, told=told, limits=limits)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """The rows of an import all live to its end; to look for dead ones among them takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _import(source: Path, *, dry_run: bool, told: Told, limits: Limits | None) -> Imported:
    problems = Problems()
    told(_("reading"), 0, 1)
    dossier = read(source, problems=problems, limits=limits)
    told(_("reading"), 1, 1)
    imported = Imported(problems, {name: len(rows) for name, rows in dossier.records.items() if rows})
    if not dossier.given and problems:
        return imported
    try:
        with transaction.atomic():
            _alone()
            _replay(dossier, problems, told)
            imported.stored = not problems and not dry_run
            transaction.set_rollback(not imported.stored)
    except (IntegrityError, DataError) as error:
        imported.stored = False
        problems.add("", _("the database refuses it: %(reason)s") % {"reason": str(error).splitlines()[0]})
    return imported


def _alone() -> None:
    """Shut out every other writer until the transaction ends; whoever reads is not disturbed."""
    advisory_lock(_LOCK)
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in ORDER)  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")


def _replay(dossier: Dossier, problems: Problems, told: Told) -> None:
    world: list[World] = []

    def find(collection: str, refs: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        return world[0].stored(collection, refs)

    view = check.View(dossier, known_here(find=find), problems)
    told(_("checking"), 0, 1)
    world.append(World.load(view))
    check.run(view)
    told(_("checking"), 1, 1)
    unit = ImportBatch()
    entities = Entities(view, world[0], unit)
    headings = Headings(view, world[0], unit, entities.left_out)
    entities.prepare(headings.organisations())
    headings.rates()
    unit.rates = RateTable.load()  # type: ignore[attr-defined]
    for currency, day, per_usd in headings.new_rates:
        unit.rates.add(currency, day, per_usd)  # type: ignore[attr-defined]
    for currency in rates_in_doubt(view):
        # Nothing is stored any more: the other rules are still looked at.
        unit.rates.add(currency, date.min, Decimal(1))  # type: ignore[attr-defined]
    Player(entities, unit, problems, lambda done, total: told(_("replaying"), done, total)).play()
    headings.sessions()
    if problems:
        return
    told(_("storing"), 0, 1)
    entities.keep_given()
    unit.flush()
    _show(entities)
    headings.keep()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    told(_("storing"), 1, 1)


def _show(entities: Entities) -> None:
    """Chosen donors see a request from the import on, as they would from its submission."""
    for entity in entities.all.values():
        if entity.collection == "requests" and entity.rows["addressees"] and entity.record != entity.before:
            donors = [other.organisation for other in entity.rows["addressees"]]
            show_to(entity.row, donors, actor=IMPORT)


def known_here(*, find: Any = None) -> Known:
    """What this portal knows today."""
    regions = set(Region.objects.values_list("code", flat=True))
    rates = ExchangeRate.objects.order_by().values_list("currency_id").annotate(first=Min("date"))
    sessions = set(Session.objects.values_list("number", flat=True))
    return Known(
        today=clock.today(),
        states=frozenset(State.objects.values_list("iso3", flat=True)),
        areas=AREAS,
        regions=frozenset(regions),
        forms=frozenset(Form.objects.values_list("code", flat=True)),
        themes=frozenset(Theme.objects.values_list("code", flat=True)),
        units=frozenset(Unit.objects.values_list("code", flat=True)),
        currencies=minor_units(),
        rates_from=dict(rates),
        sessions=frozenset(sessions | {int(str(DEFAULT_SESSION["number"]))}),
        **({"find": find} if find else {}),
    )


__all__ = ["Heading", "Imported", "import_dossier", "known_here"]
