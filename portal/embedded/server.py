"""One embedded server: what starting, asking and stopping need to know, and how these three are done."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.account import Account, start_as
from portal.embedded.asking import State
from portal.embedded.errors import EmbeddedError
from portal.embedded.locks import PAUSE, held, holders, signal_holders, try_lock

ATTEMPTS = 3  # starts that may end at once before we give up
UNHEARD = 15.0  # seconds that something alive may go without listening before it is ended
RECOVERY = 600.0  # seconds that a server may replay its log after a crash
LOG_LIMIT = 10_000_000  # bytes; one older log is kept

_started: list[subprocess.Popen[bytes]] = []  # kept so that each is waited for and none lingers


@dataclass(frozen=True)
class Server:
    """One server of one data folder."""

    name: str
    account: Account
    folder: Path
    lock: Path
    log: Path
    main_pid_file: Path
    other_pid_files: tuple[Path, ...]
    ask: Callable[[], State]
    command: Callable[[], list[str]]  # also makes what the first start needs
    stop_signals: tuple[tuple[signal.Signals, float], ...]  # to the main process, with seconds to wait


def reap() -> None:
    """Collects servers of this process that have ended."""
    for process in list(_started):
        if process.poll() is not None:
            _started.remove(process)


def _tail(log: Path, start: int, lines: int = 12) -> str:
    with contextlib.suppress(FileNotFoundError), log.open("rb") as file:
        file.seek(start)
        return "\n".join("  " + line for line in file.read().decode(errors="replace").splitlines()[-lines:])
    return ""


def rotate(log: Path) -> None:
    """Keeps a log from growing without end: above a limit it is set aside, over the one before."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))


def _remove_stale_pids(server: Server) -> None:
    """Removes the notes of a main process that is dead.

    PostgreSQL refuses to start while the number in such a note exists, be it that of a dead process which its
    parent has not collected or by now somebody else's. Our lock is free, so nothing that we started lives; a
    process that nevertheless works in the server's folder was started by hand, and PostgreSQL judges it.
    """
    if not Path("/proc/self/cwd").exists():
        return
    for note in (server.main_pid_file, *server.other_pid_files):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(note.read_text().split()[0])
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cwd").samefile(server.folder):
                    continue
            note.unlink()


def _start(server: Server, lock: int, *, with_parent: bool) -> subprocess.Popen[bytes]:
    command = server.command()
    _remove_stale_pids(server)
    rotate(server.log)
    with server.log.open("ab") as log:
        process = start_as(
            server.account, command, cwd=server.folder, log=log, lock=lock, with_parent=with_parent
        )
    _started.append(process)
    return process


def bring_up(server: Server, *, wait: float, with_parent: bool) -> bool:
    """Starts the server unless it runs, and returns once it answers; True when this call started it.

    Raises `EmbeddedError`, with the log's last lines, when it does not come up within `wait` seconds (one
    that says it is recovering is given more).
    """
    log_start = server.log.stat().st_size if server.log.exists() else 0
    begun = heard = time.monotonic()
    attempts = 0
    while True:
        reap()
        state = server.ask()
        now = time.monotonic()
        if state is State.READY:
            return attempts > 0
        if state is State.BUSY:
            heard = now
        if (lock := try_lock(server.lock)) is not None:
            try:
                if attempts >= ATTEMPTS:
                    break
                time.sleep(min(attempts * 0.3, 1.0))
                _start(server, lock, with_parent=with_parent)
                attempts += 1
                heard = time.monotonic()
            finally:
                os.close(lock)
        elif state is State.ABSENT and now - heard > UNHEARD:
            # Remains of a dead server (a child in a long computation), or one whose socket was deleted.
            take_down(server)
            heard = now
        if now - begun > (RECOVERY if state is State.BUSY else wait):
            break
        time.sleep(PAUSE)
    end = _tail(server.log, log_start)
    raise EmbeddedError(f"{server.name} does not start; {server.log} ends with\n{end}")


def _main_pid(server: Server) -> int | None:
    """Number of the main process: only one that really holds the server's lock."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(server.main_pid_file.read_text().split()[0])
        if pid in holders(server.lock):
            return pid
    return None


def _gone(server: Server, wait: float) -> bool:
    end = time.monotonic() + wait
    while held(server.lock):
        reap()
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE / 2)
    reap()
    return True


def take_down(server: Server) -> None:
    """Stops the server cleanly, by force where it does not end; returns when nothing of it is left."""
    if not held(server.lock):
        reap()
        return
    for number, wait in server.stop_signals:
        if (pid := _main_pid(server)) is None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _gone(server, wait):
            return
    for _ in range(5):
        signal_holders(server.lock, signal.SIGKILL)
        if _gone(server, 2):
            return
    raise EmbeddedError(f"{server.name} in {server.folder} cannot be stopped")
