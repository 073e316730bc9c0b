"""Fields of the portal's forms: what people type in any of the six languages, as the domain's values."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.money import minor_units

# what separates thousands somewhere: blanks of every width, the apostrophe, the Arabic separator
_SEPARATORS = dict.fromkeys(map(ord, " \u00a0\u2009\u202f'’\u066c_"))
_POINTS = {ord("\u066b"): ".", ord("，"): ",", ord("．"): "."}
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}[,.][0-9]{3}")
_PLAIN = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_COMMA_DECIMAL = {"fr", "ru", "es"}
_YEARS = range(1900, 2200)


def western_digits(text: str) -> str:
    """Every decimal digit of any script as 0 to 9; everything else as it is."""
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)


class Ambiguous(ValueError):
    """A number that one language reads as a thousand times what another reads."""


def plain_number(text: str, language: str) -> str:
    """A number as typed in one of the six languages, as digits with a point.

    Where comma and point both stand, the last is the decimal sign; one that stands twice separates thousands.
    One alone before three digits is what the language says where it says it clearly, else Ambiguous.
    """
    text = western_digits(text.strip()).translate(_POINTS).translate(_SEPARATORS)
    if "," in text and "." in text:
        thousands, decimal = ".," if text.rfind(",") > text.rfind(".") else ",."
        whole, _, rest = text.rpartition(decimal)
        return f"{_ungrouped(whole, thousands)}.{rest}"
    for sign in ",.":
        if text.count(sign) > 1:
            return _ungrouped(text, sign)
    if _GROUPED.fullmatch(text):
        if language in _COMMA_DECIMAL:
            raise Ambiguous(text)
        return text.replace(",", "")
    return text.replace(",", ".")


def _ungrouped(text: str, sign: str) -> str:
    """Digits without the sign between their groups of three; as they are where it stands elsewhere."""
    first, *groups = text.split(sign)
    return text.replace(sign, "") if first and all(len(group) == 3 for group in groups) else text  # noqa: PLR2004


# what no page, sheet or document can show: control characters, and what turns the letters after it about
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufffe\uffff]")


class _Words(forms.CharField):
    """Text without what cannot be seen in it."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_UNSEEN.sub("", value) if isinstance(value, str) else value)


class Text(_Words):
    """One line of text."""

    def __init__(self, *, max_length: int = 300, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.setdefault("dir", "auto")


class LongText(_Words):
    """Several lines of text, in any language."""

    def __init__(self, *, max_length: int = 3000, rows: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "dir": "auto", "data-count": ""}))
        super().__init__(max_length=max_length, **kwargs)


class _Boxes(forms.Widget):
    """Day, month and year in three boxes; reads `YYYY-MM-DD` under the plain name too."""

    template_name = "components/day_boxes.html"
    input_type = "day"
    use_fieldset = True
    PARTS = (("day", _("Day"), 2), ("month", _("Month"), 2), ("year", _("Year"), 4))

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_day" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        parts = [data.get(f"{name}_{part}") for part, _label, _size in self.PARTS]
        if all(part is None for part in parts):
            return data.get(name)
        return [str(part or "").strip() for part in parts] if any(parts) else None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and all(f"{name}_{part}" not in data for part, _label, _size in self.PARTS)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if isinstance(value, datetime):
            value = clock.day(value)
        if isinstance(value, str):
            value = value.strip().split("-")[::-1] if value.count("-") == 2 else [value, "", ""]  # noqa: PLR2004
        if isinstance(value, date):
            value = [value.day, value.month, value.year]
        values = list(value or ["", "", ""])
        context["widget"]["parts"] = [
            {"name": f"{name}_{part}", "id": f"{context['widget']['attrs'].get('id', name)}_{part}",
             "label": label, "size": size, "value": shown}
            for (part, label, size), shown in zip(self.PARTS, values, strict=False)
        ]  # fmt: skip
        return context


class Day(forms.Field):
    """A UTC day, as its first moment: what the domain keeps for a day."""

    widget = _Boxes
    default_error_messages = {
        "invalid": _("Enter a day that exists, for example 27 3 2026."),
        "future": _("The day must be today or in the past."),
    }

    def __init__(self, *, past: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.past = past

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        parts = [*reversed(value)] if isinstance(value, list) else str(value).strip().split("-")
        try:
            year, month, day = (int(western_digits(part)) for part in parts)
            found = date(year, month, day)
        except (ValueError, TypeError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], "invalid") from None
        if found.year not in _YEARS:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if self.past and found > clock.today():
            raise ValidationError(self.error_messages["future"], "future")
        return datetime(found.year, found.month, found.day, tzinfo=UTC)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class Number(forms.DecimalField):
    """A number in the digits and separators of any of the six languages."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a number, for example 40 or 12.5.")}

    def __init__(self, *, max_digits: int = 17, decimal_places: int = 4, **kwargs: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "class": "number", "dir": "ltr"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value  # a program's, in no language
        try:
            text = plain_number(str(value), get_language() or "en")
        except Ambiguous:
            raise ValidationError(
                _("Write this number without a separator of thousands."), "ambiguous"
            ) from None
        if not _PLAIN.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return Decimal(text)


class Whole(Number):
    """A whole number, not below zero unless `min_value` says so."""

    default_error_messages = {"invalid": _("Enter a whole number, for example 40.")}

    def __init__(self, *, min_value: int = 0, max_value: int = 2_000_000_000, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=0, min_value=min_value, max_value=max_value, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else int(found)


class Amount(Number):
    """An amount of money, without its currency."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        super().__init__(max_digits=20, decimal_places=4, **kwargs)


class Currency(forms.ChoiceField):
    """An ISO 4217 code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Currency"))
        super().__init__(
            choices=lambda: [("", "–"), *((code, code) for code in sorted(minor_units()))], **kwargs
        )


class Choice(forms.ChoiceField):
    """One of a list, as radio buttons."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        super().__init__(**kwargs)


class Choices(forms.MultipleChoiceField):
    """Some of a list, as check boxes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(**kwargs)


class YesNo(forms.TypedChoiceField):
    """Yes or no, neither of them chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return super().clean({True: "yes", False: "no", "true": "yes", "false": "no"}.get(value, value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class Confirm(forms.BooleanField):
    """A statement that the person makes by a tick."""
