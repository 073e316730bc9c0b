"""The random dossiers hold the rules that import never waives, replayed in the order of import."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from tests.reports.dossiers import random_dossier

SEEDS = range(40)
RELEASES = ("declined", "withdrawn", "lapsed", "cancelled")


def _held(dossier, need):
    """What pledges hold of a need after each day's releases and offers (rule 1)."""
    pledges = [p for p in dossier["pledges"] if p.get("need") == need["ref"] and "offered" in p["dates"]]
    for day in {p["dates"]["offered"] for p in pledges}:
        held = Decimal(0)
        for pledge in pledges:
            gone = min((pledge["dates"][m] for m in RELEASES if m in pledge["dates"]), default="9999")
            if gone <= day:
                held += _given(dossier, pledge)
            elif pledge["dates"]["offered"] <= day:
                held += Decimal(pledge["quantity"])
        yield held


def _given(dossier, pledge):
    return sum(Decimal(d["quantity"]) for d in dossier["deliveries"] if d["pledge"] == pledge["ref"])


@pytest.mark.parametrize("seed", SEEDS)
def test_pledges_hold_rules_one_and_two(seed):
    dossier = random_dossier(seed, 12, timestamps=False)
    for request in dossier["requests"]:
        for need in request["needs"]:
            assert all(held <= Decimal(need["quantity"]) for held in _held(dossier, need))
    for pledge in dossier["pledges"]:
        assert _given(dossier, pledge) <= Decimal(pledge["quantity"])
    pledges = {p["ref"]: p for p in dossier["pledges"]}
    for delivery in dossier["deliveries"]:
        dates = pledges[delivery["pledge"]]["dates"]
        assert dates["agreed"] <= delivery["date"] < dates.get("cancelled", "9999")
        assert delivery["date"] <= delivery.get("disputed", {}).get("date", "9999") <= "9999"
        assert delivery["date"] <= delivery.get("confirmed", "9999")
        assert delivery.get("disputed", {}).get("date", "") <= delivery.get("confirmed", "9999")


@pytest.mark.parametrize("seed", SEEDS)
def test_pledges_live_while_their_request_is_open(seed):
    dossier = random_dossier(seed, 12, timestamps=False)
    requests = {need["ref"]: request for request in dossier["requests"] for need in request["needs"]}
    for pledge in dossier["pledges"]:
        dates = pledge["dates"]
        order = [
            dates[m] for m in ("announced", "offered", "accepted", "agreed", "acknowledged") if m in dates
        ]
        assert order == sorted(order)
        if "need" not in pledge or "offered" not in dates:
            continue
        moves = requests[pledge["need"]]["dates"]
        assert moves["circulated"] <= dates["offered"]
        end = moves.get("closed", moves.get("withdrawn"))
        if end:
            assert max(dates.values()) <= end
            whole = _given(dossier, pledge) == Decimal(pledge["quantity"])
            assert whole or set(RELEASES) & set(dates)
        if "redirected_from" in pledge:
            source = next(p for p in dossier["pledges"] if p["ref"] == pledge["redirected_from"])
            assert (source["donor"], source["need"]) != (pledge["donor"], pledge["need"])
            assert source["donor"] == pledge["donor"]
            assert source["dates"]["cancelled"] <= dates["offered"]


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_move_as_the_table_allows(seed):
    for request in random_dossier(seed, 12, timestamps=False)["requests"]:
        dates = request["dates"]
        ends = [dates[m] for m in ("declined", "withdrawn", "closed") if m in dates]
        way = [dates[m] for m in ("submitted", "acknowledged", "circulated") if m in dates]
        assert way == sorted(way)
        assert len(ends) <= 2 if "reopened" in dates else len(ends) <= 1
        if "reopened" in dates:
            assert min(ends) <= dates["reopened"]
        if "circulated" in dates and "declined" in dates:
            assert dates["declined"] <= dates["reopened"] < dates["circulated"]


@pytest.mark.parametrize("seed", SEEDS)
def test_ledgers_never_fall_below_zero(seed):
    dossier = random_dossier(seed, 12, timestamps=False)
    requests = {need["ref"]: request for request in dossier["requests"] for need in request["needs"]}
    signs = {"receipts": 1, "psc_charges": -1, "allocations": -1, "refunds": -1}
    for contribution in dossier["contributions"]:
        entries = defaultdict(Decimal)
        for rank, kind in enumerate(signs):
            for entry in contribution.get(kind, []):
                entries[entry["date"], rank, kind] += Decimal(entry["amount"])
        sums = dict.fromkeys(signs, Decimal(0))
        rate = 1 + Decimal(contribution["psc_rate"]) / 100
        for (_, _, kind), amount in sorted(entries.items()):
            sums[kind] += amount
            assert sum(signs[k] * sums[k] for k in signs) >= 0
            assert sums["allocations"] <= (sums["receipts"] - sums["refunds"]) / rate
        assert sums["receipts"] <= Decimal(contribution["amount"])
        for allocation in contribution.get("allocations", []):
            moves = requests[allocation["need"]]["dates"]
            end = moves.get("closed", moves.get("withdrawn", "9999"))
            assert moves["circulated"] <= allocation["date"] <= end


def test_the_generator_reaches_what_the_import_must_bear():
    seen = defaultdict(int)
    for seed in SEEDS:
        dossier = random_dossier(seed, 12)
        for pledge in dossier["pledges"]:
            for key in ("finance", "anonymous", "joint_donors", "offer", "redirected_from", "value", "state"):
                seen[key, key in pledge] += 1
            for move in pledge["dates"]:
                seen["pledge", move] += 1
            seen["announced only"] += set(pledge["dates"]) == {"announced"}
        for request in dossier["requests"]:
            for move in [*request["dates"], *(["draft"] if not request["dates"] else [])]:
                seen["request", move] += 1
            seen["joint"] += "co_requesters" in request
        for delivery in dossier["deliveries"]:
            seen["disputed, confirmed"] += {"disputed", "confirmed"} <= set(delivery)
        for contribution in dossier["contributions"]:
            for key in ("receipts", "psc_charges", "allocations", "refunds", "pledge", "earmarked_for"):
                seen[key] += key in contribution
            seen["early"] += contribution["announced"] < date(2017, 3, 18).isoformat()
    moves = (
        "announced",
        "offered",
        "accepted",
        "declined",
        "agreed",
        "withdrawn",
        "cancelled",
        "acknowledged",
    )
    wanted = [("pledge", move) for move in (*moves, "lapsed")]
    wanted += [
        ("request", move) for move in ("submitted", "declined", "withdrawn", "closed", "reopened", "draft")
    ]
    wanted += ["announced only", "joint", "disputed, confirmed", "refunds", "allocations", "pledge", "early"]
    wanted += [("value", False), ("offer", True), ("redirected_from", True), ("anonymous", True)]
    assert [key for key in wanted if seen[key] < 5] == []
