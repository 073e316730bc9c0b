"""Message templates: one sentence with its plural forms, in the syntax of ICU MessageFormat.

    {name}                                         a value, a date, a name, a list
    {name, plural, =0 {none} one {# need} other {# needs}}    forms by the language's plural rules
    {name, select, cash {in cash} other {in kind}}            forms by a word
    {name, exists, yes {…} no {…}}                 forms by whether there is anything to say
    {?name}                                        nothing; the message is printed only where there is one
    {^resolution}                                  the call of a footnote
    *Treaty Series*                                the title of a publication

A name is the id of a figure or of a fact; `$n` in it is replaced, so that one message serves every
paragraph of a resolution. `#` is the number of the plural around it. A message whose value is empty
(zero, nothing, not there) is not printed at all, unless the template says how to (=0, exists).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.document import Mark, Reference, Run, Runs, Text, Title, Value
from reports.figures import Figure

Argument = Figure | str | Runs | None
Lookup = Callable[[str], Argument]

_VARIABLE = re.compile(r"\$(\w+)")


class BadMessage(ValueError):
    """A template that cannot be read: the message says where."""


@dataclass(frozen=True, slots=True)
class Literal:
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A value; `name` is empty for the number of the plural around it."""

    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    kind: str
    branches: Mapping[str, tuple["Part", ...]]


Part = Literal | Slot | Condition | Note | Choice


def parse(template: str) -> tuple[Part, ...]:
    """The parts of a template; raises BadMessage."""
    reader = _Reader(template)
    found = reader.parts(inside=False)
    if reader.place != len(template):
        raise BadMessage(f"unexpected brace at {reader.place} in {template!r}")
    return found


class _Reader:
    def __init__(self, template: str) -> None:
        self.template = template
        self.place = 0

    def parts(self, *, inside: bool) -> tuple[Part, ...]:
        found: list[Part] = []
        while self.place < len(self.template):
            character = self.template[self.place]
            if character == "}":
                break
            if character == "{":
                found.append(self._braces())
            elif character == "#" and inside:
                self.place += 1
                found.append(Slot(""))
            else:
                found.append(Literal(self._until("{}#" if inside else "{}")))
        return tuple(found)

    def _until(self, stops: str) -> str:
        start = self.place
        while self.place < len(self.template) and self.template[self.place] not in stops:
            self.place += 1
        return self.template[start : self.place]

    def _braces(self) -> Part:
        self.place += 1
        name = self._until(",}").strip()
        if self._take("}"):
            if name.startswith("^"):
                return Note(name[1:])
            return Condition(name[1:]) if name.startswith("?") else Slot(name)
        self._expect(",")
        kind = self._until(",}").strip()
        if kind not in ("plural", "select", "exists"):
            raise BadMessage(f"unknown kind {kind!r} in {self.template!r}")
        self._expect(",")
        branches: dict[str, tuple[Part, ...]] = {}
        while not self._take("}"):
            key = self._until("{").strip()
            self._expect("{")
            branches[key] = self.parts(inside=True)
            self._expect("}")
            self._until("}abcdefghijklmnopqrstuvwxyz=_-")
        if kind == "plural" and "other" not in branches:
            raise BadMessage(f"plural without other in {self.template!r}")
        return Choice(name, kind, branches)

    def _take(self, character: str) -> bool:
        if self.template[self.place : self.place + 1] == character:
            self.place += 1
            return True
        return False

    def _expect(self, character: str) -> None:
        if not self._take(character):
            raise BadMessage(f"{character!r} expected at {self.place} in {self.template!r}")


class Empty(Exception):
    """A value of the message is empty."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """How one language writes: plural category of a number, a figure in words or digits."""

    plural: Callable[[Figure], str]
    write: Callable[[Figure, bool], str]  # figure, digits even for small numbers
    large: Callable[[Figure], bool]  # a count that is written in digits


def expand(name: str, variables: Mapping[str, str]) -> str:
    """`name` with its `$n` replaced."""
    return _VARIABLE.sub(lambda found: variables[found[1]], name)


def say(
    parts: tuple[Part, ...],
    *,
    lookup: Lookup,
    note: Callable[[str], Mark],
    speaker: Speaker,
    variables: Mapping[str, str],
    digits: bool = False,
) -> Runs | None:
    """The runs of a message, or None where a value is empty.

    Numbers of one sentence are written alike: where one of its counts takes digits, all do. `digits` asks
    for them anyway, as tables do.
    """
    try:
        said = _walk(parts, None, lookup, speaker, variables)
    except Empty:
        return None
    digits = digits or any(isinstance(piece, Figure) and speaker.large(piece) for piece in said)
    runs: list[Run] = []
    for piece in said:
        if isinstance(piece, Figure):
            runs.append(Value(speaker.write(piece, digits), piece.id, piece.value))
        elif isinstance(piece, Note):
            runs.append(note(piece.name))
        elif isinstance(piece, Literal):
            runs.extend(_titles(piece.text))
        else:
            runs.extend(piece)
    return joined(runs)


Said = Figure | Note | Literal | Runs


def _walk(
    parts: tuple[Part, ...],
    number: Figure | None,
    lookup: Lookup,
    speaker: Speaker,
    variables: Mapping[str, str],
) -> list[Said]:
    said: list[Said] = []
    for part in parts:
        if isinstance(part, Choice):
            argument = lookup(expand(part.name, variables))
            branch = _branch(part, argument, speaker)
            count = argument if isinstance(argument, Figure) else number
            said.extend(_walk(branch, count, lookup, speaker, variables))
        elif isinstance(part, Slot):
            argument = lookup(expand(part.name, variables)) if part.name else number
            if empty(argument):
                raise Empty
            said.append((Text(argument),) if isinstance(argument, str) else argument or ())
        elif isinstance(part, Condition):
            if empty(lookup(expand(part.name, variables))):
                raise Empty
        else:
            said.append(part)
    return said


def empty(argument: Argument) -> bool:
    """Whether there is nothing to say of it."""
    return not argument.value if isinstance(argument, Figure) else not argument


def _branch(choice: Choice, argument: Argument, speaker: Speaker) -> tuple[Part, ...]:
    branches = choice.branches
    if choice.kind == "exists":
        return branches.get("no" if empty(argument) else "yes", ())
    if choice.kind == "select":
        word = argument if isinstance(argument, str) else ""
        return branches.get(word, branches.get("other", ()))
    if not isinstance(argument, Figure):
        raise Empty
    exact = branches.get(f"={argument.value}")
    if exact is not None:
        return exact
    if not argument.value:
        raise Empty
    return branches.get(speaker.plural(argument), branches["other"])


def _titles(text: str) -> list[Run]:
    pieces = text.split("*")
    return [Title(piece) if place % 2 else Text(piece) for place, piece in enumerate(pieces) if piece]


def joined(runs: list[Run]) -> Runs:
    """Neighbouring words of one language as one run."""
    kept: list[Run] = []
    for run in runs:
        last = kept[-1] if kept else None
        if isinstance(run, Text) and isinstance(last, Text) and run.language == last.language:
            kept[-1] = Text(last.text + run.text, run.language)
        else:
            kept.append(run)
    return tuple(kept)


def reference(text: str) -> Runs:
    """A reference as an argument of a message."""
    return (Reference(text),)
