"""Work that is owed is handed to the queue; a broker that is away delays it and loses nothing."""

import logging
from typing import Any

from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def _hand_over(task: Any, pk: int) -> None:
    try:
        task.apply_async((pk,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the broker does not answer, the work waits for the next sweep: %s", error)


def hand_over_job(*, pk: int) -> None:
    from reports import tasks  # noqa: PLC0415 - tasks call the services that publish this

    _hand_over(tasks.freeze, pk)


def hand_over_rendition(*, pk: int) -> None:
    from reports import tasks  # noqa: PLC0415

    _hand_over(tasks.render, pk)
