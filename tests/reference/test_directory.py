"""The directory against the reference folder, row by row."""

import csv
import os
import re
from datetime import date
from pathlib import Path

import pytest

from portal.directory import selectors
from portal.directory.models import LdcPeriod, Region, State

pytestmark = [pytest.mark.reference, pytest.mark.django_db]

FOLDER = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[2] / "../shared/reference"))
ARTICLES = {"the", "le", "la", "les", "l'", "el", "los", "las"}
COLUMNS = {"region": "region", "sub_region": "sub_region", "intermediate_region": "intermediate_region"}


def read(name):
    path = FOLDER / name
    assert path.is_file(), f"{path} is missing: set REFERENCE_DIR to the reference folder"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows():
    return {row["iso3"]: row for row in read("states-m49.csv") if row["un"] in {"member", "observer"}}


@pytest.fixture
def states(db):
    return {state.iso3: state for state in State.objects.all()}


def short(name):
    """Without the bracketed article and the asterisks that lists of names carry."""
    name = re.sub(r"\s*\*+$", "", name)
    before, _, bracket = name.removesuffix(")").rpartition(" (")
    return before if bracket in ARTICLES else name


def test_exactly_the_members_and_observers(rows, states):
    assert states.keys() == rows.keys()
    by_status = [state.un for state in states.values()]
    assert (by_status.count("member"), by_status.count("observer")) == (193, 2)


def test_every_fact_of_every_state(rows, states):
    regions = {region.code: region.names["en"] for region in Region.objects.all()} | {"": ""}
    differences = [
        f"{iso3} {column}: {ours!r} instead of {theirs!r}"
        for iso3, row in rows.items()
        for state in [states[iso3]]
        for column, ours, theirs in (
            ("iso2", state.iso2, row["iso2"]),
            ("m49", state.m49, row["m49"].zfill(3)),
            ("lldc", state.lldc, row["lldc"] == "x"),
            ("sids", state.sids, row["sids"] == "x"),
            ("un", state.un, row["un"]),
            ("formal", state.formal["en"], re.sub(r"\s*\*+$", "", row["name_en_formal"])),
            *((name, regions[getattr(state, name)], row[name]) for name in COLUMNS),
            *(
                (lang, state.names[lang], short(row[f"name_{lang}"]))
                for lang in ("ar", "zh", "en", "fr", "ru", "es")
            ),
        )
        if ours != theirs
    ]
    assert differences == []


def test_regions_stand_under_one_another_as_in_the_table(rows, states):
    parents = {region.code: region.parent_id for region in Region.objects.all()}
    for state in states.values():
        assert parents[state.region] is None
        assert parents[state.sub_region] == state.region
        if state.intermediate_region:
            assert parents[state.intermediate_region] == state.sub_region


def test_least_developed_countries(rows):
    history = {row["iso3"]: row for row in read("ldc-history.csv")}
    expected = {iso3: (row["from"] or None, row["to"] or None) for iso3, row in history.items()}
    expected |= {
        iso3: (None, None) for iso3, row in rows.items() if row["ldc"] == "x" and iso3 not in history
    }
    found = {
        period.state_id: tuple(day and day.isoformat() for day in (period.start, period.until))
        for period in LdcPeriod.objects.all()
    }
    assert found == expected
    assert LdcPeriod.objects.count() == len(expected)


@pytest.mark.parametrize("row", read("ldc-history.csv") if (FOLDER / "ldc-history.csv").is_file() else [None])
def test_status_changes_on_the_very_day(row):
    assert row, f"{FOLDER} is missing: set REFERENCE_DIR to the reference folder"
    ends = [(row["from"], (False, True)), (row["to"], (True, False))]
    for text, expected in ((text, expected) for text, expected in ends if text):
        day = date.fromisoformat(text)
        before = selectors.state_status_on(date.fromordinal(day.toordinal() - 1))[row["iso3"]].ldc
        assert (before, selectors.state_status_on(day)[row["iso3"]].ldc) == expected


def test_holidays():
    expected = {date.fromisoformat(row["date"]) for row in read("vienna-holidays.csv")}
    assert selectors.holidays() == expected
