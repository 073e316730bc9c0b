"""The second factor: who owes it, what it opens, and that each code counts once."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from portal.accounts import factors, gate
from portal.accounts.models import Membership, OpenSession, User
from portal.core.errors import NotVisible, Refused
from portal.policy.roles import SECOND_FACTOR, R
from tests import cast
from tests.accounts.conftest import (
    PASSWORD,
    code_of,
    secret_of,
    sign_in,
    signed_in,
    with_authenticator,
    with_password,
)

pytestmark = pytest.mark.django_db
CODE = "/accounts/login/code/"
SETUP = "/accounts/second-factor/"


@pytest.fixture
def approver(who):
    return with_password(who.afg_approver.user)


@pytest.fixture
def officer(who):
    return with_password(who.afg_focal_point.user)


def test_the_roles_that_owe_it_are_those_of_the_design():
    assert {r.value for r in SECOND_FACTOR} == {
        "approver", "donor_approver", "finance_officer", "clearing_officer", "administrator",
    }  # fmt: skip


@pytest.mark.parametrize("role", [r for r in R if r is not R.PUBLIC])
def test_who_owes_it_reaches_its_pages_alone(who, role):
    place = {
        "case_officer",
        "finance_officer",
        "report_officer",
        "clearing_officer",
        "administrator",
        "auditor",
    }
    organisation = cast.secretariat() if role in place else cast.government("BTN")
    user = with_password(cast.person(organisation, role).user)
    client = signed_in(user)
    owes = role in SECOND_FACTOR
    for url in (
        "/en/",
        "/en/requests/",
        "/accounts/",
        "/accounts/tokens/",
        "/accounts/people/",
        "/accounts/acting/",
    ):
        answer = client.get(url)
        assert (answer.status_code, answer.headers.get("Location")) == (
            (302, SETUP) if owes else (200, None)
        ), url
    page = client.get(SETUP)
    assert page.status_code == 200
    assert ("until then, no other page can be opened" in page.content.decode()) is owes
    assert client.get("/accounts/second-factor/app/").status_code == 200


def test_before_the_factor_nothing_is_done_either(approver, who):
    request = cast.request_in(who, "approval")
    client = signed_in(approver)
    answer = client.post(f"/en/requests/{request}/submit/", {})
    assert (answer.status_code, answer["Location"]) == (302, SETUP)
    request.refresh_from_db()
    assert request.status == "approval"


def test_a_program_is_told_no(approver):
    client = signed_in(approver)
    assert client.get("/api/v1/requests/").status_code in {200, 401, 403}
    assert "AFG" not in client.get("/api/v1/requests/").content.decode()


def test_setting_up_an_app_shows_the_key_and_codes_once(approver):
    client = signed_in(approver)
    page = client.get("/accounts/second-factor/app/").content.decode()
    key = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page).group(1)
    assert all(len(part) == 4 for part in key.split())
    assert 'src="data:image/svg+xml;base64,' in page
    assert "style=" not in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    secret = key.replace(" ", "")
    assert client.post("/accounts/second-factor/app/", {"code": "000000"}).status_code == 422
    assert client.get("/en/").status_code == 302
    answer = client.post("/accounts/second-factor/app/", {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/second-factor/codes/")
    codes = re.findall(r"<li><code[^>]*>(\d{8})</code>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    assert not re.search(r"<code[^>]*>\d{8}<", client.get("/accounts/second-factor/codes/").content.decode())
    assert client.get("/en/").status_code == 200
    assert secret_of(approver) == secret
    assert secret not in str(Authenticator.objects.get(user=approver, type="totp").data)


def test_the_password_alone_lets_nobody_in_who_has_a_factor(approver):
    secret = with_authenticator(approver)
    client = Client()
    answer = sign_in(client, approver, next="/en/needs/")
    assert (answer.status_code, answer["Location"]) == (303, CODE)
    assert "_auth_user_id" not in client.session
    assert client.get("/accounts/").status_code == 303
    key = client.session.session_key
    answer = client.post(CODE, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (303, "/en/needs/")
    assert client.session.session_key != key
    assert client.get("/accounts/").status_code == 200


def test_who_needs_none_but_has_one_gives_it_too(officer):
    with_authenticator(officer)
    assert sign_in(Client(), officer)["Location"] == CODE


def test_a_code_is_read_in_the_digits_of_any_script(approver):
    client, code = Client(), code_of(with_authenticator(approver))
    sign_in(client, approver)
    answer = client.post(CODE, {"code": "".join(chr(0x0660 + int(digit)) for digit in code)})
    assert answer.status_code == 303


def test_a_code_counts_once(approver):
    secret = with_authenticator(approver)
    code = code_of(secret)
    for status in (303, 422):
        client = Client()
        sign_in(client, approver)
        assert client.post(CODE, {"code": code}).status_code == status
    assert "_auth_user_id" not in client.session
    assert factors.accepts(approver, code_of(secret, 1))
    assert not factors.accepts(approver, code_of(secret, 1))
    assert not factors.accepts(approver, code_of(secret)), "an earlier code after a later one"


def test_the_code_that_set_it_up_does_not_sign_in(approver):
    secret = factors.new_secret()
    code = code_of(secret)
    factors.activate_authenticator(approver, secret, code)
    assert not factors.accepts(approver, code)


@pytest.mark.parametrize("step", [-3, 3, 10])
def test_an_old_or_future_code_is_none(approver, step):
    secret = with_authenticator(approver, used=-20)
    assert not factors.accepts(approver, code_of(secret, step))


def test_a_recovery_code_counts_once(approver):
    with_authenticator(approver)
    codes = factors.new_codes(approver)
    client = Client()
    sign_in(client, approver)
    assert client.post(CODE, {"code": codes[3]}).status_code == 303
    assert factors.codes_left(approver) == 9
    assert not factors.accepts(approver, codes[3])
    fresh = factors.new_codes(approver)
    assert not factors.accepts(approver, codes[4])
    assert factors.accepts(approver, fresh[0])


def test_another_person_s_code_is_none(approver, officer):
    with_authenticator(approver)
    secret = with_authenticator(officer)
    assert not factors.accepts(approver, code_of(secret))
    assert not factors.accepts(approver, factors.new_codes(officer)[0])


def test_guessing_codes_ends_soon(approver):
    secret = with_authenticator(approver)
    for number in range(5):
        client = Client()
        sign_in(client, approver)
        assert client.post(CODE, {"code": f"00000{number}"}).status_code == 422
    client = Client()
    sign_in(client, approver)
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 429
    assert "_auth_user_id" not in client.session


def test_the_door_stays_open_for_ten_minutes(approver, monkeypatch):
    secret = with_authenticator(approver)
    client = Client()
    sign_in(client, approver)
    session = client.session
    session["waiting"] = session["waiting"] | {"at": int(time.time()) - gate.WAITS}
    session.save()
    answer = client.post(CODE, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


def test_nobody_waits_without_a_password(approver):
    with_authenticator(approver)
    assert Client().get(CODE)["Location"] == "/accounts/login/"


def test_a_second_factor_signs_out_elsewhere_and_is_told_of(approver, django_capture_on_commit_callbacks):
    other, client = signed_in(approver), signed_in(approver)
    page = client.get("/accounts/second-factor/app/").content.decode()
    secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page).group(1).replace(" ", "")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/second-factor/app/", {"code": code_of(secret)})
    assert other.get(SETUP).status_code == 303
    assert client.get(SETUP).status_code == 200
    assert [m.to for m in mail.outbox] == [[approver.email]]
    assert secret not in mail.outbox[0].body


def test_the_last_factor_of_an_approver_stays(approver, officer):
    with_authenticator(approver)
    with pytest.raises(Refused, match="needs a second factor"):
        factors.remove(approver, required=True)
    with_authenticator(officer)
    factors.remove(officer, required=False)
    assert not Authenticator.objects.filter(user=officer).exists()
    with pytest.raises(NotVisible):
        factors.remove(officer, required=False)


def test_what_concerns_signing_in_asks_again_after_a_while(officer):
    client = signed_in(officer)
    for url in ("/accounts/second-factor/app/", "/accounts/tokens/new/"):
        assert client.get(url).status_code == 200
    session = client.session
    session["fresh"] = int(time.time()) - gate.FRESH
    session.save()
    for url in ("/accounts/second-factor/app/", "/accounts/second-factor/passkey/", "/accounts/tokens/new/"):
        answer = client.get(url)
        assert (answer.status_code, answer["Location"]) == (
            303,
            f"/accounts/confirm/?next={url.replace('/', '%2F')}",
        )
        assert client.post(url, {"code": "1", "name": "x", "scope": "write", "days": "1"}).status_code == 303
    assert client.post(answer["Location"], {"password": "wrong"}).status_code == 422
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/tokens/new/")
    assert client.get("/accounts/tokens/new/").status_code == 200


def test_a_sample_person_passes_in_a_sample_portal_alone(who, settings):
    user = User.objects.get(pk=who.afg_approver.user.pk)
    user.is_sample = True
    user.save()
    settings.SAMPLE = True
    client = Client()
    assert client.post("/accounts/sample/", {"person": user.pk}).status_code == 302
    assert client.get("/en/requests/").status_code == 200
    settings.SAMPLE = False
    assert client.get("/en/requests/")["Location"] == SETUP


def test_a_person_who_is_given_such_a_role_owes_it_at_once(officer):
    client = signed_in(officer)
    assert client.get("/accounts/").status_code == 200
    Membership.objects.filter(user=officer).update(roles=["focal_point", "approver"])
    assert client.get("/accounts/")["Location"] == SETUP


def test_a_session_lasts_half_an_hour_and_never_longer_than_twelve(officer):
    client = signed_in(officer)
    page = client.get("/accounts/")
    left = page.context["session_ends"].timestamp() - time.time()
    assert 29 * 60 <= left <= 30 * 60
    stored = Session.objects.get(session_key=client.session.session_key)
    assert 29 * 60 <= stored.expire_date.timestamp() - time.time() <= 30 * 60
    assert client.post("/accounts/alive/").json()["seconds"] == 1800
    session = client.session
    session["since"] = int(time.time()) - 12 * 60 * 60
    session.save()
    assert client.get("/accounts/").status_code == 303
    assert not OpenSession.objects.filter(user=officer).exists()


def test_use_extends_a_session_and_sleep_ends_it(officer):
    client = signed_in(officer)
    row = Session.objects.get(session_key=client.session.session_key)
    session = client.session
    session["used"] = session["used"] | {"at": int(time.time()) - 1200}
    session.save()
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date.replace(year=2100))
    assert client.get("/accounts/").status_code == 200
    row.refresh_from_db()
    assert row.expire_date.timestamp() - time.time() <= 1800
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date.replace(year=2000))
    assert client.get("/accounts/").status_code == 303


def test_under_a_new_secret_key_nothing_is_accepted(approver, settings):
    secret = with_authenticator(approver)
    recovery = factors.new_codes(approver)[0]
    settings.SECRET_KEY, old = "x" * 60, settings.SECRET_KEY
    assert not factors.accepts(approver, code_of(secret))
    assert not factors.accepts(approver, recovery)
    assert factors.codes_left(approver) == 0
    settings.SECRET_KEY_FALLBACKS = [old]
    assert factors.accepts(approver, code_of(secret))
