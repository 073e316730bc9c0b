"""`make run` from outside: ready, refused, killed in every way, started again, ended."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.embedded import places
from portal.embedded.children import ROOT
from portal.embedded.locks import held, holders
from tests.embedded.conftest import alive, ask, eventually

WITHIN = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One `make run`, its console in a file."""

    def __init__(self, folder: Path, port: int, command: list[str], number: int) -> None:
        self.folder, self.port = folder, port
        self.console = folder.with_name(f"console-{number}.txt")
        environment = os.environ | {"DATA_DIR": str(folder), "PORT": str(port), "SAMPLE": "0"}
        environment.pop("MAKELEVEL", None)
        with self.console.open("wb") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True
            )

    def text(self) -> str:
        return self.console.read_text()

    def ready(self) -> "Run":
        line = f"ready http://127.0.0.1:{self.port}/\n"
        eventually(lambda: self.text().endswith(line) or self.process.poll() is not None, within=WITHIN)
        assert self.text().endswith(line), self.text()
        assert self.status("/readyz") == 200
        return self

    def status(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        return connection.getresponse().status

    def refused(self) -> str:
        assert self.process.wait(WITHIN) == 1
        return self.text()

    def supervisor(self) -> int:
        note = (places.places(self.folder).locks / "portal.txt").read_text()
        found = re.search(r"process (\d+)", note)
        assert found
        return int(found.group(1))


def nothing_left(folder: Path) -> bool:
    where = places.places(folder)
    locks = (where.locks / name for name in ("portal", "children", "postgres", "valkey", "users"))
    return not any(held(lock) for lock in locks)


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(*, by_make: bool = False, port: int = 0, at: Path = folder) -> Run:
        command = [sys.executable, "-m", "portal.embedded.run"]
        if by_make:
            command = ["make", "run", f"PYTHON={sys.executable}"]
        started.append(Run(at, port or free_port(), command, len(started)))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.process.wait(60)


def test_a_day_of_a_portal(folder: Path, run: Callable[..., Run]) -> None:
    where = places.places(folder)

    # It runs, alone on its folder and its port.
    first = run(by_make=True).ready()
    assert "data folder" in first.text()
    assert f"a portal runs already on {folder}: http://127.0.0.1:{first.port}/" in run().refused()
    other = folder.with_name("other")
    assert f"port {first.port} cannot be used" in run(port=first.port, at=other).refused()
    ask(folder, "create table kept as select 1 as n")

    # What dies is back: a process of its own, and the database.
    members = holders(where.locks / "children")
    (worker,) = [
        pid for pid in members if os.getpgid(pid) == pid and b"\0worker@localhost\0" in _command(pid)
    ]
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: "worker ended by SIGKILL; starting it again" in first.text(), within=WITHIN)
    os.kill(int((where.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    eventually(lambda: "PostgreSQL had stopped and was started again" in first.text(), within=WITHIN)
    eventually(lambda: first.status("/readyz") == 200)

    # `make` is killed: all ends. The supervisor is killed: the next run takes over.
    first.process.kill()
    first.process.wait()
    eventually(lambda: nothing_left(folder), within=60)
    second = run().ready()
    second.process.kill()
    second.process.wait()
    assert alive(folder, "postgres")
    third = run().ready()
    assert ask(folder, "select n from kept") == [(1,)]

    # It is told to end: all ends, in order.
    os.kill(third.supervisor(), signal.SIGINT)
    assert third.process.wait(60) == 0
    assert nothing_left(folder)
    assert not where.sockets.exists()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_a_port_that_is_none_is_refused(folder: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "portal.embedded.run"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(folder), "PORT": "eighty"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == "PORT=eighty is not a port: use a number from 1024 to 65535\n"
