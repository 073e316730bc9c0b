"""Doors for the queue."""

from celery import shared_task

from portal.web.once import forget_old


@shared_task
def forget_old_answers() -> None:
    """Keys of forms and API calls are honoured for a day."""
    forget_old()
