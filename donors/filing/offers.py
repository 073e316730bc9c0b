"""An offer is drafted and changed."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from donors import questions, selectors, services
from donors.filing.page import saved, sent_meanwhile, shown, url_of, writes
from donors.models import Offer, OfferState
from portal.core import clock
from portal.core.money import plain
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.pages import Asked, one
from portal.web.saving import asked_version, form_page


@writes
def offer_new(request: Asked) -> HttpResponse:
    """A draft of what a donor can provide without being asked."""
    offer = Offer(donor=request.actor.organisation, status=NEW)
    engine.require(request.actor, A.OFFER_DRAFT, offer)

    def save(form: Any) -> str:
        for name, value in form.columns.items():
            setattr(offer, name, value)
        states = [OfferState(state_id=code) for code in form.states]
        made = services.draft_offer(offer, states=states, actor=request.actor)
        words = _("The draft was saved. An approver of your organisation publishes it.")
        return saved(request, words, url_of("offer", made))

    return form_page(
        request,
        form=lambda data: questions.OfferDraft(data, initial={"valid_from": clock.today()}),
        save=save,
        context={
            "title": _("New offer"),
            "lead": _("Nobody outside your organisation sees it before it is published."),
            "button": _("Save the draft"),
            "back": reverse("donors:offers"),
            "back_label": _("Offers"),
        },
    )


@writes
def offer_edit(request: Asked, key: str) -> HttpResponse:
    """A draft of an offer is changed."""
    row = one(selectors.offers_by_key(request.actor, key))
    engine.require(request.actor, A.OFFER_DRAFT, row)
    states = [line.state_id for line in row.states.order_by("pk")]
    initial = shown(row, "description", "valid_from", "valid_until", "languages", "conditions") | {
        "form": row.form_id, "theme": row.theme_id, "unit": row.unit_id, "quantity": plain(row.quantity),
        **dict(zip(questions.OfferDraft.STATES, states, strict=False)),
        **dict(zip(questions.OfferDraft.REGIONS, row.regions, strict=False)),
    }  # fmt: skip

    def save(form: Any) -> str:
        moved = services.revise_offer(
            row, form.columns, states=form.states, actor=request.actor, version=asked_version(request)
        )
        return saved(request, _("The draft was saved."), url_of("offer", moved))

    return form_page(
        request,
        form=lambda data: questions.OfferDraft(data, initial=initial),
        save=save,
        context={
            "title": _("Change the draft"),
            "button": _("Save the draft"),
            "version": row.version,
            "back": url_of("offer", row),
            "back_label": str(row),
            "standing": sent_meanwhile(row),
        },
    )
