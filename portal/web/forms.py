"""The base of every form: labels that say what may be left out, errors that the domain gives."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import DomainError
from portal.web.fields import Number

# what Django says of a value in words of its own, in the portal's
_WORDS = {
    "max_length": gettext_lazy(
        "This is too long. Characters allowed: %(limit_value)d; typed: %(show_value)d."
    ),
    "min_value": gettext_lazy("The number must be %(limit_value)s or more."),
    "max_value": gettext_lazy("The number must be %(limit_value)s or less."),
    "max_digits": gettext_lazy("The number is too long. Digits allowed: %(max)s."),
    "max_whole_digits": gettext_lazy(
        "The number is too large. Digits allowed before the decimal sign: %(max)s."
    ),
    "max_decimal_places": gettext_lazy("The number is too exact. Decimals allowed: %(max)s."),
    "invalid_choice": gettext_lazy("Choose from the list."),
    "invalid_list": gettext_lazy("Choose from the list."),
    "null_characters_not_allowed": gettext_lazy("This holds a character that cannot be kept. Type it again."),
}
_INVALID = {
    forms.EmailField: gettext_lazy("Enter an e-mail address, for example name@example.org."),
    forms.JSONField: gettext_lazy("The browser sent something that cannot be read. Load the page again."),
}


class Form(forms.Form):
    """A form of the portal.

    `groups` are (legend, field names) in the order of the page; without any, the fields stand in theirs.
    `renames` says which field shows what the domain says of another name: `{"note_verbale.date": "note_date"}`.
    """

    required_css_class = "required"
    use_required_attribute = False  # the server says what is missing, in words, for every browser alike
    groups: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()
    renames: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= _words_for(field)

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The visible fields under their legends."""
        if not self.groups:
            return [("", list(self.visible_fields()))]
        return [
            (legend, [self[name] for name in names if name in self.fields]) for legend, names in self.groups
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """What the form gives to the service; what was left empty is not given."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    def together(self, first: str, second: str) -> None:
        """An amount and its currency: given both, or neither."""
        given = {name: self.cleaned_data.get(name) not in (None, "") for name in (first, second)}
        for name, other in ((first, second), (second, first)):
            if given[other] and not given[name] and not self.errors.get(name):
                self.add_error(name, gettext_lazy("Give the amount with its currency, or neither."))

    def tell(self, error: DomainError) -> None:
        """Puts each refusal of the domain beside the field that it is about, else above the form."""
        for refusal in error.refusals:
            name = self.renames.get(refusal.field, refusal.field)
            name = name if name in self.fields else name.partition(".")[0]
            if name in self.fields and name not in {f.name for f in self.hidden_fields()}:
                self.add_error(name, sentence(refusal.reason))
            else:
                self.add_error(None, sentence(refusal.reason))

    def problems(self) -> list[tuple[str, str, str]]:
        """(label, error, anchor) of everything that is wrong, in the order of the page."""
        found = [("", str(error), "form") for error in self.non_field_errors()]
        for _legend, fields in self.parts():
            for bound in fields:
                found += [(str(bound.label), str(error), _anchor(bound)) for error in bound.errors]
        return found


def _words_for(field: forms.Field) -> dict[str, Any]:
    words: dict[str, Any] = dict(_WORDS)
    if isinstance(field, Number) and field.decimal_places == 0:
        words["max_decimal_places"] = field.error_messages["invalid"]
    for kind, said in _INVALID.items():
        if isinstance(field, kind):
            words["invalid"] = said
    missing = field.error_messages.get("missing") or gettext_lazy("This must be answered.")
    return words | {"required": missing}


def _anchor(bound: forms.BoundField) -> str:
    if bound.field.widget.__class__ in {forms.RadioSelect, forms.CheckboxSelectMultiple}:
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def sentence(reason: str) -> str:
    """A refusal as a sentence of its own on the page."""
    return _("%(reason)s.") % {"reason": reason[:1].upper() + reason[1:].rstrip(".")}
