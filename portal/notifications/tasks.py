"""Doors for the queue."""

from celery import shared_task  # type: ignore[import-untyped]

from portal.notifications import services


@shared_task  # type: ignore[untyped-decorator]
def deliver_outbox() -> None:
    """Delivers what is owed; swept by the scheduler, so that a dead broker delays and loses nothing."""
    services.deliver_outbox()
