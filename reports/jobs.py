"""The making of an edition's documents as a row of its own: begun once, and owed to the queue after commit."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict
from portal.core.events import publish
from reports import rules
from reports.enums import EditionStatus, JobStatus
from reports.models import ReportEdition, ReportJob

FREEZABLE = {EditionStatus.COLLECTING, EditionStatus.DRAFTING}


def begin_job(
    edition: ReportEdition,
    codes: Sequence[str],
    kinds: Sequence[str],
    *,
    actor: Actor,
    releases: bool = False,
) -> ReportJob:
    """The making of an edition's documents, or the one under way; the caller holds the transaction.

    Until it is sent to clearance the records are frozen afresh; from then on documents are made from the records
    that were frozen last. `releases`: they are public once they are made. Raises Conflict where what is under way
    was begun before what is to be released was decided.
    """
    running = edition.jobs.exclude(status__in=[JobStatus.DONE, JobStatus.FAILED]).first()
    if running is not None:
        if releases:
            raise Conflict(_("documents of this edition are being made; do this once they are ready"))
        return running
    moment = clock.now()
    job = ReportJob.objects.create(
        edition=edition,
        languages=codes,
        formats=kinds,
        status=JobStatus.QUEUED,
        started_by=actor.user.pk if actor.user else None,
        created_at=moment,
        published_at=moment,
        snapshot=None if edition.status in FREEZABLE else rules.last_snapshot(edition),
        releases=releases,
    )
    transaction.on_commit(lambda: publish_job(job.pk))
    return job


def publish_job(pk: int) -> None:
    publish("report.job_owed", pk=pk)


def publish_rendition(pk: int) -> None:
    publish("report.rendition_owed", pk=pk)
