"""The pages on which support is written, agreed, delivered and booked, as a browser shows them."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from tests import cast
from tests.browser.conftest import enter_as, press
from tests.browser.test_every_page import wrong_with
from tests.site import key_of

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = (("en", 1280), ("ar", 320))


def move(thing, record, name):
    return reverse(f"donors:{thing}_move", args=[key_of(record), name])


def pages(who):
    """(person, name of the picture, address, whether its form is sent as it is)."""
    need = cast.request_in(who, "open", need={"recipient_kind": "police"}, quantities=("40",)).needs.get()
    offer = cast.offer_in(who, "published")
    draft = cast.pledge_in(who, "draft", need=need, value_amount=Decimal(12000), value_currency="EUR",
                           joint=[who.other_officer.organisation])  # fmt: skip
    offered = cast.pledge_in(who, "offered", need=need)
    accepted = cast.pledge_in(who, "accepted", need=need)
    agreed = cast.pledge_in(who, "agreed")
    recorded, confirmed = cast.delivery_in(who, "recorded"), cast.delivery_in(who, "confirmed")
    disputed = cast.delivery_in(who, "disputed")
    money = cast.contribution_in(who, "received")
    proposal = cast.proposed(who, money, "allocate", "100", need=need)
    pledge_need = reverse("donors:pledge_need", args=[str(need)])
    entry = [money.reference, proposal.pk]
    return [
        ("nor_approver", "home-donor", reverse("web:front"), False),
        ("nor_approver", "need", reverse("requests:need", args=[str(need)]), False),
        ("nor_approver", "pledge-need", f"{pledge_need}?offer={offer.reference}", False),
        ("nor_approver", "pledge-need-wrong", pledge_need, True),
        ("nor_approver", "pledge-new", reverse("donors:pledge_new"), True),
        ("nor_approver", "pledge-draft", reverse("donors:pledge", args=[key_of(draft)]), False),
        ("nor_approver", "pledge-check", move("pledge", draft, "offer"), False),
        ("nor_approver", "pledge-agree", move("pledge", accepted, "agree"), True),
        ("nor_approver", "pledge-redirect", move("pledge", agreed, "redirect"), True),
        ("nor_approver", "delivery-new", move("pledge", agreed, "record-delivery"), True),
        ("nor_approver", "delivery-correct", move("delivery", disputed, "correct"), False),
        ("nor_approver", "offer-new", reverse("donors:offer_new"), True),
        ("nor_approver", "offer", reverse("donors:offer", args=[offer.reference]), False),
        ("nor_approver", "pledges", reverse("donors:pledges"), False),
        ("afg_approver", "home-state", reverse("web:front"), False),
        ("afg_approver", "pledge-offered", reverse("donors:pledge", args=[offered.reference]), False),
        ("afg_approver", "pledge-decline", move("pledge", offered, "decline"), True),
        ("afg_approver", "delivery-confirm", move("delivery", recorded, "confirm"), False),
        ("afg_approver", "delivery-dispute", move("delivery", recorded, "dispute"), True),
        ("afg_approver", "follow-up", reverse("donors:follow_up", args=[confirmed.reference]), True),
        ("afg_approver", "delivery", reverse("donors:delivery", args=[confirmed.reference]), False),
        ("case_officer", "announce", reverse("donors:pledge_announce"), True),
        ("finance_officer", "home-finance", reverse("web:front"), False),
        ("finance_officer", "contribution-new", reverse("donors:contribution_new"), True),
        ("finance_officer", "contribution", reverse("donors:contribution", args=[money.reference]), False),
        ("finance_officer", "allocate", move("contribution", money, "allocate"), True),
        ("finance_officer", "reverse", move("contribution", money, "reverse"), True),
        ("finance_officer", "approve-own", reverse("donors:approve_entry", args=entry), False),
        ("second_finance_officer", "approve", reverse("donors:approve_entry", args=entry), False),
        ("second_finance_officer", "refuse", reverse("donors:refuse_entry", args=entry), True),
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_nobody_is_shut_out_of_giving(live_server, open_page, axe, said, language, width):  # noqa: PLR0917 - fixtures
    who = cast.assemble()
    with translation.override(language):
        found = pages(who)
    page = open_page(width=width)
    page.goto(f"{live_server.url}/{language}/")
    wrong = {}
    for person, name, address, sends in found:
        enter_as(page, live_server.url, getattr(who, person))
        page.goto(live_server.url + address)
        if sends:
            press(page.locator("form#form button[type=submit]").last)
            assert page.locator(".errors").count() == 1, name
        if trouble := wrong_with(page, language, axe):
            wrong[name] = trouble
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)
    assert wrong == {}
    assert [line for line in said if "422" not in line] == []
