"""The pages that are made from the code are what the code says, and what the page of rules names exists."""

import ast
import importlib
import importlib.util
import re
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^### ", RULES, flags=re.MULTILINE)[1:]


def maker():
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_current():
    assert maker().stale() == []


def test_sixteen_rules_each_tried():
    assert [section.partition(".")[0] for section in SECTIONS] == [str(n) for n in range(1, 17)]
    for section in SECTIONS:
        assert "- Service: " in section
        assert "- Tried: " in section


@pytest.mark.parametrize(
    "named", sorted(set(re.findall(r"`(tests/[\w/.]+?)(?:::(\w+))?`", RULES))), ids="::".join
)
def test_a_test_that_is_named_exists(named):
    file, function = named
    assert (ROOT / file).is_file()
    if function:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`((?:portal|donors|requests_app|reports)\.[\w.]+)`", RULES)))
)
def test_a_function_that_is_named_exists(name):
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(module), attribute)


@pytest.mark.django_db
def test_constraints_and_triggers_that_are_named_exist():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        triggers = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        constraints = {name for (name,) in cursor.fetchall()}
    text = " ".join(RULES.split())
    assert set(re.findall(r"trigger `(\w+)`", text)) <= triggers
    assert set(re.findall(r"constraint `(\w+)`", text)) <= constraints
