"""What is wrong with a dossier: a path into the file and a reason in plain words."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

Step = str | int
"""One step of a path: the key of an object or the index of a list item."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,79}\Z")
_SHOWN = 60


class Problem(NamedTuple):
    """One thing wrong: where (`requests[3].needs[0].quantity`) and why."""

    path: str
    reason: str


def format_path(steps: Iterable[Step]) -> str:
    """Write steps as a path: `("requests", 3, "title")` becomes `requests[3].title`.

    A key that is no plain name stands quoted in brackets, so that a path is always one line.
    """
    written = ""
    for step in steps:
        if isinstance(step, int):
            written += f"[{step}]"
        elif _PLAIN_KEY.match(step):
            written += f".{step}" if written else step
        else:
            written += f"[{quote(step)}]"
    return written


def quote(value: str) -> str:
    """A piece of the file's text, shortened, quoted and safe to print on one line in any encoding."""
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    safe = "".join(c if c.isprintable() and c not in '"\\' else _escaped(c) for c in shown)
    return f'"{safe}"'


def _escaped(character: str) -> str:
    return character if character == " " else f"\\u{ord(character):04x}"


class Problems:
    """The problems of one file, in the order found, each place and reason once.

    At most `limit` are kept, so that a file of nothing but nonsense costs no memory; the rest are counted
    in `left_off`. Paths named by `seal` take no further problem: their value could not be read at all.
    """

    def __init__(self, *, limit: int = 10_000) -> None:
        self.limit = limit
        self.left_off = 0
        self._kept: dict[Problem, None] = {}
        self._sealed: set[str] = set()

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept) + self.left_off

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def full(self) -> bool:
        """Whether no further problem will be kept."""
        return len(self._kept) >= self.limit

    def add(self, path: str, reason: str) -> None:
        """Note one problem; the same path and reason are noted once."""
        problem = Problem(path, reason)
        if path in self._sealed or problem in self._kept:
            return
        if self.full:
            self.left_off += 1
        else:
            self._kept[problem] = None

    def seal(self, path: str, reason: str) -> None:
        """Note a problem and take no other for the same path."""
        self.add(path, reason)
        if len(self._sealed) < self.limit:
            self._sealed.add(path)

    def lines(self, *, name: str) -> Iterator[str]:
        """The problems as printed: `path: reason`, one a line; `name` stands for the file as a whole."""
        for problem in self._kept:
            yield f"{problem.path or name}: {problem.reason}"
        if self.left_off:
            yield f"{name}: " + _("%(count)d more errors are not shown.") % {"count": self.left_off}
