"""The site in a real browser: from signing in to a page, without a word on the console, at every width."""

import pytest

from tests.browser.conftest import WAIT, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_signing_in_to_a_need_without_a_script(page, portal, said):
    address, request = portal
    sign_in(page, address, "case officer")
    press(page.get_by_role("link", name="Requests", exact=True).first)
    page.get_by_label("Words or reference").fill(str(request))
    press(page.get_by_role("button", name="Apply filters"))
    press(page.get_by_role("link", name=str(request), exact=True))
    assert page.get_by_role("heading", level=1).inner_text().startswith(str(request))
    assert page.locator("h3", has_text=f"{request}-N1").count() == 1
    press(page.locator("h3 a").first)
    assert page.get_by_role("row", name="Committed 10").count() == 1
    press(page.get_by_role("button", name="Sign out"))
    assert page.get_by_role("link", name="Sign in").count() >= 1
    assert said == []


def test_the_report_is_asked_for_at_a_click(page, portal, said):
    address, _request = portal
    sign_in(page, address, "report officer")
    press(page.get_by_role("link", name="Reports", exact=True))
    press(page.get_by_role("button", name="Generate the report"))
    assert page.get_by_role("heading", level=1).inner_text() == "Making the report"
    assert "/reports/jobs/" in page.url
    assert page.locator(".stages .current").count() == 1
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    first = page.url
    press(page.get_by_role("link", name="Report to session 62"))
    press(page.get_by_role("button", name="Generate the report"))
    assert page.url == first  # a second click joins what is under way
    assert said == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_is_wider_than_a_small_telephone(browser, portal, language):
    address, request = portal
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    sign_in(page, address, "case officer")
    pages = ["", "requests/", f"requests/{request}/", f"needs/{request}-N1/", "needs/", "pledges/", "deliveries/",
             "contributions/", "offers/", "assessments/", "reports/", "notifications/", "nowhere/"]  # fmt: skip
    wide = {}
    for path in pages:
        page.goto(f"{address}/{language}/{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
        assert page.evaluate("document.dir") == ("rtl" if language == "ar" else "ltr")
    context.close()
    assert wide == dict.fromkeys(pages, 320)
