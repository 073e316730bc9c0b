"""Who joins, by whose word, and that an end is an end."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from portal.accounts import factors, invitations, people, selectors, tokens
from portal.accounts.models import Invitation, Membership, OpenSession, User
from portal.accounts.services import enter_membership
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.errors import Conflict, NotAllowed, NotVisible, Refused
from portal.policy.roles import HELD_BY_KIND, R, givable, holdable
from requests_app import services as asking
from tests import cast
from tests.accounts.conftest import sign_in, signed_in, with_authenticator, with_password
from tests.past import refused
from tests.site import client_of

pytestmark = pytest.mark.django_db
EMAIL = "newcomer@example.org"
NV = {"note": "12/2026", "note_date": cast.LONG_AGO}
JOIN = {"name": "Sample Newcomer", "language": "fr", "new_password": "a sentence of one's own"}


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Calls a service and gives what it gave and the links that were sent."""

    def act(service, *args, **kwargs):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            made = service(*args, **kwargs)
        links = [re.search(r"https?://[^/]+(/accounts/invitation/\S+)", m.body).group(1) for m in mail.outbox]
        return made, links

    return act


@pytest.fixture
def invited(who, sent):
    return sent(
        invitations.invite, EMAIL, who.afg_coordinator.organisation, ["approver"], actor=who.afg_coordinator
    )


# who may invite


@pytest.mark.parametrize(("person", "place", "roles"), [
    ("afg_coordinator", "AFG", ["focal_point", "approver"]), ("afg_coordinator", "AFG", ["donor_officer"]),
    ("nor_approver", "NOR", ["donor_approver"]), ("administrator", "secretariat", ["case_officer"]),
    ("administrator", "secretariat", ["administrator"]),
])  # fmt: skip
def test_those_who_may_invite_do(who, sent, person, place, roles):
    organisation = cast.secretariat() if place == "secretariat" else cast.government(place)
    made, links = sent(invitations.invite, EMAIL, organisation, roles, actor=getattr(who, person))
    assert len(links) == 1
    assert (made.email, set(made.roles), made.state) == (EMAIL, set(roles), "open")
    assert made.expires_at == made.created_at + timedelta(days=14)


@pytest.mark.parametrize(("person", "place", "roles", "error"), [
    ("afg_coordinator", "KEN", ["approver"], NotAllowed), ("ken_coordinator", "AFG", ["approver"], NotAllowed),
    ("afg_approver", "AFG", ["approver"], NotAllowed), ("afg_focal_point", "AFG", ["focal_point"], NotAllowed),
    ("nor_officer", "NOR", ["donor_officer"], NotAllowed), ("nor_approver", "AFG", ["donor_officer"], NotAllowed),
    ("case_officer", "AFG", ["approver"], NotAllowed), ("auditor", "secretariat", ["auditor"], NotAllowed),
    ("afg_coordinator", "secretariat", ["case_officer"], NotAllowed),
    ("afg_coordinator", "AFG", ["coordinator"], Refused), ("afg_coordinator", "AFG", ["case_officer"], Refused),
    ("afg_coordinator", "AFG", ["administrator", "approver"], Refused), ("afg_coordinator", "AFG", [], Refused),
    ("afg_coordinator", "AFG", ["emperor"], Refused), ("afg_coordinator", "AFG", ["public"], Refused),
    ("nor_approver", "NOR", ["approver"], Refused), ("nor_approver", "NOR", ["coordinator"], Refused),
    ("administrator", "secretariat", ["coordinator"], Refused),
])  # fmt: skip
def test_those_who_may_not_do_not(who, person, place, roles, error):
    organisation = cast.secretariat() if place == "secretariat" else cast.government(place)
    with pytest.raises(error):
        invitations.invite(EMAIL, organisation, roles, actor=getattr(who, person))
    assert not Invitation.objects.exists()


def test_unodc_verifies_the_first_of_a_state_on_a_note_verbale(who, sent):
    bhutan = cast.government("BTN")
    with pytest.raises(Refused) as told:
        invitations.invite(EMAIL, bhutan, ["coordinator"], actor=who.administrator)
    assert {r.field for r in told.value.refusals} == {"note", "note_date"}
    future = {"note": "1", "note_date": clock.today() + timedelta(days=1)}
    with pytest.raises(Refused, match="today or in the past"):
        invitations.invite(EMAIL, bhutan, ["coordinator"], actor=who.administrator, **future)
    made, _links = sent(invitations.invite, EMAIL, bhutan, ["coordinator"], actor=who.administrator, **NV)
    assert made.verified_by == f"12/2026 ({cast.LONG_AGO.isoformat()})"
    assert invitations.accept_as_new(made, name="N", language="en", password=JOIN["new_password"]).verified_by
    with pytest.raises(Refused, match="replace the coordinator"):
        invitations.invite("b@example.org", bhutan, ["coordinator"], actor=who.administrator, **NV)


def test_a_member_is_not_invited_again(who):
    with pytest.raises(Refused, match="is a member already"):
        invitations.invite(
            who.afg_approver.user.email.upper(),
            who.afg_approver.organisation,
            ["approver"],
            actor=who.afg_coordinator,
        )


# accepting


def test_a_new_person_accepts(who, invited):
    invitation, (link,) = invited
    client = Client()
    page = client.get(link).content.decode()
    for said in ("Government of Afghanistan", "approver", who.afg_coordinator.user.name, EMAIL):
        assert said in page
    assert client.post(link, JOIN | {"new_password": "short"}).status_code == 422
    assert client.post(link, JOIN | {"name": ""}).status_code == 422
    answer = client.post(link, JOIN)
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/second-factor/")
    row = Membership.objects.get(user__email=EMAIL)
    assert (row.roles, row.organisation, row.invited_by) == (
        ["approver"], invitation.organisation, who.afg_coordinator.user,
    )  # fmt: skip
    assert row.user.language == "fr"
    assert client.get("/fr/requests/")["Location"] == "/accounts/second-factor/"


def test_the_link_works_once(invited):
    _invitation, (link,) = invited
    assert Client().post(link, JOIN).status_code == 303
    again = Client().post(link, JOIN | {"name": "Someone else"})
    assert again.status_code == 410
    assert "accepted already" in again.content.decode()
    assert User.objects.filter(email=EMAIL).count() == 1


def test_two_at_the_same_moment_are_one(invited):
    invitation, _links = invited
    stale = Invitation.objects.get(pk=invitation.pk)
    given = {"name": "N", "language": "en", "password": JOIN["new_password"]}
    invitations.accept_as_new(invitation, **given)
    with pytest.raises(Refused, match="can no longer be accepted"):
        invitations.accept_as_new(stale, **given)


def test_it_runs_out(who, invited):
    invitation, (link,) = invited
    with clock.frozen(invitation.expires_at):
        answer = Client().post(link, JOIN)
        assert answer.status_code == 410
        assert who.afg_coordinator.user.name in answer.content.decode()
        with pytest.raises(Refused):
            invitations.accept_as_new(invitation, name="N", language="en", password=JOIN["new_password"])
    assert not User.objects.filter(email=EMAIL).exists()


def test_what_was_taken_back_opens_nothing(who, invited):
    invitation, (link,) = invited
    invitations.revoke(invitation.pk, actor=who.afg_coordinator)
    assert "taken back" in Client().get(link).content.decode()
    assert Client().post(link, JOIN).status_code == 410
    with pytest.raises(Conflict):
        invitations.resend(invitation.pk, actor=who.afg_coordinator)


def test_sent_again_the_old_link_opens_nothing(who, invited, sent):
    invitation, (old,) = invited
    _row, (new,) = sent(invitations.resend, invitation.pk, actor=who.afg_coordinator)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    with pytest.raises(Refused):
        invitations.accept_as_new(invitation, name="N", language="en", password=JOIN["new_password"])


def test_invited_anew_the_earlier_one_is_taken_back(who, invited, sent):
    invitation, (old,) = invited
    sent(
        invitations.invite, EMAIL.upper(), invitation.organisation, ["focal_point"], actor=who.afg_coordinator
    )
    assert Client().get(old).status_code == 410
    assert Invitation.objects.filter(accepted_at=None, revoked_at=None).count() == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "é"])
def test_a_guessed_link_is_nothing(invited, token):
    assert Client().get(f"/accounts/invitation/{token}/").status_code == 404


def test_only_a_hash_of_the_link_is_kept(invited):
    invitation, (link,) = invited
    raw = link.strip("/").split("/")[-1]
    assert raw not in str(Invitation.objects.filter(pk=invitation.pk).values())
    assert raw not in str(list(CaseEvent.objects.filter(case_type="invitation").values()))


def test_who_has_an_account_signs_in_and_accepts(who, sent):
    user = with_password(who.ken_focal_point.user)
    _made, (link,) = sent(
        invitations.invite,
        user.email,
        who.afg_coordinator.organisation,
        ["focal_point"],
        actor=who.afg_coordinator,
    )
    assert "Sign in to accept" in Client().get(link).content.decode()
    assert Client().post(link, JOIN).status_code == 200
    assert user.memberships.count() == 1
    stranger = signed_in(with_password(who.nor_officer.user))
    assert "another e-mail address" in stranger.get(link).content.decode()
    stranger.post(link, {})
    assert user.memberships.count() == 1
    client = Client()
    assert sign_in(client, user, next=link)["Location"] == link
    assert client.post(link, {}).status_code == 303
    assert user.memberships.count() == 2


def test_resending_and_revoking_are_for_those_who_invite(who, invited):
    invitation, _links = invited
    for stranger in (who.ken_coordinator, who.nor_approver):
        for service in (invitations.resend, invitations.revoke):
            with pytest.raises(NotVisible):
                service(invitation.pk, actor=stranger)
    for other in (who.afg_approver, who.afg_focal_point, who.case_officer, who.auditor):
        with pytest.raises(NotAllowed):
            invitations.revoke(invitation.pk, actor=other)


# ending and changing


def test_an_end_ends_sessions_and_tokens_at_once(who, sent):
    user = with_password(who.afg_focal_point.user)
    row = user.memberships.get()
    elsewhere = enter_membership(
        user, cast.government("KEN"), ["focal_point"], actor=SYSTEM, verified_by="NV"
    )
    here, there = signed_in(user), signed_in(user)
    here.post("/accounts/acting/", {"organisation": row.organisation_id})
    there.post("/accounts/acting/", {"organisation": elsewhere.organisation_id})
    assert [c.get("/accounts/").status_code for c in (here, there)] == [200, 200]
    _t, raw = tokens.issue(row, "n", actor=who.afg_focal_point, scope="write")
    _t, raw_there = tokens.issue(elsewhere, "n", actor=who.afg_focal_point)
    client = client_of(who.afg_coordinator)
    assert client.post(f"/accounts/people/{row.pk}/end/").status_code == 303
    assert here.get("/accounts/").status_code == 303
    assert there.get("/accounts/").status_code == 200
    assert tokens.actor_of(raw) is None
    assert tokens.actor_of(raw_there)
    row.refresh_from_db()
    assert row.until == clock.today()
    assert cast.acting(user, row.organisation) == cast.PUBLIC


def test_if_the_end_fails_nothing_has_ended(who, monkeypatch):
    user = with_password(who.afg_focal_point.user)
    client = signed_in(user)
    row = user.memberships.get()
    _t, raw = tokens.issue(row, "n", actor=who.afg_focal_point)

    def broken(*_args, **_kwargs):
        raise Conflict("no")

    monkeypatch.setattr(invitations, "revoke_all_by", broken)
    with pytest.raises(Conflict):
        people.end_membership(row.pk, actor=who.afg_coordinator)
    assert client.get("/accounts/").status_code == 200
    assert tokens.actor_of(raw)
    row.refresh_from_db()
    assert row.until is None


def test_what_the_person_offered_is_taken_back(who, invited):
    _invitation, (link,) = invited
    people.end_membership(who.afg_coordinator.user.memberships.get().pk, actor=who.administrator)
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(("by", "whom", "error"), [
    ("ken_coordinator", "afg_approver", NotVisible), ("nor_approver", "afg_approver", NotVisible),
    ("nor_approver", "other_officer", NotVisible), ("afg_approver", "afg_focal_point", NotAllowed),
    ("case_officer", "afg_approver", NotAllowed), ("auditor", "afg_approver", NotAllowed),
    ("afg_coordinator", "afg_coordinator", NotAllowed), ("administrator", "administrator", NotAllowed),
])  # fmt: skip
def test_no_stranger_ends_or_changes(who, by, whom, error):
    row = getattr(who, whom).user.memberships.get()
    with pytest.raises(error):
        people.end_membership(row.pk, actor=getattr(who, by))
    with pytest.raises(error):
        people.change_roles(row.pk, ["focal_point"], actor=getattr(who, by))
    row.refresh_from_db()
    assert row.until is None


def test_nobody_raises_oneself(who):
    row = who.afg_coordinator.user.memberships.get()
    with pytest.raises(NotAllowed, match="of their own"):
        people.change_roles(row.pk, ["coordinator", "approver"], actor=who.afg_coordinator)


def test_roles_are_changed_by_who_may_give_and_take_them(who):
    row = who.afg_focal_point.user.memberships.get()
    people.change_roles(row.pk, ["approver", "focal_point"], actor=who.afg_coordinator)
    row.refresh_from_db()
    assert row.roles == ["focal_point", "approver"]
    for strange in (["coordinator"], ["case_officer"], [], ["emperor"]):
        with pytest.raises(Refused):
            people.change_roles(row.pk, strange, actor=who.afg_coordinator)
    with pytest.raises(Refused, match="replace the coordinator"):
        people.change_roles(row.pk, ["coordinator"], actor=who.administrator)


def test_a_donor_approver_takes_no_role_of_the_state(who):
    norway = who.nor_approver.organisation
    both = cast.person(norway, "focal_point", "donor_officer").user.memberships.get()
    with pytest.raises(NotAllowed, match="not yours to give or take: focal point"):
        people.end_membership(both.pk, actor=who.nor_approver)


def test_an_ended_membership_ends_no_more(who):
    row = who.afg_focal_point.user.memberships.get()
    people.end_membership(row.pk, actor=who.afg_coordinator)
    with pytest.raises(Conflict):
        people.end_membership(row.pk, actor=who.afg_coordinator)
    with pytest.raises(Conflict):
        people.change_roles(row.pk, ["approver"], actor=who.afg_coordinator)


# a coordinator replaced


def test_a_coordinator_is_replaced_on_a_note_verbale(who, sent):
    state = who.afg_coordinator.organisation
    waiting = cast.request_in(who, "approval")
    client = client_of(who.afg_coordinator)
    done, (link,) = sent(
        people.replace_coordinator,
        state,
        EMAIL,
        note="44/2026",
        note_date=cast.LONG_AGO,
        actor=who.administrator,
    )
    assert [row.user for row in done.ended] == [who.afg_coordinator.user]
    assert client.get("/accounts/").status_code == 303
    assert client_of(who.afg_approver).get(f"/en/requests/{waiting}/").status_code == 200
    asking.move_request(waiting, "submit", actor=who.afg_approver)
    assert Client().post(link, JOIN).status_code == 303
    new = cast.acting(User.objects.get(email=EMAIL), state)
    assert "coordinator" in new.roles
    invitations.invite("next@example.org", state, ["focal_point"], actor=new)
    moves = CaseEvent.objects.filter(case_type="membership", case_id=done.ended[0].pk).order_by("sequence")
    assert moves.last().move == "end"
    assert "44/2026" in moves.last().facts["note_verbale"]


@pytest.mark.parametrize(
    "given", [{"note": "", "note_date": cast.LONG_AGO}, {"note": "1", "note_date": None}]
)
def test_never_without_number_and_date(who, given):
    with pytest.raises(Refused):
        people.replace_coordinator(who.afg_coordinator.organisation, EMAIL, actor=who.administrator, **given)
    assert who.afg_coordinator.user.memberships.get().until is None


@pytest.mark.parametrize(
    "person", ["afg_coordinator", "afg_approver", "ken_coordinator", "case_officer", "auditor"]
)
def test_by_unodc_s_administrator_alone(who, person):
    with pytest.raises(NotAllowed):
        people.replace_coordinator(who.afg_coordinator.organisation, EMAIL, actor=getattr(who, person), **NV)
    assert who.afg_coordinator.user.memberships.get().until is None


def test_not_by_the_same_and_not_where_there_is_none(who):
    with pytest.raises(Refused, match="is the coordinator"):
        people.replace_coordinator(
            who.afg_coordinator.organisation, who.afg_coordinator.user.email, actor=who.administrator, **NV
        )
    with pytest.raises(Refused, match="no coordinator to replace"):
        people.replace_coordinator(cast.government("BTN"), EMAIL, actor=who.administrator, **NV)


def test_a_lost_second_factor_is_cleared_by_unodc(who):
    user = with_password(who.afg_approver.user)
    row = user.memberships.get()
    with_authenticator(user)
    OpenSession.objects.create(user=user, session_key="x", since=clock.now(), last_used_at=clock.now())
    with pytest.raises(NotAllowed):
        people.clear_factors(row.pk, note="letter 1", actor=who.afg_coordinator)
    with pytest.raises(Refused):
        people.clear_factors(row.pk, note=" ", actor=who.administrator)
    assert factors.has_one(user)
    people.clear_factors(row.pk, note="letter 1", actor=who.administrator)
    assert not factors.has_one(user)
    assert not OpenSession.objects.filter(user=user).exists()


# pages


def test_a_member_page_is_for_the_own_organisation(who):
    row = who.afg_focal_point.user.memberships.get()
    url = f"/accounts/people/{row.pk}/"
    seen = {person for person, actor in who.everyone() if client_of(actor).get(url).status_code == 200}
    from tests.site import AFG, STAFF  # noqa: PLC0415

    assert seen == AFG | STAFF | {"administrator"}


def test_the_list_holds_the_own_people_alone(who):
    text = client_of(who.nor_approver).get("/accounts/people/").content.decode()
    assert who.nor_officer.user.email in text
    assert who.afg_approver.user.email not in text
    assert "required, not set up" in text
    own = Membership.objects.get(user=who.nor_officer.user)
    assert f'href="/accounts/people/{own.pk}/"' in text
    found = (
        client_of(who.administrator)
        .get("/accounts/people/", {"q": who.afg_approver.user.email})
        .content.decode()
    )
    assert who.afg_approver.user.email in found
    assert who.nor_officer.user.email not in found


def test_invited_by_the_pages(who, sent):
    state = who.afg_coordinator.organisation
    client = client_of(who.afg_coordinator)
    url = f"/accounts/people/invite/{state.pk}/"
    page = client.get(url).content.decode()
    assert 'value="focal_point"' in page
    assert 'value="coordinator"' not in page
    assert "note verbale" not in page
    given = {"email": EMAIL, "language": "ar", "roles": ["focal_point"]}
    answer, links = sent(client.post, url, given)
    assert (answer.status_code, len(links)) == (303, 1)
    assert client.post(url, given | {"roles": ["coordinator"]}).status_code == 422
    assert EMAIL in client.get("/accounts/invitations/").content.decode()
    assert EMAIL not in client_of(who.ken_coordinator).get("/accounts/invitations/").content.decode()
    day = {"note": "1/26", "note_date_day": "1", "note_date_month": "2", "note_date_year": "2026"}
    admin = client_of(who.administrator)
    replace = f"/accounts/people/replace/{state.pk}/"
    sent_to = {"email": "b@example.org", "language": "en"}
    assert admin.post(replace, sent_to).status_code == 422
    assert admin.post(replace, sent_to | day).status_code == 303
    assert Invitation.objects.get(email="b@example.org").verified_by == "1/26 (2026-02-01)"


# what always holds


def test_the_database_refuses_roles_of_another_kind(who, invited):
    for table, pk in (
        ("membership", who.afg_approver.user.memberships.get().pk), ("invitation", invited[0].pk),
    ):  # fmt: skip
        for role in ("case_officer", "administrator", "public", "emperor"):
            refused(
                f"accounts_{table}_roles_fit",
                f"UPDATE accounts_{table} SET roles = %s WHERE id = %s",
                [role],
                pk,
            )


def test_the_database_knows_the_same_kinds_as_the_policy(who):
    for kind, place in (("government", cast.government("BTN")), ("secretariat", cast.secretariat()),
                        ("intergovernmental", who.other_officer.organisation)):  # fmt: skip
        user = User.objects.create(email=f"{kind}@example.org", name="n")
        for role in holdable(kind):
            Membership.objects.create(
                user=user,
                organisation=place,
                roles=[role],
                since=cast.LONG_AGO,
                until=cast.LONG_AGO,
                verified_by="n",
            )
    assert set(HELD_BY_KIND) == {"government", "secretariat"}


def test_one_live_membership_of_a_person_in_an_organisation(who):
    row = who.afg_approver.user.memberships.get()
    refused(
        "membership_once",
        "INSERT INTO accounts_membership (user_id, organisation_id, roles, since, verified_by) "
        "VALUES (%s, %s, '{approver}', now(), 'x')", row.user_id, row.organisation_id,
    )  # fmt: skip


def test_an_invitation_ends_in_one_way(invited):
    pk = invited[0].pk
    for change, name in (
        ("accepted_at = now()", "invitation_taken_is_a_membership"), ("expires_at = created_at", "invitation_expires"),
        ("hash = 'raw'", "invitation_hashed"), ("roles = '{}'", "invitation_has_a_role"),
    ):  # fmt: skip
        refused(name, f"UPDATE accounts_invitation SET {change} WHERE id = %s", pk)


def test_what_happened_to_people_is_whole_and_a_change_past_the_services_is_found(who, invited):
    _invitation, (link,) = invited
    Client().post(link, JOIN)
    people.end_membership(who.afg_focal_point.user.memberships.get().pk, actor=who.afg_coordinator)
    assert list(findings()) == []
    Membership.objects.filter(user=who.afg_approver.user).update(roles=["focal_point", "approver"])
    assert any("membership" in line for line in findings())


def test_nobody_gives_what_is_not_theirs():
    assert givable(["focal_point", "approver", "auditor", "public"], "government") == ()
    for role in R:
        if role not in {R.COORDINATOR, R.DONOR_APPROVER, R.ADMINISTRATOR}:
            assert givable([role], "secretariat") == ()


def test_home_tells_who_invites_of_invitations_that_end(who):
    state = who.afg_coordinator.organisation
    invitation = invitations.invite("soon@example.org", state, ["focal_point"], actor=who.afg_coordinator)
    words = "was not accepted and ends"
    assert words not in client_of(who.afg_coordinator).get("/en/").content.decode()
    later = clock.now() + timedelta(days=12)
    with clock.frozen(later):
        assert selectors.ending_invitations(who.afg_coordinator) == 1
        assert selectors.ending_invitations(who.tjk_coordinator) == 0
        assert selectors.ending_invitations(who.nor_officer) == 0
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=clock.now() + timedelta(days=1))
    assert words in client_of(who.afg_coordinator).get("/en/").content.decode()


@pytest.mark.parametrize("page", ["end", "roles"])
def test_one_s_own_membership_is_refused_at_the_start_with_who_may(who, page):
    own = Membership.objects.get(user=who.nor_approver.user)
    address = f"/accounts/people/{own.pk}/{page}/"
    answer = client_of(who.nor_approver).get(address)
    assert answer.status_code == 403
    assert "of their own; ask UNODC" in answer.content.decode()
    colleague = cast.person(own.organisation, "donor_approver", name="Colleague who may")
    text = client_of(who.nor_approver).get(address).content.decode()
    assert "of their own; these may:" in text and "Colleague who may" in text
    assert client_of(colleague).get(address).status_code == 200


@pytest.mark.parametrize("page", ["end", "roles"])
def test_a_membership_that_is_not_the_actor_s_to_change_is_refused_at_the_start(who, page):
    person = cast.person(who.afg_approver.organisation, "coordinator", "approver")
    row = Membership.objects.get(user=person.user)
    client = client_of(who.afg_coordinator)
    assert client.get(f"/accounts/people/{row.pk}/{page}/").status_code == 403
    people.end_membership(row.pk, actor=who.administrator)
    assert client.get(f"/accounts/people/{row.pk}/{page}/").status_code == 409
