"""The questions of an assessment."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.web.fields import (
    Choice,
    LongText,
    Text,
)
from portal.web.forms import Form
from requests_app.enums import Criterion
from requests_app.forms.part import NOTHING, Part


class Findings(Part):
    """What a State says of the assistance that it received, and its ratings."""

    findings = LongText(
        label=_("Findings"),
        max_length=6000,
        rows=8,
        help_text=_(
            "What changed through the assistance, and what did not. "
            "If no assessment can be made, say why, for example for want of funds."
        ),
    )
    lessons = LongText(label=_("Lessons"), required=False, max_length=6000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in Criterion:
            self.fields[f"rating_{criterion.value}"] = Choice(
                label=_("Rating: %(criterion)s") % {"criterion": criterion.label},
                choices=[(str(n), str(n)) for n in range(1, 6)] + [NOTHING],
                required=False,
                help_text=_("From 1, lowest, to 5, highest."),
            )

    @property
    def kept(self) -> dict[str, Any]:
        given = self.cleaned_data
        ratings = {c.value: given[f"rating_{c.value}"] for c in Criterion}
        return {
            "findings": given["findings"],
            "lessons": given["lessons"],
            "ratings": {name: int(value) for name, value in ratings.items() if value},
        }


class Measure(Form):
    """One indicator of an assessment."""

    name = Text(label=_("What is measured"), max_length=300)
    unit = Text(label=_("Unit"), required=False, max_length=100)
    baseline = Text(label=_("Value before"), required=False, max_length=200)
    target = Text(label=_("Value wanted"), required=False, max_length=200)
    current = Text(label=_("Value now"), required=False, max_length=200)
