"""One's own account: password, sessions, tokens; and that nobody learns who has one."""

import re

import pytest
from django.core import mail
from django.test import Client

from portal.accounts import passwords, sessions, tasks, tokens
from portal.accounts.models import ApiToken, OpenSession
from portal.celery import app as celery
from portal.core import clock
from portal.core.errors import Refused
from tests.accounts.conftest import PASSWORD, sign_in, signed_in, with_authenticator, with_password
from tests.site import client_of

pytestmark = pytest.mark.django_db
NEW = "another long and private sentence"


@pytest.fixture
def officer(who):
    return with_password(who.nor_officer.user)


@pytest.fixture
def _at_once():
    """What is handed to the queue is done there and then."""
    celery.conf.task_always_eager = True
    yield
    celery.conf.task_always_eager = False


def test_name_and_language(officer):
    client = signed_in(officer)
    answer = client.post("/accounts/details/", {"name": "Sample Name", "language": "fr"})
    assert (answer.status_code, answer.cookies["django_language"].value) == (303, "fr")
    officer.refresh_from_db()
    assert (officer.name, officer.language) == ("Sample Name", "fr")
    for wrong in (
        {"name": "", "language": "fr"},
        {"name": "x" * 201, "language": "fr"},
        {"name": "x", "language": "xx"},
    ):
        assert client.post("/accounts/details/", wrong).status_code == 422


def test_a_new_password_by_the_old_one(officer, django_capture_on_commit_callbacks):
    other, client = signed_in(officer), signed_in(officer)
    url = "/accounts/password/"
    assert client.post(url, {"password": "wrong", "new_password": NEW}).status_code == 422
    for weak in ("short", "123456789012", officer.email):
        assert client.post(url, {"password": PASSWORD, "new_password": weak}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"password": PASSWORD, "new_password": NEW}).status_code == 303
    assert client.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 303
    assert sign_in(Client(), officer).status_code == 422
    assert "The password of your account" in mail.outbox[0].body


def reset_link(body: str) -> str:
    return re.search(r"https?://[^/]+(/accounts/reset/\S+)", body).group(1)


@pytest.mark.usefixtures("_at_once")
def test_a_new_password_by_the_link(officer):
    secret_kept = with_authenticator(officer)
    client = Client()
    assert (
        client.post("/accounts/reset/", {"email": officer.email.upper()})["Location"]
        == "/accounts/reset/sent/"
    )
    url = reset_link(mail.outbox[0].body)
    assert client.post(url, {"new_password": "short"}).status_code == 422
    before = OpenSession.objects.filter(user=officer).count()
    assert before == 0
    answer = client.post(url, {"new_password": NEW})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/login/")
    assert "_auth_user_id" not in client.session
    answer = client.post("/accounts/login/", {"email": officer.email, "password": NEW})
    assert answer["Location"] == "/accounts/login/code/", secret_kept
    assert client.get(url).status_code == 410
    assert client.post(url, {"new_password": PASSWORD}).status_code == 422


@pytest.mark.usefixtures("_at_once")
def test_a_reset_says_nothing_of_who_has_an_account(officer):
    def answer(email):
        client = Client()
        sent = client.post("/accounts/reset/", {"email": email})
        page = client.get(sent["Location"]).content.decode()
        return sent.status_code, sent["Location"], re.sub(r'value="[^"]+"', "", page)

    known = answer(officer.email)
    assert answer("nobody@example.org") == known
    officer.is_active = False
    officer.save()
    mail.outbox.clear()
    assert answer(officer.email) == known
    assert mail.outbox == []


@pytest.mark.usefixtures("_at_once")
def test_resets_are_throttled(officer):
    for _ in range(5):
        assert Client().post("/accounts/reset/", {"email": officer.email}).status_code == 303
    assert Client().post("/accounts/reset/", {"email": officer.email}).status_code == 429
    assert len(mail.outbox) == 5


def test_a_link_is_the_person_s_own(officer, who):
    other = with_password(who.nor_approver.user)
    assert passwords.send_reset(officer.email)
    uid, token = reset_link(mail.outbox[0].body).strip("/").split("/")[-2:]
    for wrong in ((uid, token[:-1] + "x"), ("x", token), ("", ""), ("MTIzNDU2Nzg5", token)):
        with pytest.raises(Refused):
            passwords.reset(*wrong, NEW)
    passwords.send_reset(other.email)
    theirs = reset_link(mail.outbox[1].body).strip("/").split("/")[-2]
    with pytest.raises(Refused):
        passwords.reset(theirs, token, NEW)
    passwords.reset(uid, token, NEW)


def test_a_sample_person_has_no_password_to_reset(officer):
    officer.is_sample = True
    officer.save()
    assert not passwords.send_reset(officer.email)
    assert mail.outbox == []


def test_sessions_are_shown_and_ended(officer, who):
    first = Client(headers={"user-agent": "First browser"})
    sign_in(first, officer)
    assert "No other sessions are open." in first.get("/accounts/").content.decode()
    second, third = signed_in(officer), signed_in(officer)
    stranger = signed_in(with_password(who.afg_focal_point.user))
    page = third.get("/accounts/").content.decode()
    assert "First browser" in page
    row = OpenSession.objects.get(device="First browser")
    assert row.organisation_id is not None or first.get("/accounts/").status_code == 200
    assert stranger.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert first.get("/accounts/").status_code == 200
    assert third.post(f"/accounts/sessions/{row.pk}/end/").status_code == 303
    assert first.get("/accounts/").status_code == 303
    assert third.post("/accounts/sessions/end/").status_code == 303
    assert second.get("/accounts/").status_code == 303
    assert third.get("/accounts/").status_code == 200
    assert stranger.get("/accounts/").status_code == 200


def test_signing_out_leaves_no_row(officer):
    client = signed_in(officer)
    client.post("/accounts/logout/")
    assert not OpenSession.objects.filter(user=officer).exists()


def test_rows_without_a_session_are_pruned(officer):
    client = signed_in(officer)
    OpenSession.objects.create(user=officer, session_key="gone", since=clock.now(), last_used_at=clock.now())
    OpenSession.objects.filter(session_key="gone").update(last_used_at=clock.now().replace(year=2020))
    tasks.prune_sessions()
    assert [row.session_key for row in sessions.of(officer)] == [client.session.session_key]
    assert not OpenSession.objects.filter(session_key="gone").exists()


def test_a_token_is_made_on_its_page_and_shown_once(officer, who):
    client = signed_in(officer)
    answer = client.post("/accounts/tokens/new/", {"name": "nightly", "scope": "write", "days": "30"})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/tokens/")
    raw = re.search(r"at_[\w-]{43}", client.get("/accounts/tokens/").content.decode()).group()
    assert "at_" not in re.sub(r"format_", "", client.get("/accounts/tokens/").content.decode())
    actor, scope = tokens.actor_of(raw)
    assert (actor.user, scope) == (officer, "write")
    token = ApiToken.objects.get()
    stranger = signed_in(with_password(who.afg_focal_point.user))
    assert stranger.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 404
    assert tokens.actor_of(raw)
    assert client.post(f"/accounts/tokens/{token.pk}/revoke/").status_code == 303
    assert tokens.actor_of(raw) is None
    for wrong in ({"name": "", "scope": "read", "days": "1"}, {"name": "n", "scope": "all", "days": "1"},
                  {"name": "n", "scope": "read", "days": "366"}):  # fmt: skip
        assert client.post("/accounts/tokens/new/", wrong).status_code == 422


def test_pages_of_a_person_are_kept_by_nobody_else(who):
    assert client_of(who.case_officer).get("/en/requests/")["Cache-Control"] == "private, no-store"
