"""Doors for the queue."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from portal.accounts import passwords, sessions

log = logging.getLogger(__name__)


def hand_over_reset(email: str) -> None:
    """To the queue, so that the answer takes as long whether there is an account or not."""
    try:
        send_reset.delay(email)
    except OperationalError:
        log.exception("a link for a new password was not handed over: the broker does not answer")


@shared_task
def send_reset(email: str) -> None:
    """Sends the link for a new password, if someone has this e-mail address; asked for every address alike."""
    passwords.send_reset(email)


@shared_task
def prune_sessions() -> None:
    """Deletes sessions that have run out."""
    sessions.prune()
