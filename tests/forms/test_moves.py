"""The page of a move: shown, refused with what was typed, done once."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from donors.services import move_pledge
from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.core import clock
from requests_app.models import AssistanceRequest
from requests_app.services import move_request
from tests import cast
from tests.site import client_of

pytestmark = pytest.mark.django_db


def url(request, move):
    return reverse("requests:request_move", args=[str(request), move])


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def fields(client, address):
    html = client.get(address).content.decode()
    return {name: hidden(html, name) for name in ("key", "author", "version")}


def submission(client, address, **changes):
    day = clock.today() - timedelta(days=1)
    return fields(client, address) | {
        "note_verbale_number": "NV-7/2026", "note_verbale_date_day": str(day.day),
        "note_verbale_date_month": str(day.month), "note_verbale_date_year": str(day.year), "authorised": "on",
    } | changes  # fmt: skip


def test_a_move_is_made_and_its_facts_are_kept(who):
    request = cast.request_in(who, "approval")
    client = client_of(who.afg_approver)
    answer = client.post(url(request, "submit"), submission(client, url(request, "submit")))
    request = AssistanceRequest.objects.get(pk=request.pk)
    assert (answer.status_code, answer["Location"]) == (303, reverse("requests:request", args=[str(request)]))
    assert (request.status, request.note_verbale_number) == ("submitted", "NV-7/2026")
    assert "was submitted" in client.get(answer["Location"]).content.decode()


def test_what_is_wrong_stands_beside_its_field_and_above_and_nothing_is_lost(who):
    request = cast.request_in(who, "approval")
    client = client_of(who.afg_approver)
    address = url(request, "submit")
    answer = client.post(address, submission(client, address, note_verbale_date_month="13", authorised=""))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="NV-7/2026"' in html and 'value="13"' in html
    assert html.count("Enter a day that exists") == 2
    assert 'href="#id_note_verbale_date_day"' in html
    assert AssistanceRequest.objects.get(pk=request.pk).status == "approval"


def test_sent_twice_it_is_done_once(who):
    request = cast.request_in(who, "approval")
    client = client_of(who.afg_approver)
    data = submission(client, url(request, "submit"))
    first, second = (client.post(url(request, "submit"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (
        CaseEvent.objects.filter(case_type=case_type(request), case_id=request.pk, move="submit").count() == 1
    )


def test_a_version_that_passed_is_told_and_the_entries_stay(who):
    request = cast.request_in(who, "open")
    client = client_of(who.afg_approver)
    address = url(request, "withdraw")
    data = fields(client, address) | {"reason": "No longer needed"}
    move_request(request, "change_consent", actor=who.afg_approver, facts={"visibility": "public"})
    answer = client.post(address, data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "No longer needed" in html
    again = client.post(address, data | {"version": hidden(html, "version")})
    assert again.status_code == 303


def test_an_ended_session_keeps_what_was_typed_for_the_same_person_alone(who):
    request = cast.request_in(who, "submitted")
    address = url(request, "decline")
    client = client_of(who.case_officer)
    data = fields(client, address) | {"reason": "It was asked before"}
    client.logout()
    answer = client.post(address, data)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [address]
    client.force_login(who.case_officer.user, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(address).content.decode()
    assert "It was asked before" in html and "Your entries were kept" in html
    assert "It was asked before" not in client.get(address).content.decode()
    assert AssistanceRequest.objects.get(pk=request.pk).status == "submitted"

    client.logout()
    client.post(address, data)
    client.force_login(who.auditor.user, backend="django.contrib.auth.backends.ModelBackend")
    client.get(address)
    client.force_login(who.case_officer.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "It was asked before" not in client.get(address).content.decode()


def test_a_stale_token_brings_the_form_back_with_its_entries(who):
    from django.test import Client  # noqa: PLC0415 - one that checks tokens

    request = cast.request_in(who, "submitted")
    address = url(request, "decline")
    signed = client_of(who.case_officer)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed.cookies
    data = fields(client, address) | {"reason": "Twice", "csrfmiddlewaretoken": "a" * 64}
    answer = client.post(address, data)
    assert (answer.status_code, answer["Location"]) == (303, address)
    html = client.get(address).content.decode()
    assert "Twice" in html and "send again" in html
    assert AssistanceRequest.objects.get(pk=request.pk).status == "submitted"


def test_another_language_keeps_what_was_typed_and_does_nothing(who):
    request = cast.request_in(who, "submitted")
    client = client_of(who.case_officer)
    address = url(request, "decline")
    french = address.replace("/en/", "/fr/")
    assert f'formaction="{french}"' in client.get(address).content.decode()
    answer = client.post(french, fields(client, address) | {"reason": "", "keep": "1"})
    assert answer.status_code == 200
    answer = client.post(french, fields(client, address) | {"reason": "Encore", "keep": "1"})
    assert "Encore" in answer.content.decode()
    assert AssistanceRequest.objects.get(pk=request.pk).status == "submitted"


def test_who_may_not_and_what_is_no_move(who):
    request = cast.request_in(who, "submitted")
    assert client_of(who.nor_officer).get(url(request, "decline")).status_code == 404
    assert client_of(who.auditor).get(url(request, "decline")).status_code == 403
    assert client_of(who.case_officer).get(url(request, "close")).status_code == 409
    for name in ("lapse", "draft", "fly"):
        assert client_of(who.case_officer).get(url(request, name)).status_code == 404


def test_an_approver_has_no_button_for_an_own_draft(who):
    request = cast.request_in(who, "approval")
    AssistanceRequest.objects.filter(pk=request.pk).update(sent_by=who.afg_approver.user.pk)
    html = client_of(who.afg_approver).get(reverse("requests:request", args=[str(request)])).content.decode()
    assert url(request, "submit") not in html
    assert "ask another approver" in html


def test_what_was_typed_for_a_move_that_is_gone_is_not_lost(who):
    pledge = cast.pledge_in(who, "offered")
    client = client_of(who.afg_approver)
    address = reverse("donors:pledge_move", args=[pledge.reference, "decline"])
    brought = fields(client, address) | {"reason": "What the approver typed at length"}
    move_pledge(pledge, "accept", actor=who.afg_approver)
    answer = client.post(address, brought)
    assert answer.status_code == 409
    assert "What the approver typed at length" in answer.content.decode()
    assert client.get(address).status_code == 409
    pledge.refresh_from_db()
    assert pledge.status == "accepted"
