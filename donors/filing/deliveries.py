"""The State says what became of a delivery."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donors import selectors, services
from donors.filing.page import saved, url_of, writes
from donors.forms import UseAnswer
from donors.models import FollowUp
from portal.core import clock
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form, sentence
from portal.web.pages import Asked, one
from portal.web.saving import form_page


@writes
def follow_up(request: Asked, key: str) -> HttpResponse:
    """The State says how a delivery is used, some time after."""
    row = one(selectors.deliveries_by_key(request.actor, key))
    engine.require(request.actor, A.DELIVERY_ANSWER, row)

    def save(form: Form) -> str:
        given = form.cleaned_data
        answer = FollowUp(date=given["date"], status=given["status"], note=given["note"])
        services.answer_follow_up(row, answer, actor=request.actor)
        words = _("The answer was recorded. The donor and UNODC can read it.")
        return saved(request, words, url_of("delivery", row))

    confirmed = row.status == "confirmed"
    return form_page(
        request,
        form=lambda data: UseAnswer(data, initial={"date": clock.today()}),
        save=save,
        template="donors/move.html",
        context={
            "title": _("Say how it is used"),
            "lead": _("Asked at 6, 12 and 24 months after the delivery. You can answer at any time."),
            "button": _("Send the answer"),
            "delivery": row,
            "back": url_of("delivery", row),
            "back_label": str(row),
            "standing": [] if confirmed else [sentence(gettext("the delivery is not confirmed"))],
        },
    )
