"""How one language writes numbers, money, dates, lists and the names of States.

House style of the United Nations Editorial Manual: numbers under 10 in words, dates as
"31 December 2018", "$" for United States dollars, lists without a comma before the last member.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from reports.compose.messages import Speaker, joined
from reports.document import NIL, Direction, Run, Runs, Text
from reports.figures import Figure

_LOCALES = {"en": "en_GB", "fr": "fr", "es": "es", "ru": "ru", "ar": "ar", "zh": "zh_Hans_CN"}
_RIGHT_TO_LEFT = {"ar"}
_WORDS_BELOW = 10
# What lists of countries add to a name: the article of running text, the mark of an observer.
_ARTICLE = re.compile(r"\s*\((the|la|le|les|l'|el|los|las)\)$")
_STAR = re.compile(r"\s*\*+$")


class Style:
    """The habits of a language; `texts` is its file of texts (see `texts/en.toml`)."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES[language])
        self.direction: Direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
        style: Mapping[str, Any] = texts.get("style", {})
        self._words: Sequence[str] = style.get("numbers", ())
        self._ordinals: Mapping[str, str] = style.get("ordinals", {})
        self._money: str = style.get("money", "${amount}")
        self._date: str = style.get("date", "long")
        self.speaker = Speaker(plural=self.plural, write=self.write, large=self.large)

    # -- numbers

    def digits(self, value: int | Decimal, *, places: int = 0) -> str:
        """Digits with the language's separators; a minus sign as the language writes it."""
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(value, format=pattern, locale=self.locale, numbering_system="latn")

    def plural(self, figure: Figure) -> str:
        return str(self.locale.plural_form(figure.value))

    def large(self, figure: Figure) -> bool:
        return figure.unit == "count" and figure.value >= _WORDS_BELOW

    def write(self, figure: Figure, digits: bool) -> str:
        """A figure in running text: small counts in words unless the sentence has digits elsewhere."""
        value = figure.value
        if figure.unit == "usd":
            return self.money(Decimal(value))
        if figure.unit == "rating" or value != int(value):
            return self.digits(value, places=1)
        if not digits and 0 <= value < len(self._words):
            return self._words[int(value)]
        return self.digits(int(value))

    def money(self, amount: Decimal) -> str:
        """Whole dollars; cents too where the amount is under a dollar."""
        size = abs(amount)
        written = self._money.replace("{amount}", self.digits(size, places=0 if size >= 1 else 2))
        return f"-{written}" if amount < 0 else written

    def cell(self, value: int | Decimal, *, usd: bool) -> str:
        """A number in a table: nil is a dash, less than nothing stands in parentheses."""
        if not value:
            return NIL
        written = self.digits(-value if value < 0 else value, places=2 if usd else 0)
        return f"({written})" if value < 0 else written

    def ordinal(self, number: int) -> str:
        """The number in words ("sixty-second"); the number itself where the language's file has no word for it."""
        return self._ordinals.get(str(number), str(number))

    # -- dates and lists

    def date(self, day: str | date) -> str:
        """31 December 2018."""
        moment = date.fromisoformat(day) if isinstance(day, str) else day
        return format_date(moment, format=self._date, locale=self.locale)

    def span(self, first: str, last: str) -> str:
        """14–22 March 2019, with the months and years that differ written out."""
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        if (start.year, start.month) == (end.year, end.month):
            return f"{start.day}–{self.date(end)}"
        written = self.date(start)
        if start.year == end.year:
            written = written.removesuffix(f" {start.year}")
        return f"{written} – {self.date(end)}"

    def listed(self, members: Iterable[Runs]) -> Runs:
        """a, b and c."""
        rest = list(members)
        if not rest:
            return ()
        patterns = self.locale.list_patterns["standard"]
        said: list[Run] = list(rest[0])
        for place, member in enumerate(rest[1:], start=1):
            first, last = place == 1, place == len(rest) - 1
            name = ("2" if first else "end") if last else ("start" if first else "middle")
            between = patterns[name].replace("{0}", "").replace("{1}", "")
            said.extend((Text(between), *member))
        return joined(said)

    # -- names

    def named(self, names: Mapping[str, str]) -> str:
        """The name in this language, else in English, else in the first that there is."""
        return names.get(self.language) or names.get("en") or next(iter(names.values()), "")

    def state(self, state: Mapping[str, Any], *, sentence: bool = False) -> str:
        """A State's short name as tables list it, or with its article as a sentence says it."""
        name = _STAR.sub("", self.named(state["names"]))
        if sentence and (said := state.get("in_sentence", {}).get(self.language)):
            return str(said)
        article = _ARTICLE.search(name)
        if article is None:
            return name
        bare = name[: article.start()]
        if not sentence:
            return bare
        return f"{article[1]}{bare}" if article[1].endswith("'") else f"{article[1]} {bare}"

    def lowered(self, words: str) -> str:
        """A label as it stands inside a sentence: the first letter small, unless it begins an acronym."""
        return words if words[1:2].isupper() else words[:1].lower() + words[1:]

    def order(self, name: str) -> tuple[str, str]:
        """Sorts names alphabetically: accents and articles do not count."""
        bare = re.sub(r"^the ", "", name)
        return _folded(bare), bare


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()
