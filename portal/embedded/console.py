"""What `make run` and `make report` have in common: signals, console, variables."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from portal.embedded.account import end_with_parent
from portal.embedded.children import ROOT


class Ended(BaseException):
    """A signal asked this process to end; not an `Exception`, so that nothing swallows it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_received: list[int] = []


def _on_signal(number: int, _frame: FrameType | None) -> None:
    _received.append(number)
    if len(_received) == 1:  # the first interrupts the work, the next ones only hurry the ending
        raise Ended(number)


def heed() -> None:
    """Ends where a signal came that was lost on its way, as in a destructor; for loops that wait."""
    if _received and _received[0]:
        raise Ended(_received[0])


def only_hurry() -> None:
    """The ending has begun: from now on a signal interrupts nothing, it only hurries."""
    if not _received:
        _received.append(0)


def hurried() -> bool:
    """Whether a second signal came: end at once."""
    return len(_received) > 1


def listen() -> None:
    """Turns the signals to end into `Ended`, and ends also when the `make` that called us is killed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _on_signal)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)()


def say(text: str) -> None:
    """One line for the person at the console."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line about what is wrong."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def given(name: str, default: str = "") -> str:
    """A variable of the environment; empty counts as not given."""
    return os.environ.get(name) or default


def data_dir() -> Path:
    """The data folder as settings read it: relative to the project."""
    return (ROOT / Path(given("DATA_DIR", "var")).expanduser()).resolve()
