"""After the request is sent: the desk, a joint State, donors by name, a surplus, an amendment, the assessment."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core.errors import Conflict, NotAllowed, NotVisible, Refused
from requests_app import selectors
from requests_app import services as asking
from requests_app.models import ImpactAssessment
from tests import cast
from tests.filing.visitor import Visitor
from tests.site import key_of

pytestmark = pytest.mark.django_db


def page(request):
    return reverse("requests:request", args=[str(request)])


def address(name, request, *more):
    return reverse(f"requests:{name}", args=[str(request), *more])


def move(request, slug):
    return address("request_move", request, slug)


def test_the_desk_takes_a_request_from_its_receipt_to_its_circulation(who):
    request = cast.request_in(who, "submitted", need={"priority": ""})
    officer = Visitor(who.case_officer).open(reverse("requests:desk"))
    assert str(request) in officer.text and "No State owes an answer" in officer.text
    officer.follow(str(request)).follow("Acknowledge receipt")
    officer.send(authentication=" ")
    assert officer.status == 422
    officer.send(authentication="By telephone to the Permanent Mission")
    assert "Need 1 has no priority" in officer.text and "Ask the State by a question" in officer.text
    officer.follow("Circulate to donors").send()
    assert officer.status == 422 and "has no priority" in officer.text
    officer.open(move(request, "ask-for-clarification")).send(question="Which priority?")
    state = Visitor(who.afg_focal_point).open(page(request))
    assert "Which priority?" in state.text
    state.follow("Answer the question").send(answer="")
    assert state.status == 422
    state.send(answer="The highest")
    assert "The highest" in state.text
    officer.open(move(request, "decline")).send(reason="")
    assert officer.status == 422
    officer.send(reason="Outside the mandate")
    request.refresh_from_db()
    assert request.status == "declined"
    officer.open(move(request, "reopen")).send(reason="New facts")
    request.refresh_from_db()
    assert request.status == "under_review"


def test_a_request_is_circulated_closed_and_reopened_on_its_pages(who):
    request = cast.request_in(who, "under_review")
    officer = Visitor(who.case_officer).open(page(request)).follow("Circulate to donors").send()
    assert "is open" in officer.text
    officer.open(move(request, "close")).send(reason="By telephone")
    assert officer.status == 422
    officer.send(reason="By telephone", state_agrees="on")
    request.refresh_from_db()
    assert request.status == "closed"
    approver = Visitor(who.afg_approver).open(move(cast.request_in(who, "open"), "withdraw"))
    assert approver.send(reason="").status == 422
    assert "was withdrawn" in approver.send(reason="No longer needed").text


def test_an_asked_state_reads_confirms_or_leaves(who):
    request = cast.request_in(who, "under_review", joint=["TJK", "KEN"])
    tjk = Visitor(who.tjk_approver).open(page(request))
    assert "Your State is asked to join" in tjk.text and "Opiates pass" in tjk.text
    tjk.follow("Confirm the joint request").send(note_verbale_number="")
    assert tjk.status == 422
    tjk.send(note_verbale_number="TJK-7", authorised="on")
    assert "Your State has confirmed" in tjk.text
    assert "asked to join" not in Visitor(who.afg_approver).open(page(request)).text
    with pytest.raises(Refused, match="not confirmed"):
        asking.move_request(request, "circulate", actor=who.case_officer)
    ken = Visitor(who.ken_approver).open(page(request)).follow("Leave the joint request").send()
    assert ken.status == 200
    assert ken.open(page(request)).status == 404
    asking.move_request(request, "circulate", actor=who.case_officer)
    row = request.co_requesters.get()
    assert (row.state_id, row.note_verbale_number) == ("TJK", "TJK-7")
    assert list(findings()) == []


def test_a_state_confirms_once(who):
    request = cast.request_in(who, "submitted", joint=["TJK"])
    first, second = (Visitor(who.tjk_approver).open(address("joint", request)) for _ in range(2))
    first.send(note_verbale_number="TJK-1", authorised="on")
    second.send(note_verbale_number="TJK-2", authorised="on")
    assert second.status == 409 and "already confirmed" in second.text
    assert request.co_requesters.get().note_verbale_number == "TJK-1"


def test_a_state_leaves_before_circulation_alone_and_its_needs_become_those_of_all(who):
    approver = who.tjk_approver
    for status in ("open", "closed"):
        request = cast.request_in(who, status, joint=["TJK"])
        visitor = Visitor(approver).open(page(request))
        assert visitor.status == 200 and "Leave the joint request" not in visitor.text
        assert visitor.client.get(address("leave", request)).status_code == 302
        with pytest.raises(Conflict, match="before it is circulated"):
            asking.leave_joint_request(request, actor=approver)
    closed = cast.request_in(who, "closed", joint=["TJK"])
    asking.move_request(closed, "reopen", actor=who.case_officer, facts={"reason": "More is needed."})
    with pytest.raises(Conflict):
        asking.leave_joint_request(closed, actor=approver)
    request = cast.request_in(who, "under_review", joint=["TJK"])
    cast.confirm_all(who, request)
    request.needs.update(state="TJK")
    Visitor(approver).open(page(request)).follow("Leave the joint request").send()
    assert (request.co_requesters.count(), request.needs.get().state) == (0, None)
    assert CaseEvent.objects.get(case_type="request", case_id=request.pk, move="leave_joint").facts == {
        "state": "TJK", "needs": [1],
    }  # fmt: skip
    assert list(findings()) == []


def test_a_choice_of_donors_made_on_an_old_page_overwrites_nobody_s(who):
    request = cast.request_in(who, "open", visibility="selected-donors")
    norway, other = who.nor_officer.organisation, who.other_officer.organisation
    asking.show_to(request, [norway], actor=who.afg_approver)
    stale = Visitor(who.afg_approver).open(address("donors", request))
    asking.hide_from(request, [norway], actor=who.afg_approver)
    stale.send(organisations=[str(norway.pk), str(other.pk)])
    assert stale.status == 409 and selectors.shown_to(request) == []
    stale = Visitor(who.afg_approver).open(address("donors", request))
    asking.show_to(request, [other], actor=who.afg_approver)
    stale.send(organisations=[str(norway.pk)])
    assert stale.status == 409 and selectors.shown_to(request) == [other.pk]
    stale.send(organisations=[str(norway.pk)])  # told, and decided again
    assert selectors.shown_to(request) == [norway.pk]
    with pytest.raises(NotAllowed):
        asking.set_shown(request, [other], actor=who.afg_focal_point)
    assert selectors.shown_to(request) == [norway.pk]


def test_a_draft_is_not_shown_to_the_state_that_will_be_asked(who):
    request = cast.draft(who, joint=["TJK"])
    assert Visitor(who.tjk_approver).open(page(request)).status == 404
    with pytest.raises(NotVisible):
        asking.confirm_joint_request(request, note_verbale="NV", actor=who.tjk_approver)


def test_the_state_chooses_donors_by_name_and_takes_that_back(who):
    request = cast.request_in(who, "open", visibility="selected-donors")
    donor, norway = Visitor(who.nor_officer), str(who.nor_officer.organisation.pk)
    assert donor.open(page(request)).status == 404
    approver = Visitor(who.afg_approver).open(page(request)).follow("Choose donors by name")
    approver.send(organisations=[norway])
    assert "Your choice of donors was saved" in approver.text
    assert donor.open(page(request)).status == 200
    assert Visitor(who.other_officer).open(page(request)).status == 404
    assert approver.open(address("donors", request)).form["fields"]["organisations"] == [norway]
    approver.send(organisations=["999999"])
    assert approver.status == 422
    approver.open(address("donors", request)).send(organisations=[])
    assert donor.open(page(request)).status == 404


def test_consent_is_changed_and_holds_at_once(who):
    request = cast.request_in(who, "open")
    donor = Visitor(who.other_officer)
    assert donor.open(page(request)).status == 200
    approver = Visitor(who.afg_approver).open(page(request)).follow("Change who may see it")
    assert approver.send(visibility="nobody").status == 422
    approver.send(visibility="unodc")
    assert donor.open(page(request)).status == 404


def test_more_than_the_quantity_is_accepted_in_words(who):
    request = cast.request_in(who, "open")
    need = request.needs.get()
    approver = Visitor(who.afg_approver).open(reverse("requests:need", args=[str(need)]))
    approver.follow("Accept more than the quantity").send(words="")
    assert approver.status == 422
    approver.send(words="Two more posts were opened")
    assert "Two more posts were opened" in approver.text
    need.refresh_from_db()
    assert need.surplus_accepted == "Two more posts were opened"


def test_an_amendment_keeps_what_stood_and_never_falls_below_what_is_pledged(who):
    request = cast.request_in(who, "open")
    need = request.needs.get()
    cast.pledge_in(who, "accepted", need=need, quantity="6")
    approver = Visitor(who.afg_approver).open(page(request)).follow("Amend the needs")
    assert approver.send().status == 422
    approver.send(quantity_1="5")
    assert approver.status == 422 and "6 of need 1 are already pledged" in approver.text
    approver.send(quantity_1="0", description_1="")
    assert "Enter a quantity above zero" in approver.text and "This must be answered" in approver.text
    approver.send(quantity_1="8.5", description_1="A course")
    assert approver.status == 422 and "no whole number" in approver.text
    approver.send(quantity_1="8", description_1="A longer course")
    assert approver.status == 200, approver.text
    need.refresh_from_db()
    assert (need.quantity, need.description) == (Decimal(8), "A longer course")
    event = CaseEvent.objects.get(case_type="request", case_id=request.pk, move="amend")
    assert event.facts["before"] == {"1": {"quantity": "10", "description": "A course"}}
    assert event.facts["needs"] == {"1": {"quantity": "8", "description": "A longer course"}}
    donor = Visitor(who.nor_officer).open(page(request))
    assert "What was amended" in donor.text and "A longer course" in donor.text
    assert list(findings()) == []


NO_AMENDMENTS = ({"1": {"quantity": Decimal(0)}}, {"7": {"place": "x"}}, {}, {"1": {"description": " "}})


@pytest.mark.parametrize("changes", NO_AMENDMENTS)
def test_no_other_amendment_is_made(who, changes):
    request = cast.request_in(who, "open")
    with pytest.raises(Refused):
        asking.move_request(request, "amend", actor=who.afg_approver, facts={"needs": changes})
    assert request.needs.get().quantity == Decimal(10)


def test_an_assessment_from_its_start_to_its_publication(who):
    delivery = cast.delivery_in(who, "confirmed")
    request = delivery.pledge.need.request
    person = Visitor(who.afg_focal_point).open(page(request)).follow("Start the assessment").send()
    assert "The assessment is a draft now" in person.text
    row = ImpactAssessment.objects.get(request=request)
    assert "Start the assessment" not in Visitor(who.afg_focal_point).open(page(request)).text
    person.follow("Send to the approver").send()
    assert person.status == 422 and "Write the findings" in person.text
    person.open(reverse("requests:findings", args=[key_of(row)]))
    person.send(findings="More was seized", rating_impact="4", rating_relevance="5")
    person.follow("Add an indicator").send(name="")
    assert person.status == 422
    person.send(name="Seizures", unit="kg", baseline="10", current="40")
    assert "Seizures" in person.text and "4 / 5" in person.text
    person.follow("Change Seizures").send(current="41")
    person.follow("Add an indicator").send(name="Posts")
    person.follow("Remove Posts").send()
    assert "Posts" not in person.text.partition("<main")[2]
    person.follow("Send to the approver").send()
    approver = Visitor(who.afg_approver).open(reverse("requests:assessment", args=[key_of(row)]))
    approver.follow("Return for changes").send(reason="")
    assert approver.status == 422
    approver.send(reason="Name the posts")
    assert "Name the posts" in person.open(person.address).text
    person.follow("Send to the approver").send()
    approver.open(reverse("requests:assessment", args=[key_of(row)])).follow("Submit the assessment").send()
    row.refresh_from_db()
    assert (row.status, row.ratings) == ("submitted", {"impact": 4, "relevance": 5})
    assert approver.follow("Publish the assessment").send().status == 200
    assert Visitor(who.public).open(reverse("requests:assessment", args=[str(row)])).status == 200
    assert list(findings()) == []


def test_without_a_confirmed_delivery_no_assessment_is_begun(who):
    request = cast.request_in(who, "open")
    person = Visitor(who.afg_focal_point).open(address("assess", request))
    assert "has been confirmed yet" in person.text
    answer = person.client.post(address("assess", request), {})
    assert answer.status_code == 422
    assert not ImpactAssessment.objects.filter(request=request).exists()
