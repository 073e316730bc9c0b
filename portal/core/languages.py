"""How each language writes dates and numbers, and in which order its alphabet puts names.

PostgreSQL has no collations of languages here (the embedded one is built without ICU), so an order is a key,
made alike in Python and in SQL.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.db.models import BinaryField, CharField, Func, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower, Replace
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# as the United Nations write them: British dates, simplified Chinese
LOCALES = {"ar": "ar", "zh": "zh_Hans", "en": "en_GB", "fr": "fr", "ru": "ru", "es": "es"}
NAMES = {
    "ar": _("Arabic"), "zh": _("Chinese"), "en": _("English"), "fr": _("French"), "ru": _("Russian"),
    "es": _("Spanish"),
}  # fmt: skip
# Arabic documents of the United Nations name a month twice: as in Damascus and as in Cairo
_LEVANT = Locale.parse("ar_LB").months["format"]["wide"]


def locale_of(language: str | None = None) -> Locale:
    """The locale of a language; without one, of the page's."""
    code = language or get_language() or "en"
    return Locale.parse(LOCALES.get(code, code))


def long_day(value: date, language: str | None = None) -> str:
    """A day in words as running text has it: 14 March 2019, 1er mars 2019."""
    locale = locale_of(language)
    text: str = format_date(value, "long", locale)
    if locale.language == "fr" and value.day == 1:
        return text.replace("1", "1er", 1)
    if locale.language == "ar":
        name = locale.months["format"]["wide"][value.month]
        return text.replace(name, f"{_LEVANT[value.month]}/{name}")
    return text


def short_day(value: date, language: str | None = None) -> str:
    """A day as tables have it: 14 Mar 2019."""
    locale = locale_of(language)
    text: str = format_skeleton("yMMMd", value, locale=locale)
    return text.replace("1", "1er", 1) if locale.language == "fr" and value.day == 1 else text


def western_digits(text: str) -> str:
    """Every decimal digit of any script as 0 to 9; everything else as it is."""
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)


# -- signs between pieces of text

_SIGNS: Mapping[str, Mapping[str, str]] = {
    "ar": {",": "،", ";": "؛"},
    "fr": {":": "\u00a0:", ";": "\u202f;"},
    "zh": {",": "，", ":": "：", ";": "；"},
}
# between a number and the sign: nothing, or a space that does not break
_PERCENT = {"fr": "\u202f%", "ru": "\u00a0%", "es": "\u00a0%"}


def sign(mark: str, language: str | None = None) -> str:
    """A comma, colon or semicolon as a language writes it."""
    return _SIGNS.get(language or get_language() or "en", {}).get(mark, mark)


def listed(items: Iterable[object], language: str | None = None) -> str:
    """A list in one line, its members as they come."""
    return f"{sign(',', language)} ".join(map(str, items))


def percent(value: Decimal | int, language: str | None = None) -> str:
    """A number of per cent, up to two decimals: 60%, 12.5%."""
    locale = locale_of(language)
    return f"{format_decimal(value, format='#,##0.##', locale=locale)}{_PERCENT.get(locale.language, '%')}"


# -- alphabetical order

# letters with marks sort as the letter; these ranges hold all of the Latin script that names are written in
_LATIN = {
    letter: base
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if (base := unicodedata.normalize("NFKD", letter)[0]).isascii() and base.isalpha()
}
_ARABIC = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ي", "ى": "ي", "ة": "ه"}
_TASHKEEL = "".join(map(chr, range(0x64B, 0x653))) + "\u0640"
_SILENT = "'’‘ʼ`\"«»“”()."
_JOINERS = {"-": " ", "\u2011": " ", "–": " ", "\u00a0": " "}
_LETTERS: Mapping[str, Mapping[str, str]] = {"ar": _ARABIC, "ru": {"ё": "е"}}
# the article of the first word does not count
_ARTICLE = "^ال"


@cache
def _letters(language: str) -> tuple[str, str, str]:
    """Letters, what each stands as, and what does not count."""
    table = {**_JOINERS, **_LETTERS.get(language, _LATIN)}
    return "".join(table), "".join(table.values()), _SILENT + _TASHKEEL


def sort_key(text: str, language: str) -> str | bytes:
    """What a name is sorted by in a language: `sorted(names, key=…)`."""
    if language == "zh":
        # the national standard orders the common characters by their sound
        return text.encode("gb18030")
    given, stand, silent = _letters(language)
    if language == "ar":
        text = re.sub(_ARTICLE, "", text)
    text = text.lower()
    if language == "es":
        text = text.replace("ñ", "n~")
    return text.translate(str.maketrans(given, stand, silent))


def named_in(path: str, language: str) -> Any:
    """The name in a language that a column of names holds, else the English one, for a query."""
    own = KeyTextTransform(language, path)
    return own if language == "en" else Coalesce(own, KeyTextTransform("en", path))


def order_key(path: str, language: str) -> Any:
    """`sort_key` of the names in a column, for a query."""
    name = named_in(path, language)
    if language == "zh":
        return Func(name, Value("GB18030"), function="convert_to", output_field=BinaryField())
    given, stand, silent = _letters(language)
    if language == "ar":
        name = Func(name, Value(_ARTICLE), Value(""), function="regexp_replace", output_field=CharField())
    name = Lower(name)
    if language == "es":
        name = Replace(name, Value("ñ"), Value("n~"))
    # letters without a counterpart are left out
    return Func(name, Value(given + silent), Value(stand), function="translate", output_field=CharField())
