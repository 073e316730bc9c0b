"""The whole way of a figure: dossier, import, freeze, compute; against the second reading of the definitions."""

import gzip
import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from portal.dossier.importing import import_dossier
from reports import compile as compiler
from reports.figures import compute, written
from reports.models import Session
from tests.reports.oracle import World, expected_figures, random_dossier, session_of


def imported(dossier: dict, folder: Path) -> None:
    path = folder / "dossier.json"
    path.write_text(json.dumps(dossier, ensure_ascii=False))
    result = import_dossier(path)
    assert result.stored, list(result.problems.lines(name="dossier"))[:20]


def frozen(*, cut_off: str) -> dict:
    """The snapshot, read inside the test's own transaction."""
    reader = compiler._Reader(Session.objects.get(number=62), date.fromisoformat(cut_off), sample=False)
    snapshot = reader.read()
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


@pytest.mark.django_db
def test_the_same_records_freeze_to_the_same_bytes(tmp_path: Path) -> None:
    imported(random_dossier(3, 15), tmp_path)
    first = compiler.packed(frozen(cut_off="2018-12-31"))
    assert compiler.packed(frozen(cut_off="2018-12-31")) == first
