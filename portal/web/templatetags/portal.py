"""Tags and filters that every page may use."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import Context
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core import clock
from portal.core.money import minor_units, plain
from portal.policy import engine

register = template.Library()


@register.filter
def iso(value: Any) -> SafeString:
    """Keeps a reference, an amount or a name from being reordered by the text around it."""
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def day(value: date | datetime | None) -> str:
    """A UTC day in words: 14 March 2019."""
    if value is None:
        return ""
    return formats.date_format(clock.day(value) if isinstance(value, datetime) else value, "j F Y")


@register.filter
def iso_day(value: date | datetime | None) -> str:
    """A UTC day as `YYYY-MM-DD`."""
    if value is None:
        return ""
    return (clock.day(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def number(value: Decimal | int | None) -> str:
    """A quantity without trailing zeros, its thousands grouped."""
    if value is None:
        return ""
    return formats.number_format(plain(Decimal(value)), use_l10n=True, force_grouping=True)


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency, in the currency's minor units."""
    if amount is None:
        return ""
    places = minor_units().get(currency, 2)
    figure = formats.number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)
    return format_html("<bdi>{} {}</bdi>", currency, figure)


@register.filter
def named(names: Mapping[str, str] | None) -> str:
    """The name in the page's language, else in English, else in any."""
    if not names:
        return ""
    return names.get(get_language() or "en") or names.get("en") or next(iter(names.values()))


@register.filter
def share(part: Decimal | int, whole: Decimal | int) -> int:
    """Whole per cent of a part, from 0 to 100: the width of a bar."""
    return max(0, min(100, round(100 * Decimal(part) / Decimal(whole)))) if whole else 0


@register.simple_tag(takes_context=True)
def may(context: Context, action: str, row: Any = None) -> bool:
    """Whether the actor holds a right: on a row, or, without one, on any."""
    actor = context["actor"]
    return engine.holds(actor, action) if row is None else engine.can(actor, action, row)


@register.filter
def seconds(value: float | None) -> str:
    """A length of time in seconds, one decimal."""
    return "" if value is None else formats.number_format(round(value, 1), decimal_pos=1)


@register.filter("key")
def address_key(record: Any) -> str:
    """What stands for a record in its address: its reference, or, before it has one, its draft's id."""
    return record.reference or f"draft-{record.pk}"
