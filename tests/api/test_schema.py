"""The committed schema is what the code makes, in English, without a warning, and says what there is."""

import json

from portal.api.docs import FILE
from portal.api.urls import COLLECTIONS
from tools.make_schema import made


def test_the_committed_schema_is_current():
    assert FILE.read_text(encoding="utf-8") == made()


def test_every_collection_and_every_move_of_a_person_is_in_it():
    paths = json.loads(FILE.read_text(encoding="utf-8"))["paths"]
    for found in COLLECTIONS:
        assert {f"/api/v1/{found.name}/", f"/api/v1/{found.name}/{{key}}/"} <= set(paths)
        for move in found.moves.moves if found.moves else ():
            assert f"/api/v1/{found.name}/{{key}}/transitions/{move}/" in paths


def test_no_operation_stands_twice():
    paths = json.loads(FILE.read_text(encoding="utf-8"))["paths"]
    ids = [one["operationId"] for methods in paths.values() for one in methods.values()]
    assert len(ids) == len(set(ids))
