"""Where a person is signed in: one row for each browser, gone when its session is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.accounts.models import OpenSession
from portal.core import clock

DEVICE_LENGTH = 200


def opened(user: Any, key: str, device: str, organisation: int | None) -> None:
    """A browser was signed in."""
    now = clock.now()
    OpenSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user": user,
            "organisation_id": organisation,
            "device": "".join(c for c in device if c.isprintable())[:DEVICE_LENGTH],
            "since": now,
            "last_used_at": now,
        },
    )


def used(key: str, organisation: int | None) -> bool:
    """A browser was used, or acts for another organisation now; False where its row is not there."""
    return bool(
        OpenSession.objects.filter(session_key=key).update(
            last_used_at=clock.now(), organisation_id=organisation
        )
    )


def of(user: Any) -> QuerySet[OpenSession]:
    """A person's sessions that have not run out, the last used first."""
    live = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=_wall_clock())
    rows = OpenSession.objects.filter(Exists(live), user=user)
    return rows.select_related("organisation").order_by("-last_used_at", "-pk")


def _wall_clock() -> datetime:
    """Django dates its sessions by the machine's clock."""
    from django.utils import timezone  # noqa: PLC0415

    return timezone.now()


@transaction.atomic
def end(rows: Iterable[OpenSession]) -> int:
    """Ends sessions at once; gives their number."""
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    return OpenSession.objects.filter(session_key__in=keys).delete()[0]


def end_all(user: Any, *, but: str = "") -> int:
    """Ends a person's sessions in every browser but the one with this key."""
    return end(OpenSession.objects.filter(user=user).exclude(session_key=but))


def end_acting(user: Any, organisation: Any) -> int:
    """Ends a person's sessions that act for an organisation, in the transaction that ends the membership; one of
    which this is not known may be one of them.
    """
    return end(OpenSession.objects.filter(Q(organisation=organisation) | Q(organisation=None), user=user))


def closed(key: str) -> None:
    """A browser was signed out."""
    OpenSession.objects.filter(session_key=key).delete()


def prune() -> int:
    """Deletes what has run out: Django's sessions, and rows without one; gives the number of the latter."""
    Session.objects.filter(expire_date__lt=_wall_clock()).delete()
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    old = clock.now() - timedelta(hours=1)  # a session that is just being opened is stored a moment later
    return OpenSession.objects.filter(~Exists(live), last_used_at__lt=old).delete()[0]
