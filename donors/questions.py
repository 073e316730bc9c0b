"""The forms by which donors write offers, pledges and deliveries, and UNODC announcements and contributions."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.forms import ChoiceField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from donors.enums import Earmarking, Finance, Kind, PledgeChannel
from portal.core.languages import sort_key
from portal.core.money import plain
from portal.directory import selectors as directory
from portal.web.fields import Amount, Choice, Choices, Confirm, Currency, Day, LongText, Number, Text
from portal.web.forms import Form
from portal.web.templatetags.portal import named

Options = list[tuple[str, str]]
JOINT = ("joint_1", "joint_2", "joint_3")
NOTHING = [("", "–")]


def entries(name: str) -> Options:
    """The entries of a list of the directory that are in use, in the page's language."""
    return [(code, named(labels)) for code, labels, active in directory.vocabulary(name) if active]


def by_name(rows: Iterable[Any]) -> Options:
    """Rows with names in six languages, by their name in the page's language."""
    language = get_language() or "en"
    return sorted(
        ((str(row.pk), named(row.names)) for row in rows), key=lambda pair: sort_key(pair[1], language)
    )


def state_options() -> Options:
    return by_name(directory.states())


class OneOf(ChoiceField):
    """One of a long list."""


class _Money(Form):
    """A form with an amount and its currency: both or neither."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.together("value_amount", "value_currency")
        return found

    def in_order(self, earlier: str, later: str) -> None:
        """The second of two days is not before the first."""
        first, second = self.cleaned_data.get(earlier), self.cleaned_data.get(later)
        if first and second and second < first:
            self.add_error(later, _("This day must not be before the other."))


class _Promise(_Money):
    """What a donor promises; what it is for is asked by those who inherit."""

    renames: ClassVar = {"value": "value_amount", "unit": "quantity"}
    kind = Choice(label=_("In kind or in cash"), choices=Kind.choices)
    finance = Choice(
        label=_("If in cash: grant or loan"), choices=Finance.choices, required=False, initial=Finance.GRANT
    )
    channel = Choice(
        label=_("How it reaches the State"), choices=PledgeChannel.choices, initial=PledgeChannel.DIRECT
    )
    description = LongText(
        label=_("What you give"),
        rows=4,
        help_text=_("For example: a course of two weeks for 20 officers, with travel."),
    )
    quantity = Number(label=_("Quantity"))
    value_amount = Amount(label=_("Value"), required=False)
    value_currency = Currency(required=False)
    window_from = Day(label=_("Delivery from"), required=False)
    window_until = Day(label=_("Delivery until"), required=False)
    conditions = LongText(label=_("Conditions"), rows=3, required=False)
    anonymous = Confirm(
        label=_("Do not name us to other donors or to the public."),
        required=False,
        help_text=_("The State and UNODC always know who gives."),
    )
    joint_1 = OneOf(label=_("Joint donor"), required=False)
    joint_2 = OneOf(label=_("Second joint donor"), required=False)
    joint_3 = OneOf(label=_("Third joint donor"), required=False)
    offer = OneOf(label=_("Taken from your offer"), required=False)

    def __init__(
        self,
        *args: Any,
        organisations: Iterable[tuple[str, str]] = (),
        offers: Iterable[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in JOINT:
            self.fields[name].choices = [*NOTHING, *organisations]  # type: ignore[attr-defined]
        if offers:
            self.fields["offer"].choices = [*NOTHING, *offers]  # type: ignore[attr-defined]
        else:
            del self.fields["offer"]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        self.in_order("window_from", "window_until")
        if found.get("finance") == Finance.LOAN and found.get("kind") == Kind.IN_KIND:
            self.add_error("finance", _("A loan is in cash."))
        return found

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the pledge that the form gives, empty ones too."""
        given = self.cleaned_data
        names = ("kind", "channel", "description", "quantity", "value_amount", "value_currency", "window_from",
                 "window_until", "conditions", "anonymous")  # fmt: skip
        cash = given["kind"] == Kind.CASH
        found = {name: given[name] for name in names if name in given}
        return found | {"finance": (given["finance"] or Finance.GRANT) if cash else Finance.GRANT}

    @property
    def joint(self) -> list[int]:
        """The ids of the joint donors."""
        return sorted({int(self.cleaned_data[name]) for name in JOINT if self.cleaned_data.get(name)})


_GIVEN = (_("The support"), ("offer", "description", "quantity", "kind", "finance", "channel"))
_TERMS = (
    _("Value, time and conditions"),
    ("value_amount", "value_currency", "window_from", "window_until", "conditions"),
)
_GIVERS = (_("Who gives"), (*JOINT, "anonymous"))


class NeedPledge(_Promise):
    """A pledge against a need, in its unit."""

    groups = (_GIVEN, _TERMS, _GIVERS)

    def __init__(self, *args: Any, need: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = named(need.unit.labels)
        self.fields["quantity"].label = gettext("Quantity of the need that it covers (%(unit)s)") % {
            "unit": unit
        }
        self.fields["quantity"].help_text = gettext("Left to pledge: %(left)s of %(quantity)s") % {
            "left": plain(need.left),
            "quantity": plain(need.quantity),
        }


class StatePledge(_Promise):
    """A pledge to a State, without a need."""

    state = OneOf(label=_("State"))
    form = OneOf(label=_("Form of assistance"))
    unit = OneOf(label=_("Unit"))
    groups = (
        (_("For whom"), ("state", "form")),
        (_("The support"), ("offer", "description", "quantity", "unit", "kind", "finance", "channel")),
        _TERMS,
        _GIVERS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_lists(self, state=state_options(), form=entries("forms"), unit=entries("units"))

    @property
    def columns(self) -> dict[str, Any]:
        given = self.cleaned_data
        return super().columns | {
            "state_id": given["state"], "form_id": given["form"], "unit_id": given["unit"],
        }  # fmt: skip


def _offer_lists(asked: Form, /, **lists: Options) -> None:
    for name, options in lists.items():
        asked.fields[name].choices = [*NOTHING, *options]  # type: ignore[attr-defined]


class Announcement(_Money):
    """What a donor said in public."""

    renames: ClassVar = {"value": "value_amount"}
    donor = OneOf(label=_("Donor"))
    source = LongText(
        label=_("Source of the public statement"),
        rows=2,
        max_length=500,
        help_text=_("Who said it, where and when; an address if there is one."),
    )
    date = Day(label=_("Day of the statement"), past=True)
    need = Text(
        label=_("Reference of the need"),
        max_length=30,
        required=False,
        help_text=_("If the statement named one. Else choose the State."),
    )
    state = OneOf(label=_("State"), required=False)
    description = LongText(label=_("What was announced"), rows=4)
    kind = Choice(label=_("In kind or in cash"), choices=Kind.choices)
    form = OneOf(label=_("Form of assistance"))
    quantity = Number(label=_("Quantity"))
    unit = OneOf(label=_("Unit"))
    value_amount = Amount(label=_("Value"), required=False)
    value_currency = Currency(required=False)
    another = Confirm(
        label=_("This is another promise than one of the same sum that was announced before."), required=False
    )
    groups = (
        (_("Who said what"), ("donor", "source", "date", "description")),
        (_("For whom"), ("need", "state")),
        (_("How much"), ("form", "kind", "quantity", "unit", "value_amount", "value_currency", "another")),
    )

    def __init__(self, *args: Any, organisations: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_lists(
            self, donor=organisations, state=state_options(), form=entries("forms"), unit=entries("units")
        )

    @property
    def columns(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("source", "description", "kind", "quantity", "value_amount", "value_currency")
        return {name: given[name] for name in names} | {
            "donor_id": int(given["donor"]), "state_id": given["state"] or None, "form_id": given["form"],
            "unit_id": given["unit"],
        }  # fmt: skip


class OfferDraft(Form):
    """What a donor can provide without being asked."""

    description = LongText(label=_("What you can provide"), rows=4)
    form = OneOf(label=_("Form of assistance"))
    theme = OneOf(label=_("Thematic area"))
    quantity = Number(label=_("Capacity"), help_text=_("In all, over the time in which the offer is valid."))
    unit = OneOf(label=_("Unit"))
    valid_from = Day(label=_("Valid from"))
    valid_until = Day(label=_("Valid until"), required=False)
    region_1 = OneOf(
        label=_("Region"), required=False, help_text=_("Without a region or State it is for all.")
    )
    region_2 = OneOf(label=_("Second region"), required=False)
    state_1 = OneOf(label=_("State"), required=False)
    state_2 = OneOf(label=_("Second State"), required=False)
    state_3 = OneOf(label=_("Third State"), required=False)
    languages = Choices(
        label=_("Languages in which you can work"), choices=settings.LANGUAGES, required=False
    )
    conditions = LongText(label=_("Conditions"), rows=3, required=False)
    groups = (
        (_("What"), ("description", "form", "theme", "quantity", "unit")),
        (_("When"), ("valid_from", "valid_until")),
        (_("For whom"), ("region_1", "region_2", "state_1", "state_2", "state_3", "languages")),
        (_("Conditions"), ("conditions",)),
    )
    STATES = ("state_1", "state_2", "state_3")
    REGIONS = ("region_1", "region_2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = state_options()
        regions = [(row.code, named(row.names)) for row in directory.regions()]
        _offer_lists(self, form=entries("forms"), theme=entries("themes"), unit=entries("units"))
        _offer_lists(self, **dict.fromkeys(self.STATES, states), **dict.fromkeys(self.REGIONS, regions))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("This day must not be before the other."))
        return found

    def _chosen(self, names: Iterable[str]) -> list[str]:
        return sorted({self.cleaned_data[name] for name in names if self.cleaned_data.get(name)})

    @property
    def states(self) -> list[str]:
        return self._chosen(self.STATES)

    @property
    def columns(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("description", "quantity", "valid_from", "valid_until", "languages", "conditions")
        return {name: given[name] for name in names} | {
            "form_id": given["form"], "theme_id": given["theme"], "unit_id": given["unit"],
            "regions": self._chosen(self.REGIONS),
        }  # fmt: skip


class ContributionRecord(Form):
    """Cash that a donor announces to UNODC."""

    donor = OneOf(label=_("Donor"))
    amount = Amount(label=_("Amount"))
    currency = Currency()
    date = Day(label=_("Announced on"), past=True)
    earmarking = Choice(label=_("Earmarking"), choices=Earmarking.choices, initial=Earmarking.UNEARMARKED)
    theme = OneOf(label=_("If soft: thematic area"), required=False)
    region = OneOf(label=_("If soft: region"), required=False)
    state = OneOf(label=_("If soft: State"), required=False)
    need = Text(label=_("If tight: reference of the need"), max_length=30, required=False)
    psc_rate = Number(
        label=_("Rate of programme support costs, per cent"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        initial="13",
    )
    psc_rule = Text(label=_("Rule that allows less than 13 per cent"), max_length=300, required=False)
    pledge = Text(
        label=_("Reference of the pledge"),
        max_length=30,
        required=False,
        help_text=_("If it fulfils a pledge of the same donor."),
    )
    groups = (
        (_("Who gives how much"), ("donor", "amount", "currency", "date", "pledge")),
        (_("What it is for"), ("earmarking", "theme", "region", "state", "need")),
        (_("Support costs"), ("psc_rate", "psc_rule")),
    )

    def __init__(self, *args: Any, organisations: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = [(row.code, named(row.names)) for row in directory.regions()]
        _offer_lists(
            self, donor=organisations, theme=entries("themes"), region=regions, state=state_options()
        )

    @property
    def columns(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("amount", "currency", "earmarking", "psc_rate", "psc_rule")
        return {name: given[name] for name in names} | {
            "donor_id": int(given["donor"]), "earmarked_theme_id": given["theme"] or None,
            "earmarked_region": given["region"], "earmarked_state_id": given["state"] or None,
        }  # fmt: skip


class Approval(Form):
    """The second click; nothing is asked."""


class Refusal(Form):
    reason = LongText(label=_("Reason"), rows=3)
