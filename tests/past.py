"""Statements past the services: what the database itself refuses, and by which of its promises."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction


def sql(statement: str, *values: Any) -> int:
    """Runs a statement with every deferred check made at once; the number of rows that it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(statement, values)
        touched = cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return touched


def refused(promise: str, statement: str, *values: Any) -> None:
    """The database refuses a statement because of one constraint or trigger."""
    with pytest.raises(IntegrityError) as error:
        sql(statement, *values)
    diag = error.value.__cause__.diag  # type: ignore[union-attr]
    assert promise == diag.constraint_name or promise in str(error.value), (
        diag.constraint_name,
        str(error.value),
    )
