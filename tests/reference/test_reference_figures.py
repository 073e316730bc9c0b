"""The figures of the reference dossiers, and the world that the tests of figures reckon with."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from reports.figures import compute, written
from tests.reports.frozen import World, snapshot_of

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).parents[3] / "shared" / "reference"))


@pytest.mark.reference
@pytest.mark.parametrize(
    ("dossier", "figures", "cut_off"),
    [
        ("a.json", "a.figures.json", "2018-12-31"),
        ("b.json", "b.cutoff-2018-06-30.figures.json", "2018-06-30"),
    ],
)
def test_equal_to_the_reference_figures(dossier, figures, cut_off):
    folder = REFERENCE / "dossiers"
    expected = json.loads((folder / figures).read_text(encoding="utf-8"))
    world = World.of_reference(REFERENCE, on=cut_off)
    snapshot = snapshot_of(json.loads((folder / dossier).read_text(encoding="utf-8")), world, cut_off=cut_off)
    found = {figure.id: written(figure) for figure in compute(snapshot)}
    ids = set(found) | set(expected)
    same = {i for i in ids if Fraction(str(found.get(i, 0))) == Fraction(str(expected.get(i, 0)))}
    assert ids - same == set()


@pytest.mark.reference
@pytest.mark.parametrize("on", ["2017-06-03", "2017-06-04", "2018-12-31", "2024-12-13"])
def test_the_world_of_the_tests_is_that_of_the_reference(on):
    mine, theirs = World.of_portal(on=on), World.of_reference(REFERENCE, on=on)
    keys = ("m49", "region", "ldc", "lldc", "sids")
    assert {s: [w[k] for k in keys] for s, w in mine.states.items()} == {
        s: [w[k] for k in keys] for s, w in theirs.states.items()
    }
    assert mine.holidays == theirs.holidays
