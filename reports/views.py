"""Pages of the report: sessions, the making of an edition, and its files."""

from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.core import clock
from portal.policy import engine
from portal.policy.actions import A
from portal.web.pages import Asked, one
from reports import selectors, services
from reports.enums import JobStatus, RenditionStatus
from reports.models import ReportEdition, ReportJob
from reports.render.html import style_hash

TYPES = {
    "pdf": "application/pdf",
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
STAGES = (JobStatus.QUEUED, JobStatus.FREEZING, JobStatus.RENDERING, JobStatus.DONE)


@require_safe
def sessions(request: Asked) -> HttpResponse:
    """The sessions to which the Executive Director reports."""
    rows = list(selectors.sessions())
    editions: dict[int, list[Any]] = {}
    for edition in selectors.editions(request.actor).order_by("cut_off"):
        editions.setdefault(edition.session_id, []).append(edition)
    context = {
        "rows": [(row, editions.get(row.pk, [])) for row in rows],
        "first": services.DEFAULT_SESSION["number"] if not rows else None,
    }
    return render(request, "reports/sessions.html", context)


@never_cache
@require_safe
def session(request: Asked, number: int) -> HttpResponse:
    """One session: its period, and the editions that the actor may see with their latest files."""
    row = one(selectors.sessions().filter(number=number))
    editions = list(selectors.editions(request.actor).filter(session=row).order_by("-cut_off"))
    jobs: dict[int, list[Any]] = {}
    for job in (
        selectors.jobs(request.actor)
        .filter(edition__in=editions)
        .select_related("snapshot")
        .defer("snapshot__content")
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
            for edition in editions
        ],
    }
    return render(request, "reports/session.html", context)


@require_POST
def generate(request: Asked, number: int) -> HttpResponse:
    """Starts the making of a session's report, or joins the one under way."""
    engine.require(request.actor, A.EDITION_HANDLE, ReportEdition())
    job = services.start_report(services.session_of(number), actor=request.actor)
    response = HttpResponseRedirect(reverse("reports:job", args=[job.pk]))
    response.status_code = 303
    return response


def _took(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from start to end, or until now."""
    return None if start is None else ((end or clock.now()) - start).total_seconds()


@never_cache
@require_safe
def job(request: Asked, pk: int) -> HttpResponse:
    """How far the making has come; asks again by itself until it has ended."""
    rows = selectors.jobs(request.actor).filter(pk=pk).select_related("edition__session", "snapshot")
    row: ReportJob = one(rows.defer("snapshot__content"))
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
