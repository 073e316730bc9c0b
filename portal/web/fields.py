"""Fields of the portal's forms: what people type in any of the six languages, as the domain's values."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core import clock, languages
from portal.core.languages import western_digits
from portal.core.money import minor_units, plain

# what may separate thousands in any language: blanks of every width, the apostrophe, the Arabic separator
_GAP = re.compile("(?<=[0-9])[ \u00a0\u2009\u202f'’\u066c_](?=[0-9]{3}(?![0-9]))")
# points, commas and minus signs of other keyboards; what only says how a number runs is left out
_SIGNS = str.maketrans(
    {"\u066b": ".", "\uff0e": ".", "\u060c": ",", "\uff0c": ",", "\u2212": "-", "\uff0d": "-"}
) | dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x2066, 0x206A)))  # fmt: skip
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}[,.][0-9]{3}")
_PLAIN = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_LAST_YEAR = 2199


class Ambiguous(ValueError):
    """A number that one reader takes for a thousand times what another does; `readings` are both, the larger first."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.readings = Decimal(re.sub("[,.]", "", text)), Decimal(text.replace(",", "."))


def plain_number(text: str, language: str) -> str:
    """A number as typed in one of the six languages, as digits with a point.

    Where comma and point both stand, the last is the decimal sign; one that stands twice separates thousands. One
    alone before three digits separates thousands where the language itself writes them so, else it is Ambiguous.
    """
    text = _GAP.sub("", western_digits(text).translate(_SIGNS).strip())
    if "," in text and "." in text:
        thousands, decimal = ".," if text.rfind(",") > text.rfind(".") else ",."
        whole, _, rest = text.rpartition(decimal)
        return f"{_ungrouped(whole, thousands)}.{rest}"
    for sign in ",.":
        if text.count(sign) > 1:
            return _ungrouped(text, sign)
    if _GROUPED.fullmatch(text):
        own = get_group_symbol(languages.locale_of(language))
        if own not in text:
            raise Ambiguous(text)
        return text.replace(own, "")
    return text.replace(",", ".")


def _ungrouped(text: str, sign: str) -> str:
    """Digits without the sign between their groups of three; as they are where it stands elsewhere."""
    first, *groups = text.split(sign)
    return text.replace(sign, "") if first and all(len(group) == 3 for group in groups) else text  # noqa: PLR2004


def as_typed(number: Decimal | int, language: str) -> str:
    """A number as a person would type it in a language, and as it is read back: its thousands are not grouped."""
    text = plain(Decimal(number))
    if _GROUPED.fullmatch(text):
        text += "0"  # three decimals alone would be asked for again
    return text.replace(".", get_decimal_symbol(languages.locale_of(language)))


# what no page, sheet or document can show: control characters, what has no width, what turns the letters after it
# about. Joiners and marks of direction stay, for Arabic and Persian words need them.
_UNSEEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u180e\u200b\u202d\u202e\u2060-\u2064\ufeff\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_LINES = str.maketrans({"\u2028": "\n", "\u2029": "\n"})
# in one line, which others stand beside, nothing is broken, and nothing is turned about beyond its end
_TURNS = re.compile("[\u202a-\u202c\u2066-\u2069]")
_BREAKS = re.compile(r"[\t\r\n]+")
_BLANK = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}


def _says_something(text: str) -> bool:
    return any(unicodedata.category(c) not in _BLANK and c not in _FILLERS for c in text)


class _Words(forms.CharField):
    """Text in its composed form, without what cannot be seen in it; nothing where nothing can be seen."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _UNSEEN.sub("", unicodedata.normalize("NFC", value).translate(_LINES))
        text = super().to_python(value)
        return text if text and _says_something(text) else self.empty_value


class Text(_Words):
    """One line of text."""

    def __init__(self, *, max_length: int = 300, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.setdefault("dir", "auto")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _BREAKS.sub(" ", _TURNS.sub("", value.translate(_LINES)))
        return super().to_python(value)


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
        "early": _("Enter a day on or after %(earliest)s."),
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
        if found.year > _LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], "invalid")
        if found < clock.EARLIEST:
            words = {"earliest": languages.long_day(clock.EARLIEST)}
            raise ValidationError(self.error_messages["early"] % words, "early")
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
        language = get_language() or "en"
        try:
            text = plain_number(str(value), language)
        except Ambiguous as error:
            large, small = (as_typed(reading, language) for reading in error.readings)
            raise ValidationError(
                _("Type %(large)s or %(small)s: %(typed)s can mean either."),
                "ambiguous",
                {"large": large, "small": small, "typed": str(value).strip()},
            ) from None
        if not _PLAIN.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return Decimal(text)

    def prepare_value(self, value: Any) -> Any:
        return as_typed(value, get_language() or "en") if isinstance(value, Decimal | int) else value


class Quantity(Number):
    """How much of something: above zero."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value <= 0:
            raise ValidationError(_("Enter a quantity above zero."), "not_above_zero")


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
