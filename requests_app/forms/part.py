"""A part of a draft, which can be saved although it is not finished.

`kept` is what a service stores of the answers; an answer that was emptied is stored as empty. With the button
“Save and come back later” what is still missing is not asked for.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.web.forms import Form

NOTHING = ("", _("No answer"))


class Part(Form):
    """A part of a draft, which can be saved although it is not finished."""

    def full_clean(self) -> None:
        later = self.is_bound and "later" in self.data
        asked = [field for field in self.fields.values() if field.required] if later else []
        for field in asked:
            field.required = False
        super().full_clean()
        for field in asked:
            field.required = True

    @property
    def kept(self) -> dict[str, Any]:
        """Column by column; what was left empty is empty."""
        return {name: self.stored(name, value) for name, value in self.cleaned_data.items()}

    def stored(self, name: str, value: Any) -> Any:
        return value
