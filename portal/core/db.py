"""What the database offers beyond the ORM."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Conflict, DomainError, Refusal, Refused

logger = logging.getLogger(__name__)

_GAVE_WAY = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_TAKEN = "23505"  # unique violation


@contextmanager
def repeatable_read() -> Iterator[None]:
    """One snapshot of the whole database for every query inside; reads only."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def told_as_refusals() -> Iterator[None]:
    """What the database itself refuses, as the domain's errors; its message stays for the log only.

    A second row where one may be, or a lock that was not to be had, is a Conflict; a value that breaks a
    constraint or does not fit its column is Refused. Whoever meets one of these slipped past the services.
    """
    try:
        yield
    except (IntegrityError, DataError, OperationalError) as error:
        told = _told(error)
        if told is None:
            raise
        logger.exception("the database refused a change")
        raise told from error


def _told(error: Exception) -> DomainError | None:
    cause = error.__cause__
    code = getattr(cause, "pgcode", None) or ""
    if code in _GAVE_WAY:
        return Conflict(_("someone else was changing the same records; try again"))
    if isinstance(error, OperationalError):
        return None
    if code == _TAKEN:
        return Conflict(_("this has been entered before"))
    name = getattr(getattr(cause, "diag", None), "constraint_name", None) or ""
    if isinstance(error, DataError) or not name:
        return Refused(_("a value does not fit: too long, too large or not of its kind"))
    return Refused(
        Refusal(_("this breaks a rule that always holds: %(rule)s") % {"rule": name.replace("_", " ")})
    )


def append_only(table: str) -> str:
    """SQL that forbids update, delete and truncate of a table, for every role (rule 7)."""
    return f"""
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
    """
