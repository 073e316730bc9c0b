"""The portal's own description of a dossier gives the verdict of the published schema."""

import copy
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from portal.dossier import schema
from portal.dossier.problems import Problems
from portal.dossier.read import read_stream
from tests.dossier.samples import whole, written

pytestmark = pytest.mark.reference

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).parents[2].parent / "shared" / "reference"))


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Any:
    """Patterns as JSON Schema means them: ASCII digits, and `$` only at the very end."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value, re.ASCII):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@pytest.fixture(scope="module")
def published() -> Any:
    described = json.loads((REFERENCE.parent / "design" / "dossier.schema.json").read_text())
    return validators.extend(Draft202012Validator, {"pattern": _pattern})(described)


def _places(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(place for key, item in inner for place in _places(item, (*steps, key)))]


_KEYS = sorted({str(step) for place in _places(whole()) for step in place if isinstance(step, str)})
_TEXTS = [
    "",
    "x",
    "R1",
    "0",
    "00.0",
    "1",
    "1.",
    ".5",
    "1.23456",
    "999999999999999",
    "1234567890123456",
    "1e3",
    "-1",
    "2018-02-30",
    "2018-01-01T10:00Z",
    "2018-01-01T10:00:00Z",
    "2018-01-01T10:00:00+01:00",
    "20180101",
    "AFG",
    "afg",
    "142",
    "en",
    "de",
    "government",
    "training",
    "x" * 41,
    "x" * 81,
    "x" * 301,
    "x" * 20_001,
    "need:N 1",
    "need:",
    "need:a\nb",
    "theme:a",
    "13.555",
    "99.99",
    "1\n",
    "٣",
    "cash",
    "loan",
    "EUR",
]
_VALUES = (
    st.sampled_from(_TEXTS)
    | st.none()
    | st.booleans()
    | st.integers(-3, 120)
    | st.sampled_from(
        [1.0, 1.5, -0.0, 3e2, [], {}, [1], [1, 1], [1, 1.0], [True, 1], ["AFG", "AFG"], {"en": ""}]
    )
)


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_verdicts_are_the_same(published: Any, data: st.DataObject) -> None:
    document = copy.deepcopy(whole())
    for _round in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([place for place in _places(document) if place]))
        parent: Any = document
        for step in way:
            parent = parent[step]
        action = data.draw(st.sampled_from(["put", "drop", "add", "move"]))
        if action == "put":
            parent[last] = data.draw(_VALUES)
        elif action == "drop":
            del parent[last]
        elif action == "add" and isinstance(parent, dict):
            parent[data.draw(st.sampled_from(_KEYS))] = data.draw(_VALUES)
        elif action == "move":
            parent[last] = copy.deepcopy(document.get(data.draw(st.sampled_from(sorted(document)))))
    agreed = published.is_valid(document)
    assert (schema.DOCUMENT(document) is None) == agreed
    problems = Problems()
    read_stream(io.BytesIO(written(document)), problems=problems)
    assert (not problems) == agreed


def test_every_key_of_the_published_schema_is_known(published: Any) -> None:
    described = published.schema
    assert set(schema.DOCUMENT.rules) == set(described["properties"])
    for name, rule in schema.COLLECTIONS.items():
        ref = described["properties"][name]["items"]["$ref"].rpartition("/")[2]
        assert set(rule.rules) == set(described["$defs"][ref]["properties"])


@pytest.mark.parametrize("name", ["a", "b"])
def test_the_reference_dossiers_are_right(name: str) -> None:
    problems = Problems()
    with (REFERENCE / "dossiers" / f"{name}.json").open("rb") as stream:
        dossier = read_stream(stream, problems=problems)
    assert list(problems) == []
    assert dossier.records["requests"]
