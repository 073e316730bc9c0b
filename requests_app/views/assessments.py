"""What a State says of the assistance that it received (para. 9): read, begun, written, moved on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit.selectors import timeline
from portal.core.errors import Conflict
from portal.policy import engine
from portal.policy.actions import A
from portal.web.forms import Form
from portal.web.moves import buttons, move_page
from portal.web.pages import Asked, one
from portal.web.saving import asked_mark, form_page
from portal.web.templatetags.portal import address_key
from requests_app import drafting, selectors, services
from requests_app.enums import AssessmentStatus, Criterion
from requests_app.forms.assessments import Findings, Measure
from requests_app.forms.moves import ASSESSMENT_MOVES
from requests_app.models import ImpactAssessment, Indicator
from requests_app.views.addresses import assessment_url, url
from requests_app.workflow import ASSESSMENT


@require_safe
def assessment_detail(request: Asked, key: str) -> HttpResponse:
    """One assessment: findings, ratings, indicators."""
    row = one(selectors.assessments_by_key(request.actor, key))
    context = {
        "row": row,
        "buttons": buttons(
            request.actor,
            ASSESSMENT,
            ASSESSMENT_MOVES,
            row,
            lambda slug: reverse("requests:assessment_move", args=[address_key(row), slug]),
        ),
        "title": str(row),
        "ratings": selectors.ratings(row),
        "indicators": row.indicators.order_by("pk"),
        "events": timeline(request.actor, A.ASSESSMENT_VIEW, row),
        "writes": row.status == AssessmentStatus.DRAFT and engine.can(request.actor, A.ASSESSMENT_DRAFT, row),
        "returned": selectors.returned_with(row) if row.status == AssessmentStatus.DRAFT else "",
    }
    return render(request, "requests/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_move(request: Asked, key: str, move: str) -> HttpResponse:
    """One move of an assessment."""
    return move_page(
        request,
        workflow=ASSESSMENT,
        moves=ASSESSMENT_MOVES,
        record=one(selectors.assessments_by_key(request.actor, key)),
        name=move,
        perform=services.move_assessment,
        url=lambda row: reverse("requests:assessment", args=[address_key(row)]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: Asked, key: str) -> HttpResponse:
    """The State begins the assessment of what was delivered under a request."""
    row = one(selectors.requests_by_key(request.actor, key))
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
