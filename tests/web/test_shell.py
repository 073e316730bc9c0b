"""Languages, error pages, health and the sample banner."""

import re

import pytest
from celery import current_app
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.core.actor import PUBLIC
from portal.core.errors import Conflict, NotAllowed, NotVisible, Refusal, Refused
from portal.web import errors, health
from portal.web.middleware import DomainErrorMiddleware
from tests import cast
from tests.site import client_of, url_of

pytestmark = pytest.mark.django_db
BANNER = "Sample portal: invented records"
LANGUAGES = ["ar", "zh", "en", "fr", "ru", "es"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_stands_under_its_language(language):
    answer = Client().get(f"/{language}/needs/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert re.findall(r'hreflang="(\w+)"', text) == LANGUAGES
    assert [f"/{code}/needs/" in text for code in LANGUAGES] == [True] * 6


def test_the_address_without_language_goes_to_the_chosen_one():
    client = Client()
    assert client.get("/needs/", headers={"accept-language": "ru"})["Location"] == "/ru/needs/"
    client.get("/es/needs/")
    assert client.get("/needs/?q=x", headers={"accept-language": "ru"})["Location"] == "/es/needs/?q=x"
    assert '<html lang="es"' in client.get("/accounts/login/").content.decode()


def test_a_change_of_language_keeps_what_was_asked_for():
    text = Client().get("/en/needs/?q=laboratory&state=").content.decode()
    assert 'href="/fr/needs/?q=laboratory&amp;state="' in text
    answer = Client().get("/accounts/language/ar/?next=/accounts/login/%3Fnext%3D/en/needs/")
    assert answer["Location"] == "/accounts/login/?next=/en/needs/"
    assert Client().get("/accounts/language/fr/?next=//elsewhere.example/")["Location"] == "/"
    assert Client().get("/accounts/language/xx/").status_code == 404


def test_a_draft_s_address_leads_to_its_reference_once_it_has_one(who):
    request = cast.request_in(who, "submitted")
    client = client_of(who.afg_focal_point)
    assert client.get(reverse("requests:request", args=[request.public_id]))["Location"] == url_of(
        "request", request
    )
    stranger = client_of(who.ken_focal_point)
    assert stranger.get(reverse("requests:request", args=[request.public_id])).status_code == 404


@pytest.mark.parametrize(
    "key", ["", "x", "TA-2018-AFG-0001-N", "TA-2018-AFG-0001-N0x1", "-N1", "N" * 300, "%00", "draft-٣"]
)
@pytest.mark.parametrize(
    "name", ["requests", "needs", "pledges", "offers", "contributions", "deliveries", "assessments"]
)
def test_a_key_that_is_none_is_not_found(name, key):
    answer = Client().get(f"/en/{name}/{key}/")
    assert answer.status_code == 404


def asked(language="en"):
    request = RequestFactory().get(f"/{language}/")
    request.actor = PUBLIC
    return request


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotVisible("secret"), 404, "Page not found"),
        (NotAllowed("this is for: approver"), 403, "this is for: approver"),
        (Conflict("version 3, and you decided on 2"), 409, "version 3, and you decided on 2"),
        (Refused(Refusal("first"), Refusal("second")), 422, "second"),
    ],
)
def test_a_refusal_is_told_with_its_reasons(error, status, words):
    answer = DomainErrorMiddleware(lambda _request: None).process_exception(asked(), error)
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert "secret" not in text


def test_other_errors_are_left_to_django():
    assert DomainErrorMiddleware(lambda _request: None).process_exception(asked(), ValueError()) is None


@pytest.mark.parametrize(
    ("view", "status"), [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404)]
)
def test_error_pages_look_like_the_others(view, status):
    answer = view(asked(), ValueError("secret"))
    text = answer.content.decode()
    assert answer.status_code == status
    assert re.search(r'href="/static/css/portal\.\w{12}\.css"', text)
    assert "secret" not in text


def test_the_page_for_our_own_faults_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = errors.failed(asked())
    assert answer.status_code == 500
    assert "The fault is ours" in answer.content.decode()


def test_an_unknown_session_is_refused_and_nobody_else_makes_one(who):
    answer = client_of(who.report_officer).post(reverse("reports:generate", args=[977]))
    assert answer.status_code == 422
    assert "session 977 is not known" in answer.content.decode()
    assert client_of(who.case_officer).post(reverse("reports:generate", args=[977])).status_code == 403


@pytest.mark.parametrize("address", ["/en/", "/en/needs/", "/accounts/login/", "/en/nowhere/"])
def test_a_sample_portal_says_so_on_every_page(settings, address):
    settings.SAMPLE = True
    assert BANNER in Client().get(address).content.decode()
    settings.SAMPLE = False
    assert BANNER not in Client().get(address).content.decode()


def test_the_page_of_our_own_faults_says_so_too(settings):
    settings.SAMPLE = True
    assert BANNER in errors.failed(asked()).content.decode()


def test_pages_run_nothing_from_elsewhere():
    answer = Client().get("/en/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert re.findall(r"<script.*", text) == re.findall(
        r'<script type="module" src="/static/js/[^"]+"></script>', text
    )
    assert "style=" not in text
    assert not re.search(r'(src|href)="(https?:)?//', text)


def test_alive_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/healthz").json() == {"status": "alive"}


def test_ready_says_what_is_well():
    assert Client().get("/readyz").json() == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok", "storage": "ok"},
    }


def test_not_ready_without_a_broker(monkeypatch):
    gone = current_app.connection_for_write("redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app._get_current_object(), "connection_for_write", lambda **_options: gone)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] != "ok"
    assert answer.json()["checks"]["database"] == "ok"


def test_not_ready_without_a_place_for_files(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "file"},
        }
    }
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["storage"] != "ok"


def test_not_ready_while_a_migration_waits(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_args: ["one"])
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "RuntimeError"
