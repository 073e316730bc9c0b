"""Single sign-on, with an issuer of our own on the loopback address."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from portal.accounts.models import User
from tests.accounts.conftest import with_authenticator

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/single-sign-on/oidc/login/"
CALLBACK = "/accounts/single-sign-on/oidc/login/callback/"


@pytest.fixture
def issuer(settings):
    """Says of everyone what `said` holds."""

    class Issuer(BaseHTTPRequestHandler):
        said: dict = {}
        verifiers: list[str] = []

        def answer(self, body):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_GET(self):
            if self.path.startswith("/.well-known/"):
                names = ("authorization", "token", "userinfo")
                self.answer(
                    {"issuer": url, "jwks_uri": f"{url}/keys"}
                    | {f"{n}_endpoint": f"{url}/{n}" for n in names}
                )
            else:
                self.answer(self.said)

        def do_POST(self):
            given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.verifiers.append(given["code_verifier"][0])
            token = jwt.encode({"iss": url, "aud": "portal", "sub": self.said["sub"], "exp": 4e9}, "k" * 32)
            self.answer({"access_token": "t", "token_type": "Bearer", "id_token": token})

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "oidc",
        "name": "n",
        "client_id": "portal",
        "secret": "s",
        "settings": {"server_url": url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    yield Issuer
    server.shutdown()
    server.server_close()


def come_back(client, *, start=LOGIN, state=None):
    asked = parse_qs(urlsplit(client.get(start)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get(CALLBACK, {"code": "c", "state": state or asked["state"][0]})


def test_a_verified_address_is_its_person(who, issuer):
    user = who.nor_officer.user
    issuer.said = {"sub": "1", "email": user.email.upper(), "email_verified": True}
    client = Client()
    assert "Sign in through your organisation" in client.get("/accounts/login/").content.decode()
    answer = come_back(client, start=LOGIN + "?next=/en/needs/")
    assert (answer.status_code, answer["Location"]) == (303, "/en/needs/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert len(issuer.verifiers[-1]) > 40


def test_the_portal_s_second_factor_stays(who, issuer):
    user = User.objects.get(pk=who.afg_approver.user.pk)
    issuer.said = {"sub": "1", "email": user.email, "email_verified": True}
    client = Client()
    assert come_back(client)["Location"] == "/"
    assert client.get("/en/requests/")["Location"] == "/accounts/second-factor/"
    with_authenticator(user)
    client = Client()
    assert come_back(client)["Location"] == "/accounts/login/code/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("said", [
    {"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}, {"email": "nobody@example.org"},
    {"email": ""},
])  # fmt: skip
def test_nobody_else_comes_in_and_nobody_is_signed_up(who, issuer, said):
    issuer.said = {"sub": "1", "email": who.nor_officer.user.email, "email_verified": True} | said
    before = User.objects.count()
    client = Client()
    assert come_back(client).status_code == 403
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


@pytest.mark.parametrize("column", ["is_sample", "gone"])
def test_nor_who_has_left_nor_a_sample_person(who, issuer, column):
    user = User.objects.get(pk=who.nor_officer.user.pk)
    user.is_sample, user.is_active = column == "is_sample", column != "gone"
    user.save()
    issuer.said = {"sub": "1", "email": user.email, "email_verified": True}
    assert come_back(Client()).status_code == 403


def test_an_answer_that_was_not_asked_for_is_refused(who, issuer):
    issuer.said = {"sub": "1", "email": who.nor_officer.user.email, "email_verified": True}
    client = Client()
    assert come_back(client, state="forged").status_code == 403
    assert client.get(CALLBACK, {"error": "access_denied"}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_nobody_is_led_to_another_site(who, issuer):
    issuer.said = {"sub": "1", "email": who.nor_officer.user.email, "email_verified": True}
    assert come_back(Client(), start=LOGIN + "?next=https://elsewhere.example/")["Location"] == "/"


def test_without_an_issuer_there_is_none(who):
    assert Client().get(LOGIN).status_code == 404
    assert "through your organisation" not in Client().get("/accounts/login/").content.decode()
