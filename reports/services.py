"""Making a report: one job, one snapshot, one rendition for each language and format.

The rows are the truth and the queue only hurries them along: a job or rendition that is not done is given to
the queue again by `sweep`, and whoever takes it up holds a lock of the database session meanwhile. A worker,
broker or database that is killed loses nothing, and a second worker on the same row does nothing.
"""

import gzip
import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.audit.services import perform, record_event, take_root
from portal.core import clock
from portal.core.actor import SYSTEM, Actor
from portal.core.errors import Refusal, Refused
from portal.core.moments import parse
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from reports import compile as compiler
from reports import documents
from reports.built import FORMATS, LANGUAGES
from reports.enums import JobStatus, RenditionStatus
from reports.jobs import begin_job, publish_job, publish_rendition
from reports.models import Input, Rendition, ReportEdition, ReportJob, Resolution, Session, Snapshot
from reports.workflow import EDITION

log = logging.getLogger(__name__)

# the session that resolution 60/2 names (para. 10) and its period, where no dossier says otherwise
DEFAULT_SESSION = {"number": 62, "body": "CND", "start": "2017-03-18", "until": "2018-12-31"}
TRIES = 3
STALE = timedelta(seconds=15)
JOB, RENDITION = 1, 2  # classes of the locks below


def session_of(number: int) -> Session:
    """The session of a number; the sixty-second is there from the start. Raises Refused for one unknown."""
    found = Session.objects.filter(number=number).first()
    if found is not None:
        return found
    if number != DEFAULT_SESSION["number"]:
        raise Refused(
            Refusal(_("session %(number)d is not known to this portal") % {"number": number}, "session")
        )
    session = Session(
        number=number,
        body=str(DEFAULT_SESSION["body"]),
        start=parse(str(DEFAULT_SESSION["start"])),
        until=parse(str(DEFAULT_SESSION["until"])),
    )
    return enter_session(session, actor=SYSTEM)


@atomically
def enter_session(session: Session, *, actor: Actor, unit: Unit = DIRECT) -> Session:
    """Enters a session and its reporting period; the resolution is 60/2 where none is given."""
    if session.resolution_id is None:
        session.resolution = Resolution.objects.get(symbol="60/2")
    unit.add(session)
    record_event(session, "entered", actor=actor, unit=unit)
    return session


@atomically
def enter_input(row: Input, *, actor: Actor, unit: Unit = DIRECT) -> Input:
    """Enters a narrative of a State, donor or office on a paragraph, for the report to a session."""
    session = unit.lock(row.session)
    row.session = session
    unit.add(row)
    record_event(
        session, "input", actor=actor, unit=unit, facts={"paragraph": row.paragraph, "language": row.language}
    )
    return row


def _known(asked: Sequence[str] | None, built: Sequence[str], field: str) -> list[str]:
    if not asked:
        return list(built)
    unknown = sorted(set(asked) - set(built))
    if unknown:
        raise Refused(
            Refusal(
                _("%(unknown)s cannot be made; there is: %(built)s")
                % {"unknown": ", ".join(unknown), "built": ", ".join(built)},
                field,
            )
        )
    return [code for code in built if code in asked]


@atomically
def start_report(
    session: Session,
    *,
    actor: Actor,
    cut_off: date | None = None,
    languages: Sequence[str] | None = None,
    formats: Sequence[str] | None = None,
) -> ReportJob:
    """Starts the making of a session's report, or joins the making that is under way.

    Raises NotAllowed, or Refused for a cut-off before the period, a language or a format that is not built.
    """
    codes, kinds = _known(languages, LANGUAGES, "languages"), _known(formats, FORMATS, "formats")
    day = cut_off or clock.day(session.until)
    if day < clock.day(session.start):
        raise Refused(Refusal(_("the cut-off is before the first day of the period"), "cut_off"))
    session = Session.objects.select_for_update().get(pk=session.pk)
    edition = ReportEdition.objects.filter(session=session, cut_off=day).first()
    if edition is None:
        edition = ReportEdition(session=session, cut_off=day, languages=codes, formats=kinds, status=NEW)
        perform(EDITION, "plan", edition, actor=actor, unit=DIRECT)
    engine.require(actor, A.EDITION_HANDLE, edition)
    return begin_job(edition, codes, kinds, actor=actor)


@contextmanager
def _alone(kind: int, pk: int) -> Iterator[bool]:
    """Whether nobody else works on a row; the lock ends with the database session, also of a killed worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, pk])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, pk])


def freeze_job(pk: int) -> None:
    """Takes the snapshot of a job and lays out its renditions; safe to run again, and twice at once."""
    with _alone(JOB, pk) as alone:
        if not alone:
            return
        job = ReportJob.objects.select_related("edition__session__resolution").get(pk=pk)
        if job.status not in {JobStatus.QUEUED, JobStatus.FREEZING}:
            return
        ReportJob.objects.filter(pk=pk).update(status=JobStatus.FREEZING)
        if job.snapshot_id is not None:
            _lay_out(job)
            return
        edition = job.edition
        snapshot = compiler.freeze(edition.session, cut_off=edition.cut_off, sample=settings.SAMPLE)
        sha256, content = compiler.packed(snapshot)
        _lay_out(job, documents.Frozen(sha256, content, *documents.count(snapshot, sha256)))


def _kept(job: ReportJob, frozen: documents.Frozen) -> Snapshot:
    """The snapshot of these bytes, taken now where the edition has none like it."""
    sha256 = frozen.sha256
    edition = DIRECT.lock(job.edition)
    snapshot = edition.snapshots.filter(sha256=sha256).first()
    if snapshot is None:
        snapshot = edition.snapshots.create(
            sha256=sha256, content=frozen.content, figures=frozen.figures, public_figures=frozen.public,
            taken_at=clock.now(), root=take_root().hash,
        )  # fmt: skip
        perform(EDITION, "freeze", edition, actor=SYSTEM, unit=DIRECT, facts={"snapshot": sha256})
    return snapshot


def frozen_of(row: Snapshot) -> documents.Frozen:
    """A snapshot with its figures, which are computed anew where it was taken before they were kept."""
    content = bytes(row.content)
    if row.figures and row.public_figures:
        return documents.Frozen(row.sha256, content, bytes(row.figures), bytes(row.public_figures))
    snapshot = json.loads(gzip.decompress(content))
    return documents.Frozen(row.sha256, content, *documents.count(snapshot, row.sha256))


def _lay_out(job: ReportJob, frozen: documents.Frozen | None = None) -> None:
    with transaction.atomic():
        locked = ReportJob.objects.select_for_update().get(pk=job.pk)
        if locked.status != JobStatus.FREEZING:
            return
        snapshot = _kept(job, frozen) if frozen else job.snapshot
        moment = clock.now()
        rows = [
            Rendition(
                job=job,
                language=language,
                format=kind,
                name=name,
                status=RenditionStatus.WAITING,
                published_at=moment,
            )
            for language, kind, name in documents.planned(job.languages, job.formats)
        ]
        Rendition.objects.bulk_create(rows)
        locked.snapshot, locked.status = snapshot, JobStatus.RENDERING
        locked.save(update_fields=["snapshot", "status"])
        for row in rows:
            transaction.on_commit(partial(publish_rendition, row.pk))


def make_rendition(pk: int) -> None:
    """Makes one document and stores it whole; safe to run again, and twice at once."""
    with _alone(RENDITION, pk) as alone:
        if not alone:
            return
        row = Rendition.objects.select_related("job__snapshot").get(pk=pk)
        if (
            row.status in {RenditionStatus.DONE, RenditionStatus.FAILED}
            or row.job.status != JobStatus.RENDERING
        ):
            return
        Rendition.objects.filter(pk=pk).update(status=RenditionStatus.RUNNING, started_at=clock.now())
        assert row.job.snapshot is not None
        try:
            content = documents.make(row.language, row.format, frozen_of(row.job.snapshot))
        except Exception as error:  # whatever a renderer may raise is told on the job, not lost in a log
            log.exception("rendition %s (%s %s) could not be made", pk, row.language, row.format)
            _tried(row, error)
        else:
            _store(row, content)
    finish_jobs([row.job_id])


def _tried(row: Rendition, error: Exception) -> None:
    row.attempts += 1
    row.status = RenditionStatus.FAILED if row.attempts >= TRIES else RenditionStatus.WAITING
    row.message = f"{type(error).__name__}: {error}"[:2000]
    row.save(update_fields=["attempts", "status", "message"])
    if row.status == RenditionStatus.WAITING:
        publish_rendition(row.pk)


def _store(row: Rendition, content: bytes) -> None:
    path = default_storage.save(f"reports/{row.job_id}/{row.name}", ContentFile(content))
    Rendition.objects.filter(pk=row.pk).exclude(status=RenditionStatus.DONE).update(
        status=RenditionStatus.DONE,
        finished_at=clock.now(),
        path=path,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        message="",
    )


def finish_jobs(pks: Iterable[int]) -> None:
    """Ends the jobs of which every rendition has ended, with what the checks before clearance found."""
    for job in ReportJob.objects.filter(pk__in=list(pks), status=JobStatus.RENDERING):
        states = set(job.renditions.values_list("status", flat=True))
        if states <= {RenditionStatus.DONE, RenditionStatus.FAILED}:
            failed = RenditionStatus.FAILED in states
            assert job.snapshot is not None
            found = documents.findings(job.languages, frozen_of(job.snapshot))
            ReportJob.objects.filter(pk=job.pk, status=JobStatus.RENDERING).update(
                status=JobStatus.FAILED if failed else JobStatus.DONE,
                finished_at=clock.now(),
                released_at=clock.now() if job.releases and not failed else None,
                findings=found,
                message="; ".join(job.renditions.exclude(message="").values_list("message", flat=True))[
                    :2000
                ],
            )


def fail_job(pk: int, reason: str) -> None:
    """Ends a job that cannot be frozen, with the reason for whoever started it."""
    ReportJob.objects.filter(pk=pk).exclude(status__in=[JobStatus.DONE, JobStatus.FAILED]).update(
        status=JobStatus.FAILED, message=reason[:2000], finished_at=clock.now()
    )


def sweep(*, older_than: timedelta = STALE) -> int:
    """Gives to the queue again what is owed and was not taken up lately; the number of rows given."""
    moment: datetime = clock.now()
    stale = Q(published_at__isnull=True) | Q(published_at__lt=moment - older_than)
    jobs = list(
        ReportJob.objects.filter(stale, status__in=[JobStatus.QUEUED, JobStatus.FREEZING]).values_list(
            "pk", flat=True
        )
    )
    ReportJob.objects.filter(pk__in=jobs).update(published_at=moment)
    rows = list(
        Rendition.objects.filter(
            stale,
            status__in=[RenditionStatus.WAITING, RenditionStatus.RUNNING],
            job__status=JobStatus.RENDERING,
        ).values_list("pk", flat=True)
    )
    Rendition.objects.filter(pk__in=rows).update(published_at=moment)
    for pk in jobs:
        publish_job(pk)
    for pk in rows:
        publish_rendition(pk)
    finish_jobs(ReportJob.objects.filter(status=JobStatus.RENDERING).values_list("pk", flat=True))
    return len(jobs) + len(rows)
