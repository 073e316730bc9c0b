"""Delivering what is owed, and reading it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from portal.audit.cases import model_of
from portal.core import clock
from portal.core.actor import Actor, Kind
from portal.notifications import selectors
from portal.notifications.catalogue import CATALOGUE, VIEW, Audience
from portal.notifications.models import Notification, Outbox
from portal.policy.engine import visible_q

BATCH = 100


def deliver_outbox() -> int:
    """Writes the notices that are owed into the inboxes of those concerned; safe to run twice and at once.

    Gives the number of lines delivered.
    """
    done = 0
    while True:
        with transaction.atomic():
            owed = list(
                Outbox.objects.select_for_update(skip_locked=True)
                .filter(delivered_at__isnull=True)
                .select_related("event")
                .order_by("pk")[:BATCH]
            )
            for line in owed:
                _deliver(line)
        done += len(owed)
        if len(owed) < BATCH:
            return done


def _deliver(line: Outbox) -> None:
    notice = CATALOGUE.get(line.notice)
    moment = clock.now()
    found: set[tuple[int, int]] = set()
    record = model_of(line.case_type)._default_manager.filter(pk=line.case_id).first()  # noqa: SLF001
    if notice is not None and record is not None:
        found = {
            pair for audience in notice.audiences for pair in _concerned(audience, line.case_type, record)
        }
        if notice.told_before:
            found |= set(selectors.told_before(line.case_type, line.case_id))
    Notification.objects.bulk_create(
        (
            Notification(user_id=user, organisation_id=organisation, outbox=line, created_at=moment)
            for user, organisation in sorted(found)
            if user != line.event.actor_user
        ),
        ignore_conflicts=True,
    )
    line.delivered_at = moment
    line.save(update_fields=["delivered_at"])


def _concerned(audience: Audience, case_type: str, record: Any) -> Iterable[tuple[int, int]]:
    """(person, organisation) of those in an audience who see the record: judged once for each organisation
    and set of roles, by the matrix and as of now.
    """
    model = type(record)
    if audience.scope not in model.policy_scopes:
        return
    judged: dict[tuple[int, frozenset[str]], bool] = {}
    for row in selectors.possible_recipients(audience.roles):
        held = frozenset(row.roles)
        key = (row.organisation_id, held)
        if key not in judged:
            # the roles that make the person concerned are those that must let the person see
            actor = Actor(
                Kind.PERSON,
                user=row.user,
                organisation=row.organisation,
                roles=held & audience.roles,
                state=row.organisation.state_id or "",
            )
            condition = visible_q(actor, VIEW[case_type], model) & model.policy_scopes[audience.scope](actor)
            judged[key] = model._default_manager.filter(condition, pk=record.pk).exists()  # noqa: SLF001
        if judged[key]:
            yield row.user_id, row.organisation_id


def mark_read(actor: Actor, *, through: int) -> int:
    """Marks as read what the actor had before them: all notices up to one; the number that was unread."""
    return selectors.inbox(actor).filter(pk__lte=through, read_at__isnull=True).update(read_at=clock.now())


def references(notifications: Iterable[Notification]) -> dict[tuple[str, int], str]:
    """What each notice's record is called, by case; one query for each type of case."""
    wanted: dict[str, set[int]] = {}
    for row in notifications:
        wanted.setdefault(row.outbox.case_type, set()).add(row.outbox.case_id)
    found: dict[tuple[str, int], str] = {}
    for case_type, ids in wanted.items():
        for record in model_of(case_type)._default_manager.filter(pk__in=ids):  # noqa: SLF001
            found[case_type, record.pk] = str(record)
    return found
