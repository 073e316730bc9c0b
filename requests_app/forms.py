"""What a person gives with each move of a request or an assessment; the API asks the same."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from portal.web.fields import Choice, Confirm, Day, LongText, Text, YesNo
from portal.web.forms import Form
from portal.web.moves import Move
from requests_app.enums import Visibility


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


class Closing(Form):
    state_agrees = Confirm(label=_("The State's agreement to the closing is recorded."))
    reason = LongText(label=_("How the State agreed"), rows=3, max_length=1000)


def _note(request: Any) -> dict[str, Any]:
    return {
        "note_verbale_number": request.note_verbale_number,
        "note_verbale_date": request.note_verbale_date,
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
        _("The assessment goes back to the focal point."),
        _("The assessment was returned. The focal point has been told."),
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
