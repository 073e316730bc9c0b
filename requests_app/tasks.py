"""Doors for the queue."""

from celery import shared_task

from requests_app import timekeeping


@shared_task
def keep_time() -> None:
    """Reminders, requests for assessments, and what lapses; safe to run twice and at once."""
    timekeeping.keep_time()
