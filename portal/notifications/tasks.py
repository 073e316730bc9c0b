"""Doors for the queue."""

from celery import shared_task

from portal.notifications import services


@shared_task
def deliver_outbox() -> None:
    """Delivers what is owed; swept by the scheduler, so that a dead broker delays and loses nothing."""
    services.deliver_outbox()
