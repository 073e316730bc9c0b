"""Rule 9 and docs/access.md: what one sees in a list is what one may open, and nothing else exists for one.

`may_view` says by hand, record by record, what the matrix must come to.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from donors import selectors as giving_read
from donors.models import Contribution, Delivery, Offer, Pledge
from portal.accounts.middleware import ActorMiddleware
from portal.accounts.models import Membership
from portal.core import clock
from portal.core.actor import IMPORT, PUBLIC, SYSTEM, Actor, Kind
from portal.core.errors import NotAllowed, NotVisible, Refused
from portal.policy import engine
from portal.policy.actions import A
from portal.policy.matrix import GRANTS, roles_with
from portal.policy.roles import R
from requests_app import selectors as asking_read
from requests_app import services as asking
from requests_app.models import AssistanceRequest, ImpactAssessment, Need
from tests import cast, world
from tests.past import refused

pytestmark = pytest.mark.django_db

VIEW = {
    AssistanceRequest: A.REQUEST_VIEW, ImpactAssessment: A.ASSESSMENT_VIEW, Offer: A.OFFER_VIEW, Pledge: A.PLEDGE_VIEW,
    Delivery: A.DELIVERY_VIEW, Contribution: A.CONTRIBUTION_VIEW,
}  # fmt: skip
PREFIX = {
    "request.": AssistanceRequest, "assessment.": ImpactAssessment, "offer.": Offer, "pledge.": Pledge,
    "delivery.": Delivery, "contribution.": Contribution,
}  # fmt: skip
STAFF = {"case_officer", "finance_officer", "report_officer", "clearing_officer", "auditor"}


@pytest.fixture(scope="module")
def rows(who, django_db_blocker):
    with django_db_blocker.unblock():
        return world.everything(who)


def kind_of(actor: Actor) -> str:
    if actor.roles & {"coordinator", "focal_point", "approver"}:
        return "state"
    if actor.roles & {"donor_officer", "donor_approver"}:
        return "donor"
    return "staff" if actor.roles & STAFF else "other"


def own_request(actor: Actor, request: AssistanceRequest) -> bool:
    joined = request.co_requesters.filter(state=actor.state or None, confirmed_at__isnull=False)
    return bool(actor.state) and (actor.state == request.state_id or joined.exists())


def may_view_request(actor: Actor, request: AssistanceRequest) -> bool:
    kind = kind_of(actor)
    if kind == "state" and (own_request(actor, request) or asked_to_join(actor, request)):
        return True
    if kind == "staff" and request.submitted_at and request.status not in {"draft", "approval"}:
        return True
    if request.status not in {"open", "closed"}:
        return False
    if request.visibility == "public":
        return True
    if kind != "donor" or request.visibility == "unodc":
        return False
    by_name = request.grants.filter(group__name=f"organisation:{actor.organisation.pk}").exclude(
        until__lte=clock.now()
    )
    return request.visibility == "all-donors" or by_name.exists()


def asked_to_join(actor: Actor, request: AssistanceRequest) -> bool:
    """The State reads what it is to confirm, from its submission until it is circulated."""
    asked = request.co_requesters.filter(state=actor.state or None, confirmed_at__isnull=True)
    return request.status in {"submitted", "under_review", "clarification"} and asked.exists()


def gives(actor: Actor, pledge: Pledge) -> bool:
    donors = {pledge.donor_id}
    if pledge.offered_at is not None:
        donors |= set(pledge.joint_donors.values_list("organisation_id", flat=True))
    return kind_of(actor) == "donor" and actor.organisation.pk in donors


def may_view_pledge(actor: Actor, pledge: Pledge) -> bool:
    if pledge.status == "announced" or gives(actor, pledge):
        return True
    if pledge.offered_at is None:
        return False
    if kind_of(actor) == "staff":
        return True
    to_own = own_request(actor, pledge.need.request) if pledge.need else pledge.state_id == actor.state
    return kind_of(actor) == "state" and bool(to_own)


def may_view(actor: Actor, row: Any) -> bool:
    kind = kind_of(actor)
    if isinstance(row, AssistanceRequest):
        return may_view_request(actor, row)
    if isinstance(row, Pledge):
        return may_view_pledge(actor, row)
    if isinstance(row, Delivery):
        return kind == "staff" or may_view_pledge(actor, row.pledge)
    if isinstance(row, Contribution):
        return kind == "staff" or (kind == "donor" and row.donor == actor.organisation)
    if isinstance(row, Offer):
        if row.status in {"published", "partly_taken", "exhausted"}:
            return True
        own = kind == "donor" and row.donor == actor.organisation
        return own or (kind == "staff" and row.status in {"withdrawn", "expired"})
    own = kind == "state" and own_request(actor, row.request)
    accepted = Pledge.objects.filter(need__request=row.request, accepted_at__isnull=False)
    pledged = any(gives(actor, pledge) for pledge in accepted)
    return row.status == "published" or own or (row.status == "submitted" and (kind == "staff" or pledged))


PEOPLE = [
    *(f"{state}_{role}" for state in ("afg", "tjk", "ken") for role in ("coordinator", "focal_point", "approver")),
    "nor_officer", "nor_approver", "other_officer", "other_approver", *sorted(STAFF), "administrator", "public",
]  # fmt: skip


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_sees_what_is_theirs_to_see(who, rows, person):
    actor = getattr(who, person)
    for model, found in rows.items():
        seen = set(engine.visible_to(actor, VIEW[model], model.objects.all()))
        assert seen == {row for row in found if may_view(actor, row)}, model.__name__


@pytest.mark.parametrize("person", PEOPLE)
def test_list_and_detail_agree_for_every_right(who, rows, person):
    actor = getattr(who, person)
    for action in A:
        model = next((m for prefix, m in PREFIX.items() if action.startswith(prefix)), None)
        if model is None:
            continue
        listed = set(engine.visible_to(actor, action, model.objects.all()).values_list("pk", flat=True))
        assert listed == {row.pk for row in rows[model] if engine.can(actor, action, row)}, action
        if listed:
            assert engine.holds(actor, action)


def test_every_row_stands_once(who, rows):
    for _person, actor in who.everyone():
        for model, action in VIEW.items():
            pks = list(engine.visible_to(actor, action, model.objects.all()).values_list("pk", flat=True))
            assert len(pks) == len(set(pks))


def test_selectors_start_from_what_is_visible(who, rows):
    readers = {
        AssistanceRequest: asking_read.requests, ImpactAssessment: asking_read.assessments, Offer: giving_read.offers,
        Pledge: giving_read.pledges, Delivery: giving_read.deliveries, Contribution: giving_read.contributions,
    }  # fmt: skip
    for _person, actor in who.everyone():
        for model, reader in readers.items():
            assert set(reader(actor)) == {row for row in rows[model] if may_view(actor, row)}
        needs = {n.pk for r in rows[AssistanceRequest] if may_view(actor, r) for n in r.needs.all()}
        assert set(asking_read.needs(actor).values_list("pk", flat=True)) == needs


def test_the_portal_itself_sees_all(rows):
    for actor in (SYSTEM, IMPORT):
        for model, found in rows.items():
            assert set(engine.visible_to(actor, VIEW[model], model.objects.all())) == set(found)


def test_a_role_in_one_organisation_gives_nothing_in_another(who):
    """One person, approver of one State and focal point of another: each view is that of the one chosen."""
    user = who.afg_approver.user
    Membership.objects.create(
        user=user,
        organisation=cast.government("KEN"),
        roles=["focal_point"],
        since=cast.LONG_AGO,
        verified_by="NV",
    )
    request = cast.request_in(who, "approval")
    for_kenya = cast.acting(user, cast.government("KEN"))
    assert for_kenya.roles == {"focal_point", "public"}
    assert not engine.can(for_kenya, A.REQUEST_VIEW, request)
    with pytest.raises(NotAllowed):
        asking.move_request(request, "submit", actor=for_kenya)
    assert engine.can(cast.acting(user, cast.government("AFG")), A.REQUEST_SIGN, request)


def test_roles_count_only_where_they_can_be_held(who, rows):
    """A role of the Secretariat given in a State or by a donor opens nothing; nor a State's role elsewhere."""
    foreign = {
        "government": {*STAFF, "administrator"},
        "secretariat": {"coordinator", "focal_point", "approver"},
        "intergovernmental": {*STAFF, "administrator", "coordinator", "focal_point", "approver"},
    }
    for organisation in (cast.government("KEN"), cast.secretariat(), who.other_officer.organisation):
        roles = frozenset(foreign[organisation.kind])
        actor = Actor(
            Kind.PERSON,
            user=who.auditor.user,
            organisation=organisation,
            roles=roles | {"public"},
            state="KEN",
        )
        for model, action in VIEW.items():
            public = set(engine.visible_to(PUBLIC, action, model.objects.all()))
            assert set(engine.visible_to(actor, action, model.objects.all())) == public
        assert not any(engine.holds(actor, a) for a in A if R.PUBLIC not in roles_with(a))


@pytest.mark.parametrize(("since", "until", "counts"), [
    (-10, None, True), (0, None, True), (1, None, False), (-10, 1, True), (-10, 0, False), (-10, -1, False),
])  # fmt: skip
def test_a_membership_counts_from_its_first_day_to_before_its_last(who, since, until, counts):
    day = clock.today()
    person = cast.person(cast.government("BTN"), "focal_point")
    Membership.objects.filter(user=person.user).update(
        since=day + timedelta(days=since), until=None if until is None else day + timedelta(days=until)
    )
    assert (site_actor(person.user).roles == {"focal_point", "public"}) is counts
    if not counts:
        assert site_actor(person.user) == PUBLIC
    person.user.is_active = False
    person.user.save()
    assert site_actor(person.user) == PUBLIC


def test_a_membership_that_nobody_verified_is_none(who):
    pk = who.ken_approver.user.memberships.get().pk
    for change in ("verified_by = ''", "roles = '{}'", "until = since - 1"):
        refused("membership_", f"UPDATE accounts_membership SET {change} WHERE id = %s", pk)


def site_actor(user: Any, **session: Any) -> Actor:
    """The actor that the site's middleware makes of a request."""
    request = RequestFactory().get("/")
    request.user, request.session = user, SessionStore()
    request.session.update({"factor": "code"} | session)
    ActorMiddleware(lambda _request: HttpResponse())(request)
    return request.actor


def test_the_site_takes_the_organisation_that_was_picked(who):
    user = who.afg_approver.user
    kenya = cast.government("KEN")
    assert site_actor(user, acting_for=kenya.pk).organisation == cast.government("AFG")
    Membership.objects.create(
        user=user, organisation=kenya, roles=["coordinator"], since=cast.LONG_AGO, verified_by="NV"
    )
    picked = site_actor(user, acting_for=kenya.pk)
    assert (picked.organisation, picked.state, picked.roles) == (kenya, "KEN", {"coordinator", "public"})
    assert site_actor(AnonymousUser()) == PUBLIC


def test_a_co_requester_is_its_own_state_once_it_has_confirmed(who):
    request = cast.request_in(who, "submitted", joint=["TJK"])
    those = (who.tjk_coordinator, who.tjk_focal_point, who.tjk_approver)
    for move in (False, True):
        assert {engine.can(actor, A.REQUEST_VIEW, request) for actor in those} == {True}
        assert {own_request(actor, request) for actor in those} == {move}
        assert not engine.can(who.tjk_approver, A.REQUEST_SIGN, request)
        assert not engine.can(who.ken_approver, A.REQUEST_VIEW, request)
        if not move:
            with pytest.raises(Refused, match="note verbale"):
                asking.confirm_joint_request(request, note_verbale="", actor=who.tjk_approver)
            for actor in (who.ken_approver, who.nor_approver, who.case_officer, PUBLIC):
                with pytest.raises(NotVisible):
                    asking.confirm_joint_request(request, note_verbale="NV", actor=actor)
            with pytest.raises(NotAllowed):
                asking.confirm_joint_request(request, note_verbale="NV", actor=who.tjk_focal_point)
            asking.confirm_joint_request(request, note_verbale="NV", actor=who.tjk_approver)
    asking.leave_joint_request(request, actor=who.tjk_approver)
    assert not engine.can(who.tjk_approver, A.REQUEST_VIEW, request)


def test_a_request_shown_by_name_until_a_moment(who):
    request = cast.request_in(who, "open", visibility="selected-donors")
    nor, other = who.nor_officer, who.other_officer
    for person, actor in who.everyone():
        if person != "afg_approver":
            with pytest.raises(NotAllowed):
                asking.show_to(request, [nor.organisation], actor=actor)
    asking.show_to(
        request, [nor.organisation], actor=who.afg_approver, until=clock.now() + timedelta(hours=1)
    )
    assert [engine.can(a, A.REQUEST_VIEW, request) for a in (nor, other)] == [True, False]
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert not engine.can(nor, A.REQUEST_VIEW, request)
    asking.show_to(request, [nor.organisation], actor=who.afg_approver)
    assert engine.can(nor, A.REQUEST_VIEW, request)
    asking.hide_from(request, [nor.organisation], actor=who.afg_approver)
    assert not engine.can(nor, A.REQUEST_VIEW, request)


def test_what_is_not_stored_is_judged_by_whose_it_would_be(who):
    own, strange = AssistanceRequest(state_id="AFG"), AssistanceRequest(state_id="KEN")
    assert engine.can(who.afg_focal_point, A.REQUEST_DRAFT, own)
    assert not engine.can(who.afg_focal_point, A.REQUEST_DRAFT, strange)
    assert not engine.can(who.afg_approver, A.REQUEST_DRAFT, own)
    nor, other = who.nor_officer.organisation, who.other_officer.organisation
    assert engine.can(who.nor_officer, A.PLEDGE_DRAFT, Pledge(donor=nor))
    assert not engine.can(who.nor_officer, A.PLEDGE_DRAFT, Pledge(donor=other))
    assert not engine.can(who.case_officer, A.PLEDGE_DRAFT, Pledge(donor=other))
    assert engine.can(who.case_officer, A.PLEDGE_ANNOUNCE, Pledge(donor=other))
    assert engine.can(who.finance_officer, A.CONTRIBUTION_HANDLE, Contribution(donor=other))


def test_every_line_of_the_matrix_names_a_scope_that_its_model_knows():
    for grant in GRANTS:
        model = next((m for prefix, m in PREFIX.items() if grant.action.startswith(prefix)), None)
        if model is not None:
            assert grant.scope in model.policy_scopes, grant
    used = {grant.action for grant in GRANTS}
    assert set(A) - used == {
        A.REQUEST_LAPSE,
        A.OFFER_TAKE_UP,
        A.OFFER_EXPIRE,
        A.PLEDGE_RESUME,
        A.PLEDGE_LAPSE,
        A.DOCUMENT_SCAN,
    }


def test_a_refusal_says_for_whom_it_is(who):
    request = cast.draft(who)
    with pytest.raises(NotAllowed, match="this is for: approver; ask the coordinator"):
        engine.require(who.afg_focal_point, A.REQUEST_SIGN, request)
    with pytest.raises(NotAllowed, match="the portal itself"):
        engine.require(who.afg_focal_point, A.REQUEST_LAPSE, request)


def test_needs_of_a_hidden_request_are_hidden(who, rows):
    hidden = [r for r in rows[AssistanceRequest] if not may_view(PUBLIC, r)]
    assert hidden
    assert not asking_read.needs(PUBLIC).filter(request__in=hidden).exists()
    assert Need.objects.filter(request__in=hidden).exists()
