"""All answers of a request, as who checks or approves it reads them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.directory.enums import Drug, MainlyFor
from portal.web.templatetags.portal import day, money, named, number
from requests_app.forms.needs import NEEDS_SITE
from requests_app.models import AssistanceRequest, Need
from requests_app.views.addresses import url
from requests_app.views.tasks import BY_SLUG

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Line:
    """One answer: `kind` says how the template shows it."""

    label: "str | Promise"
    value: Any
    change: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Section:
    title: "str | Promise"
    slug: str
    lines: list[Line] = field(default_factory=list)


def _joined(codes: Iterable[str], words: Mapping[str, Any]) -> list[str]:
    return [str(words[code]) for code in codes if code in words]


def sections(row: AssistanceRequest, needs: list[Need], *, change: bool) -> list[Section]:
    """Every answer of a request, with the address where it is changed."""

    def to(slug: str) -> str:
        return f"{url('part', row, slug)}?from=check" if change else ""

    def lines(slug: str, *pairs: tuple[Any, Any]) -> list[Line]:
        return [Line(label, value, to(slug), _kind(value)) for label, value in pairs]

    drugs = dict(Drug.choices)
    joint = [named(other.state.names) for other in row.co_requesters.all()]
    found = [
        Section(BY_SLUG["authority"].label, "authority", lines(
            "authority", (_("Title of the request"), row.title),
            (_("Responsible national authority"), row.authority), (_("Contact"), row.contact),
        )),
        Section(BY_SLUG["note-verbale"].label, "note-verbale", lines(
            "note-verbale", (_("Number of the note verbale"), row.note_verbale_number),
            (_("Date of the note verbale"), day(row.note_verbale_date)),
        )),
        Section(BY_SLUG["situation"].label, "situation", lines(
            "situation", (_("Situation"), row.situation), (_("Objectives"), row.objectives),
            (_("Drugs in transit"), _joined(row.drugs, drugs)), (_("Evidence for each drug"), row.evidence),
            (_("Previous assistance"), row.previous_assistance),
            (_("National contribution"), row.national_contribution),
        )),
    ]  # fmt: skip
    for need in needs:
        title = gettext("Need %(number)d") % {"number": need.number}
        found.append(Section(title, f"need-{need.number}", need_lines(row, need, change=change)))
    if not needs:
        empty = Line(
            _("Needs"),
            "",
            url("needs_of", row) if change else "",
        )
        found.append(Section(BY_SLUG["needs"].label, "needs", [empty]))
    found += [
        Section(BY_SLUG["cooperation"].label, "cooperation", lines(
            "cooperation", (_("Preferred channel"), row.get_channel_display()),
            (_("Urgency"), row.get_urgency_display()), (_("Why it is urgent"), row.urgency_reason),
            (_("Other States of a joint request"), joint),
        )),
        Section(BY_SLUG["consent"].label, "consent", lines(
            "consent", (_("Who may see the request once it is circulated"), row.get_visibility_display()),
            (_("May the State be named in the report"), _yes_no(row.named_in_report)),
        )),
    ]  # fmt: skip
    return found


def _yes_no(value: bool | None) -> str:
    return "" if value is None else gettext("Yes") if value else gettext("No")


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list) else "text"


def need_lines(row: AssistanceRequest, need: Need, *, change: bool) -> list[Line]:
    """The answers of one need."""
    quantity = ""
    if need.quantity is not None:
        quantity = f"{number(need.quantity)} {named(need.unit.labels) if need.unit else ''}"
    steps: dict[str, list[tuple[Any, Any]]] = {
        "what": [
            (_("Form of assistance"), named(need.form.labels)),
            (_("Thematic area"), named(need.theme.labels)),
            (_("Paragraphs of the resolution"), ", ".join(map(str, need.paragraphs))),
            (_("What is needed and for what purpose"), need.description),
        ],
        "how-much": [
            (_("Quantity"), quantity),
            (_("Estimated cost of one unit"), money(need.unit_cost_amount, need.unit_cost_currency)),
            (_("Needed by"), day(need.needed_by)),
            (_("Place of delivery"), need.place),
            (_("Beneficiaries: women"), number(need.women)),
            (_("Beneficiaries: men"), number(need.men)),
            (_("Beneficiaries: children"), number(need.children)),
        ],
        "for-whom": [
            (_("Priority"), need.get_priority_display()),
            (_("Who receives it"), need.get_recipient_kind_display()),
            (_("Mainly for"), _joined(need.mainly_for, dict(MainlyFor.choices))),
            (_("Direction of the trafficking"), need.get_direction_display()),
        ],
    }
    if need.form_id in NEEDS_SITE:
        steps["how-much"] += [
            (_("Is the site ready?"), need.site_readiness),
            (_("Who pays the running costs?"), need.running_costs),
        ]
    if need.state is not None:
        steps["for-whom"].append((_("State that needs it"), named(need.state.names)))
    return [
        Line(
            label,
            value,
            f"{url('need_step', row, need.number, step)}?from=check" if change else "",
            _kind(value),
        )
        for step, pairs in steps.items()
        for label, value in pairs
    ]
