"""Two browsers at the same moment: the last unit, the second click, the same form."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from donors.models import EntryProposal, LedgerEntry, Pledge
from portal.audit.verify import findings
from tests import cast
from tests.donors.test_pages import PROMISE, move_url, opened
from tests.site import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def posted_at_once(calls):
    """The answers of several posts that begin together; each is (client, address, data)."""
    answers = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def work(number, client, address, data):
        gate.wait()
        try:
            answers[number] = client.post(address, data)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(n, *call)) for n, call in enumerate(calls)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return answers


def test_of_two_who_offer_the_last_units_one_is_told_what_is_left():
    who = cast.assemble()
    need = cast.request_in(who, "open", quantities=("10",)).needs.get()
    calls = []
    for quantity in ("6", "5"):
        pledge = cast.pledge_in(who, "draft", need=need, quantity=quantity)
        client, address = client_of(who.nor_approver), move_url("pledge", pledge, "offer")
        calls.append((client, address, opened(client, address)))
    answers = posted_at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    (offered,) = Pledge.objects.filter(status="offered")
    loser = next(answer for answer in answers if answer.status_code == 422)
    assert f"Of this need {10 - offered.quantity:f}".rstrip("0").rstrip(".") in loser.content.decode()
    assert Pledge.objects.filter(status="draft").count() == 1
    assert list(findings()) == []


def test_one_form_sent_twice_at_once_drafts_one_pledge():
    who = cast.assemble()
    need = cast.request_in(who, "open").needs.get()
    client, address = client_of(who.nor_approver), reverse("donors:pledge_need", args=[str(need)])
    data = opened(client, address) | PROMISE
    answers = posted_at_once([(client_of(who.nor_approver), address, data) for _ in range(4)])
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Pledge.objects.count() == 1


def test_an_entry_approved_by_two_clicks_at_once_stands_once():
    who = cast.assemble()
    proposal = cast.proposed(who, cast.contribution_in(who, "received"), "refund", "1")
    contribution = proposal.contribution
    address = reverse("donors:approve_entry", args=[contribution.reference, proposal.pk])
    refuse = reverse("donors:refuse_entry", args=[contribution.reference, proposal.pk])
    calls = []
    for url, more in ((address, {}), (address, {}), (refuse, {"reason": "No"})):
        client = client_of(who.second_finance_officer)
        calls.append((client, url, opened(client, url) | more))
    answers = posted_at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    decided = EntryProposal.objects.get()
    assert LedgerEntry.objects.filter(kind="refund").count() == (1 if decided.status == "approved" else 0)
    assert list(findings()) == []
