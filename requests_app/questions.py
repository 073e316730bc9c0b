"""The questions of a draft: one form for each of its tasks, for the three steps of a need, for an assessment.

`kept` is what a service stores of the answers; an answer that was emptied is stored as empty. With the button
“Save and come back later” what is still missing is not asked for.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import (
    Channel,
    Direction,
    Drug,
    Language,
    MainlyFor,
    Priority,
    RecipientKind,
    Urgency,
)
from portal.web.fields import (
    Amount,
    Choice,
    Choices,
    Confirm,
    Currency,
    Day,
    LongText,
    Quantity,
    Text,
    Whole,
    YesNo,
)
from portal.web.forms import Form
from requests_app.enums import Criterion, Visibility

NOTHING = ("", _("No answer"))
# forms of assistance for which a donor asks where they will stand and who keeps them running
NEEDS_SITE = frozenset({"equipment", "infrastructure"})


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


class What(Part):
    """Step 1 of a need."""

    renames: ClassVar = {"form_id": "form", "theme_id": "theme"}
    form = Choice(
        label=_("Form of assistance"),
        help_text=_("Choose the main form. Add another need for a different form."),
    )
    theme = forms.ChoiceField(
        label=_("Thematic area"), help_text=_("The paragraphs of the resolution stand behind each area.")
    )
    paragraphs = Choices(
        label=_("Paragraphs of the resolution"),
        choices=[(str(n), str(n)) for n in range(1, 10)],
        required=False,
        help_text=_("Leave empty to take those of the thematic area."),
    )
    description = LongText(
        label=_("What is needed and for what purpose"),
        max_length=2000,
        rows=5,
        help_text=_("For example: training of 40 border officers in container profiling."),
    )

    def __init__(
        self,
        *args: Any,
        kinds: list[tuple[str, str]],
        themes: list[tuple[str, str]],
        suggested: Mapping[str, list[int]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = suggested
        self.fields["form"].choices = kinds  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", _("Choose an area")), *themes]  # type: ignore[attr-defined]

    @property
    def kept(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen = sorted(int(number) for number in given["paragraphs"])
        return {
            "form_id": given["form"],
            "theme_id": given["theme"],
            "description": given["description"],
            "paragraphs": chosen or list(self.suggested[given["theme"]]),
        }

    def full_clean(self) -> None:
        """A need is nothing without its form, its area and its description, so they are always asked for."""
        Form.full_clean(self)


class HowMuch(Part):
    """Step 2 of a need."""

    renames: ClassVar = {"unit_id": "unit"}
    quantity = Quantity(label=_("Quantity"))
    unit = Choice(label=_("Unit"))
    unit_cost_amount = Amount(label=_("Estimated cost of one unit"), required=False)
    unit_cost_currency = Currency(label=_("Currency of that cost"), required=False)
    needed_by = Day(label=_("Needed by"), required=False)
    place = LongText(label=_("Place of delivery"), required=False, rows=2, max_length=600)
    women = Whole(label=_("Beneficiaries: women"), required=False)
    men = Whole(label=_("Beneficiaries: men"), required=False)
    children = Whole(label=_("Beneficiaries: children"), required=False)
    site_readiness = LongText(
        label=_("Is the site ready?"),
        required=False,
        rows=3,
        max_length=1000,
        help_text=_("Floor, power, line and operators. Donors ask this before they agree."),
    )
    running_costs = LongText(
        label=_("Who pays the running costs?"),
        required=False,
        rows=3,
        max_length=1000,
        help_text=_("Upkeep, consumables and staff after the first year."),
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], site: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        if not site:
            del self.fields["site_readiness"], self.fields["running_costs"]

    @property
    def kept(self) -> dict[str, Any]:
        given = super().kept
        return {name: value for name, value in given.items() if name != "unit"} | {
            "unit_id": given["unit"] or None
        }


class ForWhom(Part):
    """Step 3 of a need."""

    renames: ClassVar = {"state_id": "state"}
    priority = Choice(label=_("Priority within this request"), choices=Priority.choices)
    recipient_kind = forms.ChoiceField(
        label=_("Who receives it"),
        choices=[NOTHING, *RecipientKind.choices],
        required=False,
        help_text=_("Support to security forces is agreed only after a human-rights due diligence."),
    )
    mainly_for = Choices(
        label=_("Mainly for"),
        choices=MainlyFor.choices,
        required=False,
        help_text=_("Tick only what applies."),
    )
    direction = Choice(
        label=_("Direction of the trafficking"), choices=[*Direction.choices, NOTHING], required=False
    )
    state = Choice(label=_("Which State of the joint request needs it"), required=False)

    def __init__(self, *args: Any, states: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if states:
            self.fields["state"].choices = [*states, ("", _("All of them"))]  # type: ignore[attr-defined]
        else:
            del self.fields["state"]

    @property
    def kept(self) -> dict[str, Any]:
        given = super().kept
        if "state" in given:
            given["state_id"] = given.pop("state") or None
        return given


class Joining(Form):
    """The note verbale of a State that joins."""

    renames: ClassVar = {"note_verbale": "note_verbale_number"}
    note_verbale_number = Text(
        label=_("Number of your State's note verbale"),
        max_length=60,
        help_text=_("As printed on it, for example NV-UNODC-118/2026."),
    )
    authorised = Confirm(label=_("I confirm that I am authorised to do this on behalf of my Government."))


class Shown(Form):
    """The donors to whom a request is shown by name."""

    organisations = Choices(
        label=_("Donors who may see the request"),
        required=False,
        help_text=_("A donor that you take off no longer finds the request from that moment on."),
    )

    def __init__(self, *args: Any, donors: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].choices = donors  # type: ignore[attr-defined]


class Surplus(Form):
    renames: ClassVar = {"surplus_accepted": "words"}
    words = LongText(
        label=_("In your words: why more is accepted"),
        rows=3,
        max_length=1000,
        help_text=_("Donors may then pledge more than the quantity that you asked for."),
    )


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
