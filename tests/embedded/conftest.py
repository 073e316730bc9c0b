"""Every test has data folders of its own; the services of the other tests are not touched."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from portal.embedded import addresses, places
from portal.embedded.locks import held, holders

HOLDER = """
import sys
from pathlib import Path
from portal.embedded import services
with services(Path(sys.argv[1]), with_parent=sys.argv[2] == "1"):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _embedded_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded services, whatever the test suite itself runs against."""
    for name in ("DATABASE_URL", "REDIS_URL", "PGBIN", "VALKEY_SERVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DB_DURABLE", "0")  # a killed process loses nothing all the same


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose parents root's servers may pass."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
    return tmp_path / "data"


def connect(folder: Path):
    connection = psycopg2.connect(addresses(folder).database_url)
    connection.autocommit = True
    return connection


def ask(folder: Path, statement: str) -> list[tuple]:
    connection = connect(folder)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def eventually(what: Callable[[], bool], *, within: float = 20.0) -> None:
    """Waits for something that another process does."""
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        select.select([], [], [], 0.02)


def main_pid(folder: Path, service: str) -> int:
    where = places.places(folder)
    file = where.cluster / "postmaster.pid" if service == "postgres" else where.valkey / "valkey.pid"
    pid = int(file.read_text().split()[0])
    assert pid in holders(where.locks / service)
    return pid


def alive(folder: Path, service: str = "postgres") -> bool:
    return held(places.places(folder).locks / service)


class Holder:
    """Another process that uses the services until it is told to end, or killed."""

    def __init__(self, folder: Path, *, with_parent: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder), "1" if with_parent else "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "up\n"

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def holder(folder: Path) -> Iterator[Callable[..., Holder]]:
    started: list[Holder] = []

    def start(**options: bool) -> Holder:
        started.append(Holder(folder, **options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()
