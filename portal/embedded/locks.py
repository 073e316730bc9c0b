"""Locks that the kernel gives back, whatever way a process ends.

A lock is an open file. Whoever holds it lives: a server and all its children inherit the file of their lock,
so "is anything of it still alive?" is answered by the kernel, without process numbers that may be another's
by now.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE = 0.05  # seconds between two looks


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Takes the lock and gives its open file, or None while another holds it. Makes the file when missing."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def to_exclusive(handle: int) -> bool:
    """Turns a shared lock into the only one; False, with nothing held, where others share it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def held(path: Path) -> bool:
    """Whether any process holds the lock; a lock file that does not exist is held by nobody."""
    if not path.exists():
        return False
    handle = try_lock(path, shared=True)
    if handle is None:
        return True
    os.close(handle)
    return False


@contextlib.contextmanager
def exclusive(path: Path, *, wait: float) -> Iterator[None]:
    """Holds the lock inside the block. Raises `TimeoutError` after `wait` seconds."""
    end = time.monotonic() + wait
    while (handle := try_lock(path)) is None:
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(PAUSE)
    try:
        yield
    finally:
        os.close(handle)


def holders(path: Path) -> set[int]:
    """Process numbers that have the lock's file open, without this process."""
    try:
        wanted = path.stat()
    except FileNotFoundError:
        return set()
    if not Path("/proc/self/fd").exists():
        listed = subprocess.run(["lsof", "-t", str(path)], capture_output=True, text=True, check=False)
        return {int(pid) for pid in listed.stdout.split()} - {os.getpid()}
    found = set()
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        # A process may end, or belong to somebody else, while it is looked at.
        with contextlib.suppress(OSError):
            for entry in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    there = entry.stat()
                    if (there.st_dev, there.st_ino) == (wanted.st_dev, wanted.st_ino):
                        found.add(int(process.name))
                        break
    return found


def signal_holders(path: Path, number: int) -> None:
    """Sends a signal to every process that still has the lock's file open."""
    for pid in holders(path):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
