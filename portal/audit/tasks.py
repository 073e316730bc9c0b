"""Doors for the queue."""

from celery import shared_task

from portal.audit import services


@shared_task
def take_daily_root() -> None:
    """One root a day; safe to run more often."""
    services.take_daily_root()
