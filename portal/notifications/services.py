"""Owing what is to be told, delivering it, reminding, and reading."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.audit.cases import CASES, case_type, model_of
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import SYSTEM, Actor, Kind
from portal.core.deadlines import SOON, Clock, owed
from portal.core.events import ask
from portal.core.unit import DIRECT
from portal.notifications import selectors
from portal.notifications.catalogue import CATALOGUE, Audience, Notice
from portal.notifications.models import Mail, Notification, Outbox, Preference, Reminder, When
from portal.policy.engine import visible_q
from portal.policy.matrix import Scope

BATCH = 100
# scopes that hold only for the organisations whose record it is
OWN = {Scope.OWN_STATE, Scope.LEAD_STATE, Scope.ASKED_STATE, Scope.OWN_DONOR, Scope.LEAD_DONOR}


def owe(notice: str, *, record: Any, event: Any) -> None:
    """Something is to be told, from the transaction of its event on."""
    Outbox.objects.create(
        notice=notice,
        case_type=event.case_type,
        case_id=record.pk,
        event=event,
        created_at=event.recorded_at,
    )


def deliver_outbox() -> int:
    """Writes the notices that are owed into the inboxes of those concerned; safe to run twice and at once.

    Gives the number of lines delivered.
    """
    done = 0
    while True:
        with transaction.atomic():
            lines = list(
                Outbox.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(delivered_at__isnull=True)
                .select_related("event")
                .order_by("pk")[:BATCH]
            )
            for line in lines:
                _deliver(line)
        done += len(lines)
        if len(lines) < BATCH:
            return done


def _deliver(line: Outbox) -> None:
    notice = CATALOGUE.get(line.notice)
    record = model_of(line.case_type)._default_manager.filter(pk=line.case_id).first()  # noqa: SLF001
    if notice is not None and record is not None:
        _tell(line, _readers(notice, line, record))
    line.delivered_at = clock.now()
    line.save(update_fields=["delivered_at"])


def _readers(notice: Notice, line: Outbox, record: Any) -> dict[int, tuple[int, bool]]:
    """Who is told, each once: by person the organisation and whether something is asked. Not who did it."""
    found: dict[tuple[int, int], bool] = {}
    for audience in notice.audiences:
        for pair in _concerned(audience, line.case_type, record):
            found[pair] = found.get(pair, False) or audience.asked
    if notice.told_before:
        for pair in selectors.told_before(line.case_type, line.case_id):
            found.setdefault(pair, False)
    once: dict[int, tuple[int, bool]] = {}
    for (user, organisation), asked in sorted(found.items(), key=lambda entry: (not entry[1], entry[0])):
        if user != line.event.actor_user:
            once.setdefault(user, (organisation, asked))
    return once


def _concerned(audience: Audience, case_type: str, record: Any) -> Iterable[tuple[int, int]]:
    """(person, organisation) of those in an audience who see the record: judged once for each organisation
    and set of roles, by the matrix and as of now.
    """
    model = type(record)
    if audience.scope not in model.policy_scopes:
        return
    among = ask(audience.among, record=record) if audience.among else None
    if among is None and audience.scope in OWN:  # else every Government would be judged
        among = ask(f"parties.{case_type}", record=record)
    judged: dict[tuple[int, frozenset[str]], bool] = {}
    for row in selectors.possible_recipients(audience.roles, among):
        # the roles that make the person concerned are those that must let the person see
        held = frozenset(row.roles) & audience.roles
        key = (row.organisation_id, held)
        if key not in judged:
            judged[key] = audience.unseen or _sees(row, held, audience, case_type, record)
        if judged[key]:
            yield row.user_id, row.organisation_id


def _sees(row: Any, held: frozenset[str], audience: Audience, case_type: str, record: Any) -> bool:
    model = type(record)
    actor = Actor(
        Kind.PERSON,
        user=row.user,
        organisation=row.organisation,
        roles=held,
        state=row.organisation.state_id or "",
    )
    condition = visible_q(actor, CASES[case_type].view, model) & model.policy_scopes[audience.scope](actor)
    found: bool = model._default_manager.filter(condition, pk=record.pk).exists()  # noqa: SLF001
    return found


def _tell(line: Outbox, readers: dict[int, tuple[int, bool]]) -> None:
    """Into the inboxes, and to the post for those who want it at once; nobody is told twice of one event."""
    moment = clock.now()
    for user in Notification.objects.filter(outbox=line).values_list("user", flat=True):
        readers.pop(user, None)
    wishes, invented = selectors.wishes(readers), _invented(readers)
    rows = []
    for user, (organisation, asked) in sorted(readers.items()):
        wish = wishes.get(user, When.IMMEDIATE)
        row = Notification(
            user_id=user, organisation_id=organisation, outbox=line, created_at=moment, asked=asked,
            summarised=wish == When.DAILY and user not in invented,
        )  # fmt: skip
        if user not in invented and (wish == When.IMMEDIATE or (wish == When.ACTION and asked)):
            row.mail = Mail(user_id=user, created_at=moment, next_at=moment)
        rows.append(row)
    Mail.objects.bulk_create(row.mail for row in rows if row.mail is not None)
    for row in rows:
        row.mail = row.mail  # the message has its id only now
    Notification.objects.bulk_create(rows)


def _invented(users: Iterable[int]) -> frozenset[int]:
    """Sample people outside a sample portal: nobody reads mail at their addresses."""
    if settings.SAMPLE:
        return frozenset()
    return selectors.sample_people(users)


def summarise() -> int:
    """Puts what waits for a daily summary into one message for each person; at most one a day.

    Gives the number of messages; safe to run twice and at once.
    """
    waiting = Notification.objects.filter(summarised=True, mail__isnull=True)
    moment, made = clock.now(), 0
    for user in waiting.order_by().values_list("user", flat=True).distinct():
        with transaction.atomic():
            mail, fresh = Mail.objects.get_or_create(
                user_id=user, day=clock.today(), defaults={"created_at": moment, "next_at": moment}
            )
            if fresh:
                waiting.filter(user=user).update(mail=mail)
                made += 1
    return made


def remind(record: Any, due: Clock, number: int) -> bool:
    """One reminder of a clock, sent once whoever asks for it; False where it was sent before.

    The caller has locked the record. That a reminder was sent stands in the record's chain.
    """
    name = case_type(record)
    with transaction.atomic():
        _row, fresh = Reminder.objects.get_or_create(
            clock=due.name, case_type=name, case_id=record.pk, started=due.started, number=number,
            defaults={"sent_on": clock.today()},
        )  # fmt: skip
        if fresh:
            facts = {"clock": due.name, "number": number, "due": due.due.isoformat()}
            event = record_event(
                record, "reminded", actor=SYSTEM, unit=DIRECT, facts=facts, source=record.status, target=record.status
            )  # fmt: skip
            owe(f"{name}.{due.name}_{'soon' if number == SOON else 'late'}", record=record, event=event)
    return fresh


def remind_of(record: Any, due: Clock, *, at_start: bool = False) -> bool:
    """The reminder of a clock that is owed today, if one is. The caller has locked the record."""
    number = owed(due, selectors.sent(record, due), today=clock.today(), at_start=at_start)
    return number is not None and remind(record, due, number)


def mark_read(actor: Actor, *, through: int) -> int:
    """Marks as read what the actor had before them: all notices up to one; the number that was unread."""
    rows = selectors.inbox(actor).filter(pk__lte=through, read_at__isnull=True)
    return Notification.objects.filter(pk__in=rows.order_by().values("pk")).update(read_at=clock.now())


def mark_one(actor: Actor, pk: int) -> bool:
    """Marks one notice of the actor's as read; False where the actor has no such notice."""
    row = selectors.inbox(actor).filter(pk=pk).first()
    if row is None:
        return False
    Notification.objects.filter(pk=pk, read_at__isnull=True).update(read_at=clock.now())
    return True


def choose(user: Any, *, mail: str) -> None:
    """A person says when e-mail is wanted; what waited for a summary still comes in one."""
    Preference.objects.update_or_create(user=user, defaults={"mail": mail})
