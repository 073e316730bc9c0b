"""Random dossiers that hold every rule: what goes in comes out, at once or in two halves."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from donors.models import Contribution, Delivery, Offer, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.dossier.exporting import export_dossier
from portal.dossier.importing import import_dossier
from requests_app.models import AssistanceRequest, ImpactAssessment
from tests.conftest import empty_tables
from tests.reports.dossiers import random_dossier

pytestmark = pytest.mark.django_db

Dossier = dict[str, Any]


def exported() -> str:
    stream = io.StringIO()
    export_dossier(stream)
    return stream.getvalue()


def imported(document: Dossier, folder: Path) -> None:
    source = folder / "dossier.json"
    source.write_text(json.dumps(document))
    assert dict(import_dossier(source).problems) == {}


def without_empty(document: Dossier) -> Dossier:
    return {name: value for name, value in document.items() if value != []}


def _by(day: str, text: str | None) -> bool:
    return text is not None and text[:10] <= day


def _drop_later(record: Any, day: str) -> Any:
    """The record without what is dated later: moves, entries, and facts that have a date of their own."""
    dated = {"agreement": "signed", "disputed": "date", "note_verbale": "date"}
    for key, value in list(record.items()):
        if key in dated and not _by(day, value[dated[key]]):
            del record[key]
        elif key in {"confirmed", "published", "answered"} and not _by(day, value):
            del record[key]
            record.pop("answer", None)
        elif key == "dates":
            record[key] = {move: text for move, text in value.items() if _by(day, text)}
        elif key in {"clarifications", "receipts", "psc_charges", "allocations", "refunds", "follow_ups"}:
            entries = [entry for entry in value if _by(day, entry.get("asked") or entry.get("date"))]
            record[key] = [_drop_later(entry, day) for entry in entries]
    return record


def until(document: Dossier, day: str) -> Dossier:
    """The dossier as it would have been written on a day: nothing later is in it."""
    cut = copy.deepcopy(document)
    began = {"contributions": "announced", "deliveries": "date", "assessments": "submitted"}
    for name, key in began.items():
        cut[name] = [_drop_later(record, day) for record in cut[name] if _by(day, record[key])]
    cut["requests"] = [_drop_later(request, day) for request in cut["requests"]]
    drafts = {pledge["ref"] for pledge in cut["pledges"] if not pledge["dates"]}
    cut["pledges"] = [_drop_later(pledge, day) for pledge in cut["pledges"]]
    cut["pledges"] = [pledge for pledge in cut["pledges"] if pledge["dates"] or pledge["ref"] in drafts]
    for pledge in cut["pledges"]:
        if "agreed" not in pledge["dates"]:
            pledge.pop("agreement", None)
    refs = {pledge["ref"] for pledge in cut["pledges"]}
    cut["contributions"] = [c for c in cut["contributions"] if c.get("pledge", "") in {*refs, ""}]
    return cut


def in_one_order(value: Any) -> Any:
    """Lists of objects sorted: what came later stands after what was there."""
    if isinstance(value, dict):
        return {key: in_one_order(item) for key, item in value.items() if item != []}
    if isinstance(value, list):
        inner = [in_one_order(item) for item in value]
        return sorted(inner, key=json.dumps) if inner and isinstance(inner[0], dict) else inner
    return value


def states() -> dict[str, Any]:
    return {
        model.__name__: dict(model.objects.values_list("ref", "status"))
        for model in (AssistanceRequest, Offer, Pledge, Delivery, Contribution, ImpactAssessment)
    }


def there_and_back(seed: int, folder: Path) -> None:
    document = random_dossier(seed)
    imported(document, folder)
    first, events = exported(), CaseEvent.objects.count()
    assert json.loads(first) == without_empty(document)
    imported(document, folder)
    imported(json.loads(first), folder)
    assert (exported(), CaseEvent.objects.count()) == (first, events)
    assert list(findings()) == []


def in_two_halves(seed: int, day: str, folder: Path) -> None:
    document = random_dossier(seed)
    imported(document, folder)
    at_once = states()
    empty_tables()
    imported(until(document, day), folder)
    assert in_one_order(json.loads(exported())) == in_one_order(until(document, day))
    imported(document, folder)
    assert in_one_order(json.loads(exported())) == in_one_order(document)
    assert states() == at_once
    assert list(findings()) == []


@pytest.mark.parametrize("seed", range(8))
def test_what_goes_in_comes_out(seed: int, tmp_path: Path) -> None:
    there_and_back(seed, tmp_path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 106))
def test_in_two_halves_as_at_once(seed: int, tmp_path: Path) -> None:
    in_two_halves(seed, f"2018-{1 + seed % 12:02}-15", tmp_path)


@pytest.mark.audit
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_many_go_in_and_come_out(seed: int, tmp_path: Path) -> None:
    there_and_back(seed, tmp_path)


@pytest.mark.audit
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2000, 2100))
def test_many_in_two_halves_as_at_once(seed: int, tmp_path: Path) -> None:
    in_two_halves(seed, f"2018-{1 + seed % 12:02}-15", tmp_path)
