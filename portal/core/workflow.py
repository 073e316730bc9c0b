"""Transition tables: what may follow what, as data.

A table drives the buttons, the API's `available_transitions`, the refusals, the tests and the diagrams in
`docs/workflows.md`. The table of each thing stands in its app's `workflow` module.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Conflict, Refusal

NEW = "new"  # source of a move that brings a record into being


class Absent:
    """Answer of a guard whose fact was not given; in import it counts as met outside the portal."""

    def __init__(self, reason: str, field: str = "") -> None:
        self.refusal = Refusal(reason, field)


Verdict = Refusal | Absent | None
Guard = Callable[..., Verdict | Iterable[Verdict]]


def _not_said(_record: Any, _facts: Mapping[str, Any]) -> None:
    """The day comes with the call alone."""


@dataclass(frozen=True)
class Dated:
    """Where the day of a move stands: in the fact `field`, beside which refusals about that day are told.

    `moment` reads it off the record, as the facts have changed it, and the facts; None where they do not say it.
    """

    field: str
    moment: Callable[[Any, Mapping[str, Any]], datetime | None] = _not_said


@dataclass(frozen=True)
class Transition:
    """One line of a table.

    `target` may depend on the record after the change (a receipt in full or in part). `stamp` names the
    column that keeps when it happened. `guards` and `effect` are called with
    (record, facts, at=moment, unit=unit, actor=actor); `effect` returns the columns that it set. From a state
    in `outside` the move is made in import alone: what lies between happened outside the portal, and the event
    says so. `takes` names columns of the record that the move sets from its facts, before the guards are asked;
    `needs` names the rows and facts without which there is no such move: its guards cannot even be asked.
    `dated` says where the day of the move stands, which else is the day of the click. `then` is what follows in
    the same transaction, other moves with their own events; it is called with
    (record, facts, at=moment, unit=unit, actor=actor, replayed=replayed).
    `notice` is the catalogue code of what is told after commit.
    """

    name: str
    source: frozenset[str]
    target: str | Callable[[Any], str]
    right: str
    guards: tuple[Guard, ...] = ()
    stamp: str = ""
    notice: str = ""
    effect: Callable[..., Iterable[str] | None] | None = None
    outside: frozenset[str] = frozenset()
    results: tuple[str, ...] = ()  # the states that a callable target may give
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    dated: Dated | None = None
    then: Callable[..., None] | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Every state that the move may lead to."""
        return (self.target,) if isinstance(self.target, str) else self.results


@dataclass(frozen=True)
class Workflow:
    """The table of one thing; `name` is also its case type in the audit chain."""

    name: str
    transitions: tuple[Transition, ...]

    def find(self, name: str, status: str, *, imported: bool = False) -> Transition:
        """The line for a move in a state; Conflict where the table has none."""
        for line in self.transitions:
            if line.name == name and (status in line.source or (imported and status in line.outside)):
                return line
        raise Conflict(_("this is not possible in the present state of the record"))

    def available(self, status: str) -> tuple[Transition, ...]:
        """The lines that leave a state."""
        return tuple(line for line in self.transitions if status in line.source)


@dataclass(frozen=True)
class Verdicts:
    """What the guards said: refusals that stand, and reasons counted as met outside the portal."""

    refusals: tuple[Refusal, ...]
    outside: tuple[str, ...]


def judge(
    line: Transition, record: Any, facts: Mapping[str, Any], *, waive_absent: bool, **context: Any
) -> Verdicts:
    """Asks every guard of a line and gathers all answers; absent facts are waived only in import.

    Each guard is told `beside`, the field of the move's day: empty in import, where each move is a day of its own.
    """
    beside = line.dated.field if line.dated and not waive_absent else ""
    refusals: list[Refusal] = []
    outside: list[str] = []
    for guard in line.guards:
        answer = guard(record, facts, beside=beside, **context)
        for verdict in (answer,) if answer is None or isinstance(answer, Refusal | Absent) else answer:
            if isinstance(verdict, Absent):
                if waive_absent:
                    outside.append(guard.__name__)
                else:
                    refusals.append(verdict.refusal)
            elif verdict is not None:
                refusals.append(verdict)
    return Verdicts(tuple(refusals), tuple(outside))
