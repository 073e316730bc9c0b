"""Writes the paragraphs, footnotes and tables of one document in order, numbering as it goes."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from reports.compose.facts import Facts
from reports.compose.measures import Measures
from reports.compose.messages import Argument, Lookup, expand, say
from reports.compose.naming import HiddenNames
from reports.compose.style import Style
from reports.compose.texts import Texts
from reports.document import (
    BarTable,
    Cell,
    Footnote,
    Item,
    Letter,
    Mark,
    Paragraph,
    Reference,
    Runs,
    Table,
    TableNote,
    Text,
    plain,
)
from reports.figures import Figure
from reports.reading import Reading

Words = Mapping[str, str]
NO_WORDS: Words = {}
Exhibit = Table | BarTable
Maker = Callable[["Writer", str, str], Exhibit | None]
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class Writer:
    """One document in the making. Tables are made when they are first mentioned, and numbered then."""

    def __init__(
        self,
        *,
        texts: Texts,
        style: Style,
        records: Reading,
        measures: Measures,
        facts: Facts,
        makers: Mapping[str, tuple[str, Maker]],
    ) -> None:
        self.texts, self.style, self.records = texts, style, records
        self.measures, self.facts, self._makers = measures, facts, makers
        self.footnotes: list[Footnote] = []
        self._first_note: dict[str, int] = {}
        self._exhibits: dict[str, Exhibit | None] = {}
        self._numbers = {"table": 0, "chart": 0, "paragraph": 0}

    @cached_property
    def hidden_names(self) -> HiddenNames:
        """Names that may not stand in the document."""
        return HiddenNames(self.records)

    # -- words

    def say(
        self,
        message_id: str,
        arguments: Mapping[str, Argument] | None = None,
        *,
        words: Words = NO_WORDS,
        digits: bool = False,
    ) -> Runs | None:
        """The message, or None where it has nothing to say. `words` replace `$name` in it."""
        known: dict[str, Argument] = {**words, **(arguments or {})}
        return say(
            self.texts.message(message_id),
            lookup=self._lookup(known),
            note=self.note,
            speaker=self.style.speaker,
            variables=words,
            digits=digits,
        )

    def text(
        self, message_id: str, arguments: Mapping[str, Argument] | None = None, *, words: Words = NO_WORDS
    ) -> str:
        """The message as plain words; empty where it has nothing to say."""
        return plain(self.say(message_id, arguments, words=words) or ())

    def _lookup(self, known: Mapping[str, Argument]) -> Lookup:
        def lookup(name: str) -> Argument:
            if name in known:
                return known[name]
            if name.startswith("table."):
                return self._number_of(name.removeprefix("table."))
            figure = self.measures.get(name)
            return figure if figure is not None else self.facts.get(name)

        return lookup

    def has(self, name: str, words: Words = NO_WORDS) -> bool:
        """Whether a figure or fact is there and not nothing."""
        argument = self._lookup({})(expand(name, words))
        return bool(argument.value) if isinstance(argument, Figure) else bool(argument)

    def first(
        self, message_ids: Iterable[str], *, words: Words = NO_WORDS, digits: bool = False
    ) -> Runs | None:
        """The first of the messages that has something to say."""
        said = (self.say(message_id, words=words, digits=digits) for message_id in message_ids)
        return next((runs for runs in said if runs), None)

    # -- numbered things

    def note(self, name: str) -> Mark:
        """A footnote; the second of a name refers to the first."""
        number = len(self.footnotes) + 1
        first = self._first_note.setdefault(name, number)
        self.footnotes.append(Footnote(number, ()))  # keeps the number while its words are found
        again = f"note.{name}.again"
        if first == number or again not in self.texts.messages:
            runs = self.say(f"note.{name}")
        else:
            runs = self.say(again, words={"first": str(first)})
        self.footnotes[number - 1] = Footnote(number, runs or ())
        return Mark(number)

    def next_number(self) -> int:
        self._numbers["paragraph"] += 1
        return self._numbers["paragraph"]

    def restart(self) -> None:
        """Annexes number their paragraphs from 1."""
        self._numbers["paragraph"] = 0

    def paragraph(self, runs: Runs | None, **more: Any) -> Paragraph | None:
        """A numbered paragraph, or None where there is nothing in it."""
        return Paragraph(self.next_number(), runs, **more) if runs else None

    def items(self, said: Iterable[Runs | None]) -> tuple[Item, ...]:
        """(a), (b), … for those that have something to say."""
        kept = [runs for runs in said if runs]
        return tuple(Item(f"({_letter(place)})", runs) for place, runs in enumerate(kept))

    # -- tables

    def exhibit(self, name: str) -> Exhibit | None:
        """A table or chart by name, made once; None where it would be empty."""
        if name not in self._exhibits:
            kind, maker = self._makers[name]
            number = self._numbers[kind] + 1
            shown = _ROMAN[number - 1] if kind == "chart" and number <= len(_ROMAN) else str(number)
            label = self.text(f"{kind}.label", {"table.number": shown})
            made = maker(self, f"{kind}-{name}", label)
            self._exhibits[name] = made
            if made is not None:
                self._numbers[kind] = number
        return self._exhibits[name]

    def _number_of(self, name: str) -> Argument:
        exhibit = self.exhibit(name)
        return exhibit.label.split()[-1] if exhibit else None

    def label(self, message_id: str, *, note: str = "") -> Cell:
        """A cell of words, with the letter of a note under the table."""
        return Cell((*(self.say(message_id) or ()), *((Letter(note),) if note else ())))

    def words(self, words: str) -> Cell:
        return Cell((Text(words),))

    def symbol(self, symbol: str) -> Cell:
        return Cell((Reference(symbol),))

    def cell(self, figure_id: str, *, usd: bool = False, negative: bool = False) -> Cell:
        """A cell of a figure, zero where the figures leave it out; `negative` subtracts it."""
        figure = self.measures.get(figure_id)
        value = figure.value if figure else 0
        cell = self.number(-value if negative else value, usd=usd)
        return Cell(cell.runs, cell.value, figure.id) if figure else cell

    def number(self, value: int | Decimal, *, usd: bool = False) -> Cell:
        """A cell of a number that is no figure of its own."""
        return Cell((Text(self.style.cell(value, usd=usd)),), value)

    def table_notes(self, message_ids: Iterable[str]) -> tuple[TableNote, ...]:
        """Notes a, b, c under a table."""
        return tuple(
            TableNote(_letter(place), self.say(message_id) or ())
            for place, message_id in enumerate(message_ids)
        )


def _letter(place: int) -> str:
    """The letter of a place: a to z, then aa, ab, …"""
    first, second = divmod(place, 26)
    return (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + second)
