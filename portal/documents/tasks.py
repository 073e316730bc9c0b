"""Doors for the queue: safe to run twice."""

from celery import shared_task

from portal.documents import selectors, services


@shared_task
def scan_waiting() -> None:
    """Has the scanner look through what it could not be asked about; stops where it cannot be asked still."""
    for pk in selectors.waiting():
        if not services.scan_waiting(pk):
            return


@shared_task
def sweep_orphans() -> None:
    services.sweep_orphans()
