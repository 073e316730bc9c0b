"""A small dossier in which everything is right, to be broken in one place at a time."""

import copy
import io
import json
from datetime import date
from typing import Any

from portal.dossier.check import check
from portal.dossier.known import AREAS, Known
from portal.dossier.problems import Problems
from portal.dossier.read import read_stream

KNOWN = Known(
    today=date(2020, 6, 30),
    states=frozenset({"AFG", "NER", "DEU", "JPN", "TJK"}),
    areas=AREAS,
    regions=frozenset({"002", "142", "034"}),
    forms=frozenset({"training", "equipment", "funds"}),
    themes=frozenset({"forensics", "border-management"}),
    units=frozenset({"places", "items", "usd"}),
    currencies={"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3},
    sessions=frozenset({62}),
)

_WHOLE: dict[str, Any] = {
    "format": "assistance-dossier/1",
    "title": "A small dossier",
    "organisations": [
        {"ref": "org:unodc", "names": {"en": "Secretariat"}, "kind": "secretariat", "acronym": "UNODC"},
        {"ref": "org:deu", "names": {"en": "Germany"}, "kind": "government", "state": "DEU"},
        {"ref": "org:jpn", "names": {"en": "Japan", "fr": "Japon"}, "kind": "government", "state": "JPN"},
        {"ref": "org:bank", "names": {"en": "Development bank"}, "kind": "financial-institution"},
    ],
    "exchange_rates": [
        {"currency": "EUR", "date": "2018-01-01", "per_usd": "0.9"},
        {"currency": "JPY", "date": "2018-01-01", "per_usd": "110.25", "source": "A table"},
    ],
    "requests": [
        {
            "ref": "R1",
            "state": "AFG",
            "title": "Forensic laboratory",
            "situation": "Two routes cross the territory.",
            "visibility": "selected-donors",
            "selected_donors": ["org:deu"],
            "co_requesters": ["TJK"],
            "note_verbale": {"number": "NV/1", "date": "2018-01-02"},
            "needs": [
                {
                    "ref": "N1",
                    "form": "training",
                    "theme": "forensics",
                    "description": "Places for analysts",
                    "quantity": "20",
                    "unit": "places",
                    "unit_cost": {"amount": "100.50", "currency": "EUR"},
                    "paragraphs": [3, 6],
                    "beneficiaries": {"women": 10, "men": 10},
                    "state": "TJK",
                    "needed_by": "2030-01-01",
                },
                {
                    "ref": "N2",
                    "form": "equipment",
                    "theme": "border-management",
                    "description": "Scanners",
                    "quantity": "4",
                    "unit": "items",
                    "paragraphs": [8],
                },
            ],
            "dates": {
                "submitted": "2018-01-03",
                "acknowledged": "2018-01-05T09:30:00Z",
                "circulated": "2018-02-01",
            },
            "clarifications": [
                {
                    "asked": "2018-01-06",
                    "question": "Which posts?",
                    "answered": "2018-01-10",
                    "answer": "Both.",
                }
            ],
            "claims": [{"field": "title", "value": "Laboratory", "source": "A paper", "used": False}],
        },
        {
            "ref": "R2",
            "state": "NER",
            "title": "Border posts",
            "situation": "One route.",
            "needs": [
                {
                    "ref": "N3",
                    "form": "equipment",
                    "theme": "border-management",
                    "description": "Scanners",
                    "quantity": "2.5",
                    "unit": "items",
                    "paragraphs": [8],
                }
            ],
            "dates": {
                "submitted": "2018-01-03",
                "acknowledged": "2018-01-04",
                "circulated": "2018-01-05",
                "closed": "2019-06-01",
            },
            "reason": "Met.",
        },
    ],
    "offers": [
        {
            "ref": "O1",
            "donor": "org:deu",
            "form": "training",
            "theme": "forensics",
            "description": "Places at the academy",
            "quantity": "30",
            "unit": "places",
            "regions": ["142"],
            "states": ["AFG"],
            "languages": ["en"],
            "valid_from": "2018-01-01",
            "valid_until": "2019-12-31",
        }
    ],
    "pledges": [
        {
            "ref": "P1",
            "donor": "org:deu",
            "joint_donors": ["org:jpn"],
            "need": "N1",
            "offer": "O1",
            "kind": "in-kind",
            "form": "training",
            "description": "Places",
            "quantity": "12",
            "unit": "places",
            "value": {"amount": "1200.50", "currency": "EUR"},
            "window": {"from": "2018-03-01", "until": "2030-01-01"},
            "agreement": {"reference": "AG/1", "signed": "2018-03-10"},
            "dates": {
                "announced": "2018-01-20",
                "offered": "2018-02-10",
                "accepted": "2018-02-20",
                "agreed": "2018-03-10",
            },
        },
        {
            "ref": "P2",
            "donor": "org:jpn",
            "need": "N2",
            "kind": "cash",
            "finance": "grant",
            "form": "equipment",
            "description": "Scanners",
            "quantity": "4",
            "unit": "items",
            "value": {"amount": "500000", "currency": "JPY"},
            "dates": {"offered": "2018-02-10", "accepted": "2018-02-11", "cancelled": "2018-05-01"},
        },
        {
            "ref": "P3",
            "donor": "org:jpn",
            "need": "N3",
            "kind": "cash",
            "finance": "loan",
            "form": "equipment",
            "description": "Scanners",
            "quantity": "2",
            "unit": "items",
            "redirected_from": "P2",
            "dates": {"offered": "2018-05-01", "declined": "2018-05-10"},
        },
    ],
    "contributions": [
        {
            "ref": "C1",
            "donor": "org:bank",
            "amount": "10000",
            "currency": "USD",
            "earmarking": "soft",
            "earmarked_for": "state:AFG",
            "psc_rate": "7",
            "psc_rule": "Standing rule",
            "announced": "2018-03-01",
            "agreement": {"reference": "CA/1", "signed": "2018-03-05"},
            "receipts": [{"date": "2018-04-01", "amount": "5000"}],
            "psc_charges": [{"date": "2018-04-01", "amount": "327.10"}],
            "allocations": [{"date": "2018-05-01", "amount": "2000", "need": "N2"}],
            "refunds": [{"date": "2018-06-01", "amount": "100"}],
        }
    ],
    "deliveries": [
        {
            "ref": "D1",
            "pledge": "P1",
            "date": "2018-04-01",
            "quantity": "6",
            "value": {"amount": "600", "currency": "EUR"},
            "participants": {"women": 4, "men": 2},
            "confirmed": "2018-04-10",
            "follow_ups": [{"date": "2018-10-10", "status": "in-use"}],
        }
    ],
    "assessments": [
        {
            "ref": "A1",
            "request": "R1",
            "submitted": "2019-05-01",
            "published": "2019-05-02",
            "findings": "Better.",
            "ratings": {"relevance": 4},
            "indicators": [{"name": "Cases", "unit": "a year", "baseline": "10", "current": "20"}],
        }
    ],
    "sessions": [{"body": "CND", "number": 62, "from": "2017-03-18", "to": "2018-12-31"}],
    "narratives": [
        {"session": 62, "paragraph": 3, "organisation": "org:unodc", "language": "en", "text": "Supported."}
    ],
}


def whole() -> dict[str, Any]:
    """A fresh copy of the small dossier."""
    return copy.deepcopy(_WHOLE)


def written(document: Any) -> bytes:
    """A document as a file has it."""
    return json.dumps(document, ensure_ascii=False).encode()


def problems_of(data: bytes, *, known: Known = KNOWN) -> dict[str, str]:
    """What reading and checking a file finds: path → reasons."""
    problems = Problems()
    dossier = read_stream(io.BytesIO(data), problems=problems)
    check(dossier, known=known, problems=problems)
    found: dict[str, str] = {}
    for path, reason in problems:
        found[path] = f"{found[path]}; {reason}" if path in found else reason
    return found
