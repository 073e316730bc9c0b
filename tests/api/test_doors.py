"""Who is let in, in which words one is turned away, and that every answer of the API is one of its own."""

import pytest
from django.test import Client

from portal.accounts import tokens
from portal.accounts.models import ApiToken, Membership
from portal.core import clock
from tests import cast
from tests.api.asking import url
from tests.api.conftest import program_of, token_of
from tests.site import client_of

pytestmark = pytest.mark.django_db
FIELDS = {"type", "title", "status", "detail", "instance", "errors"}


def is_problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == FIELDS
    assert answer.json()["status"] == status
    return answer.json()


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer", "Bearer ", "Basic YTpi", "Token x", "Bearer " + "x" * 9000, "\xe9"],
)
def test_what_is_no_token_is_401(who, header):
    answer = Client().get(url("requests"), headers={"Authorization": header})
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_token_is_not_mended_by_a_session(who):
    client = client_of(who.case_officer)
    assert client.get(url("requests"), headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_token_ends_with_its_revocation_and_with_its_membership(who):
    raw = token_of(who.case_officer)
    client = Client(headers={"Authorization": f"Bearer {raw}"})
    assert client.get(url("requests")).status_code == 200
    tokens.revoke(ApiToken.objects.get(hash=tokens.hashed(raw)).pk, actor=who.case_officer)
    is_problem(client.get(url("requests")), 401)
    other = program_of(who.case_officer)
    Membership.objects.filter(user=who.case_officer.user).update(until=clock.today())
    is_problem(other.get(url("requests")), 401)


def test_a_token_acts_for_its_own_organisation_alone(who):
    draft = cast.draft(who)
    user, kenya = who.afg_focal_point.user, who.ken_focal_point.organisation
    Membership.objects.create(
        user=user, organisation=kenya, roles=["focal_point"], since=cast.LONG_AGO, verified_by="NV",
        invited_by=who.ken_approver.user,
    )  # fmt: skip
    here, there = program_of(who.afg_focal_point), program_of(cast.acting(user, kenya))
    assert here.get(url("requests", draft)).status_code == 200
    is_problem(there.get(url("requests", draft)), 404)


def test_a_token_that_may_only_read_changes_nothing(who):
    request = cast.request_in(who, "draft")
    client = program_of(who.afg_focal_point, "read")
    assert client.get(url("requests", request)).status_code == 200
    move = url("requests", request) + "transitions/send_for_approval/"
    is_problem(client.post(move, {}, "application/json"), 403)


def test_the_session_of_the_site_reads_and_changes_with_its_token(who):
    request = cast.request_in(who, "draft")
    move = url("requests", request) + "transitions/send_for_approval/"
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(who.afg_focal_point).cookies
    assert client.get(url("requests", request)).status_code == 200
    is_problem(client.post(move, {}, "application/json"), 403)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(move, {}, "application/json", headers={"X-CSRFToken": "a" * 32})
    assert answer.status_code == 200, answer.content


def test_the_public_reads_and_changes_nothing(who):
    request = cast.request_in(who, "open", visibility="public")
    assert Client().get(url("requests", request)).status_code == 200
    move = url("requests", request) + "transitions/close/"
    for address in (move, url("requests", "TA-1999-XXX-0001") + "transitions/close/"):
        answer = Client().post(address, {}, "application/json")
        is_problem(answer, 401)
        assert answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/", "/api/v1/nonsense/", "/api/v1/requests", "/api/v1/requests/a/b/", "/api/v1/requests/%00/",
        "/api/v1/sessions/x/", "/api/v1/events/99999999999999999999999/", "/api/v1/organisations/0/",
        "/api/v1/states/afg/", "/api/v1/vocabularies/nothing/", "/api/v1/needs/TA-2026-AFG-0001-N99999999/",
        "/api/v1/pledges/draft-99999999999999999/", "/api/v1/report-editions/1/", "/api/v1/exchange-rates/0/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_answers_as_a_record_that_is_none(who, address):
    client = program_of(who.case_officer)
    found = is_problem(client.get(address), 404)
    none = is_problem(client.get(url("requests", "TA-1999-XXX-0001")), 404)
    assert found | {"instance": ""} == none | {"instance": ""}


def test_what_cannot_be_done_here_is_405_406_or_415(who):
    request = cast.request_in(who, "draft")
    client = program_of(who.afg_focal_point)
    for method in ("post", "put", "patch", "delete", "options"):
        answer = getattr(client, method)(url("requests"))
        is_problem(answer, 405)
        assert answer["Allow"] == "GET, HEAD"
    is_problem(client.get(url("requests"), headers={"Accept": "image/png"}), 406)
    is_problem(client.get(url("requests", request), headers={"Accept": "text/csv"}), 406)
    is_problem(client.get(url("requests", format="xml")), 406)
    move = url("requests", request) + "transitions/send_for_approval/"
    is_problem(client.post(move, "<a/>", "text/xml"), 415)
    is_problem(client.post(move, {"a": "b"}), 415)
    for broken in ("{", "[", "\xff", "nan", '{"a": NaN}'):
        is_problem(client.post(move, broken, "application/json"), 400)
    for other in ("[]", "5", '"text"', "true"):
        is_problem(client.post(move, other, "application/json"), 400)


def test_who_asks_too_often_is_told_when_to_ask_again(who, settings):
    settings.API_PER_MINUTE = {"person": 3, "address": 2}
    client = program_of(who.case_officer)
    codes = [client.get(url("states")).status_code for _ in range(9)]
    assert 429 in codes
    answer = client.get(url("states"))
    is_problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 61
    # another person is not counted with this one
    assert program_of(who.auditor).get(url("states")).status_code == 200


def test_a_cache_that_does_not_answer_keeps_nobody_out(who, settings, caplog):
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert program_of(who.case_officer).get(url("states")).status_code == 200
    assert "not throttled" in caplog.text


def test_refusals_speak_the_language_that_is_asked_for(who):
    answer = Client().get(url("requests", "TA-1999-XXX-0001"), headers={"Accept-Language": "fr"})
    assert is_problem(answer, 404)["detail"]


def test_schema_and_documentation_are_there_without_any_other_site(who):
    client = Client()
    schema = client.get("/api/v1/schema/")
    assert schema["Content-Type"] == "application/json"
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "POST /api/v1/requests/{key}/transitions/submit/" in text
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "http://" not in text.replace("http://testserver", "")
    assert " style=" not in text


def test_a_person_of_no_organisation_is_the_public(who):
    public = cast.request_in(who, "open", visibility="public")
    hidden = cast.request_in(who, "open")
    client = client_of(who.case_officer)
    Membership.objects.filter(user=who.case_officer.user).update(until=clock.today())
    assert client.get(url("requests", public)).status_code == 200
    is_problem(client.get(url("requests", hidden)), 404)
