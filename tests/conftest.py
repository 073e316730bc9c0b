"""What all tests share: the database between tests that really commit, and the clock."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

# filled once by migrations and read by every test: never emptied
REFERENCE_TABLES = (
    "directory_state", "directory_formername", "directory_region", "directory_ldcperiod", "directory_group",
    "directory_groupmembership", "directory_form", "directory_theme", "directory_unit", "directory_holiday",
    "directory_currency", "directory_clock", "directory_organisation", "reports_resolution", "auth_permission",
    "django_content_type", "django_migrations",
)  # fmt: skip


def empty_tables() -> None:
    """Empties what a committed test left; the triggers that forbid it are set aside for the while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name not in REFERENCE_TABLES]
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgenabled = 'A' AND NOT t.tgisinternal"
        )
        guards = cursor.fetchall()
        for table, trigger in guards:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{trigger}"')
        names = ", ".join(f'"{name}"' for name in tables)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
        cursor.execute("DELETE FROM directory_organisation WHERE kind NOT IN ('government', 'secretariat')")
        cursor.execute("UPDATE directory_organisation SET ref = NULL, imported = false, as_given = '{}', version = 1")
        for table, trigger in guards:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{trigger}"')


@pytest.fixture(autouse=True, scope="session")
def _committed_tests_leave_nothing() -> Iterator[None]:
    """Django would truncate everything, reference data and append-only tables with it."""
    kept = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: empty_tables()
    yield
    TransactionTestCase._fixture_teardown = kept
