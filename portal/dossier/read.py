"""From a file to its records: every error by path, never a traceback, memory in proportion to what is right.

The file is read record by record. Each is parsed, checked against its shape (`schema`) and kept, so that a
file of nonsense is never held as a whole: what is wrong is noted and let go.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from portal.dossier import schema
from portal.dossier.problems import Problems, Step, format_path
from portal.dossier.window import Unreadable, Window

Record = dict[str, Any]

_KEYS: dict[str, str] = {}
_SUSPECT = re.compile(r"\\u(?:00[01]|d[89a-f]|fff[ef])", re.IGNORECASE)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_LONGEST_NUMBER = 18
_UNENDED = "Unterminated string starting at"


@dataclass(frozen=True)
class Limits:
    """What a file may measure. A record is one item of a collection."""

    file_bytes: int = 200_000_000
    record_characters: int = 4_000_000
    depth: int = 64


@dataclass
class Dossier:
    """The records of a file, by collection, in its order, each with its index.

    A record that broke the shape is kept with what is wrong taken out, and its place stands in `damaged`: so
    that its other facts are still checked, and nobody is told that it does not exist.
    """

    title: str | None = None
    records: dict[str, list[tuple[int, Record]]] = field(
        default_factory=lambda: {name: [] for name in schema.COLLECTIONS}
    )
    damaged: set[tuple[str, int]] = field(default_factory=set)
    given: frozenset[str] = frozenset()
    """The keys that stand at the root of the file."""
    unread: set[str] = field(default_factory=set)
    """Collections that could not be read as lists: what they hold is not known."""


def read(source: Path, *, problems: Problems, limits: Limits | None = None) -> Dossier:
    """The records of a file, as far as it can be read; what is wrong goes to `problems`."""
    limits = limits or Limits()
    try:
        with source.open("rb") as stream:
            return read_stream(stream, problems=problems, limits=limits)
    except FileNotFoundError:
        problems.add("", _("there is no such file"))
    except IsADirectoryError:
        problems.add("", _("this is a folder, not a file"))
    except PermissionError:
        problems.add("", _("the file may not be read: permission denied"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problems.add("", _("the file cannot be read: %(reason)s") % {"reason": reason})
    return Dossier()


def read_stream(stream: BinaryIO, *, problems: Problems, limits: Limits | None = None) -> Dossier:
    """As `read`, from an open binary stream."""
    limits = limits or Limits()
    reader = _Reader(Window(stream, most_bytes=limits.file_bytes), problems, limits)
    try:
        reader.document()
    except Unreadable as error:
        problems.add("", str(error))
    return reader.dossier


class _Doubled(dict[str, Any]):
    """An object in which a key stands more than once; `pairs` has them all."""

    pairs: list[tuple[str, Any]]


class _Refused(float):
    """A number that cannot be taken; equal to nothing, not even a whole number."""

    reason: str


class _Reader:
    def __init__(self, window: Window, problems: Problems, limits: Limits) -> None:
        self.dossier = Dossier()
        self._window = window
        self._problems = problems
        self._limits = limits
        self._suspect = False
        self._scan = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._int,
            parse_float=self._float,
            parse_constant=self._constant,
        ).scan_once  # type: ignore[attr-defined]

    # -- what the scanner of the standard library calls --------------------------------------------------

    def _object(self, pairs: list[tuple[str, Any]]) -> Record:
        found = {_KEYS.get(key, key): value for key, value in pairs}
        if len(found) == len(pairs):
            return found
        self._suspect = True
        doubled = _Doubled(found)
        doubled.pairs = pairs
        return doubled

    def _refuse(self, reason: str) -> float:
        self._suspect = True
        refused = _Refused(math.nan)
        refused.reason = reason
        return refused

    def _int(self, digits: str) -> float:
        if len(digits) > _LONGEST_NUMBER:
            return self._refuse(_("the number is too long"))
        return int(digits)

    def _float(self, digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else self._refuse(_("the number is too large"))

    def _constant(self, name: str) -> float:
        return self._refuse(_("%(name)s is not a number that JSON knows") % {"name": name})

    # -- the document ------------------------------------------------------------------------------------

    def document(self) -> None:
        """Read the whole file; raises Unreadable where it cannot go on."""
        first = self._window.next()
        if not first:
            raise Unreadable(_("the file is empty"))
        if first != "{":
            self._refuse_root(first)
        self._window.position += 1
        seen: set[str] = set()
        for key in self._members():
            if key in seen:
                self._problems.add(format_path((key,)), _("this key stands more than once in the file"))
            seen.add(key)
            if key in schema.COLLECTIONS and self._window.next() == "[":
                self._collection(key)
            else:
                self._other(key)
        if self._window.next():
            raise self._not_json(_("something follows the end of the document"))
        self.dossier.given = frozenset(seen)
        if "format" not in seen:
            self._problems.add("format", schema.missing())

    def _refuse_root(self, first: str) -> None:
        if first in '["-0123456789tfn':
            if first != "[":
                self._value(())
            raise Unreadable(_("the document must be an object: { … }"))
        raise self._not_json(_("an object, { … }, is expected"))

    def _members(self) -> Iterator[str]:
        """The keys of the root object, each with the position at its value."""
        window = self._window
        if window.next() == "}":
            window.position += 1
            return
        while True:
            if window.next() != '"':
                raise self._not_json(_("a key in quotation marks is expected"))
            key = self._value(())
            if window.next() != ":":
                raise self._not_json(_("a colon is expected after the key"))
            window.position += 1
            window.next()
            yield str(key)
            if window.next() not in (",", "}"):
                raise self._not_json(_("a comma or the end of the object is expected"))
            window.position += 1
            if window.buffer[window.position - 1] == "}":
                return

    def _collection(self, name: str) -> None:
        window = self._window
        rule = schema.COLLECTIONS[name]
        window.position += 1
        index = len(self.dossier.records[name])
        if window.next() == "]":
            window.position += 1
            return
        while True:
            self._keep(name, index, self._value((name, index)), rule)
            index += 1
            if window.next() not in (",", "]"):
                raise self._not_json(_("a comma or the end of the list is expected"))
            window.position += 1
            if window.buffer[window.position - 1] == "]":
                return
            window.next()

    def _keep(self, name: str, index: int, value: Any, rule: schema.Rule) -> None:
        found = rule(value)
        if found or self._suspect:
            self._note((name, index), found or [])
            self.dossier.damaged.add((name, index))
            if not isinstance(value, dict):
                return
            for steps, _reason in found or ():
                _take_out(value, steps)
        self.dossier.records[name].append((index, value))

    def _other(self, key: str) -> None:
        rule = schema.HEAD.get(key)
        if rule is None and key not in schema.COLLECTIONS:
            self._problems.add(format_path((key,)), schema.unknown_root_key(key))
        value = self._value((key,))
        if rule is None and key in schema.COLLECTIONS:
            rule = schema.listing(schema.COLLECTIONS[key])
        found = (rule(value) if rule else None) or []
        self._note((key,), found)
        if key in schema.COLLECTIONS:
            self.dossier.unread.add(key)
        if key == "title" and not found:
            self.dossier.title = value

    def _note(self, where: tuple[Step, ...], found: schema.Found) -> None:
        for steps, reason in found:
            self._problems.add(format_path((*where, *steps)), reason)
        if self._problems.full:
            raise Unreadable(_("too many errors; the rest of the file was not read"))

    # -- one value ---------------------------------------------------------------------------------------

    def _value(self, where: tuple[Step, ...]) -> Any:
        """The JSON value at the position, which moves behind it.

        What JSON allows and the portal cannot take (a key twice, odd numbers, characters that no database
        or document holds) is noted under `where`, and `_suspect` tells so.
        """
        window = self._window
        self._suspect = False
        while (parsed := self._parsed(where)) is None:
            # The value is cut off by the edge of what was read: see twice as much of it.
            length = len(window.buffer) - window.position
            if length > self._limits.record_characters:
                raise self._too_long(where)
            while window.more() and len(window.buffer) - window.position < 2 * length:
                pass
        value, end = parsed
        start = window.position
        self._suspect = self._suspect or _looks_odd(window.buffer, start, end)
        window.position = end
        if end - start > self._limits.record_characters:
            raise self._too_long(where)
        if self._suspect:
            self._suspect = self._note_oddities(where, value)
        return value

    def _parsed(self, where: tuple[Step, ...]) -> tuple[Any, int] | None:
        """The value at the position and where it ends; None where more of the file may change the answer."""
        window = self._window
        try:
            value, end = self._scan(window.buffer, window.position)
        except StopIteration as stop:
            index, reason = int(stop.value), _("a value is expected")
        except json.JSONDecodeError as error:
            index, reason = error.pos, _in_words(error.msg)
        except RecursionError:
            raise self._too_deep(where) from None
        else:
            return (value, end) if end < len(window.buffer) or window.ended else None
        cut_off = index > len(window.buffer) - _LONGEST_NUMBER or reason == _in_words(_UNENDED)
        if cut_off and not window.ended:
            return None
        raise self._not_json(reason, index)

    def _note_oddities(self, where: tuple[Step, ...], value: Any) -> bool:
        noted = False
        for steps, reason in oddities(value):
            noted = True
            self._problems.seal(format_path((*where, *steps)), reason)
        if self._problems.full:
            raise Unreadable(_("too many errors; the rest of the file was not read"))
        return noted

    # -- what to say -------------------------------------------------------------------------------------

    def _not_json(self, reason: str, index: int | None = None) -> Unreadable:
        words = {"place": self._window.place(index), "reason": reason}
        return Unreadable(_("the file is not JSON: %(place)s: %(reason)s") % words)

    def _too_long(self, where: tuple[Step, ...]) -> Unreadable:
        reason = _("is longer than %(most)d characters") % {"most": self._limits.record_characters}
        self._problems.add(format_path(where), reason)
        return Unreadable(_("the rest of the file was not read"))

    def _too_deep(self, where: tuple[Step, ...]) -> Unreadable:
        depth, index = 0, self._window.position
        for token in _TOKEN.finditer(self._window.buffer, self._window.position):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
            index = token.start()
            if depth > self._limits.depth:
                break
        place = self._window.place(index)
        self._problems.add(
            format_path(where), _("is nested more than %(depth)d deep") % {"depth": self._limits.depth}
        )
        return Unreadable(_("the file is nested too deeply: %(place)s") % {"place": place})


def oddities(value: Any) -> Iterator[tuple[tuple[Step, ...], str]]:
    """Places of a parsed value that no rule of shape would find, with reasons, in the order of the file."""
    waiting: list[tuple[tuple[Step, ...], Any]] = [((), value)]
    while waiting:
        steps, item = waiting.pop()
        if isinstance(item, _Doubled):
            seen: set[str] = set()
            for key, _item in item.pairs:
                if key in seen:
                    yield (*steps, key), _("this key stands more than once in one object")
                seen.add(key)
            waiting.extend(((*steps, key), inner) for key, inner in reversed(item.pairs))
        elif isinstance(item, dict):
            for key in item:
                yield from _unfit_text(steps, key)
            waiting.extend(((*steps, key), inner) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            waiting.extend(((*steps, index), item[index]) for index in reversed(range(len(item))))
        elif isinstance(item, _Refused):
            yield steps, item.reason
        elif isinstance(item, str):
            yield from _unfit_text(steps, item)


def _unfit_text(steps: tuple[Step, ...], text: str) -> Iterator[tuple[tuple[Step, ...], str]]:
    unfit = _UNFIT.search(text)
    if unfit:
        words = {"code": f"U+{ord(unfit.group()):04X}", "place": unfit.start() + 1}
        if "\ud800" <= unfit.group() <= "\udfff":
            reason = _("character %(place)d is half of a character (%(code)s)")
        else:
            reason = _("character %(place)d is %(code)s, which no text may hold")
        yield steps, reason % words


def _looks_odd(buffer: str, start: int, end: int) -> bool:
    return (
        (buffer.find("\\u", start, end) >= 0 and _SUSPECT.search(buffer, start, end) is not None)
        or buffer.find("\ufffe", start, end) >= 0
        or buffer.find("\uffff", start, end) >= 0
    )


def _take_out(value: Any, steps: tuple[Step, ...]) -> None:
    """Remove what is wrong from a record; in a list its place stays, empty, so that the others keep theirs."""
    if not steps:
        return
    for step in steps[:-1]:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]  # type: ignore[index]
        else:
            return
    last = steps[-1]
    if isinstance(value, dict):
        value.pop(last, None)
    elif isinstance(value, list) and isinstance(last, int) and last < len(value):
        value[last] = None


def _in_words(message: str) -> str:
    return _MESSAGES.get(message, lambda: message)()


_MESSAGES: dict[str, Callable[[], str]] = {
    "Expecting value": lambda: _("a value is expected"),
    "Expecting property name enclosed in double quotes": lambda: _("a key in quotation marks is expected"),
    "Expecting ':' delimiter": lambda: _("a colon is expected after the key"),
    "Expecting ',' delimiter": lambda: _("a comma or the end is expected"),
    _UNENDED: lambda: _("a text that begins here does not end"),
    "Invalid control character at": lambda: _("a line break or control character stands in a text"),
    "Invalid \\escape": lambda: _("a backslash is followed by the wrong character"),
    "Invalid \\uXXXX escape": lambda: _("\\u must be followed by four hexadecimal digits"),
    "Extra data": lambda: _("something follows the end of the document"),
}


def _register_keys() -> None:
    """Learn the keys of the format, so that each is held once however often it stands in a file."""
    waiting = [schema.DOCUMENT, *schema.COLLECTIONS.values()]
    while waiting:
        for key, rule in getattr(waiting.pop(), "rules", {}).items():
            _KEYS[key] = key
            waiting.append(rule)


_register_keys()
