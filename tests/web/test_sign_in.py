"""Signing in and out, and for whom one acts."""

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from donors.models import Pledge
from portal.accounts import throttle
from portal.accounts.models import Membership, User
from portal.accounts.services import load_sample_people
from portal.core import clock
from portal.core.errors import Refused
from tests import cast
from tests.site import client_of, url_of

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "a long and private sentence"
PEOPLE = [
    {"email": "Two@example.org", "name": "Sample person", "organisation": "body-one", "roles": ["donor_officer"]},
    {"email": "two@example.org", "name": "Sample person", "organisation": "body-two", "roles": ["donor_approver"],
     "language": "fr", "since": "2017-01-01", "verified_by": "Sample letter"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _counted_apart(settings, monkeypatch):
    """Failures of one test count for no other, nor for a test that runs beside it."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}
    monkeypatch.setitem(throttle.LIMITS, "address", 10)


@pytest.fixture
def member(who):
    user = User.objects.get(pk=who.nor_officer.user.pk)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def bodies(who):
    return [cast.body("body one"), cast.body("body two")]


def sign_in(client, email, password, **more):
    return client.post(LOGIN, {"email": email, "password": password, **more})


def test_the_right_password_lets_in_and_a_new_session_begins(member):
    client = Client()
    client.get(LOGIN)
    answer = sign_in(client, member.email.upper(), PASSWORD)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.session["_auth_user_id"] == str(member.pk)


@pytest.mark.parametrize("who_else", ["wrong", "unknown", "gone"])
def test_what_is_wrong_is_not_said(member, who_else):
    if who_else == "gone":
        member.is_active = False
        member.save()
    email = "nobody@example.org" if who_else == "unknown" else member.email
    answer = sign_in(Client(), email, "wrong" if who_else == "wrong" else PASSWORD)
    assert answer.status_code == 422
    assert "The e-mail address and the password do not go together." in answer.content.decode()


def test_five_failures_are_enough_for_a_while(member):
    client = Client()
    for _ in range(throttle.LIMITS["person"]):
        assert sign_in(client, member.email, "wrong").status_code == 422
    assert sign_in(client, member.email, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_success_forgets_failures(member):
    client = Client()
    for _ in range(throttle.LIMITS["person"] - 1):
        sign_in(client, member.email, "wrong")
    assert sign_in(client, member.email, PASSWORD).status_code == 303
    for _ in range(throttle.LIMITS["person"] - 1):
        assert sign_in(Client(), member.email, "wrong").status_code == 422


def test_many_failures_from_one_address_are_enough_too(member):
    for number in range(throttle.LIMITS["address"]):
        sign_in(Client(), f"guess{number}@example.org", "wrong")
    assert sign_in(Client(), member.email, PASSWORD).status_code == 429


def test_behind_a_proxy_the_address_is_what_the_proxy_saw(member, settings):
    settings.SITE_URL = "https://portal.example"
    for number in range(throttle.LIMITS["address"]):
        Client().post(
            LOGIN, {"email": f"guess{number}@example.org", "password": "x"},
            headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.7"},
        )  # fmt: skip
    sent = {"email": member.email, "password": PASSWORD}
    assert Client().post(LOGIN, sent, headers={"x-forwarded-for": "192.0.2.7"}).status_code == 429
    assert Client().post(LOGIN, sent, headers={"x-forwarded-for": "192.0.2.7, 192.0.2.8"}).status_code == 303


def test_nobody_is_sent_to_another_site(member):
    answer = sign_in(Client(), member.email, PASSWORD, next="https://elsewhere.example/")
    assert answer["Location"] == "/"
    answer = sign_in(Client(), member.email, PASSWORD, next="/en/needs/")
    assert answer["Location"] == "/en/needs/"


def test_signing_in_speaks_the_person_s_language(member):
    member.language = "fr"
    member.save()
    client = Client()
    sign_in(client, member.email, PASSWORD)
    assert client.get("/needs/")["Location"] == "/fr/needs/"


def test_the_language_chosen_in_the_bar_wins_over_the_account_s_and_is_remembered(member):
    member.language = "fr"
    member.save()
    client = Client()
    client.get("/en/needs/")
    client.get("/ar/needs/", headers={"referer": "http://testserver/en/needs/"})
    for _time in range(2):
        sign_in(client, member.email, PASSWORD)
        assert client.get("/")["Location"] == "/ar/"
        client.post("/accounts/logout/")
    other = Client()
    other.get("/accounts/language/es/?next=/accounts/login/")
    sign_in(other, member.email, PASSWORD)
    assert other.get("/")["Location"] == "/es/"


@pytest.mark.parametrize(
    "referer", ["http://testserver/en/offers/", "http://elsewhere.example/en/needs/", ""]
)
def test_a_page_in_another_language_is_no_choice_in_the_bar(member, referer):
    member.language = "fr"
    member.save()
    client = Client()
    client.get("/ar/needs/", headers={"referer": referer})
    sign_in(client, member.email, PASSWORD)
    assert client.get("/")["Location"] == "/fr/"


def test_sample_people_sign_in_at_a_click_in_a_sample_portal_alone(bodies, settings):
    load_sample_people(PEOPLE)
    person = User.objects.get(email="two@example.org")
    settings.SAMPLE = True
    assert "Sample people" in Client().get(LOGIN).content.decode()
    assert Client().post("/accounts/sample/", {"person": person.pk}).status_code == 302
    settings.SAMPLE = False
    assert "Sample people" not in Client().get(LOGIN).content.decode()
    assert Client().post("/accounts/sample/", {"person": person.pk}).status_code == 404


def test_nobody_else_signs_in_at_a_click(member, settings):
    settings.SAMPLE = True
    for person in (member.pk, 0, 999_999, "x", ""):
        assert Client().post("/accounts/sample/", {"person": person}).status_code == 404


def test_a_click_from_another_site_signs_nobody_in(bodies, settings):
    load_sample_people(PEOPLE)
    settings.SAMPLE = True
    person = User.objects.get(email="two@example.org")
    answer = Client(enforce_csrf_checks=True).post("/accounts/sample/", {"person": person.pk})
    assert answer.status_code == 403
    assert "nothing was done" in answer.content.decode()


def test_sample_people_are_loaded_once(bodies):
    for _ in range(2):
        assert load_sample_people(PEOPLE) == 2
        person = User.objects.get(email="two@example.org")
        assert person.is_sample
        assert not person.has_usable_password()
        assert {(m.organisation_id, *m.roles) for m in Membership.objects.filter(user=person)} == {
            (bodies[0].pk, "donor_officer"), (bodies[1].pk, "donor_approver"),
        }  # fmt: skip


def test_faulty_sample_people_are_told_all_at_once_and_none_is_stored(bodies):
    people = [
        *PEOPLE,
        PEOPLE[0] | {"email": "a@example.org", "organisation": "nowhere"},
        PEOPLE[0] | {"email": "b@example.org", "roles": ["emperor"]},
    ]
    with pytest.raises(Refused) as told:
        load_sample_people(people)
    assert [r.field for r in told.value.refusals] == ["people[2].organisation", "people[3].roles"]
    assert not User.objects.filter(is_sample=True).exists()


def test_a_real_person_is_never_made_a_sample_one(member, bodies):
    load_sample_people([PEOPLE[0] | {"email": member.email}])
    member.refresh_from_db()
    assert not member.is_sample


def test_sample_sign_ins_are_printed_for_a_sample_portal_alone(bodies, settings, tmp_path, capsys):
    load_sample_people(PEOPLE)
    settings.SAMPLE = True
    call_command("sample_signins", output=str(tmp_path / "list.txt"))
    call_command("sample_signins")
    text = capsys.readouterr().out
    assert (tmp_path / "list.txt").read_text() == text
    assert "/accounts/login/" in text
    assert text.count("two@example.org") == 2
    settings.SAMPLE = False
    with pytest.raises(CommandError, match="not a sample portal"):
        call_command("sample_signins")


def test_signing_out_ends_the_session(member):
    client = Client()
    sign_in(client, member.email, PASSWORD)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_who_acts_for_several_sees_one_view_at_a_time(who, member):
    own = cast.pledge_in(who, "draft")
    other = who.other_officer.organisation
    Membership.objects.create(
        user=member, organisation=other, roles=["donor_officer"], since=cast.LONG_AGO, verified_by="NV"
    )
    client = Client()
    assert sign_in(client, member.email, PASSWORD)["Location"] == reverse("accounts:acting")
    page = client.get("/accounts/acting/").content.decode()
    assert page.count('name="organisation"') == 2
    for chosen, status in ((who.nor_officer.organisation, 200), (other, 404)):
        assert client.post("/accounts/acting/", {"organisation": chosen.pk}).status_code == 302
        assert client.get(url_of("pledge", own)).status_code == status
    stranger = who.ken_focal_point.organisation
    assert client.post("/accounts/acting/", {"organisation": stranger.pk}).status_code == 404


def test_a_form_is_not_sent_in_the_name_of_another_organisation(who, member):
    need = cast.request_in(who, "open").needs.get(number=1)
    other = who.other_officer.organisation
    Membership.objects.create(
        user=member, organisation=other, roles=["donor_officer"], since=cast.LONG_AGO, verified_by="NV"
    )
    client = Client()
    sign_in(client, member.email, PASSWORD)
    client.post("/accounts/acting/", {"organisation": who.nor_officer.organisation.pk})
    address = reverse("donors:pledge_need", args=[str(need)])
    day = clock.today()
    data = {
        **{name: client.get(address).context[name] for name in ("key", "author")},
        "description": "Typed for the first organisation", "quantity": "1", "kind": "in-kind", "channel": "direct",
        **{f"window_{end}_{part}": getattr(day, part) for end in ("from", "until") for part in ("day", "month", "year")},
    }  # fmt: skip
    client.post("/accounts/acting/", {"organisation": other.pk})
    answer = client.post(address, data)
    assert not Pledge.objects.filter(need=need).exists()
    assert answer["Location"].startswith("/accounts/acting/?next=")
    assert f'value="{address}"' in client.get(answer["Location"]).content.decode()
    back = client.post(
        "/accounts/acting/", {"organisation": who.nor_officer.organisation.pk, "next": address}
    )
    page = client.get(back["Location"])
    assert "Typed for the first organisation" in page.content.decode()
    data |= {name: page.context[name] for name in ("key", "author")}
    assert client.post(address, data).status_code == 303
    assert Pledge.objects.get(need=need).donor_id == who.nor_officer.organisation.pk


def test_a_membership_that_ended_shows_nothing_more(who):
    own = cast.pledge_in(who, "draft")
    client = client_of(who.nor_officer)
    assert client.get(url_of("pledge", own)).status_code == 200
    Membership.objects.filter(user=who.nor_officer.user).update(until=cast.LONG_AGO)
    assert client.get(url_of("pledge", own)).status_code == 404
    assert "You act for no organisation today." in client.get("/en/").content.decode()
