"""Any sequence of moves by anyone: rules 1, 2, 3 and 7 hold after each, and nothing fails but in words."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from donors import services as giving
from donors.models import Contribution, Delivery, LedgerEntry, Pledge
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.errors import DomainError
from requests_app import services as asking
from requests_app.models import AssistanceRequest, Need
from tests import cast
from tests.cast import Cast
from tests.moves import THINGS, go

pytestmark = pytest.mark.django_db

QUANTITY = st.sampled_from(["1", "2", "3.5", "0.0001", "5", "10", "0", "-1"])
AMOUNT = st.sampled_from(["1", "50.01", "100", "330", "1000", "1130", "0", "-5", "0.001"])
NUMBER = st.integers(0, 30)
DAY = st.integers(-4, 1)
HELD = {"offered", "accepted", "agreed", "delivering", "delivered", "acknowledged"}
ACTORS = (
    "afg_focal_point", "afg_approver", "ken_approver", "nor_officer", "nor_approver", "other_approver", "case_officer",
    "finance_officer", "second_finance_officer", "auditor", "public",
)  # fmt: skip
MODELS = {"request": AssistanceRequest, "pledge": Pledge, "delivery": Delivery, "contribution": Contribution}
STEPS = [
    (name, move)
    for name in MODELS
    for move in sorted(THINGS[name].moves)
    if not (name == "contribution" and move in {*cast.KIND_OF, "reverse"}) and move != "record_delivery"
]


class Lives(RuleBasedStateMachine):
    """Several actors, right or wrong, on few records, so that they meet."""

    who: ClassVar[Cast]

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.events = 0
        request = cast.request_in(self.who, "open", quantities=("10", "5"))
        needs = list(request.needs.order_by("number"))
        cast.pledge_in(self.who, "agreed", need=needs[0], quantity="6")
        cast.contribution_in(self.who, "received")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def one(self, model: Any, number: int) -> Any:
        pks = list(model.objects.order_by("pk").values_list("pk", flat=True))
        return model.objects.get(pk=pks[number % len(pks)]) if pks else None

    def attempt(self, call: Any) -> None:
        """A call that may be refused, but only in words."""
        reasons = ["-"]
        try:
            call()
        except DomainError as error:
            reasons = [refusal.reason for refusal in error.refusals]
        assert reasons
        assert all(reasons)

    @rule(quantity=QUANTITY, joint=st.booleans())
    def ask(self, quantity: str, joint: bool) -> None:
        self.attempt(lambda: cast.draft(self.who, quantities=(quantity,), joint=["TJK"] if joint else []))

    @rule(number=NUMBER)
    def join(self, number: int) -> None:
        request = self.one(AssistanceRequest, number)
        self.attempt(
            lambda: asking.confirm_joint_request(request, note_verbale="NV", actor=self.who.tjk_approver)
        )

    @rule(number=NUMBER)
    def accept_more(self, number: int) -> None:
        need = self.one(Need, number)
        if number % 5 == 0:
            self.attempt(lambda: asking.accept_surplus(need, words="gladly", actor=self.who.afg_approver))

    @rule(number=NUMBER, quantity=QUANTITY, offered=st.booleans(), to_kenya=st.booleans())
    def promise(self, number: int, quantity: str, offered: bool, to_kenya: bool) -> None:
        need = None if to_kenya and number % 4 == 0 else self.one(Need, number)
        columns = {"state_id": "KEN"} if need is None else {}

        def call() -> None:
            pledge = giving.begin_pledge(
                cast.new_pledge(self.who, need, quantity, **columns), actor=self.who.nor_officer
            )
            if offered:
                giving.move_pledge(pledge, "offer", actor=self.who.nor_approver)

        self.attempt(call)

    @rule(number=NUMBER, quantity=QUANTITY, day=DAY)
    def deliver(self, number: int, quantity: str, day: int) -> None:
        pledge = self.one(Pledge, number)
        moment = clock.now() + timedelta(days=day if number % 3 else 0)
        row = Delivery(pledge=pledge, quantity=Decimal(quantity), date=moment)
        self.attempt(lambda: giving.record_delivery(row, actor=self.who.nor_officer))

    @rule(step=st.sampled_from(STEPS), number=NUMBER, stranger=st.sampled_from((None, None, None, *ACTORS)))
    def move(self, step: tuple[str, str], number: int, stranger: str | None) -> None:
        name, move = step
        record = self.one(MODELS[name], number)
        if record is not None:
            actor = getattr(self.who, stranger) if stranger else None
            self.attempt(lambda: go(self.who, name, record, move, actor=actor))

    @rule(number=NUMBER, quantity=QUANTITY)
    def correct(self, number: int, quantity: str) -> None:
        delivery = self.one(Delivery, number)
        if delivery is not None:
            facts = {"quantity": Decimal(quantity)}
            self.attempt(
                lambda: giving.move_delivery(delivery, "correct", actor=self.who.nor_officer, facts=facts)
            )

    @rule(number=NUMBER, move=st.sampled_from(sorted(cast.KIND_OF)), amount=AMOUNT, day=DAY)
    def enter(self, number: int, move: str, amount: str, day: int) -> None:
        contribution = self.one(Contribution, number)
        need = self.one(Need, number) if move == "allocate" else None
        at = clock.now() + timedelta(days=day if number % 3 else 0)
        self.attempt(lambda: cast.entry(self.who, contribution, move, amount, at=at, need=need))

    @rule(number=NUMBER)
    def take_back(self, number: int) -> None:
        origin = self.one(LedgerEntry, number)
        if origin is not None:
            self.attempt(lambda: cast.reversal(self.who, origin))

    @rule(received=st.booleans())
    def give_money(self, received: bool) -> None:
        if Contribution.objects.count() < 4:
            self.attempt(lambda: cast.contribution_in(self.who, "received" if received else "agreed"))

    @invariant()
    def the_database_agrees(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def rules_1_and_2(self) -> None:
        came: dict[int, Decimal] = defaultdict(Decimal)
        for delivery in Delivery.objects.exclude(status="void"):
            came[delivery.pledge_id] += delivery.quantity
        held: dict[int, Decimal] = defaultdict(Decimal)
        for pledge in Pledge.objects.all():
            assert came[pledge.pk] <= pledge.quantity
            if pledge.need_id:
                held[pledge.need_id] += (
                    pledge.quantity
                    if pledge.status in HELD
                    else came[pledge.pk]
                    if pledge.status == "cancelled"
                    else 0
                )
        for need in Need.objects.filter(surplus_accepted=""):
            assert held[need.pk] <= need.quantity

    @invariant()
    def rule_3(self) -> None:
        for contribution in Contribution.objects.all():
            lines = list(contribution.entries.all())
            for day in sorted({line.date.date() for line in lines}):
                total: dict[str, Decimal] = defaultdict(Decimal)
                for line in lines:
                    if line.date.date() <= day:
                        total[line.kind] += -line.amount if line.reverses_id else line.amount
                money = total["receipt"] - total["refund"]
                assert money - total["psc"] - total["allocation"] >= 0
                assert total["allocation"] * (100 + contribution.psc_rate) <= money * 100

    @invariant()
    def rule_7(self) -> None:
        assert list(findings()) == []
        events = CaseEvent.objects.count()
        assert events >= self.events
        self.events = events


def live(who: Cast, **bounds: Any) -> None:
    Lives.who = who
    run_state_machine_as_test(
        Lives,
        settings=settings(
            deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False, **bounds
        ),
    )


def test_whatever_anyone_does_the_rules_hold(who):
    live(who, max_examples=8, stateful_step_count=20, derandomize=True)


@pytest.mark.audit
def test_whatever_anyone_does_at_length_the_rules_hold(who):
    live(who, max_examples=60, stateful_step_count=60)
