"""Whether the portal lives, and whether it can work: for supervisors and proxies, in no language."""

from collections.abc import Callable

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# a database that is up to date stays so for the life of the process: the code does not change under it
_migrated = False


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    global _migrated  # noqa: PLW0603 - remembered for the life of the process
    if _migrated:
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise RuntimeError(f"{len(missing)} not applied")
    _migrated = True


def _broker() -> None:
    with current_app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def _storage() -> None:
    name = default_storage.save("readyz/probe", ContentFile(b"."))
    default_storage.delete(name)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "storage": _storage,
}


@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Database, migrations, broker and storage, each "ok" or the kind of its failure; 503 unless all are well.

    What went wrong in detail stands in the log, not in an answer that anyone may read.
    """
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever a service answers with, this address says so
            found[name] = type(error).__name__
        else:
            found[name] = "ok"
    well = set(found.values()) == {"ok"}
    return JsonResponse(
        {"status": "ready" if well else "not ready", "checks": found}, status=200 if well else 503
    )
