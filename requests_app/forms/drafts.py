"""The questions of a draft: its start, and one form for each of its tasks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import (
    Channel,
    Drug,
    Language,
    Urgency,
)
from portal.web.fields import (
    Choice,
    Choices,
    Day,
    LongText,
    Text,
    YesNo,
)
from portal.web.forms import Form
from requests_app.enums import Visibility
from requests_app.forms.part import Part


class Start(Form):
    title = Text(
        label=_("Title of the request"),
        max_length=120,
        min_length=5,
        help_text=_("One line that other officials will recognise."),
    )
    language = Choice(label=_("Language in which you will write"), choices=Language.choices)


class Authority(Part):
    title = Text(label=_("Title of the request"), max_length=300, min_length=5)
    authority = LongText(
        label=_("Responsible national authority"),
        rows=2,
        max_length=600,
        help_text=_("The ministry, service or agency that will take part in the assistance."),
    )
    contact = LongText(
        label=_("Contact"),
        rows=3,
        max_length=600,
        help_text=_(
            "Name, title, e-mail and telephone. UNODC and donors of a live case write to this person."
        ),
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not title:  # a draft is never without its title
            raise ValidationError(gettext("This must be answered."))
        return title


class Verbale(Part):
    note_verbale_number = Text(
        label=_("Number of the note verbale"),
        max_length=60,
        help_text=_("As printed on it, for example NV-UNODC-118/2026."),
    )
    note_verbale_date = Day(label=_("Date of the note verbale"), past=True)


class Situation(Part):
    situation = LongText(
        label=_("How does the transit of drugs affect your State?"),
        max_length=6000,
        rows=8,
        help_text=_("Routes, substances, recent changes. Leave out details of current operations."),
    )
    objectives = LongText(
        label=_("Objectives"),
        required=False,
        help_text=_("What will be possible afterwards that is not possible now."),
    )
    drugs = Choices(label=_("Drugs in transit"), choices=Drug.choices, required=False)
    evidence = LongText(
        label=_("Evidence for each drug"),
        required=False,
        rows=4,
        help_text=_("Seizures, surveys or estimates, with their source. Donors do not see this."),
    )
    previous_assistance = LongText(
        label=_("Previous assistance"),
        required=False,
        rows=4,
        help_text=_("What was received or promised in this area, from whom, until when."),
    )
    national_contribution = LongText(
        label=_("National contribution"),
        required=False,
        rows=4,
        help_text=_("What your State gives itself, and how the results will last."),
    )


class Cooperation(Part):
    channel = Choice(label=_("Preferred channel"), choices=Channel.choices)
    urgency = Choice(label=_("Urgency"), choices=Urgency.choices)
    urgency_reason = LongText(
        label=_("Why it is urgent"),
        required=False,
        rows=3,
        max_length=600,
        help_text=_("Asked for unless the request is routine."),
    )
    states = forms.MultipleChoiceField(
        label=_("Other States of a joint request"),
        required=False,
        help_text=_(
            "Each is asked to confirm with its own note verbale once you have submitted. Leave empty if your State asks alone."
        ),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(self, *args: Any, states: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["states"].choices = states  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if "later" in self.data or not given.get("urgency") or given["urgency"] == Urgency.ROUTINE:
            return
        if not given.get("urgency_reason", "").strip():
            self.add_error("urgency_reason", gettext("Say why it is urgent."))

    @property
    def kept(self) -> dict[str, Any]:
        return {name: value for name, value in super().kept.items() if name != "states"}


class Consent(Part):
    visibility = Choice(
        label=_("Who may see the request once it is circulated"),
        choices=Visibility.choices,
        help_text=_("Your State can change this at any time. Nothing is shown before UNODC circulates it."),
    )
    named_in_report = YesNo(
        label=_("May the State be named in the report"),
        help_text=_("The report to the Commission is public. Without your consent only totals are shown."),
    )

    def stored(self, name: str, value: Any) -> Any:
        return (value or Visibility.UNODC) if name == "visibility" else value
