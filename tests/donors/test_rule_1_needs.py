"""Rule 1: a need is not held beyond its quantity, unless its State has said in words that it takes more."""

from decimal import Decimal

import pytest

from donors import services as giving
from donors.models import Pledge
from donors.rules import holding
from portal.audit.verify import findings
from portal.core.actor import IMPORT
from portal.core.errors import NotAllowed, Refused
from portal.core.unit import DIRECT
from requests_app import services as asking
from requests_app.models import Need
from tests import cast
from tests.past import refused, sql

pytestmark = pytest.mark.django_db

HELD = {"offered", "accepted", "agreed", "delivering", "delivered", "acknowledged"}


@pytest.fixture
def need(who):
    return cast.request_in(who, "open").needs.get()


@pytest.mark.parametrize("status", [*cast.PLEDGE_PATH, "announced"])
def test_what_holds_a_need(who, need, status):
    pledge = cast.pledge_in(who, status, need=need, quantity="7")
    assert holding.held(need, DIRECT) == (7 if status in HELD else 0)
    rest = cast.new_pledge(who, need, "4", kind="cash", channel="direct")
    rest = giving.begin_pledge(rest, actor=who.nor_officer)
    if status in HELD:
        with pytest.raises(Refused, match=r"of this need 3 places are left, and the pledge covers 4"):
            giving.move_pledge(rest, "offer", actor=who.nor_approver)
    else:
        giving.move_pledge(rest, "offer", actor=who.nor_approver)
    assert pledge.need_id == need.pk


def test_what_a_cancelled_pledge_delivered_stays_held(who, need):
    pledge = cast.pledge_in(who, "agreed", need=need, quantity="10")
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="3")
    void = cast.delivery_in(who, "void", pledge=pledge, quantity="2")
    giving.move_pledge(pledge, "cancel", actor=who.nor_approver, facts={"reason": "no funds"})
    assert holding.held(need, DIRECT) == 3
    cast.pledge_in(who, "offered", need=need, quantity="7")
    with pytest.raises(Refused, match="of this need 0 places are left"):
        cast.pledge_in(who, "offered", need=need, quantity="0.0001")
    refused(
        "a_need_is_not_held_beyond_its_quantity",
        "UPDATE donors_delivery SET status = 'recorded' WHERE id = %s",
        void.pk,
    )


def test_only_the_state_takes_more_and_in_words(who, need):
    cast.pledge_in(who, "offered", need=need, quantity="10")
    for person, actor in who.everyone():
        if person != "afg_approver":
            with pytest.raises(NotAllowed):
                asking.accept_surplus(need, words="as many as you can", actor=actor)
    with pytest.raises(Refused, match="in words"):
        asking.accept_surplus(need, words=" ", actor=who.afg_approver)
    asking.accept_surplus(need, words="as many as you can", actor=who.afg_approver)
    cast.pledge_in(who, "offered", need=Need.objects.get(pk=need.pk), quantity="5")
    refused(
        "a_need_is_not_held_beyond_its_quantity",
        "UPDATE requests_app_need SET surplus_accepted = '' WHERE id = %s",
        need.pk,
    )


def test_past_the_services(who, need):
    first = cast.pledge_in(who, "accepted", need=need, quantity="6")
    second = cast.pledge_in(who, "offered", need=need, quantity="4")
    lapsed = cast.pledge_in(who, "lapsed", need=cast.request_in(who, "open").needs.get(), quantity="1")
    name = "a_need_is_not_held_beyond_its_quantity"
    refused(name, "UPDATE donors_pledge SET quantity = 6.0001 WHERE id = %s", first.pk)
    refused(name, "UPDATE requests_app_need SET quantity = 9.9999 WHERE id = %s", need.pk)
    refused(
        name, "UPDATE donors_pledge SET status = 'accepted', need_id = %s WHERE id = %s", need.pk, lapsed.pk
    )
    refused(
        "a_pledge_is_in_the_unit_of_its_need",
        "UPDATE donors_pledge SET unit_id = 'days' WHERE id = %s",
        second.pk,
    )
    refused(
        "a_pledge_is_in_the_unit_of_its_need",
        "UPDATE requests_app_need SET unit_id = 'days' WHERE id = %s",
        need.pk,
    )
    refused("need_quantity_positive", "UPDATE requests_app_need SET quantity = 'NaN' WHERE id = %s", need.pk)
    refused("pledge_quantity_positive", "UPDATE donors_pledge SET quantity = 'NaN' WHERE id = %s", first.pk)
    refused("pledge_quantity_positive", "UPDATE donors_pledge SET quantity = 0 WHERE id = %s", first.pk)
    columns = [f.column for f in Pledge._meta.concrete_fields if f.column not in {"id", "reference"}]
    names = ", ".join(columns)
    refused(
        name,
        f"INSERT INTO donors_pledge ({names}) SELECT {names} FROM donors_pledge WHERE id = %s",
        second.pk,
    )
    assert sql("UPDATE donors_pledge SET status = 'declined' WHERE id = %s", second.pk) == 1


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "1.00001", "1e15"])
def test_a_quantity_is_a_number_that_the_portal_can_hold(who, need, quantity):
    pledge = cast.new_pledge(who, need, quantity)
    with pytest.raises(Refused) as error:
        giving.begin_pledge(pledge, actor=who.nor_officer)
    assert error.value.refusals[0].field == "quantity"
    assert not Pledge.objects.exists()


def test_who_does_not_see_the_need_does_not_pledge_for_it(who):
    hidden = cast.request_in(who, "submitted").needs.get()
    with pytest.raises(Refused, match="there is no such need"):
        giving.begin_pledge(cast.new_pledge(who, hidden), actor=who.nor_officer)
    draft = cast.draft(who).needs.get()
    announced = cast.new_pledge(who, draft, source="a statement")
    with pytest.raises(Refused, match="there is no such need"):
        giving.begin_pledge(announced, announced=True, actor=who.case_officer)
    assert not Pledge.objects.exists()


def test_announced_or_drafted_with_sums_that_are_none(who, need):
    for columns, field in (
        ({"value_amount": Decimal("1.5"), "value_currency": "JPY"}, "value"),
        ({"value_amount": Decimal("1.5"), "value_currency": "XXY"}, "value"),
        ({"value_amount": Decimal(-1), "value_currency": "USD"}, "value"),
    ):
        for announced, actor in ((True, who.case_officer), (False, who.nor_officer)):
            with pytest.raises(Refused) as error:
                giving.begin_pledge(
                    cast.new_pledge(who, need, source="a statement", **columns),
                    announced=announced,
                    actor=actor,
                )
            assert [r.field for r in error.value.refusals] == [field]
    with pytest.raises(Refused, match="name the source"):
        giving.begin_pledge(cast.new_pledge(who, need), announced=True, actor=who.case_officer)
    for said, field in (
        ({"need": None, "source": "a statement"}, "state"),
        ({"kind": "cash", "channel": "through-unodc", "source": "a statement"}, "value"),
    ):
        columns = {"need": need} | said
        pledge = cast.new_pledge(who, columns.pop("need"), **columns)
        by_donor = field == "value"
        with pytest.raises(Refused) as error:
            giving.begin_pledge(
                pledge, announced=not by_donor, actor=who.nor_officer if by_donor else who.case_officer
            )
        assert [r.field for r in error.value.refusals] == [field]
        pledge = cast.new_pledge(who, pledge.need, **columns)
        assert giving.begin_pledge(pledge, announced=not by_donor, actor=IMPORT).pk
    loan = giving.begin_pledge(cast.new_pledge(who, need), actor=who.nor_officer)
    loan.refresh_from_db()
    refused("pledge_loan_is_cash", "UPDATE donors_pledge SET finance = 'loan' WHERE id = %s", loan.pk)


GOES = {"reason": "the site is not ready", "notice": "letter of 3 May"}


def test_what_is_left_of_a_pledge_goes_to_another_need(who, need):
    other = cast.request_in(who, "open", quantities=("8",)).needs.get()
    pledge = cast.pledge_in(who, "agreed", need=need, joint=[who.other_officer.organisation])
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="3")
    with pytest.raises(NotAllowed):
        giving.redirect_pledge(pledge, to=other, actor=who.nor_officer, facts=GOES)
    rest = giving.redirect_pledge(pledge, to=other, actor=who.nor_approver, facts=GOES)
    pledge.refresh_from_db()
    assert (pledge.status, rest.status, rest.quantity, rest.redirected_from_id) == (
        "cancelled",
        "offered",
        7,
        pledge.pk,
    )
    assert [row.organisation for row in rest.joint_donors.all()] == [who.other_officer.organisation]
    assert (holding.held(need, DIRECT), holding.held(other, DIRECT)) == (3, 7)
    assert list(findings()) == []


def test_a_redirect_that_finds_no_room_cancels_nothing(who, need):
    full = cast.request_in(who, "open", quantities=("9",)).needs.get()
    elsewhere = cast.request_in(who, "open", need={"unit_id": "days"}).needs.get()
    pledge = cast.pledge_in(who, "agreed", need=need)
    for to, words in (
        (full, "of this need 9 places"),
        (elsewhere, "the unit is not"),
        (need, "to another need"),
    ):
        with pytest.raises(Refused, match=words):
            giving.redirect_pledge(pledge, to=to, actor=who.nor_approver, facts=GOES)
    pledge.refresh_from_db()
    assert pledge.status == "agreed"
    assert Pledge.objects.filter(redirected_from=pledge).count() == 0


def test_who_cancels_for_a_donor_names_its_notice(who, need):
    pledge = cast.pledge_in(who, "accepted", need=need)
    with pytest.raises(Refused, match="name the notice"):
        giving.move_pledge(pledge, "cancel", actor=who.case_officer, facts={"reason": "no funds"})
    giving.move_pledge(pledge, "cancel", actor=who.case_officer, facts=GOES)
