"""Waiting for a job from the console: a worker where there is none, progress, and the finished package."""

import contextlib
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, close_old_connections

from portal.celery import app
from portal.core.worker import worker_command
from reports import documents, services
from reports.enums import JobStatus, RenditionStatus
from reports.models import ReportJob
from reports.package import MANIFEST, PackagedFile, write_manifest, write_whole

POLL = 0.25
SWEEP_EVERY = 5.0


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """Two Celery workers for the length of the block, unless one answers already."""
    with contextlib.suppress(OSError):
        if app.control.ping(timeout=1.0, limit=1):
            yield
            return
    commands = [worker_command(f"report-{os.getpid()}-{number}", loglevel="ERROR") for number in (1, 2)]
    running = [subprocess.Popen(command, stdout=sys.stderr, stderr=sys.stderr) for command in commands]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
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
            job = ReportJob.objects.select_related("edition__session").get(pk=job.pk)
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


def write_package(job: ReportJob, folder: Path) -> list[Path]:
    """Writes the documents of a finished job, the manifest last; other files of the folder stay.

    Each file is there whole or not at all, and what an earlier package named and this one does not is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _named_before(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    files = []
    for row in job.renditions.order_by("pk"):
        with default_storage.open(row.path) as file:
            write_whole(folder / row.name, file.read())
        kind = "json" if row.format in documents.COMMON_KINDS else row.format
        files.append(PackagedFile(row.name, kind, row.size or 0, row.sha256, row.language or None))
    for name in earlier - {file.name for file in files}:
        (folder / name).unlink(missing_ok=True)
    assert job.snapshot is not None
    snapshot = json.loads(gzip.decompress(bytes(job.snapshot.content)))
    write_manifest(
        folder, snapshot, snapshot_hash=job.snapshot.sha256, audit_root=job.snapshot.root, files=files
    )
    return [folder / name for name in (*sorted(file.name for file in files), MANIFEST)]


def _named_before(folder: Path) -> set[str]:
    """Plain file names that a manifest in the folder lists; nothing where there is none that can be read."""
    try:
        listed = json.loads((folder / MANIFEST).read_text())["files"]
        return {file["name"] for file in listed if Path(file["name"]).name == file["name"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _progress(job: ReportJob) -> str:
    rows = list(job.renditions.order_by("pk"))
    if not rows:
        return f"report of session {job.edition.session.number}: {job.get_status_display()}"
    done = [row for row in rows if row.status == RenditionStatus.DONE]
    names = ", ".join(row.name for row in rows if row.status == RenditionStatus.RUNNING)
    line = f"report of session {job.edition.session.number}: {len(done)} of {len(rows)} documents"
    return f"{line}, now {names}" if names else line
