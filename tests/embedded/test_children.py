"""The process group: started again when it dies, ended with everything it started."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.children import Group
from portal.embedded.locks import held, holders
from tests.embedded.conftest import eventually

# Says its number, starts a child of its own in another session, and ignores the request to end.
STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], close_fds=False, start_new_session=True)
print("up", flush=True)
signal.pause()
"""
PATIENT = "import signal; print('up', flush=True); signal.pause()"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def group(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    monkeypatch.setattr("portal.embedded.children.GRACE", 0.5)
    made = Group(tmp_path / "children", tmp_path, told.append)
    made.open()
    yield made
    made.close()


def start(group: Group, code: str, name: str = "one") -> int:
    child = group.start(name, [sys.executable, "-c", code], dict(os.environ))
    eventually(lambda: "up" in (group.logs / f"{name}.log").read_text())
    assert child.process is not None
    return child.process.pid


def test_the_dead_are_started_again(group: Group, told: list[str]) -> None:
    first = start(group, PATIENT)
    os.kill(first, signal.SIGKILL)

    def back() -> bool:
        group.tend()
        process = group.children[0].process
        return (
            process is not None
            and process.pid != first
            and (group.logs / "one.log").read_text().count("up") == 2
        )

    eventually(back)
    assert told == [f"one ended by SIGKILL; starting it again ({group.logs / 'one.log'})"]


def test_what_keeps_dying_is_started_less_and_less_often(group: Group, told: list[str]) -> None:
    group.start("one", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))

    def twice() -> bool:
        group.tend()
        return len(told) == 3

    eventually(twice)
    assert [line.split(" (")[0] for line in told] == [
        "one ended with status 3; starting it again",
        "one ended with status 3; starting it again in 1 s",
        "one ended with status 3; starting it again in 2 s",
    ]


def test_the_stubborn_and_their_children_end_too(group: Group) -> None:
    start(group, STUBBORN)
    eventually(lambda: len(holders(group.lock_path)) == 2)
    group.close()
    assert not held(group.lock_path)
    assert holders(group.lock_path) == set()


def test_a_command_gives_its_status_while_the_others_are_tended(group: Group, told: list[str]) -> None:
    os.kill(start(group, PATIENT), signal.SIGKILL)
    code = "import time; time.sleep(0.5); raise SystemExit(7)"
    assert group.run([sys.executable, "-c", code], dict(os.environ)) == 7
    assert len(told) == 1
    assert group.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], dict(os.environ)) == -9
    assert [child.name for child in group.children] == ["one"]


def test_what_a_killed_owner_left_is_ended_first(tmp_path: Path, told: list[str]) -> None:
    """The lock tells it apart from anything else on the machine, whatever its number is now."""
    lock = os.open(tmp_path / "children", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    left = subprocess.Popen([sys.executable, "-c", PATIENT], pass_fds=[lock], stdout=subprocess.PIPE)
    bystander = subprocess.Popen([sys.executable, "-c", PATIENT], stdout=subprocess.PIPE)
    os.close(lock)
    group = Group(tmp_path / "children", tmp_path, told.append)
    group.open()
    assert left.wait(10) == -signal.SIGTERM
    assert bystander.poll() is None
    assert told == ["ending 1 processes that an earlier run left behind"]
    group.close()
    bystander.kill()
    bystander.communicate()
    left.communicate()
