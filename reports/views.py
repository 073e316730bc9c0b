"""Pages of the report: sessions, the making of an edition, and its files."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.audit.selectors import timeline
from portal.core import clock
from portal.policy import engine
from portal.policy.actions import A
from portal.web.listing import PER_PAGE
from portal.web.moves import buttons, move_page
from portal.web.pages import Asked, one, see_other
from portal.web.saving import asked_version, form_page
from portal.web.templatetags.portal import named
from reports import editions, rules, selectors, services
from reports.built import FORMATS, LANGUAGES
from reports.enums import JobStatus, RenditionStatus
from reports.forms import EDITION_MOVES, InputForm, PlanForm, moves_of, section_name
from reports.models import FROZEN, ReportEdition, ReportJob
from reports.record.compile import record_of
from reports.record.content import Record
from reports.render.html import style_hash
from reports.workflow import EDITION
from requests_app import selectors as requests

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "figures": "application/json",
    "public": "application/json",
    "snapshot": "application/gzip",
}
# a document that is shown as a page runs nothing, asks for nothing and belongs to no site
SANDBOX = "sandbox; default-src 'none'; style-src '{style}'; img-src data:; font-src data:"
HEAD = 65_536  # octets in which the head of a document ends
ENDED = {JobStatus.DONE, JobStatus.FAILED}
WITHOUT_FROZEN = tuple(f"snapshot__{column}" for column in FROZEN)
STAGES = (JobStatus.QUEUED, JobStatus.FREEZING, JobStatus.RENDERING, JobStatus.DONE)


@require_safe
def sessions(request: Asked) -> HttpResponse:
    """The sessions to which the Executive Director reports."""
    rows = list(selectors.sessions())
    shown_editions: dict[int, list[Any]] = {}
    for edition in selectors.editions(request.actor).order_by("cut_off"):
        shown_editions.setdefault(edition.session_id, []).append(edition)
    context = {
        "rows": [(row, shown_editions.get(row.pk, [])) for row in rows],
        "first": services.DEFAULT_SESSION["number"] if not rows else None,
    }
    return render(request, "reports/sessions.html", context)


@never_cache
@require_safe
def session(request: Asked, number: int) -> HttpResponse:
    """One session: its period, and the editions that the actor may see with their latest files."""
    row = one(selectors.sessions().filter(number=number))
    shown_editions = list(selectors.editions(request.actor).filter(session=row).order_by("-cut_off"))
    jobs: dict[int, list[Any]] = {}
    for job in (
        selectors.jobs(request.actor)
        .filter(edition__in=shown_editions)
        .select_related("snapshot")
        .defer(*WITHOUT_FROZEN)
    ):
        jobs.setdefault(job.edition_id, []).append(job)
    shown = [found[0].pk for found in jobs.values()]
    done = selectors.renditions(request.actor).filter(job__in=shown, status=RenditionStatus.DONE)
    done = done.order_by("-language", "pk")  # what is read before what is computed with
    files: dict[int, list[Any]] = {}
    for rendition in done:
        files.setdefault(rendition.job_id, []).append(rendition)
    context = {
        "row": row,
        "editions": [
            {
                "edition": edition,
                "job": (found := jobs.get(edition.pk, [])) and found[0],
                "earlier": found[1:6],
                "files": files.get(found[0].pk, []) if found else [],
            }
            for edition in shown_editions
        ],
    }
    return render(request, "reports/session.html", context)


@require_POST
def generate(request: Asked, number: int) -> HttpResponse:
    """Starts the making of a session's report, or joins the one under way."""
    engine.require(request.actor, A.EDITION_HANDLE, ReportEdition())
    job = services.start_report(services.session_of(number), actor=request.actor)
    return see_other(reverse("reports:job", args=[job.pk]))


def _took(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from start to end, or until now."""
    return None if start is None else ((end or clock.now()) - start).total_seconds()


@never_cache
@require_safe
def job(request: Asked, pk: int) -> HttpResponse:
    """How far the making has come; asks again by itself until it has ended."""
    rows = selectors.jobs(request.actor).filter(pk=pk).select_related("edition__session", "snapshot")
    row: ReportJob = one(rows.defer(*WITHOUT_FROZEN))
    renditions = list(selectors.renditions(request.actor).filter(job=row))
    place = STAGES.index(JobStatus(row.status)) if row.status in STAGES else len(STAGES)
    ended = row.status in ENDED
    context = {
        "row": row,
        "ended": ended,
        "refreshes": not ended and "still" not in request.GET,
        "stages": [
            (
                stage.label,
                "done"
                if n < place or (ended and row.status == stage)
                else "current"
                if n == place
                else "waiting",
            )
            for n, stage in enumerate(STAGES)
        ]
        if row.status != JobStatus.FAILED
        else [],
        "renditions": [(r, _took(r.started_at, r.finished_at)) for r in renditions],
        "number": len(renditions),
        "made": sum(r.status == RenditionStatus.DONE for r in renditions),
        "took": _took(row.created_at, row.finished_at),
    }
    return render(request, "reports/job.html", context)


@require_safe
def record(request: Asked, key: str, form: str) -> HttpResponse:
    """The record of a request, or its draft, as the actor may see it: made anew each time it is asked for."""
    if request.actor.user is None or form not in RECORDS:
        raise Http404
    row = one(requests.drafts_to_write(request.actor, key))
    answer = HttpResponse(RECORDS[form](record_of(request.actor, row)), content_type=TYPES[form])
    name = f"{row}.{get_language()}{'' if row.submitted_at else '.draft'}.{form}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _record_pdf(made: Record) -> bytes:
    from reports.record.pdf import render_pdf  # noqa: PLC0415 - the renderers are heavy and wanted by few

    return render_pdf(made)


def _record_docx(made: Record) -> bytes:
    from reports.record.word import render_docx  # noqa: PLC0415

    return render_docx(made)


RECORDS = {"pdf": _record_pdf, "docx": _record_docx}


@require_safe
def download(request: Asked, pk: int) -> HttpResponseBase:
    """One file, streamed; an HTML document is shown as a page of no site, all else is saved."""
    row = one(selectors.renditions(request.actor).filter(pk=pk, status=RenditionStatus.DONE))
    if not default_storage.exists(row.path):
        raise Http404
    etag = quote_etag(row.sha256)
    shown = row.format == "html" and "download" not in request.GET
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = FileResponse(
            default_storage.open(row.path),
            as_attachment=not shown,
            filename=row.name,
            content_type=TYPES.get(row.format, "application/octet-stream"),
        )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    if shown:
        with default_storage.open(row.path) as file:
            answer["Content-Security-Policy"] = SANDBOX.format(style=style_hash(file.read(HEAD)))
    return answer


def _edition_url(row: Any) -> str:
    """The page of an edition; of a making that has begun, its own page."""
    if isinstance(row, ReportJob):
        return reverse("reports:job", args=[row.pk])
    return reverse("reports:edition", args=[row.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Asked, number: int) -> HttpResponse:
    """Plans an edition of the report to a session: cut-off, languages, formats."""
    engine.require(request.actor, A.EDITION_HANDLE, ReportEdition())
    session = services.session_of(number)

    def save(form: PlanForm) -> str:
        edition = editions.plan_edition(ReportEdition(session=session, **form.facts), actor=request.actor)
        messages.success(request, _("The edition is planned. Ask for inputs, or freeze the records."))
        return _edition_url(edition)

    first = {"cut_off": session.until, "languages": LANGUAGES, "formats": FORMATS}
    return form_page(
        request,
        form=lambda data: PlanForm(data, initial=first),
        save=save,
        context={
            "title": _("Plan an edition"),
            "button": _("Plan the edition"),
            "back": reverse("reports:session", args=[number]),
            "back_label": _("Report to session %(number)s") % {"number": number},
        },
    )


@never_cache
@require_safe
def edition(request: Asked, pk: int) -> HttpResponse:
    """Where an edition stands: what was frozen and made, what the checks found, what is cleared, what is next."""
    row = one(selectors.edition_page(request.actor, pk))
    held = rules.decisions(row)
    job = rules.made_job(row)
    context = {
        "row": row,
        "buttons": buttons(
            request.actor,
            EDITION,
            EDITION_MOVES,
            row,
            lambda slug: reverse("reports:edition_move", args=[row.pk, slug]),
        ),
        "sections": [
            (section_name(code), [(language, held.get((code, language))) for language in row.languages])
            for code in rules.sections_of(row)
        ],
        "snapshot": rules.last_snapshot(row),
        "jobs": selectors.jobs(request.actor).filter(edition=row)[:6],
        "files": selectors.renditions(request.actor).filter(job=job).order_by("-language", "pk")
        if job
        else (),
        "findings": job.findings if job else (),
        "inputs": selectors.input_requests(request.actor).filter(session=row.session),
        "events": timeline(request.actor, A.EDITION_WORK, row),
    }
    return render(request, "reports/edition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edition_move(request: Asked, pk: int, move: str) -> HttpResponse:
    """One move of an edition."""
    row = one(selectors.edition_page(request.actor, pk))
    return move_page(
        request,
        workflow=EDITION,
        moves=moves_of(row, move),
        record=row,
        name=move,
        perform=editions.move_edition,
        url=_edition_url,
    )


@require_safe
def inputs(request: Asked) -> HttpResponse:
    """Who was asked for an input to which report, and what came."""
    rows = selectors.input_requests(request.actor)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    around = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render(request, "reports/inputs.html", {"page": page, "around": around})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Asked, pk: int) -> HttpResponse:
    """What an organisation writes for the report, paragraph by paragraph."""
    row = one(selectors.input_requests(request.actor).filter(pk=pk))
    paragraphs = [
        (str(p["number"]), f"{p['number']} – {named(p['summary'])}")
        for p in row.session.resolution.paragraphs
    ]

    def form(data: Any) -> InputForm:
        made = InputForm(data, initial={"language": request.actor.language})
        made.fields["paragraph"].choices = paragraphs  # type: ignore[attr-defined]
        return made

    def save(shown: InputForm) -> str:
        facts = shown.facts | {"paragraph": int(shown.facts["paragraph"])}
        editions.answer_input(row, **facts, actor=request.actor, version=asked_version(request))
        messages.success(request, _("Your text was received. You may write on another paragraph."))
        return reverse("reports:input", args=[row.pk])

    return form_page(
        request,
        form=form,
        save=save,
        template="reports/input.html",
        context={
            "title": _("Input to the report to session %(number)s") % {"number": row.session.number},
            "button": _("Send the text"),
            "row": row,
            "version": row.version,
            "written": selectors.inputs_of(row),
            "may_answer": engine.can(request.actor, A.INPUT_ANSWER, row),
            "back": reverse("reports:inputs"),
            "back_label": _("Inputs"),
        },
    )
