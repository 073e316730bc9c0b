"""Pages on which a State writes its request: the start, each task, the check before sending."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.errors import Refusal
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from portal.web import kept
from portal.web.forms import sentence
from portal.web.pages import Asked, one
from portal.web.saving import asked_mark, form_page
from portal.web.templatetags.portal import named
from requests_app import drafting, selectors
from requests_app.enums import RequestStatus
from requests_app.forms.drafts import Start
from requests_app.forms.moves import REQUEST_MOVES
from requests_app.models import AssistanceRequest
from requests_app.views.addresses import url
from requests_app.views.answers import sections
from requests_app.views.tasks import BY_SLUG, MENDED_IN, task_after


def own(request: Asked, key: str) -> AssistanceRequest:
    """The request of a key for who may write it; Http404 where it cannot be seen, NotAllowed for others."""
    row = one(selectors.drafts_to_write(request.actor, key))
    engine.require(request.actor, A.REQUEST_DRAFT, row)
    return row


def moved_on(request: Asked, row: AssistanceRequest) -> HttpResponse | None:
    """To the request's page, where it is no longer a draft; what is sent is refused in its form, with what was typed."""
    if row.status == RequestStatus.DRAFT or request.method == "POST":
        return None
    return HttpResponseRedirect(url("request", row))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Asked) -> HttpResponse:
    """What to have ready, who will approve, and the title: with it the draft begins."""
    actor = request.actor
    engine.require(actor, A.REQUEST_DRAFT, AssistanceRequest(state_id=actor.state, status=NEW))
    language = get_language() or "en"

    def save(form: Any) -> str:
        row = drafting.begin(**form.cleaned_data, actor=actor)
        messages.success(request, gettext("The draft is saved. Only people of your State see it."))
        return url("request", row)

    return form_page(
        request,
        form=lambda data: Start(data, initial={"language": language}),
        save=save,
        template="requests/start.html",
        context={
            "title": _("Start a request"),
            "button": _("Start the request"),
            "back": reverse("requests:requests"),
            "back_label": _("Requests"),
            "approvers": selectors.approvers(actor),
        },
    )


def onward(request: Asked, row: Any, otherwise: str) -> str:
    """Where a saved page leads: to the hub where it is left for later, back to the check page if it came from there."""
    if "later" in request.POST:
        messages.success(request, gettext("Saved. You can come back at any time."))
        return url("request", row)
    return url("check", row) if request.GET.get("from") == "check" else otherwise


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Asked, key: str, task: str) -> HttpResponse:
    """One task of a draft."""
    row = own(request, key)
    found = BY_SLUG.get(task)
    if found is None or found.form is None:
        raise Http404
    if moved := moved_on(request, row):
        return moved
    initial = {name: getattr(row, name) for name in found.columns}
    joint = [other.state_id for other in row.co_requesters.all()] if task == "cooperation" else None
    more: dict[str, Any] = {}
    if joint is not None:
        initial["states"] = joint
        states = [(state.iso3, named(state.names)) for state in selectors.other_states(row)]
        more["states"] = sorted(states, key=lambda pair: pair[1].casefold())

    def save(form: Any) -> str:
        drafting.revise_draft(
            row,
            form.kept,
            states=None if joint is None else form.cleaned_data["states"],
            seen=asked_mark(request),
            actor=request.actor,
        )
        return onward(request, row, task_after(row, task))

    return form_page(
        request,
        form=lambda data: found.form(data, initial=initial, **more),  # type: ignore[misc]
        save=save,
        template="requests/part.html",
        context={
            "title": found.label,
            "lead": found.hint,
            "caption": row.title,
            "back": url("request", row),
            "record": row,
            "mark": drafting.mark(row, found.columns, states=joint),
        },
    )


def problems(row: AssistanceRequest, refusals: Iterable[Refusal]) -> list[tuple[str, str, str]]:
    """What is missing, each with the address where it is given."""
    found = []
    for refusal in refusals:
        slug = MENDED_IN.get(refusal.field)
        to = url("request", row)
        if slug is not None:
            to = url("needs_of", row) if slug == "needs" else f"{url('part', row, slug)}?from=check"
        found.append(("", sentence(refusal.reason), to))
    return found


@require_safe
def check(request: Asked, key: str) -> HttpResponse:
    """All answers, what is missing, and the one button that sends the draft to the approver."""
    row = own(request, key)
    if moved := moved_on(request, row):
        return moved
    needs = selectors.needs_in_order(row)
    refusals = selectors.refusals_of(request.actor, row, "send_for_approval")
    move = REQUEST_MOVES["send_for_approval"]
    context = {
        "row": row,
        "title": _("Check the answers"),
        "parts": sections(row, needs, change=True),
        "missing": problems(row, refusals),
        "send": url("request_move", row, "send-for-approval"),
        "move": move,
        "approvers": selectors.approvers(request.actor),
        "back": url("request", row),
    }
    return render(request, "requests/check.html", context | sending(request, row))


def sending(request: Asked, row: AssistanceRequest) -> dict[str, Any]:
    """What a form on a page of ours carries, that is sent to the page of a move."""
    return {
        "key": uuid4().hex,
        "author": kept.author_mark(request),
        "version": row.version,
    }
