"""Many rows into a table at once, as PostgreSQL's COPY takes them: several times as fast as INSERT."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

_AT_ONCE = 5000
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)
_NULL = "\\N"

Write = Callable[[Any], str]


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows in their order and give them their ids; the caller holds the transaction.

    Parents must stand already. As with `bulk_create`, `save` is not called and nothing is announced.
    Database errors are those of any insert.
    """
    for start in range(0, len(rows), _AT_ONCE):
        _insert(model, rows[start : start + _AT_ONCE])


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.generated]  # noqa: SLF001
    if isinstance(model._meta.pk, models.AutoField | models.BigAutoField):  # noqa: SLF001
        _number(model, [row for row in rows if row.pk is None])
    writers = [(field, _writer(field)) for field in fields]
    text = io.StringIO()
    for row in rows:
        text.write("\t".join(write(_value(row, field)) for field, write in writers))
        text.write("\n")
    text.seek(0)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(f"COPY {quoted(model._meta.db_table)} ({columns}) FROM STDIN", text)  # noqa: SLF001
    for row in rows:
        row._state.adding = False  # noqa: SLF001
        row._state.db = connection.alias  # noqa: SLF001


def _number(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    pk = model._meta.pk  # noqa: SLF001
    assert pk is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), str(pk.column), len(rows)],  # noqa: SLF001
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def _value(row: models.Model, field: Any) -> Any:
    """The column's value; of a parent that was stored meanwhile, its id."""
    if isinstance(field, models.ForeignKey) and field.is_cached(row):
        parent = getattr(row, field.name)
        if parent is not None and getattr(row, field.attname) != parent.pk:
            if parent.pk is None:
                raise ValueError(f"{field} points to a row that is not stored")
            setattr(row, field.attname, parent.pk)
    return getattr(row, field.attname)


def _writer(field: Any) -> Write:
    """How values of a column are written."""
    if isinstance(field, models.ForeignKey):
        return _writer(field.target_field)
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, cls=field.encoder, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(field, ArrayField):
        return lambda value: _NULL if value is None else _array(value).translate(_ESCAPES)
    if isinstance(field, models.CharField | models.TextField):
        return lambda value: _NULL if value is None else str(value).translate(_ESCAPES)
    return _plain


def _plain(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).translate(_ESCAPES)


def _array(values: Sequence[Any]) -> str:
    return "{" + ",".join(_items(values)) + "}"


def _items(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if value is None:
            yield "NULL"
        elif isinstance(value, int):
            yield str(value)
        else:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
            yield f'"{escaped}"'
