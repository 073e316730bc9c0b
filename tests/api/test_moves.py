"""Moves through the API: the right of each person, the facts of the form, once, and on the version that was read."""

import pytest
from django.test import Client

from portal.accounts.models import Membership
from portal.audit.models import CaseEvent
from portal.core import clock
from requests_app import services as asking
from requests_app.enums import RequestStatus
from tests import cast
from tests.api.asking import LIST_OF, url
from tests.api.conftest import program_of
from tests.moves import HOLDERS, every_step, stored_in
from tests.site import SEEN, key_of

pytestmark = pytest.mark.django_db
PEOPLE = (
    "afg_focal_point", "afg_approver", "tjk_approver", "ken_approver", "nor_officer", "nor_approver",
    "other_approver", "case_officer", "finance_officer", "auditor", "administrator", "public",
)  # fmt: skip
TODAY = clock.today().isoformat()
AGREEMENT = {"agreement_reference": "A-1", "signed_by_donor": TODAY}
REASON = {"reason": "Because of the facts"}
BODIES = {
    ("request", "return"): REASON,
    ("request", "submit"): {"authorised": True},
    ("request", "acknowledge"): {"authentication": "by the Permanent Mission, by telephone"},
    ("request", "decline"): REASON,
    ("request", "ask_for_clarification"): {"question": "For whom?"},
    ("request", "answer"): {"answer": "For border police"},
    ("request", "change_consent"): {"visibility": "public", "named_in_report": True},
    ("request", "close"): {"state_agrees": True, "reason": "note verbale 7"},
    ("request", "amend"): {"quantity_1": "12"},
    ("request", "withdraw"): REASON,
    ("request", "reopen"): REASON,
    ("assessment", "return"): REASON,
    ("pledge", "decline"): REASON,
    ("pledge", "agree"): AGREEMENT | {"signed_by_state": TODAY},
    ("pledge", "record_delivery"): {"date": TODAY, "quantity": "4", "description": "A course"},
    ("pledge", "complete"): REASON,
    ("pledge", "cancel"): REASON | {"notice": "letter 3"},
    ("delivery", "dispute"): REASON,
    ("delivery", "correct"): REASON | {"quantity": "3"},
    ("delivery", "void"): REASON,
    ("contribution", "agree"): AGREEMENT | {"signed_by_unodc": TODAY},
    ("contribution", "receive"): {"amount": "10", "deposit_reference": "D-1"},
    ("contribution", "charge_psc"): {"amount": 10},
    ("contribution", "refund"): REASON | {"amount": "10.5"},
    ("contribution", "close"): {"carry_over_consent": "letter 4"},
    ("contribution", "cancel"): REASON,
}


def post(client, thing, record, move, body=None, **headers):
    address = url(LIST_OF[thing], key_of(record)) + f"transitions/{move}/"
    return client.post(address, {} if body is None else body, "application/json", headers=headers)


def body_of(who, thing, record, move):
    if (thing, move) == ("pledge", "redirect"):
        other = cast.request_in(who, "open").needs.get()
        return REASON | {"to": str(other), "notice": "letter 3"}
    if (thing, move) == ("contribution", "allocate"):
        return {"need": str(cast.request_in(who, "open").needs.get()), "amount": "10"}
    if (thing, move) == ("contribution", "reverse"):
        return REASON | {"reverses": str(record.entries.order_by("pk").first().pk)}
    return BODIES.get((thing, move))


def _offered(step):
    """Moves that a person makes through the API: not those of the portal."""
    thing, _state, move = step
    return HOLDERS[thing, move]


@pytest.mark.parametrize(("thing", "state", "move"), [step for step in every_step() if _offered(step)])
def test_who_may_make_a_move_makes_it_and_nobody_else(who, thing, state, move):
    record = stored_in(who, thing, state)
    body = body_of(who, thing, record, move)
    for person in (p for p in PEOPLE if p not in HOLDERS[thing, move]):
        answer = post(program_of(getattr(who, person)), thing, record, move, body)
        expected = 401 if person == "public" else 403 if person in SEEN[thing, state] else 404
        assert answer.status_code == expected, (person, answer.content)
    holder = next(p for p in sorted(HOLDERS[thing, move], reverse=True) if p in SEEN[thing, state])
    client = program_of(getattr(who, holder))
    offered = client.get(url(LIST_OF[thing], key_of(record))).json()["available_transitions"]
    assert move in [line["name"] for line in offered]
    answer = post(client, thing, record, move, body)
    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    shown = client.get(url(LIST_OF[thing], answer.json()["key"]))
    assert shown.json() == answer.json()


def test_a_move_that_the_state_has_not_is_a_conflict(who):
    request = cast.request_in(who, "open")
    answer = post(
        program_of(who.case_officer), "request", request, "acknowledge", BODIES["request", "acknowledge"]
    )
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["reason"]


def test_every_reason_is_given_at_once_and_by_the_name_of_the_fact(who):
    request = cast.request_in(who, "approval", note_verbale_number="")
    client = program_of(who.afg_approver)
    answer = post(client, "request", request, "submit", {"note_verbale_date": "2026-13-01", "colour": "red"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "note_verbale_number", "note_verbale_date", "authorised", "colour",
    }  # fmt: skip
    request.refresh_from_db()
    assert request.status == RequestStatus.APPROVAL


def test_a_refusal_of_the_domain_names_the_fact_of_the_form(who):
    request = cast.request_in(who, "open", quantities=("10",))
    first = cast.pledge_in(who, "draft", need=request.needs.get(), quantity="10")
    second = cast.pledge_in(who, "draft", need=request.needs.get(), quantity="1")
    client = program_of(who.nor_approver)
    assert post(client, "pledge", first, "offer").status_code == 200
    answer = post(client, "pledge", second, "offer")
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert len(answer.json()["errors"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quantity": "a"}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": [1]}, "quantity"),
        ({"quantity": "1,000"}, "quantity"),
        ({"quantity": 1e300}, "quantity"),
        ({"surplus": 5}, "surplus"),
        ({"surplus": "\ud800"}, "surplus"),
        ({"surplus": "a\x00"}, "surplus"),
        ({"title_transferred": "perhaps"}, "title_transferred"),
    ],
)
def test_what_is_of_another_kind_is_refused(who, body, field):
    delivery = cast.delivery_in(who, "recorded")
    answer = post(program_of(who.afg_approver), "delivery", delivery, "confirm", body)
    assert answer.status_code == 422, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_numbers_are_the_same_in_every_language(who):
    """A page in French would not know what 1.234 means; a program's number is plain."""
    delivery = cast.delivery_in(who, "disputed", quantity="4")
    client = program_of(who.nor_officer)
    body = REASON | {"quantity": "1.234"}
    answer = post(client, "delivery", delivery, "correct", body, **{"Accept-Language": "fr"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["quantity"] == "1.234"


def test_a_stale_change_is_412_and_changes_nothing(who):
    request = cast.request_in(who, "under_review")
    client = program_of(who.case_officer)
    etag = client.get(url("requests", request))["ETag"]
    asking.move_request(request, "ask_for_clarification", actor=who.case_officer, facts={"question": "Why?"})
    question = BODIES["request", "ask_for_clarification"]
    for stale in (etag, f"W/{etag}", '"x"', f'{etag}, "0"'):
        answer = post(client, "request", request, "ask_for_clarification", question, **{"If-Match": stale})
        assert answer.status_code == 412, stale
    request.refresh_from_db()
    assert request.clarifications.count() == 1
    for fresh in (f'"0", "{request.version}"', "*"):
        answer = post(client, "request", request, "ask_for_clarification", question, **{"If-Match": fresh})
        assert answer.status_code == 200, fresh
        request.refresh_from_db()


def test_a_key_makes_a_change_once(who):
    request = cast.request_in(who, "under_review")
    client, other = program_of(who.case_officer), program_of(who.auditor)
    question = {"question": "For whom?"}
    key = {"Idempotency-Key": "one"}
    first = post(client, "request", request, "ask_for_clarification", question, **key)
    second = post(client, "request", request, "ask_for_clarification", question, **key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert (first.content, first["ETag"]) == (second.content, second["ETag"])
    assert request.clarifications.count() == 1
    changed = post(client, "request", request, "ask_for_clarification", {"question": "Why?"}, **key)
    assert changed.status_code == 422
    assert post(other, "request", request, "ask_for_clarification", question, **key).status_code == 403
    assert post(client, "request", request, "ask_for_clarification", question).status_code == 200
    assert request.clarifications.count() == 2
    for bad in ("x" * 101, "a b", "\xe9"):
        answer = post(
            client, "request", request, "ask_for_clarification", question, **{"Idempotency-Key": bad}
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_what_failed_with_a_key_can_be_tried_again_with_it(who):
    request = cast.request_in(who, "under_review")
    client = program_of(who.case_officer)
    key = {"Idempotency-Key": "two"}
    assert post(client, "request", request, "ask_for_clarification", {}, **key).status_code == 422
    question = {"question": "For whom?"}
    assert post(client, "request", request, "ask_for_clarification", question, **key).status_code == 200


def test_a_key_of_another_organisation_is_not_answered_with_the_first_one_s_view(who):
    request = cast.request_in(who, "open", visibility="public")
    user, kenya = who.afg_approver.user, who.ken_approver.organisation
    Membership.objects.create(
        user=user, organisation=kenya, roles=["approver"], since=cast.LONG_AGO, verified_by="NV",
        invited_by=who.ken_approver.user,
    )  # fmt: skip
    key = {"Idempotency-Key": "three"}
    consent = BODIES["request", "change_consent"]
    assert (
        post(program_of(who.afg_approver), "request", request, "change_consent", consent, **key).status_code
        == 200
    )
    elsewhere = program_of(cast.acting(user, kenya))
    assert post(elsewhere, "request", request, "change_consent", consent, **key).status_code == 422


def test_one_event_for_one_move(who):
    request = cast.request_in(who, "submitted")
    post(program_of(who.case_officer), "request", request, "acknowledge", BODIES["request", "acknowledge"])
    events = CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="acknowledge")
    assert [event.actor_user for event in events] == [who.case_officer.user.pk]


def test_what_is_no_move_does_not_exist(who):
    request = cast.request_in(who, "open")
    client = program_of(who.case_officer)
    for move in ("nonsense", "draft", "lapse", "send-for-approval"):
        assert post(client, "request", request, move).status_code == 404
    assert Client().get(url("requests", request) + "transitions/close/").status_code == 405
