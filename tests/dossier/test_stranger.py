"""Dossiers as a stranger would write them from the format's description alone: refused by path, or stored whole."""

import copy
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.dossier.exporting import export_dossier
from portal.dossier.importing import import_dossier
from tests.conftest import empty_tables

pytestmark = pytest.mark.django_db

DAY = "2018-03-01"
OPEN = {"submitted": DAY, "acknowledged": DAY, "circulated": DAY}
HELD = {"offered": DAY, "accepted": DAY}
GONE = HELD | {"cancelled": DAY}
MONEY = {"amount": "100", "currency": "EUR"}
Dossier = dict[str, Any]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(datetime(2020, 6, 30, 12, tzinfo=UTC)):
        yield


def _need(ref: str, **more: Any) -> Dossier:
    return {
        "ref": ref, "form": "training", "theme": "forensics", "description": "Places", "quantity": "10",
        "unit": "places", "paragraphs": [1, 6],
    } | more  # fmt: skip


def _request(ref: str, state: str = "AFG", **more: Any) -> Dossier:
    request = {"ref": ref, "state": state, "title": "Title", "situation": "Routes", "dates": dict(OPEN)}
    return request | {"needs": [_need(f"N{ref}")]} | more


def _pledge(ref: str, need: str = "NR", **more: Any) -> Dossier:
    return {
        "ref": ref, "donor": "G", "need": need, "kind": "in-kind", "form": "training", "description": "Places",
        "quantity": "10", "unit": "places", "dates": dict(HELD),
    } | more  # fmt: skip


def _base(**more: Any) -> Dossier:
    """A joint request with a pledge, its delivery and assessment, and a contribution."""
    return {
        "format": "assistance-dossier/1",
        "organisations": [
            {"ref": "U", "names": {"en": "Secretariat"}, "kind": "secretariat"},
            {"ref": "G", "names": {"en": "Germany"}, "kind": "government", "state": "DEU"},
            {"ref": "H", "names": {"en": "Japan"}, "kind": "government", "state": "JPN"},
        ],
        "exchange_rates": [{"currency": "EUR", "date": "2018-01-01", "per_usd": "0.8"}],
        "requests": [
            _request("R", co_requesters=["TJK"], visibility="selected-donors", selected_donors=["G", "H"]),
            _request("Q", "NER", dates=OPEN | {"closed": "2018-11-01"}),
        ],
        "pledges": [_pledge("P", value=MONEY, joint_donors=["H"])],
        "contributions": [
            {
                "ref": "C", "donor": "G", "amount": "113", "currency": "EUR", "earmarking": "unearmarked",
                "announced": "2018-01-02", "receipts": [{"date": "2018-02-01", "amount": "113"}],
                "allocations": [{"date": "2018-03-02", "amount": "100", "need": "NR"}],
            }
        ],
        "deliveries": [{"ref": "D", "pledge": "P", "date": "2018-04-01", "quantity": "4", "confirmed": "2018-04-02"}],
        "assessments": [{"ref": "A", "request": "R", "submitted": "2018-06-01", "findings": "Better."}],
    } | more  # fmt: skip


def _at(document: Dossier, path: str) -> tuple[Any, Any]:
    steps: list[Any] = [
        int(step) if step.isdigit() else step for step in path.replace("]", "").replace("[", ".").split(".")
    ]
    place: Any = document
    for step in steps[:-1]:
        place = place[step]
    return place, steps[-1]


def _with(**changes: Any) -> Dossier:
    """The base with values put at paths; None takes the key away."""
    document = copy.deepcopy(_base())
    for path, value in changes.items():
        place, last = _at(document, path)
        if value is None:
            del place[last]
        else:
            place[last] = value
    return document


def _load(document: Dossier, folder: Path) -> list[str]:
    """Import a dossier; the paths of what is wrong."""
    file = folder / "dossier.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return [problem.path for problem in import_dossier(file).problems]


def _exported() -> str:
    out = io.StringIO()
    export_dossier(out)
    return out.getvalue()


NEED, LEDGER = "requests[0].needs[0]", "contributions[0]"
BROKEN: list[tuple[dict[str, Any], list[str]]] = [
    ({"requests[0].state": "TWN"}, ["requests[0].state"]),
    ({"requests[0].co_requesters": ["HKG"]}, ["requests[0].co_requesters[0]"]),
    ({"organisations[1].state": "PRI"}, ["organisations[1].state"]),
    ({"organisations[2].state": "DEU"}, ["organisations[2].state"]),
    ({"organisations[2].state": None}, ["organisations[2].state"]),
    ({"organisations[2].names": {"en": 5}}, ["organisations[2].names.en"]),
    ({"organisations[2].kind": "club"}, ["organisations[2].kind"]),
    ({f"{NEED}.paragraphs": [10]}, [f"{NEED}.paragraphs[0]"]),
    ({"pledges[0].value": {"amount": "1.005", "currency": "EUR"}}, ["pledges[0].value.amount"]),
    ({"pledges[0].quantity": "10.0001"}, ["pledges[0].quantity"]),
    ({"pledges[0].dates.accepted": "2018-02-30"}, ["pledges[0].dates.accepted"]),
    ({"pledges[0].dates.accepted": "2018-03-01T24:00Z"}, ["pledges[0].dates.accepted"]),
    ({"pledges[0].dates.withdrawn": "2018-05-01"}, ["pledges[0].dates.withdrawn"]),
    ({"pledges[0].finance": "loan"}, ["pledges[0].finance"]),
    ({"deliveries[0].quantity": "10.0001"}, ["deliveries[0].quantity"]),
    ({"deliveries[0].date": "2018-02-28"}, ["deliveries[0].date"]),
    ({"deliveries[0].confirmed": "2020-07-01"}, ["deliveries[0].confirmed"]),
    ({"assessments[0].submitted": "2018-04-01"}, ["assessments[0].submitted"]),
    ({f"{LEDGER}.allocations[0].amount": "100.01"}, [f"{LEDGER}.allocations[0].amount"]),
    ({f"{LEDGER}.allocations[0].date": "2018-02-28"}, [f"{LEDGER}.allocations[0].need"]),
    ({f"{LEDGER}.psc_rate": "12.99"}, [f"{LEDGER}.psc_rule"]),
    ({f"{LEDGER}.refunds": [{"date": "2018-05-01", "amount": "1"}]}, [f"{LEDGER}.refunds[0].amount"]),
    ({"exchange_rates[0].date": "2018-03-02"}, ["pledges[0].value", f"{LEDGER}.receipts[0]"]),
    ({"requests[1].dates.reopened": "2018-10-31"}, ["requests[1].dates.reopened"]),
    (
        {"requests[1].state": "ZZZ", "organisations[2].kind": "club", "deliveries[0].quantity": "11",
         f"{LEDGER}.allocations[0].amount": "100.01"},
        ["requests[1].state", "organisations[2].kind", "deliveries[0].quantity", f"{LEDGER}.allocations[0].amount"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "paths"), BROKEN, ids=lambda case: "+".join(case)[:60])
def test_a_fault_is_named_and_nothing_stored(
    changes: dict[str, Any], paths: list[str], tmp_path: Path
) -> None:
    before = _exported()
    found = _load(_with(**changes), tmp_path)
    missing = [path for path in paths if not any(other.startswith(path) for other in found)]
    assert not missing, found
    assert _exported() == before


def _one_day(*pledges: Dossier, **more: Any) -> Dossier:
    return {"format": "assistance-dossier/1", "organisations": _base()["organisations"]} | {
        "requests": [_request("R"), _request("Q", "NER")], "pledges": list(pledges), **more
    }  # fmt: skip


LATER = "2018-05-01"
STRANGE: dict[str, Dossier] = {
    "nothing": {"format": "assistance-dossier/1"},
    "the base": _base(),
    "taken up, freed and taken up on one day": _one_day(
        _pledge("A", dates=GONE), _pledge("B", dates=GONE), _pledge("C")
    ),
    "the same in another order of the file": _one_day(_pledge("C"), _pledge("A", dates=GONE)),
    "the time of day does not order": _one_day(
        _pledge("A", dates={"offered": f"{DAY}T20:00Z", "accepted": f"{DAY}T10:00:00Z", "cancelled": DAY}),
        _pledge("B", dates={"offered": f"{DAY}T00:00Z", "accepted": DAY}),
    ),
    "accepted and cancelled on one day": _one_day(
        _pledge("A", dates=GONE | {"accepted": LATER, "cancelled": LATER}), _pledge("B", dates={"offered": LATER})
    ),
    "passing through what another releases": _one_day(
        _pledge("B", dates={"offered": LATER, "withdrawn": LATER}), _pledge("A", dates=HELD | {"cancelled": LATER})
    ),
    "redirected on the day of the cancellation": _one_day(
        _pledge("B", "NQ", dates={"offered": LATER}, redirected_from="A"),
        _pledge("A", dates=HELD | {"cancelled": LATER}),
    ),
    "what was delivered of a cancelled pledge stays held": _one_day(
        _pledge("A", dates=HELD | {"cancelled": LATER}), _pledge("B", quantity="6", dates={"offered": LATER}),
        deliveries=[{"ref": "D", "pledge": "A", "date": LATER, "quantity": "4", "confirmed": LATER}],
    ),
    "all of a case on one day": _one_day(
        _pledge("A", dates=HELD | {"agreed": DAY, "acknowledged": DAY}),
        deliveries=[{"ref": "A", "pledge": "A", "date": DAY, "quantity": "10", "confirmed": DAY}],
        assessments=[{"ref": "A", "request": "R", "submitted": DAY, "findings": "f"}],
    ),
    "announced before anything": _one_day(_pledge("A", quantity="500", dates={"announced": "2017-01-01"})),
    "odd references": _one_day(
        _pledge("A.b_c:d-e" + "x" * 71, value={"amount": "0010.50", "currency": "USD"}),
        _pledge("TA-2018-AFG-0001", "NQ", quantity="0.0001", description="طلب 😀 中文\t\u2028" * 100),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_strange_and_right_is_stored_whole(name: str, tmp_path: Path) -> None:
    document = STRANGE[name]
    assert _load(document, tmp_path) == []
    first = _exported()
    stored = json.loads(first)
    assert {key: stored[key] for key in document} == document
    events = CaseEvent.objects.count()
    assert _load(document, tmp_path) == []
    assert (CaseEvent.objects.count(), _exported()) == (events, first)
    assert not list(findings())
    empty_tables()
    assert _load(stored, tmp_path) == []
    assert _exported() == first


BESIDE_THE_POINT: list[tuple[str, Any]] = [
    ("requests[0].title", "x" * 301),
    ("requests[0].urgency", "soon"),
    ("requests[0].drugs", ["tea"]),
    ("requests[0].visibility", 7),
    ("requests[0].needs[0].priority", "top"),
    ("requests[0].needs[0].form", "magic"),
    ("requests[0].needs[0].theme", None),
    ("requests[0].needs[0].paragraphs", [12]),
    ("requests[0].note_verbale", {"number": "1", "date": "2019-01-01"}),
    ("pledges[0].form", "magic"),
    ("pledges[0].value", {"amount": "1", "currency": "QQQ"}),
    ("pledges[0].claims", [{"field": "x", "value": "\u0000", "source": "y"}]),
    ("pledges[0].window", {"from": "2019-02-02", "until": "2019-02-01"}),
]


@pytest.mark.parametrize(("path", "value"), BESIDE_THE_POINT, ids=[path for path, _ in BESIDE_THE_POINT])
def test_a_fault_beside_the_point_hides_no_other(path: str, value: Any, tmp_path: Path) -> None:
    dossier = {
        "format": "assistance-dossier/1",
        "organisations": [{"ref": "G", "names": {"en": "Norway"}, "kind": "government", "state": "NOR"}],
        "requests": [_request("R")],
        "pledges": [_pledge("P", quantity="6"), _pledge("Q", quantity="5")],
    }
    target: Any = dossier
    *steps, last = path.replace("[", ".").replace("]", "").split(".")
    for step in steps:
        target = target[int(step)] if step.isdigit() else target[step]
    target[last] = value
    file = tmp_path / "dossier.json"
    file.write_text(json.dumps(dossier))
    problems = import_dossier(file).problems
    paths = [problem.path for problem in problems]
    assert "pledges[1].quantity" in paths, list(problems)
    assert any(found.startswith(path) for found in paths), list(problems)
    assert len(paths) == 2, list(problems)


def test_a_part_of_what_stands_already_changes_nothing(tmp_path: Path) -> None:
    whole = _base()
    whole["deliveries"][0]["quantity"] = "10"
    whole["requests"][0]["dates"]["closed"] = "2019-06-01"
    file = tmp_path / "dossier.json"
    file.write_text(json.dumps(whole))
    first = import_dossier(file)
    assert first.stored, list(first.problems)
    events = CaseEvent.objects.count()
    for collection in ("pledges", "deliveries", "contributions", "assessments", "requests"):
        part = {
            "format": whole["format"],
            "organisations": whole["organisations"],
            collection: whole[collection],
        }
        file.write_text(json.dumps(part))
        again = import_dossier(file)
        assert again.stored, (collection, list(again.problems))
        assert CaseEvent.objects.count() == events
    assert list(findings()) == []
