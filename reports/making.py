"""Waiting for a job from the console: a worker where there is none, progress, and the finished package."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections

from portal.celery import app
from reports import services
from reports.enums import JobStatus, RenditionStatus
from reports.models import ReportJob

POLL = 0.25
SWEEP_EVERY = 5.0


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """A Celery worker for the length of the block, unless one answers already."""
    with contextlib.suppress(OSError):
        if app.control.ping(timeout=1.0, limit=1):
            yield
            return
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "-c", "2", "--without-gossip",
               "--without-mingle", "--loglevel", "ERROR", "-n", f"report-{os.getpid()}@localhost"]  # fmt: skip
    process = subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(job: ReportJob, tell: Callable[[str], None]) -> ReportJob:
    """Follows a job to its end, telling each change in one line; a database that is away is waited for."""
    told = ""
    swept = time.monotonic()
    while True:
        try:
            job = ReportJob.objects.select_related("edition__session", "snapshot").get(pk=job.pk)
            line = _progress(job)
            if line != told:
                tell(line)
                told = line
            if job.status in {JobStatus.DONE, JobStatus.FAILED}:
                return job
            if time.monotonic() - swept > SWEEP_EVERY:
                services.sweep(older_than=timedelta(seconds=SWEEP_EVERY))
                swept = time.monotonic()
        except (DatabaseError, InterfaceError):
            close_old_connections()
        time.sleep(POLL)


def _progress(job: ReportJob) -> str:
    rows = list(job.renditions.order_by("pk"))
    if not rows:
        return f"report of session {job.edition.session.number}: {job.get_status_display()}"
    done = [row for row in rows if row.status == RenditionStatus.DONE]
    names = ", ".join(row.name for row in rows if row.status == RenditionStatus.RUNNING)
    line = f"report of session {job.edition.session.number}: {len(done)} of {len(rows)} documents"
    return f"{line}, now {names}" if names else line
