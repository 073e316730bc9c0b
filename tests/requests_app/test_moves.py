"""Every line of every table: the move is made, and is refused in every other state and to everyone else."""

import pytest

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.notifications.catalogue import BESIDE
from portal.notifications.models import Outbox
from tests.cast import request_in
from tests.moves import HOLDERS, THINGS, every_line, every_step, go, stored_in

pytestmark = pytest.mark.django_db


def test_every_line_says_who_may():
    assert {(name, line.name) for name, line in every_line()} == set(HOLDERS)


@pytest.mark.parametrize(("name", "state", "move"), every_step())
def test_a_move_of_the_table_is_made(who, name, state, move):
    record = stored_in(who, name, state)
    line = THINGS[name].table.find(move, state)
    before = type(record).objects.get(pk=record.pk)
    moved = go(who, name, record, move)
    events = list(CaseEvent.objects.filter(case_type=name, case_id=record.pk).order_by("sequence"))
    stored = type(record).objects.get(pk=record.pk)
    assert stored.status == moved.status
    target = line.target if isinstance(line.target, str) else stored.status
    mine = next(event for event in reversed(events) if event.move == move)
    assert (mine.source, mine.target) == (state, target)
    assert stored.version > before.version
    if line.stamp:
        assert getattr(stored, line.stamp) is not None
    assert Outbox.objects.filter(event=mine).count() == (
        1 + len(BESIDE.get(line.notice, ())) if line.notice else 0
    )
    assert list(findings()) == []


@pytest.mark.parametrize(("name", "state"), [(name, s) for name, t in THINGS.items() for s in t.states])
def test_no_other_move_is_made_in_a_state(who, name, state):
    record = stored_in(who, name, state)
    assert record.status == state
    leaving = {line.name for line in THINGS[name].table.available(state)}
    for move in sorted(set(THINGS[name].moves) - leaving):
        taken = (name, state, move) == (
            "offer",
            "exhausted",
            "take_up",
        )  # the pledge is told so before the offer
        with pytest.raises(Refused if taken else Conflict, match=r"\w"):
            go(who, name, record, move)
    record.refresh_from_db()
    assert record.status == state


@pytest.mark.parametrize(("name", "state", "move"), every_step())
def test_only_who_may_makes_a_move(who, name, state, move):
    record = stored_in(who, name, state)
    facts = {"need": request_in(who, "open").needs.get()} if move == "allocate" else None
    for person, actor in who.everyone():
        if person not in HOLDERS[name, move]:
            with pytest.raises(NotAllowed, match="this is for"):
                go(who, name, record, move, actor=actor, facts=facts)
    record.refresh_from_db()
    assert record.status == state
