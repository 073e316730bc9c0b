"""One request and one need, and the moves of a request."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.selectors import timeline
from portal.core.actor import Actor
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import sentence
from portal.web.moves import Button, available, buttons, move_page, rights_asked
from portal.web.pages import Asked, one
from requests_app import clocks, rules, selectors, services
from requests_app.answers import amendments
from requests_app.enums import RequestStatus, Visibility
from requests_app.forms.moves import REQUEST_MOVES
from requests_app.models import AssistanceRequest
from requests_app.views.addresses import need_url, request_url
from requests_app.views.answers import sections
from requests_app.views.drafts import sending
from requests_app.views.lists import need_state
from requests_app.views.tasks import hub
from requests_app.workflow import REQUEST


@require_safe
def request_detail(request: Asked, key: str) -> HttpResponse:
    """One request with its needs, what was pledged, and what happened."""
    row = one(selectors.requests_on_page(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(request_url(row))
    if row.status in {RequestStatus.DRAFT, RequestStatus.APPROVAL}:
        return _draft(request, row)
    standing = engine.standing_on(
        request.actor,
        row,
        {*rights_asked(REQUEST, row), A.REQUEST_SIGN, A.REQUEST_HANDLE, A.REQUEST_ANSWER},
        seen=A.REQUEST_VIEW,
    )
    history = selectors.history_in(standing.states, row)
    needs = selectors.need_rows(request.actor).filter(request=row).order_by("number")
    others = selectors.joined(row)
    asked = _asked_to_join(request.actor, others)
    own = row.state_id == request.actor.state
    context = {
        "row": row,
        "rights": standing.rights,
        "between": history.between,
        "joint": [other for other in others if other.confirmed],
        "unconfirmed": [other for other in others if not other.confirmed] if history.between else [],
        "asked": asked,
        "leave": asked == "confirmed" and rules.can_be_left(row),
        "needs": needs,
        "thread": list(history.thread) if _was_asked(history.events) else [],
        "events": history.events,
        "amendments": amendments(history.events),
        "due": clocks.due(row) if history.between else None,
        "next": _what_next(row) if own or engine.holds(request.actor, A.REQUEST_HANDLE) else [],
        "choose": own and A.REQUEST_SIGN in standing.rights and row.status in NAMING,
        "assess": selectors.may_be_assessed(request.actor, row, begun=row.assessment_begun),
        "ready": _ready(request.actor, row, standing.rights),
        "assessments": selectors.assessed(row),
        "buttons": _buttons(request.actor, row, rights=standing.rights),
    }
    return render(request, "requests/request.html", context)


def _buttons(actor: Actor, row: Any, *without: str, rights: frozenset[str] | None = None) -> list[Button]:
    moves = {name: move for name, move in REQUEST_MOVES.items() if name not in without}

    def url(slug: str) -> str:
        return reverse("requests:request_move", args=[str(row), slug])

    return buttons(actor, REQUEST, moves, row, url, rights=rights)


def _was_asked(events: Iterable[Any]) -> bool:
    """Whether a question was ever put: a thread that was never begun is not looked for."""
    return any(event.move == "ask_for_clarification" for event in events)


# while the State can still choose donors by name
NAMING = frozenset({"submitted", "under_review", "clarification", "open"})


def _asked_to_join(actor: Actor, others: list[Any]) -> str:
    """What the actor's State is in a joint request: asked, confirmed, or empty; for its approver alone."""
    mine = next((other for other in others if other.state_id == actor.state), None)
    if mine is None or not engine.holds(actor, A.REQUEST_SIGN):
        return ""
    return "confirmed" if mine.confirmed else "asked"


def _what_next(row: Any) -> list[Any]:
    return {
        "submitted": [
            _("UNODC makes sure that the request comes from the Government and acknowledges it."),
            _("UNODC reviews it and may ask your State to clarify something."),
            _(
                "It is circulated to those whom your State allows to see it. They can then pledge to its needs."
            ),
        ],
        "under_review": [
            _("UNODC reviews the request and may ask the State to clarify something."),
            _(
                "It is circulated to those whom the State allows to see it. They can then pledge to its needs."
            ),
        ],
        "clarification": [
            _("The State answers the question of UNODC."),
            _("The review goes on."),
        ],
        "declined": [_("UNODC can open the request again when there are new facts.")],
    }.get(row.status, [])


def _ready(actor: Actor, row: Any, rights: frozenset[str]) -> list[str] | None:
    """For the desk: what is missing before a request can be circulated; None where that is not its matter now."""
    if row.status != RequestStatus.UNDER_REVIEW or A.REQUEST_HANDLE not in rights:
        return None
    missing = selectors.refusals_of(actor, row, "circulate")
    return [sentence(refusal.reason) for refusal in missing]


def _draft(request: Asked, row: AssistanceRequest) -> HttpResponse:
    """A request that nobody outside its State sees: the hub for who writes it, all answers for everyone else."""
    actor = request.actor
    needs = selectors.needs_in_order(row)
    events = timeline(actor, A.REQUEST_VIEW, row)
    writes = row.status == RequestStatus.DRAFT and engine.can(actor, A.REQUEST_DRAFT, row)
    if writes:
        moves = _buttons(actor, row, "send_for_approval")
        return hub(request, row, needs, {"events": events, "buttons": moves})
    shown = available(actor, REQUEST, row)
    sign = any(move.name == "submit" and move.possible for move in shown)
    context: dict[str, Any] = {
        "row": row,
        "parts": sections(row, needs, change=False),
        "events": events,
        "buttons": _buttons(actor, row, *(["submit"] if sign else [])),
        "approvers": selectors.approvers(actor),
        "selected": row.visibility == Visibility.SELECTED,
        "may_sign": engine.can(actor, A.REQUEST_SIGN, row),
    }
    if sign:
        move = REQUEST_MOVES["submit"]
        first = dict(move.initial(row)) if move.initial else {}
        context |= {"sign": move, "form": move.form(initial=first)} | sending(request, row)
    return render(request, "requests/approval.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of a request: what it means, what it asks, one button; the whole request above what is signed."""
    row = one(selectors.requests_by_key(request.actor, key))
    signed = move in SHOWS_ALL
    needs = selectors.needs_in_order(row) if signed else []
    return move_page(
        request,
        workflow=REQUEST,
        moves=REQUEST_MOVES,
        record=row,
        name=move,
        perform=services.move_request,
        url=request_url,
        template="requests/submit.html" if signed else "components/form_page.html",
        context={"parts": sections(row, needs, change=False)} if signed else None,
    )


# moves before which the whole request stands on the page
SHOWS_ALL = frozenset({"submit", "return"})


@require_safe
def need_detail(request: Asked, key: str) -> HttpResponse:
    """One need: what, how much, and what was promised and provided."""
    row = one(selectors.needs_by_key(request.actor, key))
    if key != str(row):
        return HttpResponseRedirect(need_url(row))
    live = row.request.status in {RequestStatus.OPEN, RequestStatus.CLOSED}
    context = {
        "row": row,
        "state": need_state(row),
        "may_sign": live and engine.can(request.actor, A.REQUEST_SIGN, row.request),
    }
    return render(request, "requests/need.html", context)
