"""Keys of programs: whom they act for, and every way in which they end."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from portal.accounts import tokens
from portal.accounts.models import ApiToken, Membership
from portal.audit.models import CaseEvent
from portal.core import clock
from portal.core.errors import NotVisible, Refused
from tests import cast
from tests.past import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership(who):
    return Membership.objects.get(user=who.nor_officer.user)


@pytest.fixture
def issued(who, membership):
    return tokens.issue(membership, "nightly", actor=who.nor_officer, scope="write")


def test_a_token_acts_as_its_person_for_its_organisation(who, issued):
    token, raw = issued
    actor, scope = tokens.actor_of(raw)
    assert scope == "write"
    assert (actor.user, actor.organisation, actor.roles) == (
        who.nor_officer.user, who.nor_officer.organisation, who.nor_officer.roles,
    )  # fmt: skip
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_only_a_hash_is_kept(issued):
    token, raw = issued
    assert len(raw) > 40
    assert raw not in str(ApiToken.objects.filter(pk=token.pk).values())
    events = CaseEvent.objects.filter(case_type="membership", case_id=token.membership_id)
    assert [e.move for e in events.order_by("sequence")][-1] == "issue_token"
    assert raw not in str(list(events.values()))


@pytest.mark.parametrize("raw", ["", "at_", "x", "at_" + "A" * 43, "é" * 10, "\0"])
def test_an_unknown_token_is_nobody(issued, raw):
    assert tokens.actor_of(raw) is None
    assert tokens.actor_of(issued[1] + "x") is None
    assert tokens.actor_of(issued[1][:-1]) is None


def test_a_token_expires(issued):
    token, raw = issued
    with clock.frozen(token.expires_at - timedelta(seconds=1)):
        assert tokens.actor_of(raw)
    with clock.frozen(token.expires_at):
        assert tokens.actor_of(raw) is None


def test_a_revoked_token_is_nobody_and_only_its_owner_revokes(who, issued):
    token, raw = issued
    for stranger in (who.nor_approver, who.administrator, who.afg_coordinator):
        with pytest.raises(NotVisible):
            tokens.revoke(token.pk, actor=stranger)
    assert tokens.actor_of(raw)
    tokens.revoke(token.pk, actor=who.nor_officer)
    assert tokens.actor_of(raw) is None
    first = tokens.revoke(token.pk, actor=who.nor_officer).revoked_at
    assert first == ApiToken.objects.get(pk=token.pk).revoked_at


@pytest.mark.parametrize("change", ["ended", "not yet", "inactive"])
def test_a_token_is_no_more_than_its_membership(issued, change):
    row, day = issued[0].membership, clock.today()
    if change == "ended":
        Membership.objects.filter(pk=row.pk).update(until=day)
    elif change == "not yet":
        Membership.objects.filter(pk=row.pk).update(since=day + timedelta(days=1))
    else:
        row.user.is_active = False
        row.user.save()
    assert tokens.actor_of(issued[1]) is None
    with pytest.raises(Refused, match="not in force"):
        tokens.issue(row, "again", actor=cast.SYSTEM)


def test_roles_are_those_of_today(issued):
    Membership.objects.filter(pk=issued[0].membership_id).update(roles=["donor_approver"])
    assert tokens.actor_of(issued[1])[0].roles == {"donor_approver", "public"}


@pytest.mark.parametrize(("given", "field"), [
    ({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"scope": "admin"}, "scope"), ({"days": 0}, "days"),
    ({"days": 366}, "days"), ({"days": -1}, "days"),
])  # fmt: skip
def test_what_cannot_be_issued(who, membership, given, field):
    with pytest.raises(Refused) as told:
        tokens.issue(membership, **({"name": "n", "actor": who.nor_officer} | given))
    assert [r.field for r in told.value.refusals] == [field]
    assert not ApiToken.objects.filter(membership=membership).exists()


def test_there_is_an_end_to_tokens(who, membership):
    for number in range(tokens.MOST_TOKENS):
        last, _raw = tokens.issue(membership, f"{number}", actor=who.nor_officer)
    with pytest.raises(Refused, match="too many"):
        tokens.issue(membership, "one more", actor=who.nor_officer)
    tokens.revoke(last.pk, actor=who.nor_officer)
    tokens.issue(membership, "one more", actor=who.nor_officer)


def test_the_database_holds_it_too(issued):
    pk = issued[0].pk
    for change, name in (
        ("expires_at = created_at", "token_expires"), ("scope = 'all'", "token_scope"), ("hash = 'raw'", "token_hashed"),
    ):  # fmt: skip
        refused(name, f"UPDATE accounts_apitoken SET {change} WHERE id = %s", pk)


def test_the_command_prints_a_token_once(who, membership, capsys):
    call_command("issue_token", membership.user.email.upper(), organisation="government:NOR", scope="write")
    raw = capsys.readouterr().out.strip()
    actor, scope = tokens.actor_of(raw)
    assert (actor.user, scope) == (membership.user, "write")
    call_command("issue_token", who.case_officer.user.email, organisation="secretariat")
    assert tokens.actor_of(capsys.readouterr().out.strip())[1] == "read"


@pytest.mark.parametrize("organisation", ["government:KEN", "nowhere", "", "secretariat", "government:"])
def test_the_command_names_no_stranger(membership, organisation):
    with pytest.raises(CommandError, match="does not act for"):
        call_command("issue_token", membership.user.email, organisation=organisation)
    assert not ApiToken.objects.exists()
