"""What a record is, whatever it is written as: facts, parts with their answers, tables. No database."""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

NIL = "–"
Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it, line by line; `language` where the words are not the record's own."""

    label: str
    lines: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class Table:
    """`widths` are per cent; a column of `codes` is set in small type and may break anywhere."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    codes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Part:
    """A heading with what stands under it; a block is kept apart by a rule."""

    title: str
    level: Literal[1, 2] = 1
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    words: str = ""
    block: bool = False


@dataclass(frozen=True)
class Record:
    """`mark` stands on every page: that this is a draft, or the reference."""

    language: str
    direction: Direction
    kind: str
    title: str
    title_language: str
    mark: str
    page: str  # "Page %(page)s of %(pages)s"
    draft: bool
    dated: date
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    digest_title: str
    digest_words: str

    @property
    def digest(self) -> str:
        """SHA-256 of all that the record says: the same content gives the same, in PDF and in Word."""
        said = {"title": self.title, "mark": self.mark, "facts": self.facts, "parts": self.parts}
        text = json.dumps(said, default=_said, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _said(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else asdict(value)  # type: ignore[call-overload]


def direction_of(text: str, otherwise: Direction) -> Direction:
    """The direction of the first letter that has one, as a page finds it by `dir="auto"`."""
    for character in text:
        found = unicodedata.bidirectional(character)
        if found in {"R", "AL"}:
            return "rtl"
        if found == "L":
            return "ltr"
    return otherwise


def texts(record: Record) -> list[str]:
    """Every text of a record."""
    found = [record.kind, record.title, record.mark, record.digest_title, record.digest_words]
    facts = [*record.facts, *(fact for part in record.parts for fact in part.facts)]
    found += [text for fact in facts for text in (fact.label, *fact.lines)]
    for part in record.parts:
        found += [part.title, part.words]
        if part.table:
            found += [*part.table.heads, *(cell for row in part.table.rows for cell in row)]
    return found
