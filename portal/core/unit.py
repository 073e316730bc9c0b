"""Units of work: how a service reads and writes the rows of its move.

`Direct` works row by row under locks: a person's move. `Batch` holds the rows in memory and writes them all
at once: a replay of many moves by one writer, who has shut out all others. The services are the same, so
the rules are; that both leave the same rows and events is proved in `tests/dossier`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from portal.core.copying import insert
from portal.core.db import told_as_refusals
from portal.core.errors import Conflict

M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
T = TypeVar("T")


class Direct:
    """Row by row, each locked before it is decided upon."""

    batch = False

    def lock(self, record: M) -> M:
        """The record as it is now, locked until the end of the transaction.

        Raises Conflict where it is gone. Not the strongest lock: a row that points here may be entered
        meanwhile, or two who had both entered one would wait for each other.
        """
        rows = type(record)._default_manager.select_for_update(of=("self",), no_key=True)  # noqa: SLF001
        fresh: M | None = rows.filter(pk=record.pk).first()
        if fresh is None:
            raise Conflict(_("this record is no longer there"))
        return fresh

    def related(self, record: models.Model, name: str) -> list[Any]:
        """The rows that hang on a record, in order of entry."""
        return list(getattr(record, name).order_by("pk"))

    def add(self, record: models.Model) -> None:
        record.save(force_insert=True)

    def save(self, record: models.Model, fields: Iterable[str]) -> None:
        record.save(update_fields=list(fields))

    def after(self, write: Callable[[], None]) -> None:
        """Writes what depends on the rows: at once here, at the end in a batch."""
        write()


class Batch:
    """In memory until `flush`; one writer.

    Rows are inserted model by model in the order in which models were first added, so that a row's parents
    stand before it.
    """

    batch = True

    def __init__(self, order: Sequence[type[models.Model]]) -> None:
        self._order = tuple(order)
        self._new: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._changed: dict[type[models.Model], dict[Any, tuple[models.Model, set[str]]]] = defaultdict(dict)
        self._related: dict[tuple[int, str], list[Any]] = {}
        self._fresh: set[int] = set()
        self._after: list[Callable[[], None]] = []

    def lock(self, record: M) -> M:
        return record

    def load(self, record: models.Model, name: str, rows: Iterable[Any]) -> None:
        """Tells the batch what hangs on a record that is already stored."""
        self._related[id(record), name] = list(rows)

    def relate(self, record: models.Model, name: str, row: Any) -> None:
        self._related.setdefault((id(record), name), []).append(row)

    def related(self, record: models.Model, name: str) -> list[Any]:
        return self._related.get((id(record), name), [])

    def add(self, record: models.Model) -> None:
        if type(record) not in self._order:
            raise TypeError(f"{type(record).__name__} has no place in the order of this batch")
        self._new[type(record)].append(record)
        self._fresh.add(id(record))
        for field in record._meta.concrete_fields:  # noqa: SLF001
            if isinstance(field, models.ForeignKey) and not field.remote_field.hidden:
                parent = field.is_cached(record) and getattr(record, field.name)
                if parent:
                    self.relate(parent, field.remote_field.get_accessor_name() or "", record)

    def save(self, record: models.Model, fields: Iterable[str]) -> None:
        if id(record) in self._fresh:
            return
        _, names = self._changed[type(record)].setdefault(id(record), (record, set()))
        names.update(fields)

    def after(self, write: Callable[[], None]) -> None:
        self._after.append(write)

    def flush(self, *, size: int = 2000) -> None:
        """Writes everything; the caller holds the transaction."""
        for model in self._order:
            self._insert(model, self._new.pop(model, []), size)
        for model, changed in self._changed.items():
            by_fields: dict[frozenset[str], list[models.Model]] = defaultdict(list)
            for record, names in changed.values():
                by_fields[frozenset(names)].append(record)
            for fields, rows in by_fields.items():
                model._default_manager.bulk_update(rows, sorted(fields), batch_size=500)  # noqa: SLF001
        self._changed.clear()
        self._fresh.clear()
        for write in self._after:
            write()
        self._after.clear()

    def _insert(self, model: type[models.Model], rows: list[models.Model], size: int) -> None:
        """Rows that point to rows of their own table get that pointer once all of them are there."""
        pointers = [
            f.name
            for f in model._meta.concrete_fields  # noqa: SLF001
            if isinstance(f, models.ForeignKey) and f.related_model is model
        ]
        later: list[tuple[models.Model, dict[str, Any]]] = []
        for row in rows:
            own = {name: getattr(row, name) for name in pointers if getattr(row, name) is not None}
            if own:
                later.append((row, own))
                for name in own:
                    setattr(row, name, None)
        insert(model, rows)
        for row, own in later:
            for name, target in own.items():
                setattr(row, name, target)
        if later:
            model._default_manager.bulk_update([row for row, _ in later], pointers, batch_size=size)  # noqa: SLF001


Unit = Direct | Batch
DIRECT = Direct()


def atomically(service: Callable[P, T]) -> Callable[P, T]:
    """One transaction for a service; in a batch the transaction is the batch's own, without savepoints.

    What the database refuses is told as a refusal of the domain.
    """

    @wraps(service)
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(kwargs.get("unit"), "batch", False):
            return service(*args, **kwargs)
        with told_as_refusals(), transaction.atomic():
            return service(*args, **kwargs)

    return inner


def advisory_lock(key: int) -> None:
    """Waits for and holds a lock of the database until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
