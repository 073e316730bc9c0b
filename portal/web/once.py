"""Doing a thing once, however often it is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.db import told_as_refusals
from portal.core.errors import Refused
from portal.web.models import OneTime

KEPT_FOR = timedelta(days=1)
Answer = tuple[int, str]


class Reused(Refused):
    """A key that was used already came with something else."""


def once(user: Any, key: str, place: str, act: Callable[[], Answer], *, digest: str = "") -> Answer:
    """The answer of an act, in one transaction with it; sent again with the same key, the first answer.

    Whoever sends the same key at the same moment waits for the first. Without a key or a person the act is simply
    done. Raises Reused where the key was used for something else, and what the act raises: then nothing is kept.
    """
    with told_as_refusals(), transaction.atomic():
        if not key or user is None:
            return act()
        row, fresh = OneTime.objects.get_or_create(
            user=user, key=key, place=place, defaults={"created_at": clock.now(), "digest": digest}
        )
        if not fresh:
            if row.digest != digest:
                raise Reused(_("this key was used for something else"))
            return row.code, row.answer
        row.code, row.answer = act()
        row.save(update_fields=["code", "answer"])
        return row.code, row.answer


def answered(user: Any, key: str, place: str, digest: str) -> str:
    """The address that a form led to when the same was sent before with this key; empty where it was not."""
    rows = OneTime.objects.filter(user=user, key=key, place=place, digest=digest, code=303)
    row = rows.first() if key else None
    return row.answer if row else ""


def forget_old() -> int:
    """Deletes answers that are older than a day; gives their number."""
    number, _ = OneTime.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()
    return number
