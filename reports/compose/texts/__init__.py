"""The texts of the report, one file a language; see `en.toml`, which is the source of the others."""

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from reports.compose.messages import Part, parse

_FOLDER = Path(__file__).parent


class LanguageMissing(LookupError):
    """The report has no texts in this language."""


def languages() -> tuple[str, ...]:
    """The languages in which reports can be composed, in the alphabetical order of their codes."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


class Texts:
    """One language's file, messages parsed when they are first said."""

    def __init__(self, language: str) -> None:
        path = _FOLDER / f"{language}.toml"
        if not path.is_file():
            raise LanguageMissing(f"no texts in language {language!r}; there are {', '.join(languages())}")
        self.language = language
        self.data: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
        self._parsed: dict[str, tuple[Part, ...]] = {}

    @cached_property
    def messages(self) -> Mapping[str, str]:
        return dict(self.data["messages"])

    def message(self, message_id: str) -> tuple[Part, ...]:
        """The parts of a message; KeyError where the file lacks it."""
        parts = self._parsed.get(message_id)
        if parts is None:
            parts = self._parsed[message_id] = parse(self.messages[message_id])
        return parts

    def label(self, name: str) -> str:
        return str(self.data["labels"][name])

    def language_name(self, code: str) -> str:
        return str(self.data["languages"].get(code, code))

    def body(self, code: str) -> Mapping[str, str]:
        """Names and symbols of the body before which the document comes."""
        found: Mapping[str, str] = self.data["bodies"].get(code, {})
        return found


@cache
def texts(language: str) -> Texts:
    """The texts in `language`; raises LanguageMissing."""
    return Texts(language)
