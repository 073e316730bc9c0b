"""What a State agrees to once its request is sent: to join another, who sees it, more than it asked for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form
from portal.web.pages import Asked, one
from portal.web.saving import asked_mark, form_page
from portal.web.templatetags.portal import named
from requests_app import rules, selectors, services
from requests_app.forms.consent import Joining, Shown, Surplus
from requests_app.models import AssistanceRequest
from requests_app.views.addresses import url


def _asked_here(request: Asked, key: str) -> tuple[AssistanceRequest, Any]:
    """The request and the actor's own State in it; Http404 where it is not asked to join."""
    row = one(selectors.requests_by_key(request.actor, key))
    place = row.co_requesters.filter(state=request.actor.state or None).first()
    if place is None:
        raise Http404
    if not engine.holds(request.actor, A.REQUEST_SIGN):
        engine.require(request.actor, A.REQUEST_SIGN, row)
    return row, place


@require_http_methods(["GET", "HEAD", "POST"])
def joint(request: Asked, key: str) -> HttpResponse:
    """A State confirms, with its own note verbale, that it asks together with the lead State."""
    row, place = _asked_here(request, key)
    if place.confirmed_at is not None and request.method != "POST":
        return HttpResponseRedirect(url("request", row))

    def save(form: Any) -> str:
        services.confirm_joint_request(
            row, note_verbale=form.cleaned_data["note_verbale_number"], actor=request.actor
        )
        messages.success(
            request, gettext("Your State has confirmed. The lead State and UNODC have been told.")
        )
        return url("request", row)

    return form_page(
        request,
        form=Joining,
        save=save,
        template="requests/joint.html",
        context={
            "title": _("Confirm the joint request"),
            "lead": _("Your State asks together with the lead State, which speaks for all."),
            "button": _("Confirm for my State"),
            "back": url("request", row),
            "record": row,
            "row": row,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Asked, key: str) -> HttpResponse:
    """A State takes itself off a joint request."""
    row, _place = _asked_here(request, key)
    if not rules.can_be_left(row) and request.method != "POST":
        return HttpResponseRedirect(url("request", row))

    def save(_form: Any) -> str:
        services.leave_joint_request(row, actor=request.actor)
        messages.success(
            request,
            gettext("Your State has left the joint request. The lead State and UNODC have been told."),
        )
        return reverse("requests:requests")

    return form_page(
        request,
        form=Form,
        save=save,
        context={
            "title": _("Leave the joint request"),
            "lead": _(
                "Your State no longer asks together with the lead State, and no longer sees the request."
            ),
            "button": _("Leave the joint request"),
            "warns": True,
            "back": url("request", row),
            "record": row,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def donors(request: Asked, key: str) -> HttpResponse:
    """The State chooses by name the donors who may see its request."""
    row = one(selectors.requests_by_key(request.actor, key))
    engine.require(request.actor, A.REQUEST_SIGN, row)
    offered = {org.pk: org for org in selectors.donor_organisations(row)}
    before = selectors.shown_to(row)

    def save(form: Any) -> str:
        chosen = [offered[int(pk)] for pk in form.cleaned_data["organisations"]]
        services.set_shown(row, chosen, seen=asked_mark(request), actor=request.actor)
        messages.success(request, gettext("Your choice of donors was saved. It holds from now on."))
        return url("request", row)

    names = sorted(
        ((str(pk), named(org.names)) for pk, org in offered.items()), key=lambda p: p[1].casefold()
    )
    return form_page(
        request,
        form=lambda data: Shown(data, donors=names, initial={"organisations": [str(pk) for pk in before]}),
        save=save,
        template="requests/donors.html",
        context={
            "title": _("Choose donors by name"),
            "lead": _(
                "These donors see the request once it is circulated, also where not all donors may see it. "
                "Where only UNODC may see it, nobody else does."
            ),
            "button": _("Save the choice"),
            "back": url("request", row),
            "record": row,
            "mark": selectors.shown_mark(before),
            "any": bool(names),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def surplus(request: Asked, key: str, place: int) -> HttpResponse:
    """The State accepts, in words, more than the quantity of a need."""
    row = one(selectors.requests_by_key(request.actor, key))
    need = next((need for need in selectors.needs_in_order(row) if need.number == place), None)
    if need is None:
        raise Http404
    engine.require(request.actor, A.REQUEST_SIGN, row)

    def save(form: Any) -> str:
        services.accept_surplus(need, words=form.cleaned_data["words"], actor=request.actor)
        messages.success(request, gettext("Your State accepts more than the quantity of this need."))
        return reverse("requests:need", args=[str(need)])

    return form_page(
        request,
        form=lambda data: Surplus(data, initial={"words": need.surplus_accepted}),
        save=save,
        context={
            "title": _("Accept more than the quantity"),
            "caption": str(need),
            "lead": need.description,
            "button": _("Accept more"),
            "back": reverse("requests:need", args=[str(need)]),
            "back_label": str(need),
        },
    )
