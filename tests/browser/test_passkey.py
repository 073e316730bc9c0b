"""A passkey made and used in a real browser, with a security key that the browser plays itself."""

import pytest
from playwright.sync_api import expect

from portal.accounts import factors
from portal.accounts.models import User
from tests import cast
from tests.browser.conftest import press

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long and private sentence"


@pytest.fixture
def key(open_page):
    """A page whose browser has a security key plugged in."""
    page = open_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def sign_in(page, site, email):
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Continue"))


def test_an_approver_sets_up_a_passkey_and_signs_in_with_it(live_server, key, said):
    who = cast.assemble()
    user = User.objects.get(pk=who.afg_approver.user.pk)
    user.set_password(PASSWORD)
    user.save()
    site = live_server.url.replace("127.0.0.1", "localhost")  # browsers bind passkeys to names
    sign_in(key, site, user.email)
    expect(key.get_by_role("heading", name="Second factor")).to_be_visible()
    press(key.get_by_role("link", name="Add a passkey"))
    key.get_by_label("Name of the passkey").fill("test key")
    key.get_by_role("button", name="Make the passkey").click()
    expect(key.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert [row.name for row in factors.passkeys(user)] == ["test key"]
    press(key.get_by_role("button", name="Sign out"))
    sign_in(key, site, user.email)
    expect(key.get_by_role("heading", name="Second factor")).to_be_visible()
    key.get_by_role("button", name="Use a passkey").click()
    expect(key.get_by_role("heading", name="Home")).to_be_visible()
    assert said == []
