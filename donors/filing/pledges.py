"""A pledge is drafted, changed, or listed as something said in public."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donors import questions, selectors, services
from donors.filing.page import saved, sent_meanwhile, shown, url_of, writes
from donors.models import JointDonor, Pledge
from donors.rules.holding import has_room
from donors.services.locks import need_named
from portal.core.actor import Actor
from portal.core.money import plain
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form, sentence
from portal.web.pages import Asked, one
from portal.web.saving import asked_version, form_page
from portal.web.templatetags.portal import address_key, named
from requests_app import selectors as below


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


def _next_of_draft(request: Asked, pledge: Pledge) -> str:
    """After a draft was saved: to the page that offers it, or, for who may not, to the draft."""
    if engine.can(request.actor, A.PLEDGE_COMMIT, pledge):
        return reverse("donors:pledge_move", args=[address_key(pledge), "offer"])
    words = _("The draft was saved. An approver of your organisation can offer it now.")
    return saved(request, words, url_of("pledge", pledge))


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


@writes
def pledge_edit(request: Asked, key: str) -> HttpResponse:
    """A draft of a pledge is changed."""
    row = one(selectors.pledges_by_key(request.actor, key))
    engine.require(request.actor, A.PLEDGE_DRAFT, row)
    joint = [str(organisation.pk) for organisation in selectors.joint_donors(row)]
    initial = shown(
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
            "standing": sent_meanwhile(row),
        },
    )


@writes
def pledge_announce(request: Asked) -> HttpResponse:
    """What a donor said in public is listed; it counts nowhere."""
    engine.require(request.actor, A.PLEDGE_ANNOUNCE, Pledge(status=NEW))
    organisations = _organisations(request.actor)

    def save(form: Any) -> str:
        given = form.cleaned_data
        pledge = Pledge(**form.columns)
        if given["need"]:
            pledge.need = need_named(request.actor, given["need"], "need")
            pledge.state_id = None
        made = services.announce_pledge(
            pledge, another=given["another"], actor=request.actor, at=given["date"]
        )
        return saved(request, _("The announcement is listed. It is counted nowhere."), url_of("pledge", made))

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
