"""Who may import whom (pyproject.toml), and what the import linter cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from importlinter.cli import lint_imports

from donors import workflow as donors_workflow
from portal.core import events
from portal.notifications.catalogue import CATALOGUE
from portal.policy.roles import R
from reports import workflow as reports_workflow
from requests_app import workflow as requests_workflow

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "requests_app", "donors", "reports")
FILES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
DOORS = {
    "views", "filing", "forms", "questions", "tasks", "urls", "api", "admin", "middleware", "templatetags", "listing",
    "pages",
}  # fmt: skip
ROOMS = {"services", "drafting", "rules", "workflow", "selectors", "models", "enums", "scopes", "guards"}
ROLES = {role.value for role in R if role is not R.PUBLIC}
HTTP = (
    "django.http",
    "django.shortcuts",
    "django.template",
    "django.views",
    "rest_framework",
    "celery",
    "weasyprint",
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part_of(path: Path) -> str:
    """The part of its app that a file is: `services` for `donors/services.py` and for `donors/services/ledger.py`."""
    below = path.relative_to(ROOT).parts
    return below[2 if below[0] == "portal" and len(below) > 2 else 1].removesuffix(".py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_contracts_hold():
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_doors_read_through_selectors():
    """No page, form, task or tag asks a model's manager itself."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        if part_of(path) in DOORS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    ]
    assert found == []


def test_rooms_know_no_http_queue_or_renderer():
    rooms = [path for path in FILES if part_of(path) in ROOMS or "policy" in path.parts]
    found = {
        name_of(path): [name for name in imports(tree_of(path)) if name.startswith(HTTP)] for path in rooms
    }
    assert {path: names for path, names in found.items() if names} == {}


def assigned_states(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """(function, value) of every assignment to an attribute `status`, and of every `update(status=…)`."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AugAssign | ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Attribute) and part.attr == "status":
                        yield function.name, node.value  # type: ignore[union-attr]
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"update", "bulk_update"}:
                yield from ((function.name, k.value) for k in node.keywords if k.arg == "status")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
                name = node.args[1]
                if isinstance(name, ast.Constant) and name.value == "status":
                    yield function.name, node.args[2]


# a job and a rendition are work in progress, not cases: their states are no workflow's
JOBS = {"reports/services.py", "reports/making.py"}


def test_a_state_is_written_by_one_function():
    """Rule 6: `perform` alone; a service only marks a record as not yet born."""
    writers = {
        (name_of(path), function)
        for path in FILES
        if name_of(path) not in JOBS
        for function, value in assigned_states(tree_of(path))
        if not (isinstance(value, ast.Name) and value.id == "NEW")
    }
    assert writers == {("portal/audit/services.py", "perform")}


def names_a_role(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Constant) and part.value in ROLES)
        or (isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "R")
        for part in ast.walk(node)
    )


def test_no_role_is_tested_by_name():
    """A right is a line of the matrix; what a role may do is asked nowhere else."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        if "policy" not in path.parts
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Compare) and names_a_role(node))
        or (part_of(path) in DOORS and isinstance(node, ast.Constant) and node.value in ROLES)
    ]
    assert found == []


def test_templates_name_no_role():
    quoted = re.compile(rf"['\"]({'|'.join(sorted(ROLES))})['\"]")
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")}
    assert [name_of(path) for path, text in texts.items() if quoted.search(text)] == []


def test_no_drawer_for_odds_and_ends():
    assert not [p for p in FILES if p.stem in {"utils", "helpers", "common", "misc"}]


def test_whoever_is_to_be_told_exists():
    for event in events.SUBSCRIBERS:
        assert events._listeners(event)
    assert events.ask("nobody answers this") is None


def test_every_notice_of_a_table_is_in_the_catalogue():
    tables = (*donors_workflow.TABLES, *requests_workflow.TABLES, *reports_workflow.TABLES)
    notices = {line.notice for table in tables for line in table.transitions if line.notice}
    assert notices <= set(CATALOGUE)
