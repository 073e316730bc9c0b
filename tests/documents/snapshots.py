"""Snapshots for the tests of documents: the sample's, an empty one, a large one, one that hides much."""

import csv
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reports.compose import compose
from reports.document import Document, Shape
from reports.figures import Figure, compute, public
from tests.reports.dossiers import random_dossier
from tests.reports.frozen import World, session_of, snapshot_of

Snapshot = dict[str, Any]

ROOT = Path(__file__).parents[2]
DATA = ROOT / "portal" / "directory" / "data"
SAMPLE = ROOT / "portal" / "dossier" / "sample" / "sample.json"
RESOLUTION = ROOT / "reports" / "data" / "resolution-60-2.json"
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")


def frozen(dossier: Mapping[str, Any], *, cut_off: str | None = None) -> Snapshot:
    """What freezing the dossier's records gives, with the directory's names and vocabularies."""
    dossier = dict(dossier)
    session = session_of(dossier)
    world = World.of_portal(on=cut_off or session["to"][:10])
    snapshot = snapshot_of(dossier, world, cut_off=cut_off)
    given = {request["ref"]: request for request in dossier.get("requests", [])}
    for request in snapshot["requests"]:
        source = given[request["ref"]].get("source", "")
        if source:
            request["source"] = source
        if source.lower().startswith("illustrative"):
            request["illustrative"] = True
    for assessment in snapshot["assessments"]:
        if "published" in assessment:
            assessment["published"] = assessment["published"][:10]
    snapshot["states"] = states()
    snapshot["session"] = {
        "opens": "2019-03-14", "closes": "2019-03-22", **snapshot["session"],
        **{key: session[key] for key in ("agenda_item", "symbol") if key in session},
    }  # fmt: skip
    snapshot["resolution"] = json.loads(RESOLUTION.read_text("utf-8"))
    snapshot["vocabularies"] = {
        "forms": _terms("forms"), "themes": _terms("themes"), "units": _terms("units"),
    }  # fmt: skip
    snapshot["narratives"] = [
        {key: value for key, value in narrative.items() if key != "session"}
        for narrative in dossier.get("narratives", [])
    ]
    return snapshot


@cache
def states() -> dict[str, dict[str, Any]]:
    """Every State as a snapshot carries it, names of today."""
    world = World.of_portal(on="2018-12-31").states
    found = {}
    for row in _rows("states"):
        entry = world[row["iso3"]]
        names = {language: row[f"name_{language}"] for language in LANGUAGES}
        said = {language: row.get(f"text_{language}") or names[language] for language in LANGUAGES}
        found[row["iso3"]] = {
            **entry,
            "names": names,
            "in_sentence": said,
            "formal": {"en": row["formal_en"]},
        }
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _terms(name: str) -> list[dict[str, Any]]:
    return [
        {
            "code": row["code"],
            "order": int(row["order"]),
            "labels": {language: row[language] for language in LANGUAGES},
        }
        for row in _rows(name)
    ]


@cache
def _sample_text() -> str:
    return json.dumps(frozen(json.loads(SAMPLE.read_text("utf-8"))))


def sample() -> Snapshot:
    """The sample dossier's; a fresh copy at each call."""
    return dict(json.loads(_sample_text()))


def empty() -> Snapshot:
    """A snapshot without any record."""
    return frozen({"organisations": []})


def large(requests: int = 400) -> Snapshot:
    """A random dossier of that many requests."""
    return frozen(random_dossier(7, requests, timestamps=False))


def sha256(snapshot: Snapshot) -> str:
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def composed(snapshot: Snapshot, figures: list[Figure] | None = None, *, shape: Shape = "report") -> Document:
    """The report on the snapshot, in English, or its section in the annual report."""
    known = compute(snapshot) if figures is None else figures
    shown = public(snapshot, known)
    return compose(snapshot, shown, language="en", snapshot_hash=sha256(snapshot), shape=shape)
