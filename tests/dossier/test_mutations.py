"""Thousands of changed dossiers: each is stored, or refused by path with a reason; never anything else."""

import copy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction

from portal.audit.verify import findings
from portal.dossier.importing import import_dossier
from tests.dossier.samples import whole, written
from tests.dossier.test_import import NOTHING, stored
from tests.reports.dossiers import random_dossier

pytestmark = pytest.mark.django_db

Place = tuple[Any, ...]
VALUES: list[Any] = [
    "", " ", "x", "0", "1", "7", "12", "13.5", "0.0001", "999999999999999.9999", "R1", "R2", "N1", "N2", "N3", "P1",
    "P2", "P3", "O1", "C1", "D1", "A1", "org:deu", "org:jpn", "org:bank", "org:unodc", "AFG", "NER", "PRI", "XXX",
    "USD", "EUR", "JPY", "KWD", "142", "training", "forensics", "places", "items", "cash", "in-kind", "loan", "tight",
    "soft", "need:N2", "state:AFG", "2018-01-03", "2018-02-10", "2018-02-20", "2018-05-01", "2018-05-01T23:59:59Z",
    "2017-01-01", "2019-12-31", "2018-02-30", "2031-01-01", "0001-01-01", "9999-12-31", None, True, False, 0, 1, -1,
    5, 62, 3.0, 2.5, 10**20, [], {}, ["AFG"], ["org:deu"], {"amount": "5", "currency": "JPY"},
]  # fmt: skip


def places(value: Any, steps: Place = ()) -> list[Place]:
    """Every place of a document but its root."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inner for place in ((*steps, key), *places(item, (*steps, key)))]


def at(document: Any, steps: Place) -> Any:
    for step in steps:
        document = document[step]
    return document


def changed(document: Any, random: Random) -> Any:
    """One to four changes: another value, nothing, twice, or what stands elsewhere."""
    document = copy.deepcopy(document)
    for _round in range(random.randint(1, 4)):
        all_places = places(document)
        steps = random.choice(all_places)
        parent, last = at(document, steps[:-1]), steps[-1]
        action = random.randrange(5)
        if action == 0:
            parent[last] = random.choice(VALUES)
        elif action == 1:
            del parent[last]
        elif action == 2:
            parent[last] = copy.deepcopy(at(document, random.choice(all_places)))
        elif action == 3 and isinstance(parent, list):
            parent.append(copy.deepcopy(parent[last]))
        else:
            alike = [other for other in all_places if other[-1] == last and other != steps]
            if alike:
                parent[last] = copy.deepcopy(at(document, random.choice(alike)))
    return document


def refused_or_stored(document: Any, folder: Path) -> bool:
    source = folder / "dossier.json"
    source.write_bytes(written(document))
    with transaction.atomic():
        imported = import_dossier(source)
        assert imported.stored is not bool(imported.problems)
        if imported.stored:
            assert list(findings()) == []
            again = import_dossier(source)
            assert dict(again.problems) == {}
        else:
            assert stored() == NOTHING
            assert [reason for path, reason in imported.problems if not path] == []
        transaction.set_rollback(True)
    return imported.stored


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_dossier(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    for _number in range(40):
        refused_or_stored(changed(whole(), random), tmp_path)


@pytest.mark.audit
@pytest.mark.parametrize("seed", range(100, 150))
def test_many_changed_dossiers(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    for number in range(100):
        document = whole() if number % 2 else random_dossier(seed, 4)
        refused_or_stored(changed(document, random), tmp_path)
