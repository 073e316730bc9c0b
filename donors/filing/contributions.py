"""A contribution is announced, and an entry of its ledger decided upon by a second person."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donors import questions, selectors, services
from donors.filing.page import saved, url_of, writes
from donors.models import Contribution
from donors.services.locks import need_named
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal, Refused
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form, sentence
from portal.web.pages import Asked, one
from portal.web.saving import form_page


@writes
def contribution_new(request: Asked) -> HttpResponse:
    """Cash that a donor announced to UNODC (para. 11)."""
    engine.require(request.actor, A.CONTRIBUTION_HANDLE, Contribution(status=NEW))
    organisations = questions.by_name(selectors.organisations(request.actor))

    def save(form: Any) -> str:
        row = Contribution(**form.columns)
        given = form.cleaned_data
        if given["need"]:
            row.earmarked_need = need_named(request.actor, given["need"], "need")
        if given["pledge"]:
            row.pledge = _named_pledge(request.actor, given["pledge"], row.donor_id)
        made = services.announce_contribution(row, actor=request.actor, at=given["date"])
        words = _("The contribution is announced. Record its agreement when both have signed.")
        return saved(request, words, url_of("contribution", made))

    return form_page(
        request,
        form=lambda data: questions.ContributionRecord(
            data, organisations=organisations, initial={"date": clock.today()}
        ),
        save=save,
        context={
            "title": _("New contribution"),
            "lead": _("What was announced is shown apart from what was received."),
            "button": _("Announce the contribution"),
            "back": reverse("donors:contributions"),
            "back_label": _("Contributions"),
        },
    )


def _named_pledge(actor: Actor, key: str, donor: int) -> Any:
    pledge = selectors.pledges_by_key(actor, key.strip().upper()).filter(donor=donor).first()
    if pledge is None:
        raise Refused(Refusal(gettext("this donor has no such pledge"), "pledge"))
    return pledge


def _decision(
    request: Asked, key: str, pk: int, *, form: type[Form], decide: Callable[[Any, Form], Any], **context: Any
) -> HttpResponse:
    """One of the two answers to a proposed entry."""
    contribution = one(selectors.contributions_by_key(request.actor, key))
    engine.require(request.actor, A.CONTRIBUTION_HANDLE, contribution)
    row = selectors.proposals(request.actor).filter(contribution=contribution, pk=pk).first()
    if row is None:
        raise Http404
    own = row.proposed_by == request.actor.user.pk

    def save(given: Form) -> str:
        decide(row, given)
        return saved(request, context["done"], url_of("contribution", contribution))

    standing = []
    if row.status != "waiting":
        standing.append(gettext("this entry was decided on before"))
    elif own and context.get("by_another"):
        standing.append(gettext("who proposes an entry does not approve it; another finance officer does"))
    return form_page(
        request,
        form=form,
        save=save,
        template="donors/proposal.html",
        context={
            **context,
            "row": row,
            "contribution": contribution,
            "own": own,
            "back": url_of("contribution", contribution),
            "back_label": str(contribution),
            "standing": [sentence(reason) for reason in standing],
        },
    )


@writes
def approve_entry(request: Asked, key: str, pk: int) -> HttpResponse:
    """The second click: a proposed entry stands in the ledger."""
    return _decision(
        request, key, pk,
        form=questions.Approval,
        decide=lambda row, _form: services.approve_entry(row, actor=request.actor),
        title=_("Approve the entry"),
        lead=_("The entry is written into the ledger. It is never changed; only another entry takes it back."),
        button=_("Approve the entry"),
        done=_("The entry was approved. It stands in the ledger."),
        by_another=True,
    )  # fmt: skip


@writes
def refuse_entry(request: Asked, key: str, pk: int) -> HttpResponse:
    """A proposed entry never enters the ledger."""
    return _decision(
        request, key, pk,
        form=questions.Refusal,
        decide=lambda row, form: services.refuse_entry(row, reason=form.cleaned_data["reason"], actor=request.actor),
        title=_("Refuse the entry"),
        lead=_("The entry does not enter the ledger. Who proposed it sees the reason."),
        button=_("Refuse the entry"),
        done=_("The entry was refused. It is not in the ledger."),
        warns=True,
    )  # fmt: skip
