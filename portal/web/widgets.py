"""A choice among hundreds, drawn in Python: Django draws each option from a template of its own."""

from collections.abc import Mapping
from typing import Any

from django.forms import Select
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class PlainSelect(Select):
    """A `<select>` with one choice and no groups; the same mark-up as Django's."""

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
        options = "".join(
            f'<option value="{escape(code)}"{" selected" if str(code) == chosen else ""}>{escape(label)}</option>'
            for code, label in self.choices
        )
        return mark_safe(f"<select{start}>{options}</select>")  # noqa: S308 - every part was escaped above
