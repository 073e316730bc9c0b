"""Pages of a request once it is sent: the desk, joint States, donors by name, a surplus, the assessments."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.errors import Conflict, NotAllowed
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form
from portal.web.pages import Asked, one
from portal.web.saving import asked_mark, form_page
from portal.web.templatetags.portal import address_key, named
from requests_app import clocks, drafting, selectors, services
from requests_app.enums import AssessmentStatus, Criterion
from requests_app.models import AssistanceRequest, ImpactAssessment, Indicator
from requests_app.questions import Findings, Joining, Measure, Shown, Surplus

TITLES = {
    "submitted": (_("To acknowledge"), _("No request waits for its acknowledgement.")),
    "under_review": (_("To review"), _("No request is under review.")),
    "clarification": (_("Waiting for States"), _("No State owes an answer.")),
    "open": (_("Open for pledges"), _("No request is open.")),
}


def url(name: str, row: Any, *more: Any) -> str:
    return reverse(f"requests:{name}", args=[str(row), *more])


@require_safe
def desk(request: Asked) -> HttpResponse:
    """UNODC's work on requests, by what waits."""
    if not engine.holds(request.actor, A.REQUEST_HANDLE):
        raise NotAllowed(gettext("this is for case officers of UNODC"))
    groups = []
    for status, rows in selectors.desk(request.actor):
        due = clocks.due_of(rows) if status in clocks.RUNNING else {}
        title, empty = TITLES[status]
        groups.append(
            {
                "status": status,
                "title": title,
                "empty": empty,
                "rows": [(row, due.get(row.pk)) for row in rows],
                "more": len(rows) == selectors.DESK_SIZE,
            }
        )
    return render(request, "requests/desk.html", {"groups": groups})


def _request(request: Asked, key: str) -> AssistanceRequest:
    return one(selectors.requests_by_key(request.actor, key))


# a joint request


def _asked_here(request: Asked, key: str) -> tuple[AssistanceRequest, Any]:
    """The request and the actor's own State in it; Http404 where it is not asked to join."""
    row = _request(request, key)
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


# consent and a surplus


@require_http_methods(["GET", "HEAD", "POST"])
def donors(request: Asked, key: str) -> HttpResponse:
    """The State chooses by name the donors who may see its request."""
    row = _request(request, key)
    engine.require(request.actor, A.REQUEST_SIGN, row)
    offered = {org.pk: org for org in selectors.donor_organisations(row)}
    before = set(selectors.shown_to(row))

    def save(form: Any) -> str:
        wanted = {int(pk) for pk in form.cleaned_data["organisations"]}
        added, gone = wanted - before, before - wanted
        if added:
            services.show_to(row, [offered[pk] for pk in sorted(added)], actor=request.actor)
        if gone:
            services.hide_from(row, [offered[pk] for pk in sorted(gone)], actor=request.actor)
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
            "any": bool(names),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def surplus(request: Asked, key: str, place: int) -> HttpResponse:
    """The State accepts, in words, more than the quantity of a need."""
    row = _request(request, key)
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


# assessments


def assessment_url(name: str, row: ImpactAssessment, *more: Any) -> str:
    return reverse(f"requests:{name}", args=[address_key(row), *more])


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: Asked, key: str) -> HttpResponse:
    """The State begins the assessment of what was delivered under a request."""
    row = _request(request, key)
    begun = ImpactAssessment(request=row, status="new")
    engine.require(request.actor, A.ASSESSMENT_DRAFT, begun)
    standing = [] if selectors.delivered(row) else [_("Nothing that was delivered has been confirmed yet.")]

    def save(_form: Any) -> str:
        made = services.start_assessment(begun, actor=request.actor)
        messages.success(request, gettext("The assessment is a draft now. Write the findings."))
        return assessment_url("assessment", made)

    return form_page(
        request,
        form=Form,
        save=save,
        context={
            "title": _("Start the assessment"),
            "lead": _(
                "Your State says what changed through the assistance that it received (paragraph 9 of the resolution)."
            ),
            "button": _("Start the assessment"),
            "back": url("request", row),
            "record": row,
            "standing": standing,
        },
    )


def _assessment(request: Asked, key: str) -> ImpactAssessment:
    row = one(selectors.assessments_by_key(request.actor, key))
    engine.require(request.actor, A.ASSESSMENT_DRAFT, row)
    if row.status != AssessmentStatus.DRAFT:
        raise Conflict(gettext("this assessment is no longer a draft"))
    return row


FINDINGS = ("findings", "lessons", "ratings")


@require_http_methods(["GET", "HEAD", "POST"])
def findings(request: Asked, key: str) -> HttpResponse:
    """Findings, lessons and ratings of a draft assessment."""
    row = _assessment(request, key)
    initial = {"findings": row.findings, "lessons": row.lessons} | {
        f"rating_{c.value}": str(row.ratings.get(c.value, "")) for c in Criterion
    }

    def save(form: Any) -> str:
        drafting.write_assessment(row, form.kept, seen=asked_mark(request), actor=request.actor)
        messages.success(request, gettext("The assessment was saved."))
        return assessment_url("assessment", row)

    return form_page(
        request,
        form=lambda data: Findings(data, initial=initial),
        save=save,
        template="requests/part.html",
        context={
            "title": _("Findings and ratings"),
            "back": assessment_url("assessment", row),
            "back_label": _("Assessment"),
            "mark": drafting.mark(row, FINDINGS),
        },
    )


def _measure_page(request: Asked, row: ImpactAssessment, line: Indicator | None) -> HttpResponse:
    names = drafting.INDICATOR
    initial = {name: getattr(line, name) for name in names} if line else {}

    def save(form: Any) -> str:
        drafting.put_indicator(
            row,
            form.cleaned_data,
            pk=line.pk if line else None,
            seen=asked_mark(request) if line else "",
            actor=request.actor,
        )
        return assessment_url("assessment", row)

    return form_page(
        request,
        form=lambda data: Measure(data, initial=initial),
        save=save,
        context={
            "title": _("Change the indicator") if line else _("Add an indicator"),
            "button": _("Save the indicator"),
            "back": assessment_url("assessment", row),
            "back_label": _("Assessment"),
            "mark": drafting.mark(line, names) if line else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: Asked, key: str) -> HttpResponse:
    """One more indicator of a draft assessment."""
    return _measure_page(request, _assessment(request, key), None)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: Asked, key: str, pk: int) -> HttpResponse:
    """An indicator that is there already."""
    row = _assessment(request, key)
    return _measure_page(request, row, one(selectors.indicators(row).filter(pk=pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_remove(request: Asked, key: str, pk: int) -> HttpResponse:
    """Asks before an indicator is taken out."""
    row = _assessment(request, key)
    line = one(selectors.indicators(row).filter(pk=pk))

    def save(_form: Any) -> str:
        drafting.remove_indicator(row, line.pk, actor=request.actor)
        messages.success(request, gettext("The indicator was removed."))
        return assessment_url("assessment", row)

    return form_page(
        request,
        form=Form,
        save=save,
        template="requests/remove.html",
        context={
            "title": _("Remove the indicator"),
            "lead": line.name,
            "button": _("Remove the indicator"),
            "warns": True,
            "back": assessment_url("assessment", row),
            "back_label": _("Assessment"),
        },
    )
