"""The questions about one need, in three steps."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import (
    Direction,
    MainlyFor,
    Priority,
    RecipientKind,
)
from portal.web.fields import (
    Amount,
    Choice,
    Choices,
    Currency,
    Day,
    LongText,
    Quantity,
    Whole,
)
from portal.web.forms import Form
from requests_app.forms.part import NOTHING, Part

# forms of assistance for which a donor asks where they will stand and who keeps them running
NEEDS_SITE = frozenset({"equipment", "infrastructure"})


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
