"""What an import contract cannot see: views, forms and tasks reach rows through selectors and services alone."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "requests_app", "donors", "reports")
PAGES = {"views", "filing", "casework", "forms", "questions", "tasks", "listing", "pages", "templatetags"}
INNER = {"services", "drafting", "rules", "selectors", "workflow", "scopes", "matrix", "engine"}


def files_of(names: set[str]) -> list[Path]:
    """The files of these parts of the apps, be they modules or packages."""
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return sorted(path for path in found if names & {path.stem, *path.relative_to(ROOT).parts[1:-1]})


DOORS = files_of(PAGES)
ROOMS = files_of(INNER)
ROLES = {
    "coordinator", "focal_point", "approver", "donor_officer", "donor_approver", "case_officer", "finance_officer",
    "report_officer", "clearing_officer", "administrator", "auditor",
}  # fmt: skip


def of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOORS, ids=name_of)
def test_no_page_asks_the_database_past_a_selector(path):
    managers = {
        node.attr
        for node in ast.walk(of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
    }
    assert managers == set()


@pytest.mark.parametrize("path", DOORS, ids=name_of)
def test_no_page_tests_a_role_by_name(path):
    named = {
        node.value for node in ast.walk(of(path)) if isinstance(node, ast.Constant) and node.value in ROLES
    }
    assert named == set()


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_services_know_no_request(path):
    modules = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not {
        m for m in modules if m.startswith(("django.http", "django.shortcuts", "celery", "weasyprint"))
    }


def test_no_template_tests_a_role_by_name():
    found = {
        (name_of(path), role)
        for path in (ROOT / "templates").rglob("*.html")
        for role in ROLES
        if re.search(rf"""["']{role}["']""", path.read_text(encoding="utf-8"))
    }
    assert found == set()
