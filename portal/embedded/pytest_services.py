"""Gives the tests real services in a private data folder: `-p portal.embedded.pytest_services`.

Started once for a run, shared by the processes of `-n`, thrown away at the end. `TEST_DATA_DIR` names a
folder to keep instead, so that `--reuse-db` finds its database again. `DATABASE_URL` and `REDIS_URL` are
honoured.
"""

import contextlib
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.embedded.lifecycle import services
from portal.embedded.scratch import scratch_folder

_running = contextlib.ExitStack()


def _in_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def pytest_addoption() -> None:
    # The earliest moment that pytest offers: settings are read soon after and ask for DATA_DIR.
    if _in_worker():
        return
    kept = os.environ.get("TEST_DATA_DIR")
    folder = Path(kept).resolve() if kept else _running.enter_context(scratch_folder())
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DB_DURABLE"] = "0"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if _in_worker() or config.option.collectonly or config.option.help:
        return
    # A test may kill a server; the watch starts it again.
    _running.enter_context(services(Path(os.environ["DATA_DIR"]), watch=True, with_parent=True))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The files for browsers, under the names that pages give them, before any process of `-n` starts."""
    if not _in_worker() and not session.config.option.collectonly:
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if not _in_worker():
        _running.close()
