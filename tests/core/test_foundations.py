"""What every app stands on: tables, clock, moments, numbers, units of work, files, the database's refusals."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from hypothesis import given
from hypothesis import strategies as st

from donors.models import Pledge
from portal.core import clock, events, moments
from portal.core.db import told_as_refusals
from portal.core.errors import Conflict, DomainError, NotVisible, Refusal, Refused
from portal.core.fields import unfit
from portal.core.models import Counter
from portal.core.reference import Numbers, draft_id, next_number
from portal.core.storage import WholeFileStorage
from portal.core.unit import DIRECT, Batch, atomically
from portal.core.workflow import NEW, Absent, Transition, Workflow, judge
from requests_app.models import AssistanceRequest, Need

DOOR = Workflow(
    "door",
    (
        Transition("build", frozenset({NEW}), "shut", "door.build"),
        Transition("open", frozenset({"shut"}), "open", "door.use", outside=frozenset({"walled_up"})),
        Transition("open", frozenset({"ajar"}), "open", "door.use"),
        Transition("swing", frozenset({"open"}), lambda door: door.to, "door.use", results=("open", "ajar")),
    ),
)


def test_a_table_finds_its_lines():
    assert DOOR.find("open", "shut").source == {"shut"}
    assert DOOR.find("open", "ajar").source == {"ajar"}
    assert DOOR.find("open", "walled_up", imported=True).outside == {"walled_up"}
    for move, state in (("open", "walled_up"), ("open", "open"), ("paint", "shut"), ("build", "shut")):
        with pytest.raises(Conflict, match="not possible in the present state"):
            DOOR.find(move, state)
    assert [line.name for line in DOOR.available("shut")] == ["open"]
    assert [line.targets for line in DOOR.transitions] == [("shut",), ("open",), ("open",), ("open", "ajar")]


def no(*_given, **_context):
    return Refusal("no")


def nothing_said(*_given, **_context):
    return Absent("say", "word")


def several(*_given, **_context):
    yield None
    yield Refusal("first")
    yield Absent("second")


@pytest.mark.parametrize(("waive", "refusals", "outside"), [
    (False, ["no", "say", "first", "second"], ()),
    (True, ["no", "first"], ("nothing_said", "several")),
])  # fmt: skip
def test_all_guards_are_asked_and_only_silence_is_waived(waive, refusals, outside):
    line = Transition(
        "go", frozenset(), "gone", "x", guards=(no, nothing_said, several, lambda *_g, **_c: None)
    )
    verdicts = judge(line, object(), {}, waive_absent=waive)
    assert [r.reason for r in verdicts.refusals] == refusals
    assert verdicts.outside == outside


def test_errors_say_every_reason():
    error = Refused("one", Refusal("two", "field"))
    assert str(error) == "one; two"
    assert [(r.reason, r.field) for r in error.refusals] == [("one", ""), ("two", "field")]
    assert {e.status for e in DomainError.__subclasses__()} >= {404, 403, 409, 422}
    assert NotVisible.status == 404
    Refused.when(())
    with pytest.raises(Refused):
        Refused.when(r for r in (Refusal("x"),))


def test_the_clock_can_be_held():
    moment = datetime(2019, 3, 14, 23, 59, tzinfo=UTC)
    with clock.frozen(moment):
        assert (clock.now(), clock.today()) == (moment, date(2019, 3, 14))
    assert clock.now() > moment
    assert clock.now().microsecond == 0
    assert clock.day(datetime(2019, 1, 1, 1, tzinfo=timezone(timedelta(hours=3)))) == date(2018, 12, 31)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_written_and_read_back(moment):
    moment = moment.replace(microsecond=0)
    assert moments.parse(moments.written(moment)) == moment


@pytest.mark.parametrize(("text", "written"), [
    ("2018-05-01", "2018-05-01"), ("2018-05-01T00:00Z", "2018-05-01"), ("2018-05-01T09:30Z", "2018-05-01T09:30:00Z"),
])  # fmt: skip
def test_a_day_alone_stays_a_day(text, written):
    assert moments.written(moments.parse(text)) == written


@pytest.mark.parametrize("text", ["2018-02-30", "2018-01-01T25:00Z", "yesterday"])
def test_a_day_that_does_not_exist_is_no_moment(text):
    with pytest.raises(ValueError, match=r"\w"):
        moments.parse(text)


def test_a_question_that_nobody_answers():
    assert events.ask("what nobody asks") is None
    events.publish("what nobody hears", record=None)


def test_ids_of_drafts_are_read_aloud_without_doubt():
    ids = {draft_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(len(i) == 8 and i.startswith("D-") and not set(i[2:]) & set("01OIL") for i in ids)


@pytest.mark.django_db
def test_numbers_of_a_batch_go_on_from_those_given_one_by_one():
    assert [next_number("T"), next_number("T")] == [1, 2]
    numbers = Numbers()
    assert [numbers.next("T"), numbers.next("T"), numbers.next("U")] == [3, 4, 1]
    numbers.write()
    assert next_number("T") == 5
    assert dict(Counter.objects.values_list("key", "last")) == {"T": 5, "U": 1}


@pytest.mark.django_db
def test_a_record_that_is_gone_is_a_conflict():
    with pytest.raises(Conflict, match="no longer there"):
        DIRECT.lock(AssistanceRequest(pk=0))


def test_a_batch_takes_only_rows_that_have_a_place_in_its_order():
    unit = Batch([AssistanceRequest])
    request = AssistanceRequest(title="x")
    unit.add(request)
    assert unit.lock(request) is request
    with pytest.raises(TypeError, match="no place"):
        unit.add(Need())
    assert unit.related(request, "needs") == []
    need = Need(description="x")
    unit.load(request, "needs", [need])
    assert unit.related(request, "needs") == [need]


@pytest.mark.django_db
def test_what_the_database_refuses_is_told_in_words(who):
    @atomically
    def wrong(statement, *values, unit=DIRECT):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    state = "INSERT INTO core_counter (key, last) VALUES (%s, %s)"
    wrong(state, "A", 1)
    with pytest.raises(Conflict, match="entered before"):
        wrong(state, "A", 1)
    with pytest.raises(Refused, match="does not fit"):
        wrong(state, "A" * 41, 1)
    with pytest.raises(Refused, match="rule that always holds: core counter last check"):
        wrong(state, "B", -1)
    with pytest.raises(Refused, match="does not fit"):
        wrong(state, "B", None)
    with pytest.raises(Exception, match="no_such_table"):
        wrong("SELECT * FROM no_such_table")
    with pytest.raises(Exception, match="statement timeout"):
        wrong("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)")
    assert Counter.objects.filter(key="A").count() == 1


class GaveWay(Exception):
    pgcode = "40P01"


def test_who_gives_way_is_told_to_try_again():
    with pytest.raises(Conflict, match="try again"), told_as_refusals():
        raise OperationalError("deadlock detected") from GaveWay()


@pytest.mark.parametrize(("quantity", "reasons"), [
    (Decimal("1.0001"), []), (Decimal("100000000000000.0001"), []), (3, []), (None, []), (Decimal("1E+3"), []),
    (Decimal("1.00001"), ["more than 4 decimals"]), (Decimal("1E+15"), ["too large"]), (Decimal("NaN"), ["not a number"]),
    (Decimal("-Infinity"), ["not a number"]),
])  # fmt: skip
def test_numbers_that_a_column_would_round_are_named(quantity, reasons):
    found = list(unfit(Pledge(quantity=quantity)))
    assert len(found) == len(reasons)
    for refusal, words in zip(found, reasons, strict=True):
        assert words in refusal.reason
        assert refusal.field == "quantity"


def test_a_file_is_whole_or_not_there(tmp_path):
    storage = WholeFileStorage(location=tmp_path)

    class Torn(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError("the disk is full")

    name = storage.save("reports/a.pdf", ContentFile(b"whole"))
    assert (tmp_path / name).read_bytes() == b"whole"
    with pytest.raises(OSError, match="full"):
        storage.save("reports/b.pdf", Torn(b"x"))
    assert [p.name for p in (tmp_path / "reports").iterdir()] == ["a.pdf"]
