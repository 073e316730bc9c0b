"""The world of rows, made once for a module, and a report that was made."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from portal.core import clock
from reports import editions
from reports.enums import JobStatus, RenditionStatus
from reports.models import InputRequest, Rendition
from reports.services import session_of, start_report
from tests.cast import Cast
from tests.site import Row, make_world


@pytest.fixture(scope="module")
def world(who: Cast, django_db_blocker: DjangoDbBlocker) -> list[Row]:
    with django_db_blocker.unblock(), translation.override("en"):
        return make_world(who)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made(who, settings, tmp_path):
    """A session whose report was made once, with a file for everyone who sees the edition and one that is not."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    session = session_of(62)
    job = start_report(session, actor=who.report_officer)
    path = default_storage.save("figures.json", ContentFile(b"{}"))
    rows = [
        Rendition.objects.create(
            job=job, language="", format=kind, name=f"{kind}.json", status=RenditionStatus.DONE, path=path, size=2,
            sha256="0" * 64, started_at=clock.now(), finished_at=clock.now(),
        )
        for kind in ("figures", "public")
    ]  # fmt: skip
    type(job).objects.filter(pk=job.pk).update(status=JobStatus.DONE, finished_at=clock.now())
    facts = {"organisations": [who.afg_focal_point.organisation], "due": clock.today() + timedelta(days=9)}
    editions.move_edition(job.edition, "invite_inputs", actor=who.report_officer, facts=facts)
    asked_ = InputRequest.objects.get()
    return SimpleNamespace(who=who, asked=asked_, session=session, job=job, figures=rows[0], public=rows[1])
