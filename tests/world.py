"""A world of records in every state, so that a rule has something to be wrong about."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from donors import services as giving
from donors.models import Contribution, Delivery, FollowUp, Offer, OfferState, Pledge
from portal.accounts.invitations import accept_as_new, invite
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.unit import DIRECT
from portal.documents import services as documents
from reports import editions
from reports.models import ReportEdition, SectionDecision, Session
from reports.services import enter_session, session_of
from requests_app import services as asking
from requests_app.models import Addressee, AssistanceRequest, ImpactAssessment, Indicator
from tests import cast
from tests.attachments.conftest import attached, received
from tests.attachments.samples import pdf
from tests.cast import Cast

VISIBILITIES = ("unodc", "selected-donors", "all-donors", "public")


def one_of_each(who: Cast) -> dict[str, Any]:
    """One record of each kind of case, each with every kind of row that hangs on it."""
    cost = {"unit_cost_amount": Decimal(5), "unit_cost_currency": "USD"}
    request = cast.request_in(
        who, "under_review", joint=["TJK"], drugs=["opiates"], claims=[{"path": "title"}], need=cost
    )
    DIRECT.add(Addressee(request=request, organisation=who.nor_officer.organisation))
    cast.refresh_digest(request)
    for move, actor, facts in (
        ("ask_for_clarification", who.case_officer, {"question": "For whom?"}),
        ("answer", who.afg_focal_point, {"answer": "For all"}),
    ):
        request = asking.move_request(request, move, actor=actor, facts=facts)
    cast.confirm_all(who, request)
    request = asking.move_request(request, "circulate", actor=who.case_officer)
    asking.show_to(request, [who.nor_officer.organisation], actor=who.afg_approver)
    other = cast.request_in(who, "open")
    asking.show_to(other, [who.other_officer.organisation], actor=who.afg_approver)
    need = request.needs.get()
    offer = giving.draft_offer(
        cast.new_offer(who, regions=["142"]), states=[OfferState(state_id="AFG")], actor=who.nor_officer
    )
    offer = giving.move_offer(offer, "publish", actor=who.nor_approver)
    cast.offer_in(who, "published")
    pledge = cast.pledge_in(
        who, "agreed", need=need, joint=[who.other_officer.organisation], offer=offer,
        value_amount=Decimal(100), value_currency="EUR", kind="cash",
    )  # fmt: skip
    delivery = cast.delivery_in(
        who, "confirmed", pledge=pledge, value_amount=Decimal(40), value_currency="EUR"
    )  # fmt: skip
    giving.answer_follow_up(delivery, FollowUp(date=clock.now(), status="in-use"), actor=who.afg_focal_point)
    contribution = cast.contribution_in(who, "received")
    cast.entry(who, contribution, "allocate", "10", need=need)
    cast.entry(who, contribution, "refund", "10")
    cast.contribution_in(who, "received", earmarking="tight", earmarked_need=need)
    assessment = cast.assessment_in(who, "submitted", request=request, ratings={"impact": 4})
    asking.start_assessment(
        type(assessment)(request=request, findings="x"),
        indicators=[Indicator(name="Seizures")],
        actor=who.afg_focal_point,
    )
    cast.assessment_in(who, "published", ratings={"impact": 3})
    cast.draft(who, quantities=())
    document = attached(request, who.afg_focal_point, checked=True)
    attached(other, who.afg_focal_point)
    newer = documents.examine(received(pdf(), "newer.pdf"), request=request, actor=who.afg_focal_point)
    document = documents.replace(document, newer, actor=who.afg_focal_point)
    state = who.afg_coordinator.organisation
    invitation = invite("invited@example.org", state, ["approver"], actor=who.afg_coordinator)
    membership = accept_as_new(invitation, name="Sample", language="en", password="a long sentence")
    invite("invited.too@example.org", state, ["focal_point"], actor=who.afg_coordinator)
    edition = report_of(who)
    return {
        "edition": edition, "input_request": edition.session.input_requests.get(),
        "invitation": invitation, "membership": membership, "request": request, "offer": offer, "pledge": pledge,
        "delivery": delivery, "contribution": contribution,
        "assessment": assessment, "document": document,
    }  # fmt: skip


def report_of(who: Cast) -> ReportEdition:
    """An edition for which an input was asked, with a section cleared on its frozen records."""
    asked = session_of(62)
    enter_session(Session(number=63, start=asked.start, until=asked.until), actor=SYSTEM)
    edition = ReportEdition(session=asked, cut_off=date(2018, 12, 31), languages=["en"], formats=["html"])
    edition = editions.plan_edition(edition, actor=who.report_officer)
    facts = {
        "organisations": [who.afg_coordinator.organisation],
        "due": clock.today() + timedelta(days=9),
    }
    edition = editions.move_edition(edition, "invite_inputs", actor=who.report_officer, facts=facts)
    snapshot = edition.snapshots.create(taken_at=clock.now(), sha256="0" * 64, root="0" * 64, content=b"x")
    DIRECT.add(
        SectionDecision(
            edition=edition, snapshot=snapshot, section="summary", language="en", cleared=True,
            made_by=who.clearing_officer.user.pk, made_at=clock.now(),
        )
    )  # fmt: skip
    cast.refresh_digest(edition)
    return edition


def requests_of_every_kind(who: Cast) -> list[AssistanceRequest]:
    """Requests in every state and, once circulated, in every visibility; joined in, or only asked to be."""
    made = [cast.request_in(who, status, visibility="public") for status in cast.REQUEST_PATH]
    for visibility in VISIBILITIES:
        for status in ("open", "closed", "under_review"):
            request = cast.request_in(who, status, visibility="public")
            AssistanceRequest.objects.filter(pk=request.pk).update(visibility=visibility)
            made.append(request)
    made.append(asking.move_request(cast.draft(who, visibility="public"), "withdraw", actor=who.afg_approver))
    made.append(cast.draft(who, joint=["TJK", "KEN"]))
    joint = cast.request_in(who, "submitted", joint=["TJK", "KEN"])
    asking.confirm_joint_request(joint, note_verbale="NV-3", actor=who.tjk_approver)
    made.append(joint)
    chosen = cast.request_in(who, "open", visibility="selected-donors")
    asking.show_to(chosen, [who.nor_officer.organisation], actor=who.afg_approver)
    ended = cast.request_in(who, "open", visibility="selected-donors")
    asking.show_to(
        ended,
        [who.nor_officer.organisation],
        actor=who.afg_approver,
        until=clock.now() - timedelta(seconds=1),
    )
    not_yet = cast.request_in(who, "submitted", visibility="selected-donors")
    asking.show_to(
        not_yet,
        [who.other_officer.organisation],
        actor=who.afg_approver,
        until=clock.now() + timedelta(days=1),
    )
    taken_back = cast.request_in(who, "open", visibility="selected-donors")
    asking.show_to(taken_back, [who.nor_officer.organisation], actor=who.afg_approver)
    asking.move_request(taken_back, "change_consent", actor=who.afg_approver, facts={"visibility": "unodc"})
    made += [chosen, ended, not_yet, taken_back]
    return list(AssistanceRequest.objects.filter(pk__in=[r.pk for r in made]).order_by("pk"))


def everything(who: Cast) -> dict[type[models.Model], list[Any]]:
    """All records of that world, by model, as they are stored."""
    requests_of_every_kind(who)
    needs = cast.request_in(who, "open", quantities=("900",)).needs.get()
    pledges = [cast.pledge_in(who, status, need=needs, quantity="1") for status in cast.PLEDGE_PATH]
    pledges.append(cast.pledge_in(who, "announced", need=needs, quantity="1"))
    draft = cast.pledge_in(who, "draft", need=needs, quantity="1", joint=[who.other_officer.organisation])
    pledges.append(giving.move_pledge(draft, "withdraw", actor=who.nor_approver))
    joint = cast.request_in(who, "open", joint=["TJK"]).needs.get()
    pledges.append(cast.pledge_in(who, "agreed", need=joint, joint=[who.other_officer.organisation]))
    pledges.append(cast.pledge_in(who, "offered", state_id="KEN"))
    for status in cast.DELIVERY_PATH:
        cast.delivery_in(who, status, pledge=pledges[-2], quantity="1")
    for status in ("announced", "agreed", "receiving", "received", "closed", "cancelled"):
        cast.contribution_in(who, status)
    for status in ("draft", "published", "partly_taken", "exhausted", "withdrawn", "expired"):
        cast.offer_in(who, status)
    for status in cast.ASSESSMENT_PATH:
        cast.assessment_in(who, status)
    return {
        model: list(model._default_manager.order_by("pk"))
        for model in (AssistanceRequest, ImpactAssessment, Offer, Pledge, Delivery, Contribution)
    }
