"""After signing out nothing is shown again; before it, nothing typed is lost by going back."""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.browser.conftest import enter_as, launched, listen, press
from tests.site import url_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(transactional_db):
    return cast.assemble()


@pytest.fixture
def with_memory(browser):
    """The same browser as people have it: pages that were left stay in its memory."""
    opened = launched(browser.browser_type, ignore_default_args=["--disable-back-forward-cache"])
    yield opened
    opened.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_back_after_signing_out_shows_nothing(live_server, who, with_memory, said, scripts):
    request = cast.request_in(who, "under_review")
    record = live_server.url + url_of("request", request)
    page = listen(with_memory.new_context(java_script_enabled=scripts).new_page(), said)
    enter_as(page, live_server.url, who.case_officer)
    page.goto(record)
    expect(page.locator("main h1")).to_contain_text(request.title)
    press(page.get_by_role("button", name="Sign out"))
    page.go_back()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(request.title)


@pytest.mark.parametrize("scripts", [True, False])
def test_back_to_a_form_while_signed_in_loses_nothing(live_server, who, with_memory, said, scripts):
    request = cast.request_in(who, "under_review")
    form = live_server.url + url_of("request", request) + "ask-for-clarification/"
    page = listen(with_memory.new_context(java_script_enabled=scripts).new_page(), said)
    enter_as(page, live_server.url, who.case_officer)
    page.goto(form)
    page.locator("main textarea").first.fill("typed at length")
    press(page.get_by_role("link", name="Help and contact"))
    page.go_back()
    back = page.get_by_role("button", name="Put it back")
    if scripts and back.count():
        back.click()
    expect(page.locator("main textarea").first).to_have_value("typed at length")
