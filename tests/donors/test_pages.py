"""Offers, pledges, deliveries and contributions made through their pages, each with what they refuse."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from donors import selectors
from donors.models import Contribution, Delivery, EntryProposal, FollowUp, LedgerEntry, Offer, Pledge
from portal.audit.models import CaseEvent
from portal.core import clock
from requests_app.models import Need
from tests import cast
from tests.site import NOR, STAFF, client_of, key_of

pytestmark = pytest.mark.django_db


def hidden(html, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


def opened(client, address):
    """What the form of a page sends along."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    html = answer.content.decode()
    return {name: hidden(html, name) for name in ("key", "author", "version")}


def send(client, address, **fields):
    return client.post(address, opened(client, address) | fields)


def day(name, value):
    return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}


def move_url(thing, record, move):
    return reverse(f"donors:{thing}_move", args=[key_of(record), move])


def fresh(record):
    return type(record).objects.get(pk=record.pk)


PROMISE = {
    "kind": "in-kind", "channel": "direct", "description": "A course of two weeks", "quantity": "10",
}  # fmt: skip


# pledges


def test_a_pledge_in_eight_pages_from_the_home(who):
    need = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_approver)
    needs, page = reverse("requests:needs"), reverse("requests:need", args=[str(need)])
    loads = [client.get(reverse("web:front")), client.get(needs), client.get(needs, {"form": "training"})]
    assert page in loads[-1].content.decode()
    loads.append(client.get(page))
    form = reverse("donors:pledge_need", args=[str(need)])
    assert form in loads[-1].content.decode()
    loads.append(client.get(form))
    html = loads[-1].content.decode()
    assert "Left to pledge: 10 of 10" in html and "is not counted as committed until" in html
    data = {name: hidden(html, name) for name in ("key", "author")} | PROMISE | {
        "value_amount": "12,000.50", "value_currency": "EUR", "conditions": "Travel is paid by the State",
    }  # fmt: skip
    check = client.post(form, data)["Location"]
    loads.append(client.get(check))
    html = loads[-1].content.decode()
    assert "A course of two weeks" in html and "12,000.50" in html
    done = client.post(check, {name: hidden(html, name) for name in ("key", "author", "version")})
    loads.append(client.get(done["Location"]))
    assert [answer.status_code for answer in loads] == [200] * 7
    assert len(loads) <= 8
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.quantity, pledge.value_amount) == ("offered", 10, Decimal("12000.5"))
    assert "not yet counted as committed" in loads[-1].content.decode()
    assert "not counted as committed until the State accepts" in loads[-1].content.decode()


def test_an_officer_drafts_and_changes_and_an_approver_offers(who):
    need = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_officer)
    other = who.other_officer.organisation
    answer = send(client, reverse("donors:pledge_need", args=[str(need)]), **PROMISE, joint_1=str(other.pk))
    pledge = Pledge.objects.get()
    assert answer["Location"] == reverse("donors:pledge", args=[key_of(pledge)])
    html = client.get(answer["Location"]).content.decode()
    assert "An approver of your organisation can offer it now" in html
    assert move_url("pledge", pledge, "offer") not in html
    assert client.get(move_url("pledge", pledge, "offer")).status_code == 403
    assert [row.organisation for row in pledge.joint_donors.all()] == [other]
    edit = reverse("donors:pledge_edit", args=[key_of(pledge)])
    html = client.get(edit).content.decode()
    assert "A course of two weeks" in html and f'value="{other.pk}" selected' in html
    send(client, edit, **PROMISE | {"quantity": "4", "description": "Four places"})
    pledge = fresh(pledge)
    assert (pledge.quantity, pledge.description, pledge.joint_donors.count()) == (4, "Four places", 0)
    assert CaseEvent.objects.filter(case_type="pledge", case_id=pledge.pk, move="revised").count() == 1
    typed = opened(client, edit) | PROMISE | {"description": "Typed meanwhile"}
    send(client_of(who.nor_approver), move_url("pledge", pledge, "offer"))
    assert fresh(pledge).status == "offered"
    answer = client.post(edit, typed)
    assert answer.status_code == 409
    answer = client.get(reverse("donors:pledge", args=[f"draft-{pledge.pk}"]))
    assert answer["Location"] == reverse("donors:pledge", args=[fresh(pledge).reference])
    assert "Only a draft is changed" in client.get(edit).content.decode()


def test_what_is_wrong_with_a_pledge_stands_beside_its_field(who):
    need = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_officer)
    address = reverse("donors:pledge_need", args=[str(need)])
    wrong = PROMISE | {"finance": "loan", "value_amount": "5", "quantity": "ten", "window_from": "2027-02-03",
                       "window_until": "2027-02-02"}  # fmt: skip
    answer = send(client, address, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "A loan is in cash",
        "Give the amount with its currency",
        "Enter a number",
        "must not be before",
    ):
        assert html.count(words) >= 2, words
    assert "A course of two weeks" in html
    assert not Pledge.objects.exists()


def test_a_need_that_is_covered_or_closed_takes_no_pledge(who):
    pledge = cast.pledge_in(who, "offered")
    client = client_of(who.other_officer)
    address = reverse("donors:pledge_need", args=[str(pledge.need)])
    assert "nothing is left to pledge" in client.get(address).content.decode()
    assert address not in client.get(reverse("requests:need", args=[str(pledge.need)])).content.decode()
    closed = cast.request_in(who, "closed").needs.get()
    html = client.get(reverse("donors:pledge_need", args=[str(closed)])).content.decode()
    assert "the request of this need is not open" in html.lower().replace("the request", "the request")
    hidden_need = cast.request_in(who, "under_review").needs.get()
    assert client.get(reverse("donors:pledge_need", args=[str(hidden_need)])).status_code == 404


def test_more_than_is_left_is_told_with_the_number_and_nothing_is_lost(who):
    need = cast.request_in(who, "open").needs.get()
    cast.pledge_in(who, "offered", need=need, quantity="7")
    pledge = cast.pledge_in(who, "draft", need=need, quantity="4")
    client = client_of(who.nor_approver)
    html = client.get(move_url("pledge", pledge, "offer")).content.decode()
    assert "Of this need 3 places are left, and the pledge covers 4" in html
    assert reverse("donors:pledge_edit", args=[key_of(pledge)]) in html
    assert client.post(move_url("pledge", pledge, "offer"), {"version": "1"}).status_code == 422
    assert fresh(pledge).status == "draft"


def test_a_stale_version_keeps_what_was_typed(who):
    pledge = cast.pledge_in(who, "draft")
    client = client_of(who.nor_officer)
    edit = reverse("donors:pledge_edit", args=[key_of(pledge)])
    data = opened(client, edit) | PROMISE | {"description": "My own words"}
    send(client_of(who.nor_approver), edit, **PROMISE | {"description": "Other words"})
    answer = client.post(edit, data)
    assert answer.status_code == 409
    assert "My own words" in answer.content.decode()
    assert fresh(pledge).description == "Other words"


def test_sent_twice_a_pledge_is_drafted_once(who):
    need = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_officer)
    address = reverse("donors:pledge_need", args=[str(need)])
    data = opened(client, address) | PROMISE
    first, second = client.post(address, data), client.post(address, data)
    assert first["Location"] == second["Location"]
    assert Pledge.objects.count() == 1


def test_a_pledge_to_a_state_without_a_need(who):
    client = client_of(who.nor_approver)
    cash = {"kind": "cash", "finance": "loan", "value_amount": "1000", "value_currency": "USD"}
    whom = {"state": "AFG", "form": "training", "unit": "places"}
    assert send(client, reverse("donors:pledge_new"), **PROMISE).status_code == 422
    answer = send(client, reverse("donors:pledge_new"), **PROMISE | cash | whom)
    pledge = Pledge.objects.get()
    assert (pledge.state_id, pledge.need, pledge.finance) == ("AFG", None, "loan")
    send(client, answer["Location"])
    send(client_of(who.afg_approver), move_url("pledge", fresh(pledge), "accept"))
    assert fresh(pledge).status == "accepted"


def test_the_state_accepts_or_declines_with_a_reason(who):
    one, two = cast.pledge_in(who, "offered"), cast.pledge_in(who, "offered")
    client = client_of(who.afg_approver)
    html = client.get(reverse("donors:pledge", args=[one.reference])).content.decode()
    for move in ("accept", "decline"):
        assert move_url("pledge", one, move) in html
    send(client, move_url("pledge", one, "accept"))
    assert fresh(one).status == "accepted"
    assert send(client, move_url("pledge", two, "decline"), reason=" ").status_code == 422
    send(client, move_url("pledge", two, "decline"), reason="Given by another")
    assert (fresh(two).status, fresh(two).reason) == ("declined", "Given by another")
    assert client_of(who.afg_focal_point).get(move_url("pledge", one, "accept")).status_code == 403


def test_a_pledge_is_withdrawn_and_its_quantity_is_free(who):
    pledge = cast.pledge_in(who, "offered")
    send(client_of(who.nor_approver), move_url("pledge", pledge, "withdraw"), reason="Budget")
    assert (fresh(pledge).status, fresh(pledge).reason) == ("withdrawn", "Budget")
    again = cast.pledge_in(who, "draft", need=pledge.need)
    send(client_of(who.nor_approver), move_url("pledge", again, "offer"))
    assert fresh(again).status == "offered"


def agreement(**changes):
    first, second = clock.today() - timedelta(days=9), clock.today() - timedelta(days=2)
    return (
        {"agreement_reference": "AG-7"}
        | day("signed_by_donor", second)
        | day("signed_by_state", first)
        | changes
    )


def test_an_agreement_starts_on_the_later_signature(who):
    pledge = cast.pledge_in(who, "accepted", agreement_reference="", agreement_signed=None)
    client = client_of(who.nor_approver)
    address = move_url("pledge", pledge, "agree")
    assert "due_diligence" not in client.get(address).content.decode()
    answer = send(client, address, agreement_reference="AG-7")
    assert answer.status_code == 422
    send(client, address, **agreement())
    pledge = fresh(pledge)
    assert (pledge.status, pledge.agreement_reference) == ("agreed", "AG-7")
    assert clock.day(pledge.agreement_signed) == clock.today() - timedelta(days=2)


def text_of(actor, page):
    return client_of(actor).get(page).content.decode()


def test_security_forces_need_due_diligence_whose_result_the_givers_read(who):
    need = cast.request_in(who, "open", need={"recipient_kind": "police"}).needs.get()
    pledge = cast.pledge_in(who, "accepted", need=need)
    client = client_of(who.nor_approver)
    answer = send(client, move_url("pledge", pledge, "agree"), **agreement())
    assert answer.status_code == 422
    assert answer.content.decode().count("Record the human-rights due diligence") == 2
    send(client, move_url("pledge", pledge, "agree"), **agreement(due_diligence="Low risk, training only"))
    page = reverse("donors:pledge", args=[pledge.reference])
    readers = {name for name, actor in who.everyone() if "Low risk, training only" in text_of(actor, page)}
    assert readers == NOR | STAFF


def test_what_is_set_up_has_a_site_and_somebody_who_pays_for_running_it(who):
    need = cast.request_in(who, "open", need={"form_id": "equipment", "unit_id": "items"}).needs.get()
    pledge = cast.pledge_in(who, "accepted", need=need, form_id="equipment")
    client = client_of(who.case_officer)
    answer = send(client, move_url("pledge", pledge, "agree"), **agreement())
    assert answer.status_code == 422
    assert "who pays the running costs" in answer.content.decode()
    send(
        client, move_url("pledge", pledge, "agree"),
        **agreement(site_readiness="A room with power", running_costs="The State"),
    )  # fmt: skip
    assert fresh(pledge).status == "agreed"


def test_delivery_begins_is_completed_with_a_reason_and_acknowledged(who):
    pledge = cast.pledge_in(who, "agreed")
    client = client_of(who.nor_officer)
    send(client, move_url("pledge", pledge, "start-delivery"))
    assert fresh(pledge).status == "delivering"
    answer = send(client, move_url("pledge", pledge, "complete"))
    assert answer.status_code == 422
    send(client, move_url("pledge", pledge, "complete"), reason="Two fell ill")
    assert fresh(pledge).status == "delivered"
    delivery = Delivery(pledge=pledge, date=clock.now(), quantity=1, status="disputed", reference="DE-X")
    delivery.save()
    state = client_of(who.afg_approver)
    html = state.get(move_url("pledge", pledge, "acknowledge")).content.decode()
    assert "A delivery is in dispute" in html
    delivery.status = "void"
    delivery.save()
    send(state, move_url("pledge", pledge, "acknowledge"))
    assert fresh(pledge).status == "acknowledged"


def test_unodc_cancels_for_a_donor_with_its_notice(who):
    pledge = cast.pledge_in(who, "agreed")
    client = client_of(who.case_officer)
    answer = send(client, move_url("pledge", pledge, "cancel"), reason="No funds")
    assert answer.status_code == 422
    assert "Name the notice to the State" in answer.content.decode()
    send(client, move_url("pledge", pledge, "cancel"), reason="No funds", notice="letter of 3 May")
    assert fresh(pledge).status == "cancelled"


def test_what_is_left_goes_to_another_need_by_its_reference(who):
    pledge = cast.pledge_in(who, "agreed", value_amount=Decimal(500), value_currency="EUR")
    to = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_approver)
    address = move_url("pledge", pledge, "redirect")
    told = {"reason": "The need has ended", "notice": "letter 8"}
    unseen = cast.request_in(who, "under_review").needs.get()
    for wrong in ("TA-1999-XXX-0001-N1", str(unseen)):
        answer = send(client, address, to=wrong, **told)
        assert answer.status_code == 422
        assert answer.content.decode().count("There is no such need") == 2
    cast.pledge_in(who, "offered", need=to, quantity="3")
    answer = send(client, address, to=str(to), **told)
    assert "7 places are left, and the pledge covers 10" in answer.content.decode()
    assert fresh(pledge).status == "agreed"
    Need.objects.filter(pk=to.pk).update(quantity=13)
    answer = send(client, address, to=str(to).lower(), value_amount="450", **told)
    rest = Pledge.objects.get(redirected_from=pledge)
    assert answer["Location"] == reverse("donors:pledge", args=[rest.reference])
    assert (fresh(pledge).status, rest.status, rest.need, rest.value_amount) == (
        "cancelled",
        "offered",
        to,
        450,
    )


def test_an_announcement_is_listed_once_and_made_a_pledge_by_its_donor(who):
    client = client_of(who.case_officer)
    donor = who.nor_officer.organisation
    said = {
        "donor": str(donor.pk), "source": "Statement in the plenary", "description": "Two million",
        "kind": "cash", "form": "funds", "quantity": "1", "unit": "usd", "value_amount": "2000000",
        "value_currency": "USD", "state": "AFG",
    } | day("date", clock.today())  # fmt: skip
    address = reverse("donors:pledge_announce")
    assert send(client, address, **said | {"state": ""}).status_code == 422
    send(client, address, **said)
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.state_id) == ("announced", "AFG")
    answer = send(client, address, **said)
    assert f"announced before: {pledge.reference}" in answer.content.decode()
    send(client, address, **said, another="on")
    assert Pledge.objects.filter(status="announced").count() == 2
    officer = client_of(who.nor_officer)
    send(officer, move_url("pledge", pledge, "draft"))
    assert fresh(pledge).status == "draft"
    assert officer.get(address).status_code == 403


def test_a_joint_donor_sees_and_does_not_commit(who):
    other = who.other_officer.organisation
    client, given = client_of(who.other_approver), {"reason": "x", "notice": "y"}
    for status, moves, page, refused in (
        ("draft", ("offer", "withdraw"), 404, 404),  # before it is offered it is the lead donor's alone
        ("offered", ("withdraw",), 200, 403),
        ("accepted", ("agree", "cancel", "redirect"), 200, 403),
    ):
        pledge = cast.pledge_in(who, status, joint=[other])
        answer = client.get(reverse("donors:pledge", args=[key_of(pledge)]))
        assert answer.status_code == page, status
        for move in moves:
            assert move_url("pledge", pledge, move) not in answer.content.decode()
            assert client.get(move_url("pledge", pledge, move)).status_code == refused, move
            assert client.post(move_url("pledge", pledge, move), given).status_code == refused, move
        assert client.get(reverse("donors:pledge_edit", args=[key_of(pledge)])).status_code == refused
        assert fresh(pledge).status == status


def test_who_gives_without_a_name_is_named_to_the_state_and_unodc_alone(who):
    pledge = cast.pledge_in(who, "offered", anonymous=True, description="Secret words")
    need = reverse("requests:need", args=[str(pledge.need)])
    name = who.nor_officer.organisation.names["en"]
    for person, sees in (("afg_approver", True), ("case_officer", True), ("other_officer", False)):
        html = client_of(getattr(who, person)).get(need).content.decode()
        assert (name in html, "Secret words" in html) == (sees, sees), person
    html = (
        client_of(who.other_officer)
        .get(reverse("donors:pledge_need", args=[str(pledge.need)]))
        .content.decode()
    )
    assert "Secret words" not in html and ">0<" in html.replace("<strong>", "").replace("<bdi>", "").replace(
        "</bdi>", "<"
    )


def test_what_was_signed_and_delivered_before_it_is_written_down(who):
    today = clock.today()
    with clock.frozen(clock.now() - timedelta(days=9)):
        pledge = cast.pledge_in(who, "accepted", agreement_signed=None)
    client, then = client_of(who.nor_approver), today - timedelta(days=4)
    days = day("signed_by_donor", then - timedelta(days=1)) | day("signed_by_state", then)
    send(client, move_url("pledge", pledge, "agree"), agreement_reference="A-9", **days)
    assert clock.day(fresh(pledge).agreed_at) == then
    record = move_url("pledge", pledge, "record-delivery")
    came = {"quantity": "10", "description": "A course"}
    early = send(client, record, **came, **day("date", then - timedelta(days=1)))
    assert (early.status_code, "before the agreement" in early.content.decode()) == (422, True)
    send(client, record, **came, **day("date", then + timedelta(days=1)))
    assert (fresh(pledge).status, clock.day(pledge.deliveries.get().date)) == (
        "delivered",
        then + timedelta(days=1),
    )


# offers

OFFER = {
    "description": "Places each year", "form": "training", "theme": "border-management", "quantity": "20",
    "unit": "places", "region_1": "002", "state_1": "AFG", "languages": ["en", "fr"],
}  # fmt: skip


def test_an_offer_is_drafted_changed_published_and_withdrawn(who):
    client = client_of(who.nor_officer)
    start = day("valid_from", clock.today())
    answer = send(
        client,
        reverse("donors:offer_new"),
        **OFFER,
        **start,
        **day("valid_until", clock.today() - timedelta(days=1)),
    )
    assert answer.status_code == 422
    answer = send(client, reverse("donors:offer_new"), **OFFER, **start)
    offer = Offer.objects.get()
    assert (offer.status, offer.regions, [row.state_id for row in offer.states.all()]) == (
        "draft",
        ["002"],
        ["AFG"],
    )
    edit = reverse("donors:offer_edit", args=[key_of(offer)])
    send(client, edit, **OFFER | {"quantity": "30", "state_1": "KEN"}, **start)
    offer = fresh(offer)
    assert (offer.quantity, [row.state_id for row in offer.states.all()]) == (30, ["KEN"])
    assert client.get(move_url("offer", offer, "publish")).status_code == 403
    approver = client_of(who.nor_approver)
    send(approver, move_url("offer", offer, "publish"))
    assert fresh(offer).status == "published"
    assert (
        "only a draft is changed"
        in client.get(reverse("donors:offer_edit", args=[fresh(offer).reference])).content.decode().lower()
    )
    send(approver, move_url("offer", fresh(offer), "withdraw"))
    assert fresh(offer).status == "withdrawn"
    assert client_of(who.other_approver).get(move_url("offer", fresh(offer), "withdraw")).status_code == 404


def test_an_offer_is_taken_up_by_a_prefilled_pledge(who):
    offer = cast.offer_in(who, "published", quantity=Decimal(6))
    need = cast.request_in(who, "open").needs.get()
    client = client_of(who.nor_approver)
    address = f"{reverse('donors:pledge_need', args=[str(need)])}?offer={offer.reference}"
    assert address in client.get(reverse("donors:offer", args=[offer.reference])).content.decode()
    assert address in client.get(reverse("requests:need", args=[str(need)])).content.decode()
    html = client.get(address).content.decode()
    assert "Places every year" in html and 'value="6"' in html and f'value="{offer.pk}" selected' in html
    answer = send(client, address, **PROMISE | {"quantity": "6"}, offer=str(offer.pk))
    assert fresh(offer).status == "published"
    send(client, answer["Location"])
    assert fresh(offer).status == "exhausted"
    stranger = client_of(who.other_approver).get(address).content.decode()
    assert 'name="offer"' not in stranger
    answer = send(client_of(who.other_approver), address, **PROMISE, offer=str(offer.pk))
    assert answer.status_code in {200, 303, 422}
    assert not Pledge.objects.filter(donor=who.other_approver.organisation, offer=offer).exists()


def test_a_pledge_that_ends_gives_back_what_it_had_taken(who):
    for move, status in (
        ("decline", "offered"),
        ("withdraw", "offered"),
        ("cancel", "agreed"),
        ("redirect", "agreed"),
    ):
        offer = cast.offer_in(who, "published")
        need = cast.request_in(who, "open", quantities=("20",)).needs.get()
        pledge = cast.pledge_in(who, status, offer=offer, need=need, quantity="20")
        assert fresh(offer).status == "exhausted"
        told = {"reason": "Ended", "notice": "letter 2"}
        if move == "redirect":
            told["to"] = str(cast.request_in(who, "open", quantities=("20",)).needs.get())
        by = who.afg_approver if move == "decline" else who.nor_approver
        assert send(client_of(by), move_url("pledge", pledge, move), **told).status_code == 303, move
        assert fresh(offer).status == "published", move
    offer = cast.offer_in(who, "published")
    need = cast.request_in(who, "open", quantities=("20",)).needs.get()
    pledge = cast.pledge_in(who, "agreed", offer=offer, need=need, quantity="20")
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="5")
    send(client_of(who.nor_approver), move_url("pledge", pledge, "cancel"), reason="Ended", notice="letter 2")
    assert fresh(offer).status == "partly_taken"


def test_the_ways_to_a_pledge_cost_the_same_however_many_offers(who):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert len(selectors.offers_to_take(who.nor_officer, unit="places")) > 0
        return len(seen)

    offer = cast.offer_in(who, "partly_taken")
    one = queries()
    for _ in range(2):
        cast.offer_in(who, "partly_taken")
    assert (one, queries()) == (1, 1)
    pledge = cast.pledge_in(
        who, "agreed", offer=offer, quantity="10", need=cast.request_in(who, "open").needs.get()
    )
    assert {row.pk: row.free for row in selectors.offers_to_take(who.nor_officer)}.get(offer.pk) is None
    cast.delivery_in(who, "recorded", pledge=pledge, quantity="4")
    send(client_of(who.nor_approver), move_url("pledge", pledge, "cancel"), reason="Ended", notice="letter 2")
    free = {row.pk: row.free for row in selectors.offers_to_take(who.nor_officer)}
    assert free[offer.pk] == 20 - 10 - 4


# deliveries


def recorded(**changes):
    return (
        {"quantity": "4", "description": "A course", "place": "Kabul", "women": "1", "men": "3"}
        | day("date", clock.today())
        | changes
    )


def test_a_delivery_is_recorded_and_confirmed(who):
    pledge = cast.pledge_in(who, "agreed")
    client = client_of(who.nor_officer)
    address = move_url("pledge", pledge, "record-delivery")
    assert "Left to deliver: 10 of 10" in client.get(address).content.decode()
    answer = send(client, address, **recorded(quantity="11"))
    assert answer.status_code == 422
    assert "of this pledge 10 are left to deliver" in answer.content.decode().lower()
    send(client, address, **recorded())
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.women, delivery.men, delivery.place) == ("recorded", 1, 3, "Kabul")
    state = client_of(who.afg_focal_point)
    page = reverse("donors:delivery", args=[delivery.reference])
    assert move_url("delivery", delivery, "confirm") in state.get(page).content.decode()
    confirm = move_url("delivery", delivery, "confirm")
    answer = send(state, confirm, quantity="3")
    assert "Dispute a delivery of which less came" in answer.content.decode()
    answer = send(state, confirm, quantity="6")
    assert "Say in words that more was received" in answer.content.decode()
    send(state, confirm, quantity="6", surplus="Six came, and we accept them", condition="All in order")
    delivery = fresh(delivery)
    assert (delivery.status, delivery.quantity) == ("confirmed", 6)
    for person in ("afg_focal_point", "nor_officer", "case_officer"):
        assert "All in order" in client_of(getattr(who, person)).get(page).content.decode()


def test_a_delivery_of_tomorrow_is_refused_beside_its_day(who):
    pledge = cast.pledge_in(who, "agreed")
    tomorrow = day("date", clock.today() + timedelta(days=1))
    answer = send(
        client_of(who.nor_officer), move_url("pledge", pledge, "record-delivery"), **recorded(**tomorrow)
    )
    assert answer.status_code == 422
    assert answer.content.decode().count("today or in the past") == 2
    assert not Delivery.objects.exists()


def test_a_delivery_is_disputed_corrected_and_void(who):
    delivery = cast.delivery_in(who, "recorded")
    state, donor = client_of(who.afg_focal_point), client_of(who.nor_officer)
    assert send(state, move_url("delivery", delivery, "dispute"), reason="").status_code == 422
    send(
        state,
        move_url("delivery", delivery, "dispute"),
        reason="kits – 2 are missing\nbooks – wrong language",
    )
    assert fresh(delivery).status == "disputed"
    page = donor.get(reverse("donors:delivery", args=[delivery.reference])).content.decode()
    assert "books – wrong language" in page
    fix = move_url("delivery", delivery, "correct")
    assert send(donor, fix, quantity="11", reason="counted again").status_code == 422
    send(donor, fix, quantity="2", description="Two kits", reason="counted again")
    assert (fresh(delivery).status, fresh(delivery).quantity) == ("corrected", 2)
    other = cast.delivery_in(who, "recorded")
    assert send(donor, move_url("delivery", other, "void"), reason=" ").status_code == 422
    send(donor, move_url("delivery", other, "void"), reason="Entered twice")
    assert fresh(other).status == "void"


def test_the_state_says_how_a_delivery_is_used(who):
    delivery = cast.delivery_in(who, "confirmed")
    state = client_of(who.afg_focal_point)
    address = reverse("donors:follow_up", args=[delivery.reference])
    assert address in state.get(reverse("donors:delivery", args=[delivery.reference])).content.decode()
    assert send(state, address, note="x").status_code == 422
    send(
        state, address, status="staff-moved", note="Both were posted elsewhere", **day("date", clock.today())
    )
    row = FollowUp.objects.get()
    assert (row.status, row.note) == ("staff-moved", "Both were posted elsewhere")
    page = client_of(who.nor_officer).get(reverse("donors:delivery", args=[delivery.reference]))
    assert "Both were posted elsewhere" in page.content.decode()
    early = cast.delivery_in(who, "recorded")
    html = state.get(reverse("donors:follow_up", args=[early.reference])).content.decode()
    assert "The delivery is not confirmed" in html


# contributions

SUM = {"amount": "1130", "currency": "USD", "earmarking": "unearmarked", "psc_rate": "13"}


def signed(**changes):
    return (
        {"agreement_reference": "CA-1", "psc_rate": "13"}
        | day("signed_by_donor", clock.today()) | day("signed_by_unodc", clock.today()) | changes
    )  # fmt: skip


def test_a_contribution_from_announcement_to_its_close(who):
    first, second = client_of(who.finance_officer), client_of(who.second_finance_officer)
    need = cast.request_in(who, "open").needs.get()
    donor = str(who.nor_officer.organisation.pk)
    address = reverse("donors:contribution_new")
    wrong = SUM | {"donor": donor, "earmarking": "soft"} | day("date", clock.today())
    assert "Name the theme, the region or the State" in send(first, address, **wrong).content.decode()
    reduced = SUM | {"donor": donor, "psc_rate": "7"} | day("date", clock.today())
    assert "names the rule that allows it" in send(first, address, **reduced).content.decode()
    send(first, address, **SUM, donor=donor, **day("date", clock.today()))
    money = Contribution.objects.get()
    assert (
        send(first, move_url("contribution", money, "agree"), agreement_reference="CA-1").status_code == 422
    )
    send(first, move_url("contribution", money, "agree"), **signed())
    assert fresh(money).status == "agreed"
    today = day("date", clock.today())
    receive = move_url("contribution", money, "receive")
    assert send(first, receive, amount="1130", **today).status_code == 422
    send(first, receive, amount="1,130.00", deposit_reference="D-9", **today)
    assert fresh(money).status == "received"
    allocate = move_url("contribution", money, "allocate")
    answer = send(first, allocate, need=str(need), amount="1000.01", **today)
    assert "more would be allocated than the support cost rate leaves" in answer.content.decode()
    send(first, allocate, need=str(need), amount="1000", **today)
    send(first, move_url("contribution", money, "charge-psc"), amount="130", **today)
    assert LedgerEntry.objects.count() == 1
    home = second.get(reverse("web:front")).content.decode()
    for row in EntryProposal.objects.all():
        approve = reverse("donors:approve_entry", args=[money.reference, row.pk])
        assert approve in home
        assert approve not in first.get(reverse("web:front")).content.decode()
        assert "Who proposes an entry does not approve it" in first.get(approve).content.decode()
        assert first.post(approve, {}).status_code == 422
        send(second, approve)
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["allocation", "psc", "receipt"]
    html = first.get(reverse("donors:contribution", args=[money.reference])).content.decode()
    assert "USD 0.00" in html and "USD 1,130.00" in html
    send(first, move_url("contribution", money, "close"))
    assert fresh(money).status == "closed"


def test_an_entry_is_taken_back_by_two_and_a_proposal_refused_with_a_reason(who):
    money = cast.contribution_in(who, "received")
    first, second = client_of(who.finance_officer), client_of(who.second_finance_officer)
    refund = cast.entry(who, money, "refund", "100")
    address = move_url("contribution", money, "reverse")
    assert send(first, address, reverses=str(refund.pk)).status_code == 422
    send(first, address, reverses=str(refund.pk), reason="Sent to a wrong account")
    row = EntryProposal.objects.get(status="waiting")
    assert (
        "An entry awaits its approval" in first.get(move_url("contribution", money, "close")).content.decode()
    )
    refuse = reverse("donors:refuse_entry", args=[money.reference, row.pk])
    assert send(second, refuse, reason=" ").status_code == 422
    send(second, refuse, reason="The bank says otherwise")
    html = first.get(reverse("donors:contribution", args=[money.reference])).content.decode()
    assert "The bank says otherwise" in html
    assert "decided on before" in second.get(refuse).content.decode()
    send(first, address, reverses=str(refund.pk), reason="The bank was wrong")
    row = EntryProposal.objects.get(status="waiting")
    send(second, reverse("donors:approve_entry", args=[money.reference, row.pk]))
    assert LedgerEntry.objects.get(reverses=refund).amount == 100
    assert f'name="reverses" value="{refund.pk}"' not in first.get(address).content.decode()
    donor = client_of(who.nor_officer).get(reverse("donors:contribution", args=[money.reference]))
    assert "The bank says otherwise" not in donor.content.decode()


def test_a_contribution_without_money_is_cancelled(who):
    money = cast.contribution_in(who, "agreed")
    client = client_of(who.finance_officer)
    assert send(client, move_url("contribution", money, "cancel"), reason="").status_code == 422
    send(client, move_url("contribution", money, "cancel"), reason="Withdrawn by the donor")
    assert fresh(money).status == "cancelled"


def test_homes_say_what_waits(who):
    pledge, delivery = cast.pledge_in(who, "offered"), cast.delivery_in(who, "recorded")
    home = reverse("web:front")
    state = client_of(who.afg_approver).get(home).content.decode()
    for kind, record in (("pledge", pledge), ("delivery", delivery)):
        assert reverse(f"donors:{kind}", args=[record.reference]) in state
    donor = client_of(who.nor_officer).get(home).content.decode()
    assert "Your support" in donor and "Offered, not yet counted" in donor
    assert "You have not pledged support yet" in client_of(who.other_officer).get(home).content.decode()
    finance = client_of(who.finance_officer).get(home).content.decode()
    assert "No entry awaits approval" in finance and "No contribution has a balance" in finance
    for person in ("afg_approver", "nor_officer", "case_officer"):
        assert "Entries that await approval" not in client_of(getattr(who, person)).get(home).content.decode()
