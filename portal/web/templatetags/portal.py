"""Tags and filters that every page may use."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from django import template
from django.forms import CheckboxInput
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi

from portal.audit.cases import key_of
from portal.core import clock, languages
from portal.core.money import minor_units
from portal.core.reference import is_reference
from portal.policy import engine

register = template.Library()


def _figure(value: Decimal, places: int | None = None) -> str:
    """A number in the page's language, its thousands grouped; up to four decimals, or just so many."""
    return _written(value, places, languages.locale_of(), get_language_bidi())


@lru_cache(maxsize=8192)
def _written(value: Decimal, places: int | None, locale: Any, from_right: bool) -> str:
    pattern = "#,##0." + ("#" * 4 if places is None else "0" * places)
    text = format_decimal(
        value,
        format=pattern.removesuffix("."),
        locale=locale,
        decimal_quantization=places is not None,
    )
    # from right to left the minus would move behind the digits
    return f"\u200e{text}" if text[0] == "-" and from_right else text


@register.filter
def iso(value: Any) -> SafeString:
    """Keeps a reference, an amount or a name from being reordered by the text around it."""
    mark = SafeString(' class="reference"') if is_reference(str(value)) else ""
    return format_html("<bdi{}>{}</bdi>", mark, value)


@register.filter
def day(value: date | datetime | None) -> str:
    """A UTC day in words: 14 March 2019."""
    if value is None:
        return ""
    return languages.long_day(clock.day(value) if isinstance(value, datetime) else value)


@register.filter
def short_day(value: date | datetime | None) -> str:
    """A UTC day in a table: 14 Mar 2019."""
    if value is None:
        return ""
    return languages.short_day(clock.day(value) if isinstance(value, datetime) else value)


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
    return _figure(Decimal(value))


@register.simple_tag
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount with its currency, in the currency's minor units."""
    if amount is None:
        return ""
    places = minor_units().get(currency, 2)
    return format_html("<bdi>{} {}</bdi>", currency, _figure(amount, places))


@register.simple_tag
def sign(mark: str) -> str:
    """`{% sign ":" %}`: a comma, colon or semicolon outside a sentence, as the page's language writes it."""
    return languages.sign(mark)


@register.filter
def listed(items: Iterable[object] | None) -> str:
    """A list in one line."""
    return languages.listed(items or ())


@register.filter
def language_label(code: str) -> str:
    """A language by its name in the page's language."""
    return str(languages.NAMES.get(code, code))


@register.filter
def percent(value: Decimal | int | None) -> str:
    """A number of per cent."""
    return "" if value is None else languages.percent(value)


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
    return "" if value is None else _figure(Decimal(str(value)), 1)


address_key = register.filter("key", key_of)


@register.filter
def get(values: Mapping[str, Any], key: str) -> Any:
    """The value of a key that is no name, or nothing."""
    return values.get(key)


@register.inclusion_tag("components/form_keys.html", takes_context=True)
def form_keys(context: Context) -> dict[str, Any]:
    """What every form sends along: its token, a key of its own, its author, and what it was shown for."""
    return {name: context.get(name) for name in ("csrf_token", "key", "author", "version", "mark", "shown")}


@register.filter
def is_tick(field: Any) -> bool:
    """Whether a field is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def described(field: Any, quiet: bool = False) -> str:
    """The ids of a field's hint and error, for those who cannot see where they stand."""
    ids = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors and not quiet:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.simple_tag
def show_field(field: Any, quiet: bool = False) -> SafeString:
    """A field's control, tied to its hint and its error."""
    attrs = {}
    if not field.use_fieldset:
        if ids := described(field, quiet):
            attrs["aria-describedby"] = ids
        if field.errors and not quiet:
            attrs["aria-invalid"] = "true"
    shown: SafeString = field.as_widget(attrs=attrs)
    return shown


@register.simple_tag(takes_context=True)
def chosen_filters(context: Context, filters: Any) -> list[dict[str, Any]]:
    """The filters in use: label, value in words, and the address of the list without it."""
    query = context["request"].GET
    chosen = []
    for field in filters.form.visible_fields():
        value = query.get(field.html_name, "")
        if not value:
            continue
        gone = {field.html_name, "page"}
        without = urlencode([(name, kept) for name, kept in query.items() if kept and name not in gone])
        words = dict(getattr(field.field, "choices", ())).get(value, value)
        chosen.append({"label": field.label, "value": words, "url": f"?{without}"})
    return chosen


@register.filter
def clock_time(value: datetime) -> str:
    """A moment of today in UTC: 16:42 UTC."""
    return f"{value.astimezone(UTC):%H:%M} UTC"


@register.filter
def seconds_until(value: datetime) -> int:
    """Whole seconds from now to a moment, for what counts them down."""
    return max(0, int((value - clock.now()).total_seconds()))
