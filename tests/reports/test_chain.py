"""The whole way of a figure: dossier, import, freeze, compute; against the second reading of the definitions."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from donors.models import Pledge
from portal.core.actor import SYSTEM
from portal.core.unit import DIRECT
from portal.directory.models import ExchangeRate
from portal.directory.rules import RateEntry
from portal.directory.services import set_rates
from portal.dossier.importing import import_dossier
from reports import compile as compiler
from reports.figures import compute, written
from reports.models import Session
from reports.reading import Rates
from tests.reports.oracle import World, expected_figures, random_dossier, session_of


def imported(dossier: dict, folder: Path) -> None:
    path = folder / "dossier.json"
    path.write_text(json.dumps(dossier, ensure_ascii=False))
    result = import_dossier(path)
    assert result.stored, list(result.problems.lines(name="dossier"))[:20]


def frozen(*, cut_off: str) -> dict:
    """The snapshot, read inside the test's own transaction."""
    session = Session.objects.get(number=62)
    snapshot = compiler.read(session, cut_off=date.fromisoformat(cut_off), sample=False)
    _sha256, packed = compiler.packed(snapshot)
    assert json.loads(gzip.decompress(packed)) == snapshot
    return snapshot


def figures_of(snapshot: dict) -> dict[str, Fraction]:
    return {figure.id: Fraction(str(written(figure))) for figure in compute(snapshot)}


def same(found: dict[str, Fraction], expected: dict) -> None:
    wanted = {name: Fraction(value) for name, value in expected.items()}
    different = {
        name: (found.get(name), wanted.get(name))
        for name in found.keys() | wanted.keys()
        if found.get(name, Fraction(0)) != wanted.get(name, Fraction(0))
    }
    assert different == {}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_figures_of_imported_records_are_those_of_the_dossier(seed: int, tmp_path: Path) -> None:
    dossier = random_dossier(seed, 40)
    imported(dossier, tmp_path)
    session = session_of(dossier)
    for cut_off in (session["to"][:10], "2018-06-15", "2019-06-30"):
        snapshot = frozen(cut_off=cut_off)
        expected = expected_figures(dossier, session, cut_off, World.of_portal(on=cut_off))
        same(figures_of(snapshot), expected)


@pytest.mark.audit
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(100, 200))
def test_figures_of_many_imported_dossiers(seed: int, tmp_path: Path) -> None:
    test_figures_of_imported_records_are_those_of_the_dossier(seed, tmp_path)


def amounts(snapshot: dict) -> Iterator[tuple[str, dict, str]]:
    """Currency, what keeps a rate, and day of every amount that is recorded with one."""
    for pledge in snapshot["pledges"]:
        if "value" in pledge and "offered" in pledge["dates"]:
            yield pledge["value"]["currency"], pledge["value"], pledge["dates"]["offered"]
    for delivery in snapshot["deliveries"]:
        if "value" in delivery:
            yield delivery["value"]["currency"], delivery["value"], delivery["date"]
    for contribution in snapshot["contributions"]:
        for entry in contribution["entries"]:
            yield contribution["currency"], entry, entry["date"]


def recorded(snapshot: dict) -> dict[str, Fraction]:
    """The figures of amounts that keep their rate."""
    own_day = ("contributions.announced_usd", "contributions.agreed_usd")
    return {name: value for name, value in figures_of(snapshot).items() if name not in own_day}


@pytest.mark.django_db
def test_a_rate_that_is_entered_later_moves_no_recorded_value(tmp_path: Path) -> None:
    """Rule 4: the rate of the day is kept with what was entered at it."""
    imported(random_dossier(11, 25), tmp_path)
    before = frozen(cut_off="2018-12-31")
    table = Rates(before["rates"])
    kept = [(currency, held["rate"], day) for currency, held, day in amounts(before) if "rate" in held]
    assert {currency for currency, _, _ in kept} == set(before["rates"])
    assert all(Decimal(rate) == table.per_usd(currency, day) for currency, rate, day in kept)
    assert not any("rate" in held for currency, held, _ in amounts(before) if currency == "USD")

    days = sorted({(currency, date.fromisoformat(day)) for currency, _, day in kept})
    known = set(ExchangeRate.objects.values_list("currency_id", "date"))
    late = [RateEntry(currency, day, Decimal(7)) for currency, day in days if (currency, day) not in known]
    set_rates(late, actor=SYSTEM, unit=DIRECT)
    after = frozen(cut_off="2018-12-31")
    assert after["rates"] != before["rates"]
    assert recorded(after) == recorded(before)

    Pledge.objects.update(rate=None)
    without = recorded(frozen(cut_off="2018-12-31"))
    moved = {name for name, value in recorded(before).items() if without[name] != value}
    assert "pledges.value_usd" in moved
    assert not {name for name in moved if name.startswith(("deliveries.", "contributions."))}


@pytest.mark.django_db
def test_the_same_records_freeze_to_the_same_bytes(tmp_path: Path) -> None:
    imported(random_dossier(3, 15), tmp_path)
    first = compiler.packed(frozen(cut_off="2018-12-31"))
    assert compiler.packed(frozen(cut_off="2018-12-31")) == first
