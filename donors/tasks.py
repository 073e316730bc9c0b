"""Doors for the queue."""

from celery import shared_task

from donors import timekeeping


@shared_task
def keep_time() -> None:
    """Reminders, what lapses, and what expires; safe to run twice and at once."""
    timekeeping.keep_time()
