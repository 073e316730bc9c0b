"""Several management commands in one process, so that Django is loaded once.

    python -m portal.embedded.steps '[["migrate"], ["import_dossier", "file.json"]]' [MADE SHOWN]

Where a command names a path below the folder MADE, which is moved later, SHOWN is printed instead.

Ends with the first that fails. `migrate` is left out where nothing is to migrate; `worker` waits for one; a
command with `?` before its name only runs where it exists, and `?load_sample` only while no request is stored.
"""

import json
import os
import sys
import time

import django
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.celery import app
from portal.embedded.console import complain

WORKER = 120.0  # seconds for a worker to come up


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _wait_for_worker() -> None:
    end = time.monotonic() + WORKER
    while not app.control.ping(timeout=0.5, limit=1):
        if time.monotonic() > end:
            raise CommandError(f"no worker answers within {WORKER:.0f} s")


def _wanted(name: str) -> bool:
    if name not in get_commands():
        return False
    return name != "load_sample" or not apps.get_model("requests_app", "AssistanceRequest").objects.exists()


class _Console:
    """Standard output with one path shown as another."""

    def __init__(self, made: str, shown: str) -> None:
        self.made, self.shown = made, shown

    def write(self, text: str) -> int:
        return sys.stdout.write(text.replace(self.made, self.shown))

    def flush(self) -> None:
        sys.stdout.flush()

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def main(steps: list[list[str]], *paths: str) -> int:
    """Runs the commands in order and gives an exit status; what is wrong stands on stderr, in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    console = _Console(*paths) if paths else sys.stdout
    for name, *arguments in steps:
        try:
            if name == "migrate":
                _migrate()
            elif name == "worker":
                _wait_for_worker()
            elif not name.startswith("?"):
                call_command(name, *arguments, stdout=console)
            elif _wanted(name[1:]):
                call_command(name[1:], *arguments, stdout=console)
        except CommandError as error:
            complain(str(error))
            return error.returncode
        except KeyboardInterrupt:
            return 130
        except Exception as error:  # the last door: one line, whatever it was
            complain(f"{name.lstrip('?')}: {type(error).__name__}: {error}")
            if os.environ.get("DEBUG") == "1":
                raise
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(json.loads(sys.argv[1]), *sys.argv[2:]))
