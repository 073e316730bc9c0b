"""Pages on which offers, pledges, deliveries, contributions and entries of a ledger are written."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from donors import questions, selectors, services
from donors.forms import UseAnswer
from donors.models import Contribution, FollowUp, JointDonor, Offer, OfferState, Pledge
from donors.rules import drafts
from donors.rules.holding import has_room
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal, Refused
from portal.core.money import plain
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form, sentence
from portal.web.pages import Asked, one
from portal.web.saving import asked_version, form_page
from portal.web.templatetags.portal import address_key, named
from requests_app import selectors as below

writes = require_http_methods(["GET", "HEAD", "POST"])


def url_of(name: str, record: Any) -> str:
    return reverse(f"donors:{name}", args=[address_key(record)])


def _saved(request: Asked, words: Any, url: str) -> str:
    messages.success(request, str(words))
    return url


def _organisations(actor: Actor) -> questions.Options:
    return questions.by_name(selectors.partners(actor))


def _offers(actor: Actor, unit: str | None = None) -> questions.Options:
    words = gettext("%(reference)s (%(free)s free)")
    return [
        (
            str(offer.pk),
            words % {"reference": offer, "free": f"{plain(offer.free)} {named(offer.unit.labels)}"},
        )
        for offer in selectors.offers_to_take(actor, unit=unit)
    ]


# pledges


def _next_of_draft(request: Asked, pledge: Pledge) -> str:
    """After a draft was saved: to the page that offers it, or, for who may not, to the draft."""
    if engine.can(request.actor, A.PLEDGE_COMMIT, pledge):
        return reverse("donors:pledge_move", args=[address_key(pledge), "offer"])
    words = _("The draft was saved. An approver of your organisation can offer it now.")
    return _saved(request, words, url_of("pledge", pledge))


def _chosen_offer(form: Form) -> int | None:
    chosen = form.cleaned_data.get("offer")
    return int(chosen) if chosen else None


def _from_offer(request: Asked, need: Any = None) -> dict[str, Any]:
    """What an offer that is taken up says beforehand."""
    key = request.GET.get("offer", "")
    own = selectors.offers_to_take(request.actor, unit=need.unit_id if need else None)
    offer = next((row for row in own if row.reference == key), None)
    if offer is None:
        return {}
    amount = min(need.left, offer.free) if need else offer.free
    return {
        "offer": str(offer.pk), "kind": "in-kind", "description": offer.description, "quantity": plain(amount),
        "conditions": offer.conditions, "form": offer.form_id, "unit": offer.unit_id,
    }  # fmt: skip


def _new_pledge(request: Asked, **columns: Any) -> Pledge:
    """A pledge of the actor's organisation, not yet stored. Raises NotAllowed for who drafts none."""
    pledge = Pledge(donor=request.actor.organisation, status=NEW, **columns)
    engine.require(request.actor, A.PLEDGE_DRAFT, pledge)
    return pledge


def _begin(request: Asked, pledge: Pledge, form: Any) -> str:
    for name, value in form.columns.items():
        setattr(pledge, name, value)
    pledge.offer_id = _chosen_offer(form)
    joint = [JointDonor(organisation_id=pk) for pk in form.joint]
    return _next_of_draft(request, services.begin_pledge(pledge, joint_donors=joint, actor=request.actor))


@writes
def pledge_need(request: Asked, key: str) -> HttpResponse:
    """A pledge against a need: what, how much of it, when, under which conditions."""
    need = one(below.needs_by_key(request.actor, key))
    pledge = _new_pledge(request, need=need, form_id=need.form_id, unit_id=need.unit_id)
    initial = _from_offer(request, need)
    lists = {"organisations": _organisations(request.actor), "offers": _offers(request.actor, need.unit_id)}
    return form_page(
        request,
        form=lambda data: questions.NeedPledge(data, need=need, initial=initial, **lists),
        save=lambda form: _begin(request, pledge, form),
        template="donors/pledge_form.html",
        context={
            "title": _("Pledge support"),
            "need": need,
            "back": reverse("requests:need", args=[str(need)]),
            "back_label": str(need),
            "standing": [sentence(reason) for reason in _closed(need)],
        },
    )


def _closed(need: Any) -> list[str]:
    """Why nothing can be pledged to a need now."""
    if need.request.status != "open":
        return [gettext("the request of this need is not open")]
    if not has_room(need, need.left):
        return [gettext("the need is covered: nothing is left to pledge")]
    return []


@writes
def pledge_new(request: Asked) -> HttpResponse:
    """A pledge to a State, without a need."""
    pledge = _new_pledge(request)
    initial = _from_offer(request)
    lists = {"organisations": _organisations(request.actor), "offers": _offers(request.actor)}
    return form_page(
        request,
        form=lambda data: questions.StatePledge(data, initial=initial, **lists),
        save=lambda form: _begin(request, pledge, form),
        template="donors/pledge_form.html",
        context={
            "title": _("Pledge to a State"),
            "lead": _("For support to a State that is not for one of its needs. The State answers it."),
            "back": reverse("donors:pledges"),
            "back_label": _("Pledges"),
        },
    )


def _given(row: Any, *names: str) -> dict[str, Any]:
    """What a form shows of a record."""
    return {name: getattr(row, name) for name in names}


@writes
def pledge_edit(request: Asked, key: str) -> HttpResponse:
    """A draft of a pledge is changed."""
    row = one(selectors.pledges_by_key(request.actor, key))
    engine.require(request.actor, A.PLEDGE_DRAFT, row)
    joint = [str(organisation.pk) for organisation in selectors.joint_donors(row)]
    initial = _given(
        row, "kind", "finance", "channel", "description", "value_currency", "window_from", "window_until", "conditions",
        "anonymous",
    ) | {
        "quantity": plain(row.quantity), "state": row.state_id, "form": row.form_id, "unit": row.unit_id,
        "value_amount": None if row.value_amount is None else plain(row.value_amount),
        "offer": str(row.offer_id or ""), **dict(zip(questions.JOINT, joint, strict=False)),
    }  # fmt: skip
    need = one(below.needs_by_key(request.actor, str(row.need))) if row.need is not None else None
    unit = need.unit_id if need else None
    lists = {"organisations": _organisations(request.actor), "offers": _offers(request.actor, unit)}

    def form(data: Any) -> Any:
        if need is None:
            return questions.StatePledge(data, initial=initial, **lists)
        return questions.NeedPledge(data, need=need, initial=initial, **lists)

    def save(form: Any) -> str:
        changes = form.columns | {"offer_id": _chosen_offer(form)}
        givers = [
            organisation
            for organisation in selectors.partners(request.actor)
            if organisation.pk in form.joint
        ]
        moved = services.revise_pledge(
            row, changes, joint=givers, actor=request.actor, version=asked_version(request)
        )
        return _next_of_draft(request, moved)

    return form_page(
        request,
        form=form,
        save=save,
        template="donors/pledge_form.html",
        context={
            "title": _("Change the draft"),
            "need": need,
            "version": row.version,
            "back": url_of("pledge", row),
            "back_label": str(row),
            "standing": _sent(row),
        },
    )


def _sent(row: Any) -> list[str]:
    reason = drafts.sent(row)
    return [sentence(reason.reason)] if reason else []


@writes
def pledge_announce(request: Asked) -> HttpResponse:
    """What a donor said in public is listed; it counts nowhere."""
    engine.require(request.actor, A.PLEDGE_ANNOUNCE, Pledge(status=NEW))
    organisations = _organisations(request.actor)

    def save(form: Any) -> str:
        given = form.cleaned_data
        pledge = Pledge(**form.columns)
        if given["need"]:
            pledge.need = _named_need(request.actor, given["need"])
            pledge.state_id = None
        made = services.announce_pledge(
            pledge, another=given["another"], actor=request.actor, at=given["date"]
        )
        return _saved(
            request, _("The announcement is listed. It is counted nowhere."), url_of("pledge", made)
        )

    return form_page(
        request,
        form=lambda data: questions.Announcement(data, organisations=organisations),
        save=save,
        context={
            "title": _("List an announcement"),
            "lead": _("Everyone sees it as announced. It becomes a pledge when its donor makes it one."),
            "button": _("List the announcement"),
            "back": reverse("donors:pledges"),
            "back_label": _("Pledges"),
        },
    )


def _named_need(actor: Actor, key: str) -> Any:
    need = below.needs_by_key(actor, key.strip().upper()).first()
    if need is None:
        raise Refused(Refusal(gettext("there is no such need"), "need"))
    return need


# offers


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
        return _saved(request, words, url_of("offer", made))

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
    initial = _given(row, "description", "valid_from", "valid_until", "languages", "conditions") | {
        "form": row.form_id, "theme": row.theme_id, "unit": row.unit_id, "quantity": plain(row.quantity),
        **dict(zip(questions.OfferDraft.STATES, states, strict=False)),
        **dict(zip(questions.OfferDraft.REGIONS, row.regions, strict=False)),
    }  # fmt: skip

    def save(form: Any) -> str:
        moved = services.revise_offer(
            row, form.columns, states=form.states, actor=request.actor, version=asked_version(request)
        )
        return _saved(request, _("The draft was saved."), url_of("offer", moved))

    return form_page(
        request,
        form=lambda data: questions.OfferDraft(data, initial=initial),
        save=save,
        context={
            "title": _("Change the draft"),
            "button": _("Save the draft"),
            "version": row.version,
            "back": url_of("offer", row),
            "back_label": row.reference or _("Draft offer"),
            "standing": _sent(row),
        },
    )


# deliveries


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
        return _saved(request, words, url_of("delivery", row))

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


# contributions


@writes
def contribution_new(request: Asked) -> HttpResponse:
    """Cash that a donor announced to UNODC (para. 11)."""
    engine.require(request.actor, A.CONTRIBUTION_HANDLE, Contribution(status=NEW))
    organisations = questions.by_name(selectors.organisations(request.actor))

    def save(form: Any) -> str:
        row = Contribution(**form.columns)
        given = form.cleaned_data
        if given["need"]:
            row.earmarked_need = _named_need(request.actor, given["need"])
        if given["pledge"]:
            row.pledge = _named_pledge(request.actor, given["pledge"], row.donor_id)
        made = services.announce_contribution(row, actor=request.actor, at=given["date"])
        words = _("The contribution is announced. Record its agreement when both have signed.")
        return _saved(request, words, url_of("contribution", made))

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
        return _saved(request, context["done"], url_of("contribution", contribution))

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
