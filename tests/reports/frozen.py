"""The world of the tests, and a dossier as the snapshot that freezing its records would give."""

import csv
from pathlib import Path
from typing import Any

Dossier = dict[str, Any]

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "portal" / "directory" / "data"
REGION_CODES = {"Africa": "002", "Americas": "019", "Asia": "142", "Europe": "150", "Oceania": "009"}
SESSION_62 = {"body": "CND", "number": 62, "venue": "Vienna", "from": "2017-03-18", "to": "2018-12-31"}


class World:
    """States and official holidays that the tests reckon with, groups as on one day."""

    def __init__(self, states: dict[str, dict[str, Any]], holidays: list[str]) -> None:
        self.states = states
        self.holidays = holidays

    @classmethod
    def of_portal(cls, *, on: str) -> "World":
        """The world as the portal's own reference data give it."""
        periods = _rows(DATA / "ldc_periods.csv")
        states = {
            row["iso3"]: {
                "m49": row["m49"],
                "region": row["region"],
                "sub_region": row["sub_region"],
                "ldc": any(_spans(p["since"], p["until"], on) for p in periods if p["iso3"] == row["iso3"]),
                "lldc": row["lldc"] == "yes",
                "sids": row["sids"] == "yes",
                "names": {"en": row["name_en"]},
            }
            for row in _rows(DATA / "states.csv")
        }
        return cls(states, [row["date"] for row in _rows(DATA / "holidays.csv")])

    @classmethod
    def of_reference(cls, folder: Path, *, on: str) -> "World":
        """The world as the reference folder gives it."""
        history = _rows(folder / "ldc-history.csv")
        rows = [row for row in _rows(folder / "states-m49.csv") if row["un"]]
        holidays = [row["date"] for row in _rows(folder / "vienna-holidays.csv")]
        return cls({row["iso3"]: _reference_state(row, history, on) for row in rows}, holidays)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _spans(since: str, until: str, on: str) -> bool:
    return since <= on and (not until or on < until)


def _reference_state(row: dict[str, str], history: list[dict[str, str]], on: str) -> dict[str, Any]:
    spans = [span for span in history if span["iso3"] == row["iso3"]]
    ldc = any(_spans(span["from"], span["to"], on) for span in spans) if spans else row["ldc"] == "x"
    return {
        "m49": row["m49"].zfill(3),
        "region": REGION_CODES[row["region"]],
        "ldc": ldc,
        "lldc": row["lldc"] == "x",
        "sids": row["sids"] == "x",
        "names": {"en": row["name_en"]},
    }


def session_of(dossier: Dossier, number: int = 62) -> dict[str, Any]:
    """The session of the dossier, or session 62 where it has none."""
    for session in dossier.get("sessions", []):
        if session["number"] == number:
            return session
    return SESSION_62


def snapshot_of(dossier: Dossier, world: World, *, cut_off: str | None = None) -> dict[str, Any]:
    """The snapshot that freezing the dossier's records would give, as far as the figures read it."""
    session = session_of(dossier)
    cut_off = cut_off or session["to"][:10]
    requests = [_request(r, cut_off) for r in dossier.get("requests", [])]
    return {
        "format": "assistance-snapshot/2",
        "sample": True,
        "resolution": {"symbol": "60/2", "title": {"en": "A resolution"}, "paragraphs": []},
        "session": {key: session[key] for key in ("body", "number", "venue") if key in session},
        "period": {"from": session["from"][:10], "to": min(session["to"][:10], cut_off)},
        "cut_off": cut_off,
        "states": world.states,
        "regions": {code: {"names": {"en": name}} for name, code in REGION_CODES.items()},
        "organisations": dossier.get("organisations", []),
        "vocabularies": {"forms": [], "themes": [], "units": []},
        "holidays": world.holidays,
        "clocks": {"acknowledge": 5},
        "rates": _rates(dossier, cut_off),
        "requests": [r for r in requests if r["moves"]],
        "offers": [],
        "pledges": [_pledge(p, cut_off) for p in dossier.get("pledges", [])],
        "contributions": [
            _contribution(c, cut_off)
            for c in dossier.get("contributions", [])
            if c["announced"][:10] <= cut_off
        ],
        "deliveries": [
            _delivery(d, cut_off) for d in dossier.get("deliveries", []) if d["date"][:10] <= cut_off
        ],
        "assessments": [
            {**a, "submitted": a["submitted"][:10]}
            for a in dossier.get("assessments", [])
            if a["submitted"][:10] <= cut_off
        ],
        "narratives": [],
    }


def _rates(dossier: Dossier, cut_off: str) -> dict[str, list[list[str]]]:
    rates: dict[str, list[list[str]]] = {}
    for rate in sorted(dossier.get("exchange_rates", []), key=lambda r: r["date"][:10]):
        if rate["date"][:10] <= cut_off:
            rates.setdefault(rate["currency"], []).append([rate["date"][:10], rate["per_usd"]])
    return rates


def _days(dates: dict[str, str], cut_off: str) -> dict[str, str]:
    return {move: day[:10] for move, day in dates.items() if day[:10] <= cut_off}


def _request(request: dict[str, Any], cut_off: str) -> dict[str, Any]:
    named = request.get("named_in_report", request.get("visibility") in ("all-donors", "public"))
    questions = [
        _days({key: q[key] for key in ("asked", "answered") if key in q}, cut_off)
        for q in request.get("clarifications", [])
    ]
    moves = _days(request["dates"], cut_off).items()
    return {
        "ref": request["ref"],
        "state": request["state"],
        "co_requesters": request.get("co_requesters", []),
        "title": request["title"],
        "visibility": request.get("visibility", "unodc"),
        "named": named,
        "moves": [{"move": m, "date": d} for m, d in sorted(moves, key=lambda move: move[1])],
        "clarifications": [q for q in questions if "asked" in q],
        "needs": request["needs"],
    }


def _pledge(pledge: dict[str, Any], cut_off: str) -> dict[str, Any]:
    return {
        "anonymous": False,
        "finance": "grant",
        "channel": "direct",
        "joint_donors": [],
        **pledge,
        "dates": _days(pledge["dates"], cut_off),
    }


def _contribution(contribution: dict[str, Any], cut_off: str) -> dict[str, Any]:
    kinds = {"receipts": "receipt", "psc_charges": "psc", "allocations": "allocation", "refunds": "refund"}
    entries = [
        {**entry, "kind": kind, "date": entry["date"][:10]}
        for name, kind in kinds.items()
        for entry in contribution.get(name, [])
        if entry["date"][:10] <= cut_off
    ]
    kept = {key: value for key, value in contribution.items() if key not in (*kinds, "agreement")}
    agreement = contribution.get("agreement")
    if agreement and agreement["signed"][:10] <= cut_off:
        kept["agreement"] = {**agreement, "signed": agreement["signed"][:10]}
    return {
        **kept,
        "announced": contribution["announced"][:10],
        "psc_rate": contribution.get("psc_rate", "13"),
        "entries": sorted(entries, key=lambda entry: entry["date"]),
    }


def _delivery(delivery: dict[str, Any], cut_off: str) -> dict[str, Any]:
    kept = {key: value for key, value in delivery.items() if key not in ("confirmed", "disputed")}
    kept["date"] = delivery["date"][:10]
    if delivery.get("confirmed", "9999")[:10] <= cut_off:
        kept["confirmed"] = delivery["confirmed"][:10]
    dispute = delivery.get("disputed")
    if dispute and dispute["date"][:10] <= cut_off:
        kept["disputed"] = {**dispute, "date": dispute["date"][:10]}
    return {"follow_ups": [], **kept}
