"""What happens after the cut-off changes nothing in what is frozen for an earlier day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from donors import services as giving
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.moments import parse
from reports.compile import packed, read
from reports.figures import compute
from reports.models import Session
from reports.services import enter_session
from requests_app import services as asking
from tests import cast
from tests.cast import assemble

pytestmark = pytest.mark.django_db

CUT_OFF = datetime(2026, 3, 31, 12, tzinfo=UTC)
AFTER = CUT_OFF + timedelta(days=5)


@pytest.fixture
def who():
    return assemble()


@pytest.fixture
def freeze():
    session = Session(number=71, start=parse("2026-01-01"), until=parse("2026-12-31"))
    enter_session(session, actor=SYSTEM)
    return lambda day=CUT_OFF: read(session, cut_off=day.date(), sample=True)


def amend(who, request, at, **columns):
    with clock.frozen(at):
        return asking.move_request(request, "amend", actor=who.afg_approver, facts={"needs": {"1": columns}})


def quantities(snapshot):
    return [need["quantity"] for request in snapshot["requests"] for need in request["needs"]]


def test_a_need_amended_after_the_cut_off_is_frozen_as_it_stood(who, freeze):
    with clock.frozen(CUT_OFF):
        request = cast.request_in(who, "open", quantities=("10", "7"), need={"needed_by": AFTER})
        pledge = cast.pledge_in(who, "accepted", need=request.needs.first(), quantity="10")
    before = freeze()
    amend(who, request, AFTER, quantity=Decimal(20), description="Another course", needed_by=None)
    amend(who, request, AFTER + timedelta(days=1), quantity=Decimal(30), place="Elsewhere")
    assert packed(freeze()) == packed(before)

    later = freeze(AFTER)
    assert quantities(later) == ["20", "7"]
    assert [need.get("needed_by") for need in later["requests"][0]["needs"]] == [None, "2026-04-05"]
    assert quantities(freeze(AFTER + timedelta(days=1))) == ["30", "7"]
    full = {figure.id: figure.records for figure in compute(freeze())}["needs.fulfilment.fully_pledged"]
    assert full == (f"{pledge.need.request.reference}-N1",)


def test_a_need_amended_before_the_cut_off_is_frozen_as_amended(who, freeze):
    with clock.frozen(CUT_OFF - timedelta(days=9)):
        request = cast.request_in(who, "open")
    amend(who, request, CUT_OFF, quantity=Decimal(20))
    assert quantities(freeze()) == ["20"]
    assert quantities(freeze(CUT_OFF - timedelta(days=1))) == ["10"]


def test_a_delivery_corrected_after_the_cut_off_is_frozen_as_it_stood(who, freeze):
    with clock.frozen(CUT_OFF):
        delivery = cast.delivery_in(who, "disputed", pledge=cast.pledge_in(who, "agreed"), quantity="4")
    before = freeze()
    assert before["deliveries"][0]["disputed"] == {"date": "2026-03-31", "reason": "Two did not come"}
    with clock.frozen(AFTER):
        giving.move_delivery(delivery, "correct", actor=who.nor_officer, facts={"quantity": Decimal(3)})
        again = {"reason": "One more did not come"}
        giving.move_delivery(delivery, "dispute", actor=who.afg_focal_point, facts=again)
        giving.move_delivery(delivery, "correct", actor=who.nor_officer, facts={"quantity": Decimal(2)})
        giving.move_delivery(delivery, "confirm", actor=who.afg_focal_point)
    assert packed(freeze()) == packed(before)
    later = freeze(AFTER)["deliveries"][0]
    assert (later["quantity"], later["disputed"]["reason"]) == ("2", "One more did not come")


@pytest.mark.parametrize(("cancelled", "stands"), [(CUT_OFF, False), (AFTER, True)])
def test_a_contribution_counts_until_the_day_on_which_it_is_cancelled(who, freeze, cancelled, stands):
    with clock.frozen(CUT_OFF - timedelta(days=9)):
        contribution = cast.contribution_in(who, "announced")
    with clock.frozen(cancelled):
        giving.move_contribution(
            contribution, "cancel", actor=who.finance_officer, facts={"reason": "Taken back (sample)"}
        )
    assert bool(freeze()["contributions"]) is stands
