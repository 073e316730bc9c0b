"""Doors, not rooms: ids in, a service called, safe to run twice."""

from celery import shared_task
from django.db import DatabaseError, InterfaceError

from portal.core.errors import DomainError
from reports import services
from reports.reading import MissingRate

LOST = (DatabaseError, InterfaceError)


@shared_task(autoretry_for=LOST, retry_backoff=1, retry_backoff_max=8, max_retries=30)
def freeze(job: int) -> None:
    try:
        services.freeze_job(job)
    except (DomainError, MissingRate) as error:
        services.fail_job(job, str(error))


@shared_task(autoretry_for=LOST, retry_backoff=1, retry_backoff_max=8, max_retries=30)
def render(rendition: int) -> None:
    services.make_rendition(rendition)


@shared_task(ignore_result=True)
def sweep_jobs() -> None:
    services.sweep()
