"""Rules 6 and 7: what happened is written once, in a chain, and a change past the services is found."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, ProgrammingError, connection, models, transaction

from donors import services as giving
from portal.audit import services
from portal.audit.cases import CASES, model_of
from portal.audit.models import CaseEvent, CaseHead, Root
from portal.audit.sql import WRITING_LOCK
from portal.audit.verify import findings
from portal.core import clock
from portal.core.errors import DomainError
from portal.core.unit import DIRECT
from requests_app import services as asking
from tests import cast, world
from tests.past import refused, sql

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lived(who, django_db_blocker):
    """A world in which something has happened to one case of each kind."""
    with django_db_blocker.unblock():
        return world.one_of_each(who)


def audited() -> list[type[models.Model]]:
    """Every table of which a row belongs to a case that the fixture makes."""
    found: list[type[models.Model]] = []
    for name, case in CASES.items():
        model = model_of(name)
        if name in {"session", "edition"}:
            continue  # tests/reports
        found.append(model)
        found += [model._meta.get_field(relation).related_model for relation in case.rows]
    return found


def other_value(field: Any, old: Any) -> list[Any]:
    """Values that differ from the old one in as little as the column allows; the first that fits is taken."""
    if isinstance(field, models.ForeignKey):
        target = field.remote_field.model._default_manager
        return list(target.exclude(pk=old).values_list("pk", flat=True)[:9])
    if field.choices:
        return [value for value, _label in field.flatchoices if value != old]
    if isinstance(field, models.BooleanField):
        return [not old]
    if isinstance(field, models.DateTimeField):
        return [(old or clock.now()) + timedelta(microseconds=1)]
    if isinstance(field, models.DateField):
        return [(old or clock.today()) + timedelta(days=1)]
    if isinstance(field, models.JSONField):
        return ['{"x": 1}', "[1]", '{"impact": 5}']
    if isinstance(field, models.DecimalField | models.IntegerField):
        return [(old or 0) + 1]
    if isinstance(field, models.CharField | models.TextField):
        text = old or ""
        digit = "0" if not text.endswith("0") else "1"  # of a hash
        return [text + "x", text[:-1] + "x", text[:-1] + digit, "EUR" if old != "EUR" else "USD"]
    return [[*(old or []), "7"], [*(old or []), "opiates"]]  # a list


def columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, field.name)
        for model in dict.fromkeys(audited())
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]


def changed(model: type[models.Model], name: str) -> bool:
    """Whether some smallest change of that column in some row gets past the database's own constraints."""
    field: Any = model._meta.get_field(name)
    rows = list(model._default_manager.order_by("-pk")[:6])
    assert rows, f"the world has no {model.__name__}"
    for row in rows:
        for value in other_value(field, getattr(row, field.attname)):
            try:
                sql(f"UPDATE {model._meta.db_table} SET {field.column} = %s WHERE id = %s", value, row.pk)
            except (IntegrityError, DataError):
                continue
            return True
    return False


def guards_off(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


# columns that no smallest change gets past the database's own constraints: nothing is left to find
KEPT_BY_THE_DATABASE = {"Organisation.state", "EntryProposal.status", "DocumentVersion.type"}


def test_the_world_holds_together(lived):
    assert list(findings()) == []
    assert set(lived) <= set(CASES)


@pytest.mark.parametrize(("model", "name"), columns(), ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_one_change_in_any_column_is_found(lived, model, name):
    guards_off(model._meta.db_table)
    if changed(model, name):
        assert list(findings()) != []
    else:
        assert f"{model.__name__}.{name}" in KEPT_BY_THE_DATABASE


@pytest.mark.parametrize("name", [f.name for f in CaseEvent._meta.concrete_fields if f.name != "id"])
def test_one_change_in_any_event_is_found(lived, name):
    guards_off("audit_caseevent")
    assert changed(CaseEvent, name)
    assert list(findings()) != []


@pytest.mark.parametrize("name", [f.name for f in CaseHead._meta.concrete_fields if f.name != "id"])
def test_one_change_in_any_head_is_found(lived, name):
    assert changed(CaseHead, name)
    assert list(findings()) != []


@pytest.mark.parametrize("table", [
    "requests_app_corequester", "requests_app_clarification", "requests_app_indicator", "requests_app_addressee",
    "donors_followup", "donors_jointdonor", "donors_offerstate", "audit_casehead",
])  # fmt: skip
def test_a_row_taken_away_is_found(lived, table):
    assert sql(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})") == 1
    assert list(findings()) != []


def test_a_row_put_in_is_found(lived):
    lived["request"].co_requesters.create(state_id="KEN")
    assert [f for f in findings() if "changed outside" in f]


def test_events_taken_away_are_found(lived):
    guards_off("audit_caseevent")
    sql("DELETE FROM notifications_outbox")
    pledge = lived["pledge"]
    chain = CaseEvent.objects.filter(case_type="pledge", case_id=pledge.pk).order_by("sequence")
    for event, words in ((chain.first(), "missing"), (chain.last(), "does not match its head")):
        with transaction.atomic():
            sql("DELETE FROM audit_caseevent WHERE id = %s", event.pk)
            assert [f for f in findings() if words in f]
            transaction.set_rollback(True)


def test_a_whole_case_taken_away_is_found_by_the_root(who, lived):
    services.take_root()
    request = cast.draft(who)
    assert list(findings()) == []
    later = services.take_root()
    guards_off("audit_caseevent")
    sql("DELETE FROM requests_app_need WHERE request_id = %s", request.pk)
    for table in ("audit_caseevent", "audit_casehead"):
        sql(f"DELETE FROM {table} WHERE case_type = 'request' AND case_id = %s", request.pk)
    sql("DELETE FROM requests_app_assistancerequest WHERE id = %s", request.pk)
    assert list(findings()) == [
        f"root {later.pk} of {later.taken_at:%Y-%m-%d}: the chains it covers have changed"
    ]


def test_a_root_says_the_same_at_any_later_time(who, lived):
    root = services.take_root()
    cast.draft(who)
    assert services.root_hash(root.through) == root.hash
    assert services.take_root().hash != root.hash


def test_each_root_is_compared_with_what_stood_when_it_was_taken(who, lived):
    roots = [services.take_root()]
    for _ in range(2):
        asking.move_request(cast.draft(who), "withdraw", actor=who.afg_approver)
        roots.append(services.take_root())
    assert len({root.hash for root in roots}) == 3
    assert list(findings()) == []
    guards_off("audit_root")
    sql("UPDATE audit_root SET through = %s WHERE id = %s", roots[0].through, roots[1].pk)
    assert [line.partition(" of ")[0] for line in findings()] == [f"root {roots[1].pk}"]


def writers_locked_out() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' "
            "AND objid = %s AND pid = pg_backend_pid()",
            [WRITING_LOCK],
        )
        return int(cursor.fetchone()[0])


def test_nobody_is_locked_out_after_a_root_or_after_one_that_failed(who):
    services.take_root()
    assert writers_locked_out() == 0
    with pytest.raises(ProgrammingError), transaction.atomic():
        sql("ALTER TABLE audit_caseevent RENAME TO elsewhere")
        services.take_root()
    assert writers_locked_out() == 0


@pytest.mark.parametrize("table", ["audit_caseevent", "audit_root", "donors_ledgerentry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_written_once_stays_even_for_the_portal_s_own_role(lived, table, statement):
    services.take_root()
    refused("append-only", statement.format(table))


def test_the_guards_hold_for_replicas_too():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE '%%append_only' OR t.tgname LIKE '%%no_truncate'"
        )
        rows = cursor.fetchall()
    assert {row[0] for row in rows} >= {"audit_caseevent", "audit_root", "donors_ledgerentry"}
    assert {row[2] for row in rows} == {"A"}


def test_the_command_says_so(lived):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert f"holds: {CaseEvent.objects.count()} events" in out.getvalue()
    sql("UPDATE donors_pledge SET description = description || 'x' WHERE id = %s", lived["pledge"].pk)
    error = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", stderr=error)
    assert f"pledge {lived['pledge'].pk}: its record was changed" in error.getvalue()


def test_a_refused_move_leaves_no_trace(who):
    pledge = cast.pledge_in(who, "offered")
    before = (CaseEvent.objects.count(), CaseHead.objects.count(), Root.objects.count())
    for move, actor in (
        ("accept", who.nor_approver),
        ("agree", who.nor_approver),
        ("decline", who.afg_approver),
    ):
        with pytest.raises(DomainError):
            giving.move_pledge(pledge, move, actor=actor)
    assert (CaseEvent.objects.count(), CaseHead.objects.count(), Root.objects.count()) == before
    assert list(findings()) == []


def test_a_state_is_never_revised(who):
    pledge = cast.pledge_in(who, "offered")
    with pytest.raises(ValueError, match="by a move"):
        services.revise(pledge, {"status": "accepted"}, actor=who.nor_approver, unit=DIRECT)
    assert services.revise(pledge, {"description": "Places"}, actor=who.nor_approver, unit=DIRECT)
    assert not services.revise(pledge, {"description": "Places"}, actor=who.nor_approver, unit=DIRECT)
    assert list(findings()) == []


@pytest.mark.parametrize(
    "claims", [[{"amount": 1.5, "n": 1e16, "big": 10**20, "text": "é\u202e", "none": None}], [1.0]]
)
def test_what_json_says_is_the_same_read_again(who, claims):
    request = cast.draft(who, claims=claims)
    assert request.pk
    assert list(findings()) == []
