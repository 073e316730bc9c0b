"""How far an import or export has come: a bar on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Any, Self

_WIDTH = 30
_EVERY = 0.1


class Progress:
    """Draws on a command's output stream; `quiet` says nothing."""

    def __init__(self, stream: Any, *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._terminal = bool(getattr(stream, "isatty", lambda: False)())
        self._full, self._void = "█·" if _can_write(stream, "█·") else "#."
        self._what = ""
        self._last = 0.0
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def told(self, what: str, done: int, total: int) -> None:
        """Done steps of a total in one part of the work."""
        if self._quiet:
            return
        if not self._terminal:
            if what != self._what:
                self._what = what
                self._stream.write(f"{what} ...")
            return
        now = time.monotonic()
        if now - self._last < _EVERY and done < total and what == self._what:
            return
        self._last, self._what = now, what
        share = done / total if total else 1
        filled = round(_WIDTH * share)
        bar = self._full * filled + self._void * (_WIDTH - filled)
        self._draw(f"{what} {bar} {done}/{total}" if total > 1 else f"{what} {bar}")

    def counted(self, what: str, count: int) -> None:
        """Records written of one collection."""
        if self._quiet:
            return
        if self._terminal:
            self._draw(f"{what}: {count}")
        else:
            self._stream.write(f"{what}: {count}")

    def _draw(self, line: str) -> None:
        self._drawn = True
        self._stream.write(f"\r\x1b[2K{line}", ending="")
        self._stream.flush()

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[2K", ending="")
            self._stream.flush()


def _can_write(stream: Any, text: str) -> bool:
    try:
        text.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
