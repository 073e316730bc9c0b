"""What a person gives with each move of a request or an assessment; the API asks the same."""

from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.web.fields import Choice, Confirm, Day, LongText, Quantity, Text, YesNo
from portal.web.forms import Form
from portal.web.moves import Move
from portal.web.templatetags.portal import named
from requests_app.enums import Visibility
from requests_app.workflow import AMENDED


class Reason(Form):
    reason = LongText(label=_("Reason"), rows=4, help_text=_("In words that the other side can act upon."))


class NoteVerbale(Form):
    """By what the State speaks."""

    renames: ClassVar = {"note_verbale": "note_verbale_number", "note_verbale.date": "note_verbale_date"}
    note_verbale_number = Text(
        label=_("Number of the note verbale"),
        max_length=60,
        help_text=_("As printed on it, for example NV-UNODC-118/2026."),
    )
    note_verbale_date = Day(label=_("Date of the note verbale"), past=True)
    authorised = Confirm(
        label=_("I confirm that I am authorised to submit this request on behalf of the Government.")
    )

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts.items() if name != "authorised"}


class Authentication(Form):
    authentication = LongText(
        label=_("How the request was authenticated"),
        rows=3,
        max_length=1000,
        help_text=_("By whom, when and how, for example by a call to the Permanent Mission."),
    )


class Question(Form):
    question = LongText(label=_("Question"), help_text=_("The State sees it as written here."))


class Answer(Form):
    answer = LongText(label=_("Answer"), max_length=6000)


class ConsentForm(Form):
    visibility = Choice(label=_("Who may see the request"), choices=Visibility.choices)
    named_in_report = YesNo(
        label=_("May the State be named in the report"),
        required=False,
        help_text=_(
            "Without an answer the State is named only where all donors or everyone may see the request."
        ),
    )

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class Amendment(Form):
    """What can be changed in the needs of an open request, need by need; `initial["needs"]` are those needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.needs = (kwargs.get("initial") or {}).get("needs", [])
        super().__init__(*args, **kwargs)
        for need in self.needs:
            place, n = need["place"], need["number"]
            made = {
                "quantity": Quantity(label=_("Quantity"), help_text=need["unit"], initial=need["quantity"]),
                "description": LongText(
                    label=_("What is needed and for what purpose"),
                    max_length=2000,
                    rows=4,
                    initial=need["description"],
                ),
                "needed_by": Day(label=_("Needed by"), required=False, initial=need["needed_by"]),
                "place": LongText(
                    label=_("Place of delivery"), required=False, rows=2, max_length=600, initial=place
                ),
            }
            for name, field in made.items():
                field.error_messages["required"] = _("This must be answered.")
                self.fields[f"{name}_{n}"] = field

    def parts(self) -> list[tuple[Any, list[Any]]]:
        return [
            (
                gettext("Need %(number)d") % {"number": need["number"]},
                [self[f"{name}_{need['number']}"] for name in AMENDED],
            )
            for need in self.needs
        ]

    @property
    def facts(self) -> dict[str, Any]:
        """Only what differs from what stands."""
        found: dict[str, dict[str, Any]] = {}
        for need in self.needs:
            n = need["number"]
            for name in AMENDED:
                value = self.cleaned_data.get(f"{name}_{n}")
                before = Decimal(need[name]) if name == "quantity" else need[name]
                if value != before:
                    found.setdefault(str(n), {})[name] = value
        return {"needs": found}


class Closing(Form):
    state_agrees = Confirm(label=_("The State's agreement to the closing is recorded."))
    reason = LongText(label=_("How the State agreed"), rows=3, max_length=1000)


def _note(request: Any) -> dict[str, Any]:
    return {
        "note_verbale_number": request.note_verbale_number,
        "note_verbale_date": request.note_verbale_date,
    }


def _needs(request: Any) -> dict[str, Any]:
    rows = request.needs.select_related("unit").order_by("number")
    return {
        "needs": [
            {
                "number": need.number,
                "unit": named(need.unit.labels),
                "quantity": need.quantity.normalize().__format__("f"),
            }
            | {name: getattr(need, name) for name in AMENDED if name != "quantity"}
            for need in rows
        ]
    }


REQUEST_MOVES: dict[str, Move] = {
    "send_for_approval": Move(
        _("Send to the approver"),
        _("The draft is frozen. An approver of your State reads it and submits or returns it."),
        _("The request was sent to the approvers of your State. They have been told."),
    ),
    "return": Move(
        _("Return for changes"),
        _("The draft goes back to the focal point, with what you write here."),
        _("The request was returned. The focal point has been told."),
        Reason,
    ),
    "submit": Move(
        _("Submit on behalf of the Government"),
        _(
            "The request becomes the formal act of your State. It is given a reference, and UNODC acknowledges it."
        ),
        _("The request was submitted. UNODC acknowledges it within five working days."),
        NoteVerbale,
        initial=_note,
    ),
    "acknowledge": Move(
        _("Acknowledge receipt"),
        _("The State is told that its request was received, and the review begins."),
        _("The request was acknowledged. The State has been told. Review it within twenty working days."),
        Authentication,
    ),
    "decline": Move(
        _("Decline"),
        _("The request cannot be taken further. The State receives the reason."),
        _("The request was declined. The State has been told."),
        Reason,
        warns=True,
    ),
    "ask_for_clarification": Move(
        _("Ask for clarification"),
        _("The State is asked to answer. Until then the time for the review stands still."),
        _("The question was sent. The State is asked to answer within twenty working days."),
        Question,
    ),
    "answer": Move(
        _("Answer the question"),
        _("UNODC receives the answer, and the review goes on."),
        _("The answer was sent to UNODC. The review goes on."),
        Answer,
    ),
    "circulate": Move(
        _("Circulate to donors"),
        _("Those whom the State allows to see the request can now pledge to its needs. They are told."),
        _("The request is open. Donors who may see it have been told."),
    ),
    "change_consent": Move(
        _("Change who may see it"),
        _("The change holds at once. Whoever may no longer see the request no longer finds it."),
        _("Your consent was changed. It holds from now on."),
        ConsentForm,
        initial=lambda r: {"visibility": r.visibility, "named_in_report": r.named_in_report},
    ),
    "amend": Move(
        _("Amend the needs"),
        _(
            "What you change holds at once, and what stood before stays readable. Donors who have pledged are told. "
            "No need can become smaller than what is already pledged to it."
        ),
        _("The request was amended. Donors who have pledged have been told."),
        Amendment,
        initial=_needs,
    ),
    "close": Move(
        _("Close"),
        _(
            "Nothing more can be pledged. The State is asked for its assessment where something was delivered."
        ),
        _("The request was closed. The State has been told."),
        Closing,
        warns=True,
    ),
    "withdraw": Move(
        _("Withdraw the request"),
        _("Pledges that were offered or accepted are released. Donors who knew of the request are told."),
        _("The request was withdrawn. Those concerned have been told."),
        Reason,
        warns=True,
    ),
    "reopen": Move(
        _("Reopen"),
        _("The request is under review again."),
        _("The request was reopened. The State has been told."),
        Reason,
    ),
}
ASSESSMENT_MOVES: dict[str, Move] = {
    "start": Move(
        _("Start the assessment"),
        _("The assessment becomes a draft of your State."),
        _("The assessment is a draft now. Write the findings."),
    ),
    "send_for_approval": Move(
        _("Send to the approver"),
        _("An approver of your State reads the assessment and submits or returns it."),
        _("The assessment was sent to the approvers of your State. They have been told."),
    ),
    "return": Move(
        _("Return for changes"),
        _("The assessment goes back to the focal point, with what you write here."),
        _("The assessment was returned. The focal point has been told."),
        Reason,
    ),
    "submit": Move(
        _("Submit the assessment"),
        _("UNODC and the donors of this request can read it from now on."),
        _("The assessment was submitted. UNODC and the donors have been told."),
    ),
    "publish": Move(
        _("Publish the assessment"),
        _("Everyone can read it from now on."),
        _("The assessment was published."),
    ),
}
