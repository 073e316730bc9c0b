"""All moves of a dossier in the order in which they happened, ready to be replayed.

The order is that of `order`. What happens to a record on the day on which it comes into being follows its
coming into being: a pledge offered and withdrawn on one day is withdrawn after the offer, although releases
come before offers. What leads to a release goes with it: what a pledge takes up and frees on one day is free
for the offers of that day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from portal.core import moments
from portal.dossier.order import CLOSINGS, RANK, ordered_moves, reopens_first
from portal.dossier.problems import Step
from portal.dossier.read import Dossier, Record


class Turn(IntEnum):
    """Classes of moves within one day, in their order."""

    REQUESTS = 0
    RELEASES = 1
    PASSING = 2  # pledges offered and released on this day: they may need what others release
    OFFERS = 3
    ACCEPTANCES = 4
    AGREEMENTS = 5
    DELIVERIES = 6
    CONFIRMATIONS = 7
    FOLLOW_UPS = 8
    ACKNOWLEDGEMENTS = 9
    RECEIPTS = 10
    CHARGES = 11
    ALLOCATIONS = 12
    REFUNDS = 13
    ASSESSMENTS = 14
    CLOSINGS = 15


PLEDGE_TURNS = {
    "announced": Turn.OFFERS,
    "offered": Turn.OFFERS,
    "accepted": Turn.ACCEPTANCES,
    "declined": Turn.RELEASES,
    "agreed": Turn.AGREEMENTS,
    "withdrawn": Turn.RELEASES,
    "cancelled": Turn.RELEASES,
    "acknowledged": Turn.ACKNOWLEDGEMENTS,
    "lapsed": Turn.RELEASES,
}
LEDGER_TURNS = {
    "receipts": Turn.RECEIPTS,
    "psc_charges": Turn.CHARGES,
    "allocations": Turn.ALLOCATIONS,
    "refunds": Turn.REFUNDS,
}


@dataclass(frozen=True, slots=True)
class Move:
    """One fact of one record with its day. `place` leads to it from the record; `text` is the date as given."""

    day: date
    turn: Turn
    index: int
    step: int
    collection: str
    name: str
    place: tuple[Step, ...]
    text: str

    @property
    def key(self) -> tuple[date, int, int, int]:
        """What the timeline is ordered by."""
        return self.day, self.turn, self.index, self.step

    @property
    def path(self) -> tuple[Step, ...]:
        """Place of the fact in the file."""
        return (self.collection, self.index, *self.place)


def timeline(dossier: Dossier, *, leave_out: frozenset[tuple[str, int]] = frozenset()) -> list[Move]:
    """The moves of every record but those in `leave_out`, in order. Every date must be a day that exists."""
    moves: list[Move] = []
    for collection, told in _TOLD.items():
        for index, record in dossier.records[collection]:
            if (collection, index) not in leave_out:
                moves.extend(_in_turn(collection, index, told(record)))
    moves.sort(key=lambda move: move.key)
    return moves


Fact = tuple[str, Turn, tuple[Step, ...], str]
"""Name of a move, its turn, its place in the record, its date as given."""


def _in_turn(collection: str, index: int, facts: Iterable[Fact]) -> Iterator[Move]:
    """Moves of one record, its facts given in their own order: no later fact of a day before an earlier one."""
    day, turn = date.min, Turn.REQUESTS
    for step, (name, own, place, text) in enumerate(facts):
        on = moments.parse(text).date()
        turn = max(turn, own) if on == day else own
        day = on
        yield Move(on, turn, index, step, collection, name, place, text)


def _request(record: Record) -> Iterator[Fact]:
    texts: dict[str, str] = record.get("dates", {})
    days = {move: moments.parse(text).date() for move, text in texts.items()}
    early = reopens_first(days)
    facts: list[tuple[date, int, int, Fact]] = []
    for move, day in days.items():
        turn = Turn.CLOSINGS if move in CLOSINGS else Turn.REQUESTS
        rank = -1 if early and move == "reopened" else RANK["requests"][move]
        facts.append((day, rank, 0, (move, turn, ("dates", move), texts[move])))
    for number, item in enumerate(record.get("clarifications", ())):
        for move in ("asked", "answered"):
            if move in item:
                fact: Fact = (move, Turn.REQUESTS, ("clarifications", number, move), item[move])
                facts.append((moments.parse(item[move]).date(), RANK["requests"][move], number, fact))
    facts.sort(key=lambda item: item[:3])
    return (fact for _day, _rank, _number, fact in facts)


def _pledge(record: Record) -> Iterator[Fact]:
    texts: dict[str, str] = record.get("dates", {})
    days = {move: moments.parse(text).date() for move, text in texts.items()}
    moves = ordered_moves("pledges", days)
    for place, move in enumerate(moves):
        released = any(
            PLEDGE_TURNS[later] is Turn.RELEASES and days[later] == days[move] for later in moves[place:]
        )
        turn = PLEDGE_TURNS[move]
        if released:
            turn = Turn.PASSING if days.get("offered") == days[move] else Turn.RELEASES
        yield move, turn, ("dates", move), texts[move]


def _contribution(record: Record) -> Iterator[Fact]:
    yield "announced", Turn.OFFERS, ("announced",), record["announced"]
    if "agreement" in record:
        yield "agreed", Turn.AGREEMENTS, ("agreement", "signed"), record["agreement"]["signed"]
    entries: list[Fact] = []
    for name, turn in LEDGER_TURNS.items():
        for place, entry in enumerate(record.get(name, ())):
            entries.append((name, turn, (name, place), entry["date"]))
    entries.sort(key=lambda fact: (moments.parse(fact[3]).date(), fact[1]))
    yield from entries


def _delivery(record: Record) -> Iterator[Fact]:
    yield "recorded", Turn.DELIVERIES, ("date",), record["date"]
    later: list[Fact] = []
    if "disputed" in record:
        later.append(("disputed", Turn.CONFIRMATIONS, ("disputed", "date"), record["disputed"]["date"]))
    if "confirmed" in record:
        later.append(("confirmed", Turn.CONFIRMATIONS, ("confirmed",), record["confirmed"]))
    for place, item in enumerate(record.get("follow_ups", ())):
        later.append(("followed_up", Turn.FOLLOW_UPS, ("follow_ups", place), item["date"]))
    later.sort(key=lambda fact: (moments.parse(fact[3]).date(), fact[1]))
    yield from later


def _assessment(record: Record) -> Iterator[Fact]:
    for move in ("submitted", "published"):
        if move in record:
            yield move, Turn.ASSESSMENTS, (move,), record[move]


_TOLD: dict[str, Any] = {
    "requests": _request,
    "pledges": _pledge,
    "contributions": _contribution,
    "deliveries": _delivery,
    "assessments": _assessment,
}
