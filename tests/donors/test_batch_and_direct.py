"""A batch is the services row by row, only faster: the same rows, events, hashes and numbers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, models, transaction

from donors import services as giving
from donors.models import Contribution, Delivery, FollowUp, JointDonor, LedgerEntry, Offer, OfferState, Pledge
from portal.audit.canonical import contents
from portal.audit.models import CaseEvent, CaseHead
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.errors import Refused
from portal.core.models import Counter
from portal.core.unit import DIRECT, Batch, Unit
from portal.dossier.batch import ORDER
from requests_app import services as asking
from requests_app.models import (
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db

START = datetime(2018, 1, 8, tzinfo=UTC)
NOW = datetime(2020, 2, 3, 12, tzinfo=UTC)


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def a_year(unit: Unit, who: Cast) -> None:
    """What a dossier replays, in order of days: a joint request, a redirect, a dispute, a ledger."""
    nor, other = who.nor_officer.organisation, who.other_officer.organisation
    plain: dict[str, Any] = {"form_id": "training", "unit_id": "places", "description": "Places"}

    def request(number: int, quantities: tuple[int, ...], joint: tuple[str, ...] = ()) -> AssistanceRequest:
        row = AssistanceRequest(
            ref=f"r{number}", public_id=f"D-{number}", state_id="AFG", title="Training", visibility="all-donors",
            note_verbale_number="NV", note_verbale_date=on(0),
        )  # fmt: skip
        needs = [
            Need(
                ref=f"r{number}n{n}",
                quantity=Decimal(q),
                theme_id="border-management",
                paragraphs=[3],
                priority="high",
                **plain,
            )
            for n, q in enumerate(quantities)
        ]
        states = [CoRequester(state_id=iso3) for iso3 in joint]
        return asking.draft_request(row, needs=needs, states=states, actor=IMPORT, unit=unit, at=on(1))

    def moved(record: Any, service: Any, *steps: tuple[str, int], **facts: Any) -> Any:
        for move, day in steps:
            record = service(record, move, actor=IMPORT, unit=unit, at=on(day), facts=facts)
        return record

    first, second = request(1, (10, 4), ("TJK",)), request(2, (6,))
    first = moved(first, asking.move_request, ("submit", 2), ("acknowledge", 5))
    asked = Clarification(request=first, asked_at=on(6), question="For whom?")
    unit.add(asked)
    first = moved(first, asking.move_request, ("ask_for_clarification", 6), row=asked)
    first = moved(first, asking.move_request, ("answer", 9), answer="For all")
    first = moved(first, asking.move_request, ("circulate", 12))
    second = moved(second, asking.move_request, ("submit", 3), ("acknowledge", 4), ("circulate", 13))
    needs, (more,) = unit.related(first, "needs"), unit.related(second, "needs")

    offer = Offer(
        ref="o1", donor=nor, theme_id="border-management", quantity=Decimal(8), valid_from=on(0), **plain
    )
    offer = giving.draft_offer(offer, states=[OfferState(state_id="AFG")], actor=IMPORT, unit=unit, at=on(0))
    offer = moved(offer, giving.move_offer, ("publish", 0))

    def pledge(ref: str, need: Any, quantity: int, *steps: tuple[str, int], **columns: Any) -> Pledge:
        row = Pledge(
            ref=ref, donor=nor, need=need, kind="in-kind", quantity=Decimal(quantity), **plain | columns
        )
        joint = [JointDonor(organisation=other)] if ref == "p1" else []
        row = giving.begin_pledge(row, joint_donors=joint, actor=IMPORT, unit=unit, at=on(14))
        return moved(row, giving.move_pledge, *steps)

    one = pledge("p1", needs[0], 6, ("offer", 15), ("accept", 20), ("agree", 30), offer=offer,
                 value_amount=Decimal(900), value_currency="EUR")  # fmt: skip
    two = pledge("p2", needs[0], 4, ("offer", 16), ("accept", 21), offer=offer)
    pledge("p3", needs[1], 4, ("offer", 17), ("decline", 18))
    pledge("p4", needs[1], 2, ("offer", 17), ("withdraw", 19))
    pledge("p5", needs[1], 2, ("offer", 17), ("accept", 18), ("lapse", 40))

    def delivery(ref: str, of: Pledge, quantity: int, day: int, *steps: tuple[str, int]) -> Delivery:
        row = Delivery(
            ref=ref,
            pledge=of,
            date=on(day),
            quantity=Decimal(quantity),
            value_amount=Decimal(50),
            value_currency="USD",
        )
        row = giving.record_delivery(row, actor=IMPORT, unit=unit)
        return moved(row, giving.move_delivery, *steps)

    came = delivery("d1", one, 2, 60, ("confirm", 66))
    delivery("d2", one, 4, 61, ("dispute", 62), ("confirm", 70))
    delivery("d3", two, 1, 63)
    two = moved(two, giving.move_pledge, ("cancel", 64))
    delivery("d4", two, 1, 64)
    pledge("p6", more, 3, ("offer", 65), redirected_from=two)
    with pytest.raises(Refused, match="of this need 2 places are left"):
        pledge("p7", needs[0], 3, ("offer", 65))
    giving.answer_follow_up(came, FollowUp(date=on(240), status="in-use"), actor=IMPORT, unit=unit)
    moved(one, giving.move_pledge, ("acknowledge", 71))

    money = Contribution(
        ref="c1",
        donor=nor,
        pledge=one,
        amount=Decimal(1130),
        currency="EUR",
        earmarking="soft",
        earmarked_state_id="AFG",
    )
    money = giving.announce_contribution(money, actor=IMPORT, unit=unit, at=on(20))
    money = moved(money, giving.move_contribution, ("agree", 25))
    lines = [
        ("receive", "receipt", 1000, 30, None), ("receive", "receipt", 130, 31, None), ("charge_psc", "psc", 130, 32, None),
        ("allocate", "allocation", 500, 40, needs[0]), ("refund", "refund", 100, 50, None),
    ]  # fmt: skip
    for move, kind, amount, day, need in lines:
        line = LedgerEntry(kind=kind, amount=Decimal(amount), need=need)
        giving.enter(money, move, line, actor=IMPORT, unit=unit, at=on(day))

    assessment = ImpactAssessment(ref="a1", request=first, findings="More was seized.", ratings={"impact": 4})
    assessment = asking.start_assessment(
        assessment, indicators=[Indicator(name="Seizures", baseline="3")], actor=IMPORT, unit=unit, at=on(100)
    )
    moved(assessment, asking.move_assessment, ("submit", 110), ("publish", 120))


def sequences() -> list[tuple[str, int]]:
    """Each sequence, and a number that it has not reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), coalesce(last_value, 0) + 1000 FROM pg_sequences WHERE schemaname = 'public'"
        )
        return cursor.fetchall()


def left_by(unit: Unit, who: Cast, start: list[tuple[str, int]]) -> dict[str, list[dict[str, Any]]]:
    """Every row and event of the year, told in the order of their ids; undone afterwards."""
    tables: list[type[models.Model]] = [*ORDER, CaseEvent, CaseHead, Counter]
    with transaction.atomic(), clock.frozen(NOW):
        with connection.cursor() as cursor:
            for name, number in start:
                cursor.execute("SELECT setval(%s, %s)", [name, number])
        a_year(unit, who)
        if isinstance(unit, Batch):
            unit.flush()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert list(findings()) == []
        left = {
            model.__name__: [contents(row) for row in model._default_manager.order_by("pk")]
            for model in tables
        }
        transaction.set_rollback(True)
    return left


def test_both_leave_the_same(who):
    start = sequences()
    direct, batch = left_by(DIRECT, who, start), left_by(Batch(ORDER), who, start)
    assert {name: len(rows) for name, rows in direct.items()} == {
        name: len(rows) for name, rows in batch.items()
    }
    assert len(direct["CaseEvent"]) > 60
    for name in direct:
        if name not in {"CaseEvent", "CaseHead"}:
            assert direct[name] == batch[name], name
    assert told(direct["CaseEvent"]) == told(batch["CaseEvent"])
    assert told(direct["CaseHead"]) == told(batch["CaseHead"])


def told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events and heads case by case, without their own ids: the order across cases says nothing."""
    return sorted(
        ({key: value for key, value in row.items() if key != "id"} for row in rows),
        key=lambda row: (row["case_type"], row["case_id"], row["sequence"]),
    )
