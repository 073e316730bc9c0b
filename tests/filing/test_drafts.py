"""Drafts: two people at once, nothing typed lost, needs in their order, and who may write."""

import pytest
from django.urls import reverse

from portal.audit.verify import findings
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.unit import DIRECT
from requests_app import drafting
from requests_app.models import AssistanceRequest, Need
from requests_app.services import move_request
from tests import cast
from tests.filing.visitor import Visitor

pytestmark = pytest.mark.django_db


def address(name, request, *more):
    return reverse(f"requests:{name}", args=[str(request), *more])


def test_two_people_on_one_task_and_neither_loses_a_word(who):
    request = cast.draft(who)
    other = cast.person(who.afg_focal_point.organisation, "focal_point")
    first, second = Visitor(who.afg_focal_point), Visitor(other)
    for person in (first, second):
        person.open(address("part", request, "situation"))
    first.send(situation="What the first wrote")
    second.send(situation="What the second wrote")
    assert second.status == 409
    assert "What the second wrote" in second.text and "Your entries are kept" in second.text
    request.refresh_from_db()
    assert request.situation == "What the first wrote"
    second.send()
    assert second.status == 200
    request.refresh_from_db()
    assert request.situation == "What the second wrote"


def test_two_people_on_two_tasks_do_not_meet(who):
    request = cast.draft(who)
    other = cast.person(who.afg_focal_point.organisation, "focal_point")
    first, second = Visitor(who.afg_focal_point), Visitor(other)
    first.open(address("part", request, "situation"))
    second.open(address("part", request, "authority"))
    first.send(situation="What the first wrote")
    second.send(authority="Another authority", contact="A contact")
    request.refresh_from_db()
    assert (request.situation, request.authority) == ("What the first wrote", "Another authority")
    assert list(findings()) == []


def test_what_was_read_of_a_part_is_no_version_of_the_record(who):
    request = cast.draft(who)
    person = Visitor(who.afg_focal_point).open(address("part", request, "situation"))
    assert "mark" in person.form["fields"] and "version" not in person.form["fields"]
    person.send(mark="0" * 16, situation="Written after another reading")
    assert person.status == 409
    request.refresh_from_db()
    assert request.situation != "Written after another reading"


def test_what_is_wrong_is_told_and_stays_and_what_is_missing_can_come_later(who):
    request = cast.draft(who, authority="", contact="")
    person = Visitor(who.afg_focal_point).open(address("part", request, "authority"))
    person.send(authority="An authority")
    assert person.status == 422 and "An authority" in person.text and "This must be answered" in person.text
    person.send("later", authority="An authority")
    assert person.status == 200 and "You can come back at any time" in person.text
    request.refresh_from_db()
    assert (request.authority, request.contact) == ("An authority", "")
    person.open(address("part", request, "cooperation")).send(channel="any", urgency="urgent")
    assert person.status == 422 and "Say why it is urgent" in person.text


def test_sent_twice_a_need_is_added_once(who):
    request = cast.draft(who, quantities=())
    person = Visitor(who.afg_focal_point).open(address("need_new", request))
    data = {
        **person.form["fields"],
        "form": "training",
        "theme": "border-management",
        "description": "A course",
    }
    answers = [person.client.post(person.address, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert request.needs.count() == 1


def test_changed_after_going_back_it_is_neither_lost_nor_done_unasked(who):
    request = cast.draft(who, quantities=())
    person = Visitor(who.afg_focal_point).open(address("need_new", request))
    data = {
        **person.form["fields"],
        "form": "training",
        "theme": "border-management",
        "description": "A course",
    }
    assert person.client.post(person.address, data).status_code == 303
    other = data | {"description": "A course that was changed after going back"}
    answer = person.client.post(person.address, other)
    html = answer.content.decode()
    assert answer.status_code == 409 and "A course that was changed after going back" in html
    assert data["key"][0] not in html
    assert [need.description for need in request.needs.all()] == ["A course"]

    part = address("part", request, "authority")
    person.open(part)
    data = {**person.form["fields"], "authority": "First", "contact": "A contact"}
    assert person.client.post(part, data).status_code == 303
    assert person.client.post(part, data | {"authority": "Second"}).status_code == 409
    request.refresh_from_db()
    assert request.authority == "First"


def test_what_was_typed_for_a_draft_that_was_sent_meanwhile_is_not_lost(who):
    request = cast.draft(who)
    person = Visitor(who.afg_focal_point).open(address("part", request, "situation"))
    data = {**person.form["fields"], "situation": "What was typed at length"}
    move_request(request, "send_for_approval", actor=who.afg_focal_point)
    answer = person.client.post(address("part", request, "situation"), data)
    assert answer.status_code == 409 and "What was typed at length" in answer.content.decode()
    assert person.client.get(address("part", request, "situation")).status_code == 302


def test_an_unfinished_need_is_kept_and_cannot_be_sent(who):
    request = cast.draft(who, quantities=())
    drafting.add_need(
        request,
        {"form_id": "equipment", "theme_id": "border-management", "description": "Kits", "paragraphs": [3]},
        actor=who.afg_focal_point,
    )
    person = Visitor(who.afg_focal_point).open(address("check", request))
    assert "Need 1 has no quantity with its unit" in person.text
    with pytest.raises(Refused, match="no quantity"):
        cast.asking.move_request(request, "send_for_approval", actor=who.afg_focal_point)
    html = person.open(address("needs_of", request)).text
    assert "In progress" in html


def test_a_need_that_was_sent_never_lacks_its_quantity_in_the_database(who):
    from django.db import IntegrityError, connection, transaction  # noqa: PLC0415

    need = cast.request_in(who, "submitted").needs.get()
    for change in ({"quantity": None}, {"unit": None}):
        with pytest.raises(IntegrityError, match="no quantity"), transaction.atomic():
            Need.objects.filter(pk=need.pk).update(**change)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    draft = cast.draft(who)
    with pytest.raises(IntegrityError, match="no quantity"), transaction.atomic():
        draft.needs.update(quantity=None)
        AssistanceRequest.objects.filter(pk=draft.pk).update(status="approval")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_questions_depend_on_the_form_of_assistance(who):
    request = cast.draft(who, quantities=())
    person = Visitor(who.afg_focal_point).open(address("need_new", request))
    person.send(form="equipment", theme="border-management", description="Scanners")
    assert "Is the site ready?" in person.text and 'value="kits"' in person.text
    assert 'value="places"' not in person.text
    person.send(quantity="0", unit="items")
    assert person.status == 422 and "above zero" in person.text
    person.send(quantity="2", unit="items", unit_cost_amount="10.0055", unit_cost_currency="USD")
    assert person.status == 422 and "fewer decimals" in person.text and 'value="10.0055"' in person.text
    person.send(unit_cost_amount="10.05")
    assert request.needs.get().unit_id == "items"
    person.open(address("need_step", request, 1, "what")).send(form="training")
    assert request.needs.get().unit_id is None
    assert "Is the site ready?" not in person.text and 'value="items"' not in person.text
    person.send(unit="places")
    assert (request.needs.get().unit_id, request.needs.get().quantity) == ("places", 2)


def test_a_need_is_removed_after_asking_and_the_others_move_up(who):
    request = cast.draft(who, quantities=("1", "2", "3"))
    person = Visitor(who.afg_focal_point).open(address("needs_of", request))
    person.follow("Remove Need 2")
    assert "This cannot be undone" in person.text
    assert request.needs.count() == 3
    person.send()
    rows = list(request.needs.order_by("number").values_list("number", "quantity"))
    assert rows == [(1, 1), (2, 3)]
    assert drafting.add_need(
        request,
        {"form_id": "training", "theme_id": "border-management", "description": "x", "paragraphs": [3]},
        actor=who.afg_focal_point,
    ).number == 3  # fmt: skip
    assert list(findings()) == []


def test_what_was_written_on_a_need_that_is_gone_is_not_lost(who):
    request = cast.draft(who, quantities=("1", "2"))
    other = cast.person(who.afg_focal_point.organisation, "focal_point")
    person, kept = Visitor(who.afg_focal_point), Visitor(who.afg_focal_point)
    person.open(address("need_step", request, 1, "what"))
    kept.open(address("need_step", request, 2, "what"))
    drafting.remove_need(request.needs.get(number=1), actor=other)
    person.send(description="What was typed at length")
    assert person.status == 409 and "What was typed at length" in person.text
    assert f"{other.user.name} removed this need on" in person.text
    assert list(request.needs.values_list("quantity", flat=True)) == [2]
    person.send()
    assert person.status == 200 and "It was added as need 2" in person.text
    kept.send(description="Written on what has moved up")
    rows = list(request.needs.order_by("number").values_list("number", "quantity", "description"))
    assert rows == [(1, 2, "Written on what has moved up"), (2, 1, "What was typed at length")]
    assert list(findings()) == []


def test_a_need_that_two_remove_is_removed_once(who):
    request = cast.draft(who, quantities=("1", "2"))
    person = Visitor(who.afg_focal_point).open(address("need_remove", request, 1))
    drafting.remove_need(request.needs.get(number=1), actor=who.afg_focal_point)
    person.send()
    assert person.status == 200 and request.needs.get().quantity == 2


def test_a_draft_is_written_by_its_focal_point_while_it_is_one(who):
    request = cast.draft(who)
    need = request.needs.get()
    attempts = (
        lambda actor: drafting.revise_draft(request, {"situation": "x"}, actor=actor),
        lambda actor: drafting.add_need(request, {}, actor=actor),
        lambda actor: drafting.change_need(need, {"place": "x"}, actor=actor),
        lambda actor: drafting.remove_need(need, actor=actor),
    )
    for attempt in attempts:
        for person in ("afg_approver", "afg_coordinator", "tjk_focal_point", "case_officer", "nor_officer"):
            with pytest.raises(NotAllowed):
                attempt(getattr(who, person))
    cast.asking.move_request(request, "send_for_approval", actor=who.afg_focal_point)
    for attempt in attempts:
        with pytest.raises(Conflict, match="no longer a draft"):
            attempt(who.afg_focal_point)
    for name in ("needs_of", "check"):
        answer = Visitor(who.afg_focal_point).open(address(name, request))
        assert answer.address == reverse("requests:request", args=[str(request)])
    with pytest.raises(ValueError, match="not a part"):
        drafting.revise_draft(cast.draft(who), {"status": "open"}, actor=who.afg_focal_point)


def test_the_states_of_a_joint_request_are_named_in_the_draft(who):
    request = cast.draft(who)
    person = Visitor(who.afg_focal_point).open(address("part", request, "cooperation"))
    person.send(channel="any", urgency="routine", states=["TJK", "KEN"])
    assert {row.state_id for row in request.co_requesters.all()} == {"TJK", "KEN"}
    person.open(address("need_step", request, 1, "for-whom")).send(priority="high", state="TJK")
    assert request.needs.get().state_id == "TJK"
    person.open(address("part", request, "cooperation")).send(states=["KEN"])
    assert request.needs.get().state_id is None
    assert {row.state_id for row in DIRECT.related(request, "co_requesters")} == {"KEN"}
    with pytest.raises(Refused, match="own request"):
        drafting.revise_draft(request, {}, states=["AFG"], actor=who.afg_focal_point)
    assert list(findings()) == []
