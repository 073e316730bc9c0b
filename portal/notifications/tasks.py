"""Doors for the queue: swept by the scheduler, so that a dead broker delays and loses nothing."""

from celery import shared_task

from portal.notifications import mail, services


@shared_task
def deliver_outbox() -> None:
    """Delivers what is owed, and sends the messages that it gave rise to."""
    services.deliver_outbox()
    mail.send_owed()


@shared_task
def send_mail() -> None:
    """Sends the messages whose time has come, those that could not be sent before among them."""
    mail.send_owed()


@shared_task
def summarise() -> None:
    """Makes the daily summaries, and sends them."""
    services.summarise()
    mail.send_owed()
