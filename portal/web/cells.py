"""How a value stands in a table: marked up in Python, for a list has two hundred of them.

What differs by language alone is formatted once and remembered.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language

from portal.core import clock
from portal.web.templatetags import portal as words

LONGEST = 120
ABSENT = '<span aria-hidden="true">–</span>'


@lru_cache(maxsize=8192)
def _day(_language: str, day: date) -> str:
    return f'<time datetime="{day.isoformat()}">{escape(words.short_day(day))}</time>'


@lru_cache(maxsize=8192)
def _number(_language: str, value: Decimal | int) -> str:
    return escape(words.number(value))


def _as_day(value: Any, _link: str, _unit: Any) -> str:
    if not value:
        return ABSENT
    return _day(get_language() or "en", clock.day(value) if isinstance(value, datetime) else value)


def _as_number(value: Any, _link: str, unit: Any) -> str:
    text = "" if value is None else _number(get_language() or "en", value)
    return f'<bdi>{text}</bdi> <span class="soft">{escape(unit)}</span>' if unit else f"<bdi>{text}</bdi>"


def _as_bar(value: Any, _link: str, _unit: Any) -> str:
    return f'<span class="track"><span class="fill w-{int(value)}"></span></span> <bdi>{words.percent(int(value))}</bdi>'


def _as_reference(value: Any, link: str, _unit: Any) -> str:
    if link:
        return f'<a href="{escape(link)}"><bdi>{escape(value)}</bdi></a>'
    return f"<bdi>{escape(value)}</bdi>" if value else ABSENT


def _as_text(value: Any, link: str, _unit: Any) -> str:
    text = "" if value is None else str(value)
    if len(text) > LONGEST:
        text = Truncator(text).chars(LONGEST)
    shown = f'<span dir="auto">{escape(text)}</span>'
    return f'<a href="{escape(link)}">{shown}</a>' if link and text else shown


_KINDS: dict[str, Callable[[Any, str, Any], str]] = {
    "day": _as_day,
    "number": _as_number,
    "bar": _as_bar,
    "reference": _as_reference,
    "text": _as_text,
}


@lru_cache(maxsize=128)
def _labels(kind: Any, _language: str | None) -> dict[str, str]:
    return {value: str(label) for value, label in kind.choices}


def label_of(kind: Any, value: str) -> str:
    """A choice in the page's language, as `get_…_display` has it; each is translated once."""
    return _labels(kind, get_language()).get(value, value)


def starts(labels: list[tuple[str, Any]]) -> list[str]:
    """The opening tag of each column's cells, from (kind, label)."""
    return [f'<td class="{kind}" data-label="{escape(label)}">' for kind, label in labels]


def row_of(opened: list[str], cells: list[tuple[str, Any, str, Any]]) -> SafeString:
    """The cells of a row, from (kind, value, link, unit); every value is escaped."""
    parts = [
        f"{start}{_KINDS[kind](value, link, unit)}</td>"
        for start, (kind, value, link, unit) in zip(opened, cells, strict=True)
    ]
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped above
