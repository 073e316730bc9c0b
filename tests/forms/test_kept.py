"""What was typed comes back to its author, for the organisation for which it was typed, or is shown to copy."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.services import enter_membership
from portal.core import clock
from portal.core.actor import SYSTEM
from requests_app.models import AssistanceRequest
from tests import cast
from tests.accounts.conftest import sign_in, with_password
from tests.forms.test_moves import fields, url
from tests.site import client_of

pytestmark = pytest.mark.django_db
WORDS = "What the officer typed at length"


@pytest.fixture
def officer(who):
    """Acts for Bhutan first, then for the Secretariat."""
    secretariat = who.case_officer.organisation
    person = cast.person(cast.government("BTN"), "focal_point")
    enter_membership(
        person.user,
        secretariat,
        ["case_officer"],
        since=cast.LONG_AGO,
        verified_by="note verbale 1",
        actor=SYSTEM,
    )
    return cast.acting(person.user, secretariat)


@pytest.fixture
def address(who):
    return url(cast.request_in(who, "submitted"), "decline")


def brought(client, address):
    return fields(client, address) | {"reason": WORDS}


def acting(address):
    return reverse("accounts:acting") + "?" + urlencode({"next": address})


@pytest.fixture
def ended(officer, address):
    """The session of the officer ended while a form for it was open, and then its button was pressed."""
    client = client_of(officer)
    data = brought(client, address)
    client.logout()
    assert client.post(address, data).status_code == 303
    return client


def test_signing_in_again_leads_back_to_the_organisation_typed_for(officer, address, ended):
    with_password(officer.user)
    answer = sign_in(ended, officer.user, next=address)
    assert answer["Location"] == address
    assert ended.session["acting_for"] == officer.organisation.pk
    text = ended.get(address).content.decode()
    assert WORDS in text and "Your entries were kept" in text


def test_who_acts_for_another_chooses_and_finds_it_again(officer, address, ended):
    ended.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = ended.get(address)
    assert (answer.status_code, answer["Location"]) == (303, acting(address))
    text = ended.get(answer["Location"]).content.decode()
    assert "is kept for the organisation" in text and WORDS not in text
    first = Membership.objects.filter(user=officer.user).order_by("pk").first()
    ended.post(answer["Location"], {"organisation": first.organisation_id, "next": address})
    assert WORDS not in ended.get(address).content.decode()  # asked once, and shown for no other
    ended.post(answer["Location"], {"organisation": officer.organisation.pk, "next": address})
    assert WORDS in ended.get(address).content.decode()
    assert WORDS not in ended.get(address).content.decode()


def test_who_no_longer_acts_for_it_sees_the_words_and_who_can_send_them(officer, address, ended):
    Membership.objects.filter(user=officer.user, organisation=officer.organisation).update(
        until=clock.today()
    )
    with_password(officer.user)
    answer = sign_in(ended, officer.user, next=address)
    answer = ended.get(answer["Location"])
    assert answer["Location"] == acting(address)
    text = ended.get(answer["Location"]).content.decode()
    assert WORDS in text and "You no longer act for the organisation" in text


def test_a_role_taken_away_shows_what_was_typed_and_who_can_help(who):
    request = cast.request_in(who, "submitted")
    address = url(request, "decline")
    client = client_of(who.case_officer)
    data = brought(client, address)
    Membership.objects.filter(user=who.case_officer.user).update(roles=["report_officer"])
    answer = client.post(address, data)
    text = answer.content.decode()
    assert answer.status_code == 403
    assert WORDS in text and "It was not sent" in text
    assert "This is for:" in text or "this is for:" in text
    assert f'href="{reverse("accounts:people")}"' in text
    assert data["key"] not in text and data["author"] not in text
    assert AssistanceRequest.objects.get(pk=request.pk).status == "submitted"


def test_what_another_typed_is_shown_to_nobody(who):
    request = cast.request_in(who, "submitted")
    address = url(request, "decline")
    data = brought(client_of(who.case_officer), address)
    for stranger in (who.auditor, who.nor_officer):
        answer = client_of(stranger).post(address, data)
        assert answer.status_code in {303, 403, 404}
        assert WORDS not in answer.content.decode()
    assert WORDS not in Client().post(address, data | {"author": "x"}, follow=True).content.decode()


def test_a_page_that_is_gone_for_its_author_still_gives_the_words_back(who):
    request = cast.request_in(who, "submitted")
    address = url(request, "decline")
    client = client_of(who.case_officer)
    data = brought(client, address)
    Membership.objects.filter(user=who.case_officer.user).update(roles=["administrator"])
    answer = client.post(address, data)
    assert answer.status_code == 404
    assert WORDS in answer.content.decode()
