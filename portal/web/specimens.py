"""What the page of components shows: each component with a context as pages give it."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web import fields
from portal.web.forms import Form
from portal.web.moves import Button

REFERENCE = "TA-2018-AFG-0007"
DAY = datetime(2018, 3, 14, tzinfo=UTC)


class SpecimenForm(Form):
    """A field of each kind."""

    groups: ClassVar[Any] = (
        ("", ("title", "situation", "date")),
        (gettext_lazy("Quantity"), ("people", "amount", "currency")),
        (gettext_lazy("Assistance"), ("kind", "areas", "urgent", "sure")),
    )
    title = fields.Text(
        label=gettext_lazy("Title"), help_text=gettext_lazy("In a few words, in any language.")
    )
    situation = fields.LongText(label=gettext_lazy("Situation"), max_length=200)
    date = fields.Day(label=gettext_lazy("Date of the note verbale"), past=True)
    people = fields.Whole(label=gettext_lazy("Number of people"))
    amount = fields.Amount(label=gettext_lazy("Amount"), required=False)
    currency = fields.Currency(required=False)
    kind = fields.Choice(
        label=gettext_lazy("Form of assistance"),
        choices=[
            ("t", gettext_lazy("Training")),
            ("e", gettext_lazy("Equipment")),
            ("f", gettext_lazy("Funds")),
        ],
    )
    areas = fields.Choices(
        label=gettext_lazy("Thematic areas"),
        required=False,
        choices=[
            ("b", gettext_lazy("Border management")),
            ("l", gettext_lazy("Forensic and laboratory services")),
        ],
    )
    urgent = fields.YesNo(label=gettext_lazy("Is it urgent?"))
    sure = fields.Confirm(label=gettext_lazy("I confirm that this is in order."))


def _wrong() -> SpecimenForm:
    data = QueryDict(mutable=True)
    data.update({"title": REFERENCE, "date_day": "31", "date_month": "2", "date_year": "2018", "people": "x"})
    form = SpecimenForm(data, auto_id="wrong_%s")
    form.is_valid()
    return form


def _task(label: str, status: str, *, kind: str = "", hint: str = "", url: str = "#main") -> dict[str, str]:
    return {"label": label, "status": status, "kind": kind, "hint": hint, "url": url}


def specimens() -> dict[str, Any]:
    """The context of the page."""
    wrong = _wrong()
    pages = Paginator(range(250), 25)
    return {
        "reference": REFERENCE,
        "moment": DAY,
        "form": SpecimenForm(auto_id="right_%s"),
        "wrong": wrong,
        "problems": wrong.problems(),
        "page": pages.get_page(4),
        "around": pages.get_elided_page_range(4, on_each_side=1, on_ends=1),
        "buttons": [
            Button(_("Submit"), "#main", warns=False, reasons=()),
            Button(_("Return for changes"), "#main", warns=False, reasons=()),
            Button(_("Withdraw"), "#main", warns=True, reasons=()),
            Button(_("Close"), "#main", warns=False, reasons=(_("A pledge is still pending."),)),
        ],
        "groups": [
            {
                "title": _("About the request"),
                "tasks": [
                    _task(_("Note verbale"), _("Completed")),
                    _task(
                        _("Situation"),
                        _("In progress"),
                        kind="waiting",
                        hint=_("In any of the six languages."),
                    ),
                ],
            },
            {
                "title": _("What is needed"),
                "tasks": [
                    _task(_("Needs"), _("There is a problem"), kind="problem"),
                    _task(_("Check and send"), _("Cannot be started yet"), url=""),
                ],
            },
        ],
        "rows": [
            {"label": _("Title"), "value": REFERENCE, "url": "#main"},
            {"label": _("Note verbale"), "value": "", "url": "#main"},
            {"label": _("State"), "value": _("Invented State"), "url": ""},
        ],
        "stages": [(_("Queued"), "done"), (_("Freezing"), "current"), (_("Rendering"), "waiting")],
        "steps": [
            {"event": {"occurred_at": DAY}, "what": _("Submitted"), "by": ""},
            {"event": {"occurred_at": DAY.replace(day=20)}, "what": _("Acknowledged"), "by": _("the portal")},
        ],
        "lines": [
            (_("Requested"), 40, "requested"),
            (_("Committed"), 24, "committed"),
            (_("Offered, not yet accepted"), 10, "offered"),
            (_("Delivered"), 8, "delivered"),
        ],
        "next_steps": [_("UNODC answers within ten working days."), _("You will be notified of each step.")],
    }
