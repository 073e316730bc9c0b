"""Several at the same moment, on PostgreSQL: what is promised to one is not promised to another."""

import threading
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from donors import services as giving
from donors.models import Contribution, Delivery, LedgerEntry, Pledge
from donors.rules.contributions import balances
from portal.audit.models import CaseEvent
from portal.audit.services import take_root
from portal.audit.verify import findings
from portal.core import clock
from portal.core.db import repeatable_read
from portal.core.errors import Conflict, DomainError, Refused
from portal.core.reference import next_number
from requests_app import services as asking
from requests_app.models import AssistanceRequest, Need
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]], *, threads: int = 16) -> list[Any]:
    """Results of calls begun together, in their order; an exception is a result."""
    results: list[Any] = [None] * len(calls)
    gate = threading.Barrier(min(threads, len(calls)))
    todo = iter(range(len(calls)))
    take = threading.Lock()

    def work() -> None:
        gate.wait()
        try:
            while True:
                with take:
                    number = next(todo, None)
                if number is None:
                    return
                try:
                    results[number] = calls[number]()
                except Exception as error:  # noqa: BLE001 - what went wrong is what is looked at
                    results[number] = error
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(gate.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results


def unexpected(results: Sequence[Any]) -> list[Any]:
    return [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]


def held(need: Need) -> Decimal:
    return sum((p.quantity for p in Pledge.objects.filter(need=need, status="offered")), Decimal(0))


def test_64_pledges_for_the_last_units_of_one_need():
    who = cast.assemble()
    need = cast.request_in(who, "open", quantities=("10",)).needs.get()
    drafts = [cast.pledge_in(who, "draft", need=need, quantity=str(1 + n % 3)) for n in range(64)]
    results = at_once(
        [lambda p=p: giving.move_pledge(p, "offer", actor=who.nor_approver) for p in drafts], threads=32
    )
    assert unexpected(results) == []
    losers = [r for r in results if isinstance(r, Refused)]
    winners = [r for r in results if isinstance(r, Pledge)]
    assert len(losers) + len(winners) == 64
    assert held(need) == sum(p.quantity for p in winners) == 10
    assert all("of this need" in str(r) and "left" in str(r) for r in losers)
    assert len({p.reference for p in winners}) == len(winners)
    assert list(findings()) == []


def test_promises_begun_and_made_at_once_do_not_stop_each_other():
    who = cast.assemble()
    need = cast.request_in(who, "open", quantities=("12",)).needs.get()
    offer = cast.offer_in(who, "published", quantity=Decimal(100))

    def whole(number: int) -> Pledge:
        fresh = Need.objects.get(pk=need.pk)
        pledge = cast.new_pledge(who, fresh, "1", offer=offer if number % 2 else None)
        pledge = giving.begin_pledge(pledge, actor=who.nor_officer)
        return giving.move_pledge(pledge, "offer", actor=who.nor_approver)

    def announced(number: int) -> Pledge:
        fresh = Need.objects.get(pk=need.pk)
        pledge = cast.new_pledge(who, fresh, "1", source=f"statement {number}")
        return giving.begin_pledge(pledge, announced=True, actor=who.case_officer)

    results = at_once([lambda n=n: (whole if n % 3 else announced)(n) for n in range(24)])
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)] == []
    assert held(need) == 12
    assert list(findings()) == []


def test_of_an_offer_no_more_is_taken_than_is_free():
    who = cast.assemble()
    offer = cast.offer_in(who, "published", quantity=Decimal(10))
    drafts = [cast.pledge_in(who, "draft", offer=offer, quantity="6") for _ in range(2)]
    results = at_once([lambda p=p: giving.move_pledge(p, "offer", actor=who.nor_approver) for p in drafts])
    assert Tally(type(r).__name__ for r in results) == {"Pledge": 1, "Refused": 1}
    (loser,) = [r for r in results if isinstance(r, Refused)]
    assert "of this offer 4 places are free, and the pledge takes 6" in str(loser)
    offer.refresh_from_db()
    assert offer.status == "partly_taken"
    assert list(findings()) == []


def test_pledges_offered_redirected_and_released_at_once_do_not_stop_each_other():
    """Each takes the request, the need, the offer, the pledge and then the number, whatever it does."""
    who = cast.assemble()
    requests = [cast.request_in(who, "open", quantities=("20", "20")) for _ in range(2)]
    offers = [cast.offer_in(who, "published", quantity=Decimal(100)) for _ in range(2)]
    other = cast.request_in(who, "open", quantities=("50",)).needs.get()

    def pledge(status: str, number: int) -> Pledge:
        need = requests[number % 2].needs.order_by("number")[number // 2 % 2]
        return cast.pledge_in(who, status, need=need, offer=offers[(number + number // 2) % 2], quantity="1")

    def redirect(number: int) -> Callable[[], Any]:
        row = pledge("accepted", number)
        facts = {"reason": "moved", "notice": "NV 1"}
        return lambda: giving.redirect_pledge(
            row, to=Need.objects.get(pk=other.pk), actor=who.nor_approver, facts=facts
        )

    def offered(number: int) -> Callable[[], Any]:
        row = pledge("draft", number)
        return lambda: giving.move_pledge(row, "offer", actor=who.nor_approver)

    calls = [make(number) for number in range(8) for make in (offered, redirect)]
    calls[6:6] = [
        lambda r=r: asking.move_request(r, "withdraw", actor=who.afg_approver, facts={"reason": "settled"})
        for r in requests
    ]
    results = at_once(calls, threads=12)
    assert unexpected(results) == []
    assert [r for r in results if isinstance(r, Conflict) and "try again" in str(r)] == []
    assert sum(isinstance(r, AssistanceRequest) for r in results) == 2
    assert list(findings()) == []


def test_16_writers_of_one_ledger():
    who = cast.assemble()
    contribution = cast.contribution_in(who, "received")
    need = cast.request_in(who, "open").needs.get()

    def write(number: int) -> LedgerEntry:
        move = ("allocate", "charge_psc", "refund", "allocate")[number % 4]
        return cast.entry(
            who, Contribution.objects.get(pk=contribution.pk), move, "90",
            need=Need.objects.get(pk=need.pk) if move == "allocate" else None,
        )  # fmt: skip

    results = at_once([lambda n=n: write(n) for n in range(32)], threads=16)
    assert unexpected(results) == []
    assert all(isinstance(r, Refused | LedgerEntry) for r in results)
    entries = list(LedgerEntry.objects.filter(contribution=contribution).order_by("pk"))
    assert len(entries) == 1 + sum(isinstance(r, LedgerEntry) for r in results) > 4
    assert list(balances(entries, contribution.psc_rate)) == []
    assert list(findings()) == []


def test_requests_of_one_state_submitted_at_once_are_numbered_without_gap():
    who = cast.assemble()
    drafts = [cast.request_in(who, "approval") for _ in range(15)]
    refused = cast.request_in(who, "approval")
    AssistanceRequest.objects.filter(pk=refused.pk).update(note_verbale_number="")
    results = at_once(
        [lambda r=r: asking.move_request(r, "submit", actor=who.afg_approver) for r in [*drafts, refused]]
    )
    assert [type(r).__name__ for r in results].count("Refused") == 1
    year = clock.today().year
    given = sorted(
        AssistanceRequest.objects.filter(reference__isnull=False).values_list("reference", flat=True)
    )
    assert given == [f"TA-{year}-AFG-{n:04d}" for n in range(1, 16)]


def test_a_move_made_twice_at_once_is_made_once():
    who = cast.assemble()
    request = cast.request_in(who, "approval")
    results = at_once(
        [lambda: asking.move_request(request, "submit", actor=who.afg_approver) for _ in range(8)]
    )
    assert Tally(type(r).__name__ for r in results) == {"AssistanceRequest": 1, "Conflict": 7}
    assert CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="submit").count() == 1


def test_two_who_decide_on_the_same_version():
    who = cast.assemble()
    pledge = cast.pledge_in(who, "offered")
    version = pledge.version
    results = at_once(
        [
            lambda: giving.move_pledge(pledge, "accept", actor=who.afg_approver, version=version),
            lambda: giving.move_pledge(
                pledge, "decline", actor=who.afg_approver, facts={"reason": "late"}, version=version
            ),
            lambda: giving.move_pledge(pledge, "withdraw", actor=who.nor_approver, version=version),
        ]
    )
    assert Tally(type(r).__name__ for r in results) == {"Pledge": 1, "Conflict": 2}


def test_who_decides_on_an_old_version_is_told_both():
    who = cast.assemble()
    pledge = cast.pledge_in(who, "offered")
    with pytest.raises(Conflict, match=rf"{pledge.version}\b.*\b{pledge.version - 1}\b"):
        giving.move_pledge(pledge, "accept", actor=who.afg_approver, version=pledge.version - 1)


def test_deliveries_entered_at_once_stay_inside_the_pledge():
    who = cast.assemble()
    pledge = cast.pledge_in(who, "agreed", quantity="10")

    def record() -> Delivery:
        return giving.record_delivery(
            Delivery(pledge=Pledge.objects.get(pk=pledge.pk), quantity=Decimal(3), date=clock.now()),
            actor=who.nor_officer,
        )

    results = at_once([record for _ in range(12)])
    assert Tally(type(r).__name__ for r in results) == {"Delivery": 3, "Refused": 9}
    assert list(findings()) == []


def test_mixed_moves_on_one_request_do_not_stop_each_other():
    who = cast.assemble()
    request = cast.request_in(who, "open", quantities=("6", "6"))
    needs = list(request.needs.order_by("number"))
    offered = [cast.pledge_in(who, "offered", need=needs[n % 2], quantity="1") for n in range(6)]
    agreed = [cast.pledge_in(who, "agreed", need=needs[n % 2], quantity="1") for n in range(4)]
    contribution = cast.contribution_in(who, "received")
    calls: list[Callable[[], Any]] = []
    for pledge in offered:
        calls += [lambda p=pledge: giving.move_pledge(p, "accept", actor=who.afg_approver),
                  lambda p=pledge: giving.move_pledge(p, "withdraw", actor=who.nor_approver)]  # fmt: skip
    for pledge in agreed:
        calls += [
            lambda p=pledge: cast.delivery_in(
                who, "confirmed", pledge=Pledge.objects.get(pk=p.pk), quantity="1"
            ),
            lambda p=pledge: giving.move_pledge(
                p, "cancel", actor=who.nor_approver, facts={"reason": "funds"}
            ),
        ]
    for need in needs:
        calls += [lambda n=need: cast.entry(who, contribution, "allocate", "10", need=Need.objects.get(pk=n.pk)),
                  lambda n=need: cast.pledge_in(who, "accepted", need=Need.objects.get(pk=n.pk), quantity="1")]  # fmt: skip
    calls.append(lambda: asking.move_request(request, "withdraw", actor=who.afg_approver))
    results = at_once(calls, threads=12)
    assert unexpected(results) == []
    assert [r for r in results if isinstance(r, Conflict) and "try again" in str(r)] == []
    assert list(findings()) == []


def waits_for_writers() -> bool:
    """Whether somebody waits for those who write events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_root_covers_no_event_that_comes_after_it():
    """One writer has its event's number and has not committed; another has the next number and has."""
    who = cast.assemble()
    begun, going = threading.Event(), threading.Event()

    def slow() -> bool:
        with transaction.atomic():
            cast.draft(who)
            begun.set()
            going.wait(20)
            return any(waits_for_writers() for _ in range(3000))

    def root() -> Any:
        begun.wait(20)
        cast.draft(who)
        going.set()
        return take_root()

    waited, taken = at_once([slow, root])
    assert waited is True
    assert taken.through == CaseEvent.objects.latest("pk").pk
    assert list(findings()) == []


def test_the_record_can_be_verified_while_others_write():
    who = cast.assemble()
    results = at_once(
        [lambda: call_command("verify_audit", stdout=StringIO(), stderr=StringIO())]
        + [lambda: cast.pledge_in(who, "accepted") for _ in range(4)]
        + [lambda: call_command("verify_audit", stdout=StringIO(), stderr=StringIO()) for _ in range(3)],
        threads=6,
    )
    assert [r for r in results if isinstance(r, Exception)] == []


def test_one_snapshot_for_every_query_inside():
    with repeatable_read():
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("repeatable read",)
        with pytest.raises(Exception, match="read-only"):
            next_number("T")
