"""The portal's own processes beside the services: started, watched, revived, ended with their children."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded.account import end_with_parent
from portal.embedded.locks import PAUSE, held, holders, signal_holders, try_lock
from portal.embedded.server import rotate

ROOT = Path(__file__).resolve().parent.parent.parent
GRACE = 10.0  # seconds between asking to end and ending by force
STEADY = 60.0  # seconds of life after which earlier deaths are forgotten
LONGEST_BACKOFF = 30.0


def module(name: str, *arguments: str) -> list[str]:
    """Command line of a Python module of the same environment."""
    return [sys.executable, "-m", name, *arguments]


@dataclass
class Child:
    """One process that shall live as long as its group does."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


@dataclass
class Group:
    """Processes that end together. They, and whatever they start, inherit the open file of one lock."""

    lock_path: Path
    logs: Path
    tell: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    lock: int | None = None

    def open(self) -> None:
        """Takes the group's lock; ends first what a killed owner left behind.

        The caller makes sure that no living owner exists.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.lock = try_lock(self.lock_path)
            if self.lock is not None:
                return
            self.tell(f"ending {len(holders(self.lock_path))} processes that an earlier run left behind")
            signal_holders(self.lock_path, number)
            self._until_free()
        self.lock = try_lock(self.lock_path)
        if self.lock is None:
            raise TimeoutError(f"processes of an earlier run do not end: {sorted(holders(self.lock_path))}")

    def _until_free(self) -> None:
        end = time.monotonic() + GRACE
        while held(self.lock_path) and time.monotonic() < end:
            time.sleep(PAUSE)

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Starts a process; from now on `tend` starts it again when it dies."""
        child = Child(name, command, environment, tuple(pass_fds))
        self.children.append(child)
        self._spawn(child)
        return child

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        each: Callable[[], None] = lambda: None,
    ) -> int:
        """Runs a command on this console to its end and gives its status; `tend` goes on meanwhile."""
        step = Child("step", command, environment)
        self.children.append(step)
        self._spawn(step, console=True)
        try:
            while not self._ended(step):
                self.tend()
                each()
                time.sleep(PAUSE)
            assert step.process is not None
            return step.process.returncode
        finally:
            # After an interruption it stays listed, so that `close` ends it.
            if step.process is None or step.process.returncode is not None:
                self.children.remove(step)

    def _spawn(self, child: Child, *, console: bool = False) -> None:
        assert self.lock is not None, "open() comes first"
        log_path = self.logs / f"{child.name}.log"
        rotate(log_path)
        with contextlib.ExitStack() as stack:
            output = None if console else stack.enter_context(log_path.open("ab"))
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=dict(child.environment),
                pass_fds=(self.lock, *child.pass_fds),
                start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we end them in order
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 -- one system call
            )
        child.started = time.monotonic()

    def _ended(self, child: Child) -> bool:
        """Whether its main process has ended; then everything it started is ended too."""
        if child.process is None or child.process.returncode is not None:
            return True
        # Looked at, not yet collected: until then its number cannot be given to another group.
        if os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        return True

    def tend(self) -> None:
        """Starts again what has died: at once the first time, then later and later."""
        for child in self.children:
            if child.name == "step" or not self._ended(child):
                continue
            now = time.monotonic()
            if not child.again_at:
                if now - child.started > STEADY:
                    child.deaths = 0
                wait = min(0.0 if child.deaths == 0 else 2.0 ** (child.deaths - 1), LONGEST_BACKOFF)
                child.deaths += 1
                child.again_at = now + wait
                status = child.process.returncode if child.process else 0
                how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
                when = f" in {wait:.0f} s" if wait else ""
                log = self.logs / f"{child.name}.log"
                self.tell(f"{child.name} ended {how}; starting it again{when} ({log})")
            if now >= child.again_at:
                child.again_at = 0.0
                self._spawn(child)

    def _signal(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.process is not None and not self._ended(child):
                with contextlib.suppress(ProcessLookupError):
                    if number is signal.SIGKILL:
                        os.killpg(child.process.pid, number)
                    else:  # a worker asked to end lets its own processes finish; asked themselves, they would not
                        os.kill(child.process.pid, number)

    def close(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """Asks all to end, ends by force what has not after some seconds (at once when `hurry` says so)."""
        self._signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        while [child for child in self.children if not self._ended(child)]:
            if time.monotonic() > end or hurry():
                self._signal(signal.SIGKILL)
                end = float("inf")
            time.sleep(PAUSE)
        self.children.clear()
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None
        # What left its process group still holds the lock.
        if held(self.lock_path):
            signal_holders(self.lock_path, signal.SIGKILL)
            self._until_free()
