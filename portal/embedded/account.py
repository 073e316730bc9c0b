"""Under which account the servers run: never as root."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

NOBODY = 65534  # also without any entry in /etc/passwd
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """Numbers of the servers' account; `drop` says whether it differs from this process's."""

    uid: int
    gid: int
    drop: bool


def account_for(folder: Path) -> Account:
    """Account for the servers of a data folder.

    An ordinary user's servers are the user's. Root's run as the owner of data that are already there, else as
    nobody.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drop=False)
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.stat().st_uid, folder.stat().st_gid, drop=True)
    return Account(NOBODY, NOBODY, drop=True)


def private_folder(path: Path, account: Account) -> None:
    """Makes a 0700 folder of the account."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account.drop:
        os.chown(path, account.uid, account.gid)


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder above `path` (by its permission bits)."""
    for folder in path.resolve().parents:
        found = folder.stat()
        bit = 0o100 if found.st_uid == account.uid else 0o010 if found.st_gid == account.gid else 0o001
        if not found.st_mode & bit:
            return False
    return True


def _as(account: Account) -> dict[str, Any]:
    if not account.drop:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    # C: messages in English, no locale that this machine may lack. PG*: a server must not read a client's.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "HOME": "/"}


def run_as(
    account: Account, command: Sequence[str], *, cwd: Path, text: str = "", timeout: float = 120.0
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end under the account, with `text` as its input."""
    return subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=_environment(),
        timeout=timeout,
        start_new_session=True,
        **_as(account),
    )


def end_with_parent(number: int) -> Callable[[], None]:
    """A step before `exec`: the kernel sends the signal when the thread that started the process is gone.

    Without the C library's `prctl` (not Linux) the step does nothing.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) and None


def start_as(
    account: Account,
    command: Sequence[str],
    *,
    cwd: Path,
    log: IO[bytes],
    lock: int,
    with_parent: bool,
) -> subprocess.Popen[bytes]:
    """Starts a server in a session of its own, so that a terminal's Ctrl-C does not reach it.

    It inherits the open file of its lock. `with_parent` stops it when this process is gone.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=cwd,
        env=_environment(),
        pass_fds=[lock],
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGINT) if with_parent else None,  # noqa: PLW1509 -- one system call
        **_as(account),
    )
