"""A choice among hundreds, drawn in Python: Django draws each option from a template of its own."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.forms import Select
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

_written: OrderedDict[Hashable, dict[str, str]] = OrderedDict()
MOST = 256


class PlainSelect(Select):
    """A `<select>` with one choice and no groups; the same mark-up as Django's.

    The options that `key` stands for, once it is asked, are written once for each language.
    """

    key: Callable[[], Hashable] | None = None

    def written(self) -> dict[str, str]:
        """The options by code."""
        key = (self.key(), get_language()) if self.key else None
        if key in _written:
            return _written[key]
        found = {
            str(code): f'<option value="{escape(code)}">{escape(label)}</option>'
            for code, label in self.choices
        }
        if key:
            _written[key] = found
            while len(_written) > MOST:
                _written.popitem(last=False)
        return found

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = {**self.attrs, **(attrs or {})}
        chosen = "" if value is None else str(value)
        start = "".join(
            f" {key}" if said is True else f' {key}="{escape(said)}"'
            for key, said in {"name": name, **given}.items()
            if said not in (None, False)
        )
        options = self.written()
        if chosen in options:
            options = options | {chosen: options[chosen].replace(">", " selected>", 1)}
        return mark_safe(f"<select{start}>{''.join(options.values())}</select>")  # noqa: S308 - escaped above
