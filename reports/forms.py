"""What a person gives with each move of an edition, and with an input."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.web.fields import Choice, Choices, Day, LongText, Text
from portal.web.forms import Form
from portal.web.moves import Move
from portal.web.templatetags.portal import named
from reports import selectors
from reports.built import FORMATS, LANGUAGES
from reports.rules import sections_of

_NAMES = dict(settings.LANGUAGES)
SECTIONS = {
    "summary": _("Summary"),
    "introduction": _("Introduction"),
    "requests": _("Requests for assistance and how they were met"),
    "action": _("Action by paragraph"),
    "impact": _("Impact"),
    "resources": _("Resources"),
    "conclusions": _("Conclusions and recommendations"),
    "annexes": _("Annexes"),
}


def section_name(code: str) -> Any:
    """A section in words; one of another outline by its own name."""
    return SECTIONS.get(code, code)


def clearable(edition: Any) -> list[tuple[str, str]]:
    """(code, words) of each section in each language, for those who clear them."""
    return [
        (
            f"{section}:{language}",
            _("%(section)s, %(language)s") % {"section": section_name(section), "language": _NAMES[language]},
        )
        for section in sections_of(edition)
        for language in edition.languages
    ]


def _day(values: dict[str, Any], name: str) -> dict[str, Any]:
    return values | {name: clock.day(values[name])} if values.get(name) else values


class PlanForm(Form):
    cut_off = Day(label=_("Records as at"), help_text=_("What happened after this day does not count."))
    languages = Choices(label=_("Languages"), choices=[(code, _NAMES[code]) for code in LANGUAGES])
    formats = Choices(label=_("Formats"), choices=[(code, code.upper()) for code in FORMATS])

    @property
    def facts(self) -> dict[str, Any]:
        return _day(super().facts, "cut_off")


class InviteForm(Form):
    organisations = Choices(label=_("Who is asked"))
    due = Day(label=_("Due"), help_text=_("The last day on which an input is taken up."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(row.pk): row for row in selectors.organisations_to_ask()}
        self.fields["organisations"].choices = [  # type: ignore[attr-defined]
            (key, named(row.names)) for key, row in self.known.items()
        ]

    @property
    def facts(self) -> dict[str, Any]:
        found = _day(super().facts, "due")
        return found | {"organisations": [self.known[key] for key in found["organisations"]]}


class WaiverForm(Form):
    waiver = LongText(
        label=_("Why the findings are waived"),
        required=False,
        rows=4,
        help_text=_("Only where a finding that bars clearance is not corrected."),
    )


class SectionsForm(Form):
    sections = Choices(label=_("Sections that are cleared"))


class ReturnForm(Form):
    section = Choice(label=_("Section"))
    comment = LongText(label=_("What is to be changed"))


class IssueForm(Form):
    symbol = Text(label=_("Symbol"), max_length=60, help_text=_("For example E/CN.7/2019/8."))
    issued_on = Day(label=_("Date of issue"), past=True)

    @property
    def facts(self) -> dict[str, Any]:
        return _day(super().facts, "issued_on")


class CorrigendumForm(Form):
    corrigendum = LongText(label=_("What is corrected"))


class InputForm(Form):
    paragraph = Choice(label=_("Paragraph of the resolution"))
    language = Choice(label=_("Language of the text"), choices=settings.LANGUAGES)
    text = LongText(
        label=_("Text"), max_length=6000, rows=10, help_text=_("It is reproduced in the report as received.")
    )


EDITION_MOVES: dict[str, Move] = {
    "invite_inputs": Move(
        _("Ask for inputs"),
        _("Governments, donors and offices are asked to write on the paragraphs of the resolution."),
        _("Those whom you named have been asked for their inputs."),
        InviteForm,
    ),
    "freeze": Move(
        _("Freeze the records and make the documents"),
        _("The records are frozen as they stand at the cut-off. Every document is made from them."),
        _("The work has begun. You may leave the page."),
    ),
    "send_to_clearance": Move(
        _("Send to clearance"),
        _("The clearing officers read the documents and clear them section by section."),
        _("The edition is in clearance. The clearing officers have been told."),
        WaiverForm,
    ),
    "clear_sections": Move(
        _("Clear sections"),
        _("A section is cleared for the language in which you have read it."),
        _("The sections that you ticked are cleared."),
        SectionsForm,
    ),
    "return_section": Move(
        _("Return a section"),
        _("The edition goes back to the report officer, with your comment."),
        _("The section was returned. The report officer has been told."),
        ReturnForm,
        warns=True,
    ),
    "clear": Move(
        _("Clear the report"),
        _("Every section is cleared in every language. The report can be submitted."),
        _("The report is cleared. The report officer has been told."),
    ),
    "submit": Move(
        _("Submit for processing"),
        _("The cleared documents go to the conference services."),
        _("The report is recorded as submitted."),
    ),
    "issue": Move(
        _("Record the issue"),
        _("The documents become public under their symbol."),
        _("The report is issued. Everyone can read it from now on."),
        IssueForm,
        initial=lambda edition: {"symbol": edition.symbol or edition.session.symbol},
    ),
    "correct": Move(
        _("Issue a corrigendum"),
        _("The documents are made again. Those issued before are kept."),
        _("The correction is recorded. The documents are being made again."),
        CorrigendumForm,
        warns=True,
    ),
}


def moves_of(row: Any, move: str) -> dict[str, Move]:
    """The moves, with the sections of this edition in the forms that name them."""
    name = move.replace("-", "_")
    choices = {
        "clear_sections": ("sections", clearable(row)),
        "return_section": ("section", [(code, section_name(code)) for code in sections_of(row)]),
    }.get(name)
    if choices is None:
        return EDITION_MOVES
    field, options = choices
    base: Any = EDITION_MOVES[name].form

    def form(data: Any = None, **kwargs: Any) -> Form:
        made: Form = base(data, **kwargs)
        made.fields[field].choices = options  # type: ignore[attr-defined]
        return made

    return EDITION_MOVES | {name: replace(EDITION_MOVES[name], form=form)}
