"""All answers of a request in their order: what its pages, its record in PDF and its record in Word are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import TextField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import Drug, MainlyFor
from portal.web.templatetags.portal import day, money, named, number
from requests_app import selectors
from requests_app.forms.needs import NEEDS_SITE
from requests_app.models import AssistanceRequest, Need

if TYPE_CHECKING:
    from django.utils.functional import Promise

# the parts of a request, by the task in which each is written
TITLES: Mapping[str, "Promise"] = {
    "authority": _("Title, authority and contact"),
    "note-verbale": _("Note verbale"),
    "situation": _("Situation"),
    "needs": _("Needs"),
    "cooperation": _("Cooperation"),
    "consent": _("Consent"),
}
AMENDABLE = {
    "quantity": _("Quantity"),
    "description": _("Description"),
    "needed_by": _("Needed by"),
    "place": _("Place of delivery"),
}


@dataclass(frozen=True)
class Answer:
    """One answer in the words of the page's language; `written` where the words are the State's own."""

    column: str
    label: "str | Promise"
    value: Any
    task: str  # of the draft, or step of the need, in which it is given
    written: bool = False


@dataclass(frozen=True)
class Answers:
    """The answers of one part; `need` is the number of the need that they are of."""

    title: "str | Promise"
    slug: str
    answers: list[Answer]
    need: int | None = None


def of_request(row: AssistanceRequest, needs: list[Need], *, between: bool = True) -> list[Answers]:
    """Every answer of a request; what stays between its State and UNODC on request alone."""
    others = [other for other in row.co_requesters.all() if between or other.confirmed_at]
    pairs: dict[str, list[tuple[str, Any, Any]]] = {
        "authority": [
            ("title", _("Title of the request"), row.title),
            ("authority", _("Responsible national authority"), row.authority),
            ("contact", _("Contact"), row.contact),
        ],
        "note-verbale": [
            ("note_verbale_number", _("Number of the note verbale"), row.note_verbale_number),
            ("note_verbale_date", _("Date of the note verbale"), day(row.note_verbale_date)),
        ],
        "situation": [
            ("situation", _("Situation"), row.situation),
            ("objectives", _("Objectives"), row.objectives),
            ("drugs", _("Drugs in transit"), _joined(row.drugs, dict(Drug.choices))),
            ("evidence", _("Evidence for each drug"), row.evidence),
            ("previous_assistance", _("Previous assistance"), row.previous_assistance),
            ("national_contribution", _("National contribution"), row.national_contribution),
        ],
        "needs": [] if needs else [("needs", _("Needs"), "")],
        "cooperation": [
            ("channel", _("Preferred channel"), row.get_channel_display()),
            ("urgency", _("Urgency"), row.get_urgency_display()),
            ("urgency_reason", _("Why it is urgent"), row.urgency_reason),
            ("states", _("Other States of a joint request"), [named(o.state.names) for o in others]),
        ],
        "consent": [
            ("visibility", _("Who may see the request once it is circulated"), row.get_visibility_display()),
            ("named_in_report", _("May the State be named in the report"), _yes_no(row.named_in_report)),
        ],
    }
    found = []
    for slug, asked in pairs.items():
        if slug == "needs":
            found += [of_need(need) for need in needs]
        shown = [one for one in asked if between or one[0] not in selectors.BETWEEN]
        if shown:
            found.append(Answers(TITLES[slug], slug, _answers(row, slug, shown)))
    return found


def of_need(need: Need) -> Answers:
    """The answers of one need."""
    quantity = ""
    if need.quantity is not None:
        quantity = f"{number(need.quantity)} {named(need.unit.labels) if need.unit else ''}"
    steps: dict[str, list[tuple[str, Any, Any]]] = {
        "what": [
            ("form", _("Form of assistance"), named(need.form.labels)),
            ("theme", _("Thematic area"), named(need.theme.labels)),
            ("paragraphs", _("Paragraphs of the resolution"), ", ".join(map(str, need.paragraphs))),
            ("description", _("What is needed and for what purpose"), need.description),
        ],
        "how-much": [
            ("quantity", _("Quantity"), quantity),
            (
                "unit_cost_amount",
                _("Estimated cost of one unit"),
                money(need.unit_cost_amount, need.unit_cost_currency),
            ),
            ("needed_by", _("Needed by"), day(need.needed_by)),
            ("place", _("Place of delivery"), need.place),
            ("women", _("Beneficiaries: women"), number(need.women)),
            ("men", _("Beneficiaries: men"), number(need.men)),
            ("children", _("Beneficiaries: children"), number(need.children)),
        ],
        "for-whom": [
            ("priority", _("Priority"), need.get_priority_display()),
            ("recipient_kind", _("Who receives it"), need.get_recipient_kind_display()),
            ("mainly_for", _("Mainly for"), _joined(need.mainly_for, dict(MainlyFor.choices))),
            ("direction", _("Direction of the trafficking"), need.get_direction_display()),
        ],
    }
    if need.form_id in NEEDS_SITE:
        steps["how-much"] += [
            ("site_readiness", _("Is the site ready?"), need.site_readiness),
            ("running_costs", _("Who pays the running costs?"), need.running_costs),
        ]
    if need.state is not None:
        steps["for-whom"].append(("state", _("State that needs it"), named(need.state.names)))
    answers = [answer for step, asked in steps.items() for answer in _answers(need, step, asked)]
    title = gettext("Need %(number)d") % {"number": need.number}
    return Answers(title, f"need-{need.number}", answers, need.number)


def _answers(row: Any, task: str, asked: Iterable[tuple[str, Any, Any]]) -> list[Answer]:
    own = {field.name for field in row._meta.concrete_fields if isinstance(field, TextField)}  # noqa: SLF001
    own.add("title")
    return [Answer(column, label, value, task, column in own) for column, label, value in asked]


def _joined(codes: Iterable[str], words: Mapping[str, Any]) -> list[str]:
    return [str(words[code]) for code in codes if code in words]


def _yes_no(value: bool | None) -> str:
    return "" if value is None else gettext("Yes") if value else gettext("No")


@dataclass(frozen=True)
class Amendment:
    """What one column of a need said before, and says since."""

    at: datetime
    need: str
    what: "str | Promise"
    before: str
    since: str


def amendments(events: Iterable[Any]) -> list[Amendment]:
    """What was amended, of events that were already chosen for their reader."""
    return [
        Amendment(at, need, AMENDABLE[column], _readable(column, before), _readable(column, since))
        for at, need, column, before, since in selectors.amendments(events)
        if column in AMENDABLE
    ]


def _readable(column: str, text: Any) -> str:
    """What an event keeps of a column, as a page shows it."""
    if text in (None, ""):
        return "–"
    if column == "needed_by":
        return day(datetime.fromisoformat(text))
    return number(Decimal(text)) if column == "quantity" else str(text)
