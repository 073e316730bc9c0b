"""What all tests share: the database between tests that really commit, and the clock."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.base import WhiteNoise

from portal.audit.cases import digest
from portal.audit.models import CaseHead
from portal.directory.models import Organisation
from tests.cast import Cast, assemble

# filled once by migrations and read by every test: never emptied
REFERENCE_TABLES = (
    "directory_state", "directory_formername", "directory_region", "directory_ldcperiod", "directory_group",
    "directory_groupmembership", "directory_form", "directory_theme", "directory_unit", "directory_holiday",
    "directory_currency", "directory_clock", "directory_organisation", "reports_resolution", "auth_permission",
    "django_content_type", "django_migrations", "audit_caseevent", "audit_casehead",
)  # fmt: skip

# the chains of the organisations that are there from the start stay, at their first event
FIRST_CHAINS = (
    """DELETE FROM audit_caseevent e WHERE case_type <> 'organisation' OR sequence > 1
       OR NOT EXISTS (SELECT FROM directory_organisation o WHERE o.id = e.case_id)""",
    """DELETE FROM audit_casehead h WHERE case_type <> 'organisation'
       OR NOT EXISTS (SELECT FROM directory_organisation o WHERE o.id = h.case_id)""",
    """UPDATE audit_casehead h SET sequence = 1, hash = e.hash, recorded_at = e.recorded_at, digest = '' FROM audit_caseevent e
       WHERE h.sequence > 1 AND (e.case_type, e.case_id) = (h.case_type, h.case_id)""",
)


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
        cursor.execute(
            "UPDATE directory_organisation SET ref = NULL, imported = false, as_given = '{}', version = 1"
        )
        for statement in FIRST_CHAINS:
            cursor.execute(statement)
        for head in CaseHead.objects.filter(digest=""):
            head.digest = digest(Organisation.objects.get(pk=head.case_id), {})
            head.save(update_fields=["digest"])
        for table, trigger in guards:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{trigger}"')


@pytest.fixture(autouse=True, scope="session")
def _committed_tests_leave_nothing() -> Iterator[None]:
    """Django would truncate everything, reference data and append-only tables with it."""
    kept = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: empty_tables()
    yield
    TransactionTestCase._fixture_teardown = kept


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page asked for in another language leaves that language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def who(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast, assembled once for a module, inside a transaction that ends with it.

    Not for tests that really commit: those assemble their own.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield assemble()
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def _files_as_everywhere() -> None:
    """The server of browser tests leaves files to the portal itself, which serves them by their hashed names."""
    StaticFilesHandler._should_handle = lambda _handler, _path: False


@pytest.fixture(scope="session", autouse=True)
def _files_are_listed_once() -> Iterator[None]:
    """A portal lists its files when it starts; each client of a test is a portal of its own, with the same files."""
    listed: dict[tuple[str, str], dict[str, object]] = {}
    read = WhiteNoise.update_files_dictionary

    def once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            read(self, root, prefix)
            listed[root, prefix] = dict(self.files)
        self.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_cheaply() -> Iterator[None]:
    """By the same algorithm, which is made to be slow, with the least work that it takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)
        yield
