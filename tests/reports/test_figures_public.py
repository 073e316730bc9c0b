"""What anyone may read: totals complete, nobody named who has not agreed (the report's "Who is named")."""

from decimal import Decimal

import pytest

from reports.figures import compute, public
from reports.figures.totals import imbalances
from tests.reports.dossiers import random_dossier
from tests.reports.frozen import World, snapshot_of

CUT_OFF = "2018-12-31"
WORLD = World.of_portal(on=CUT_OFF)
CELLS = ("requests.by_state.", "pledges.value_usd.by_donor.", "contributions.received_usd.by_donor.")


def both(dossier):
    snapshot = snapshot_of(dossier, WORLD, cut_off=CUT_OFF)
    figures = compute(snapshot)
    return snapshot, {f.id: f for f in figures}, {f.id: f for f in public(snapshot, figures)}


@pytest.mark.parametrize("seed", range(30))
def test_totals_stay_and_cells_close(seed):
    _, complete, shown = both(random_dossier(seed, 12))
    for figure_id in {*complete, *shown}:
        if not figure_id.startswith(CELLS):
            assert shown[figure_id].value == complete[figure_id].value
    for family in CELLS:
        sums = [sum(f.value for i, f in those.items() if i.startswith(family)) for those in (complete, shown)]
        assert sums[0] == sums[1]
    values = {i: Decimal(f.value) for i, f in shown.items()}
    assert imbalances(values, closed_at_cut_off=True) == []
    assert imbalances({i: Decimal(f.value) for i, f in complete.items()}, closed_at_cut_off=True) == []


@pytest.mark.parametrize("seed", range(30))
def test_no_record_is_listed_that_may_not_be_named(seed):
    snapshot, _, shown = both(random_dossier(seed, 12))
    hidden = set()
    for request in snapshot["requests"]:
        if not request["named"]:
            hidden |= {request["ref"], *(need["ref"] for need in request["needs"])}
    hidden |= {p["ref"] for p in snapshot["pledges"] if p["anonymous"] or p.get("need") in hidden}
    hidden |= {a["ref"] for a in snapshot["assessments"] if a["request"] in hidden}
    hidden |= {d["ref"] for d in snapshot["deliveries"]} | {c["ref"] for c in snapshot["contributions"]}
    for figure in shown.values():
        assert hidden.isdisjoint(figure.records)


@pytest.mark.parametrize("seed", range(30))
def test_a_state_stands_alone_only_with_a_request_that_may_name_it(seed):
    snapshot, complete, shown = both(random_dossier(seed, 12))
    family, received = CELLS[0], set(complete["requests.received"].records)
    named = set()
    for request in snapshot["requests"]:
        if request["named"] and request["ref"] in received:
            named |= {request["state"], *request["co_requesters"]}
    assert {i[len(family) :] for i in shown if i.startswith(family)} - {"other"} == named
    for state in named:
        assert shown[family + state].value == complete[family + state].value
    assert (f"{family}other" in shown) == any(
        i[len(family) :] not in named for i in complete if i.startswith(family)
    )


def money(amount):
    return {"amount": amount, "currency": "USD"}


def pledge(ref, donor, amount, **more):
    dates = {"offered": "2018-01-10", "accepted": "2018-01-11"}
    base = {"ref": ref, "donor": donor, "kind": "cash", "form": "funds", "quantity": "1", "unit": "usd"}
    return {**base, "description": "-", "value": money(amount), "dates": dates, **more}


def contribution(ref, donor, amount, **more):
    base = {"ref": ref, "donor": donor, "amount": amount, "currency": "USD", "earmarking": "unearmarked"}
    return {**base, "announced": "2018-01-10", "receipts": [{"date": "2018-02-10", "amount": amount}], **more}


def test_what_was_given_anonymously_is_taken_out_of_its_donor():
    _, complete, shown = both(
        {
            "format": "assistance-dossier/1",
            "pledges": [
                pledge("P1", "org:a", "5"),
                pledge("P2", "org:a", "7", anonymous=True),
                pledge("P3", "org:b", "11", anonymous=True),
                pledge("P4", "org:c", "13", anonymous=True, dates={"offered": "2018-01-10"}),
            ],
            "contributions": [
                contribution("C1", "org:a", "3"),
                contribution("C2", "org:a", "2", pledge="P2"),
                contribution("C3", "org:d", "4", pledge="P1"),
            ],
        }
    )
    cells = {i: str(f.value) for i, f in shown.items() if i.startswith(CELLS)}
    assert cells == {
        "pledges.value_usd.by_donor.org:a": "5.00",
        "pledges.value_usd.by_donor.other": "18.00",
        "contributions.received_usd.by_donor.org:a": "3.00",
        "contributions.received_usd.by_donor.org:d": "4.00",
        "contributions.received_usd.by_donor.other": "2.00",
    }
    assert complete["pledges.value_usd.by_donor.org:a"].value == 12
    assert shown["pledges.value_usd"].records == ("P1",)
    assert shown["pledges.value_usd.by_donor.other"].records == ()


def test_a_donor_called_other_is_not_lost():
    pledges = [pledge("P1", "other", "5"), pledge("P2", "org:a", "7", anonymous=True)]
    _, _, shown = both({"pledges": pledges})
    assert {i: f.value for i, f in shown.items() if i.startswith(CELLS)} == {
        "pledges.value_usd.by_donor.other": 12
    }


def test_refs_are_those_of_their_own_collection():
    """A pledge may carry the ref of a request that may not be named, and the other way round."""
    need = {
        "ref": "N",
        "form": "funds",
        "theme": "forensics",
        "quantity": "1",
        "unit": "usd",
        "paragraphs": [1],
    }
    requests = [
        {
            "ref": "X1",
            "state": "AFG",
            "title": "One",
            "visibility": "unodc",
            "needs": [{**need, "ref": "N1"}],
        },
        {
            "ref": "X2",
            "state": "NER",
            "title": "Two",
            "visibility": "public",
            "needs": [{**need, "ref": "N2"}],
        },
    ]
    dates = {"submitted": "2018-01-01", "acknowledged": "2018-01-02", "circulated": "2018-01-03"}
    _, _, shown = both(
        {
            "requests": [{**request, "dates": dates} for request in requests],
            "pledges": [pledge("X1", "org:a", "5", need="N2"), pledge("X2", "org:a", "7", need="N1")],
        }
    )
    assert shown["requests.received"].records == ("X2",)
    assert shown["paragraph.1.requests"].records == ("X2",)
    assert shown["paragraph.1.needs"].records == ("N2",)
    assert shown["paragraph.1.donors"].records == ("X1",)
    assert shown["pledges.offered"].records == ("X1",)
    assert shown["requests.by_state.other"].value == shown["requests.by_state.NER"].value == 1
