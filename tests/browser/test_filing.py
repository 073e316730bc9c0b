"""The pages of drafts, of joint requests and of assessments, looked at in both directions and at both widths.

With PHOTOS=folder each is photographed there.
"""

import os
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from django.urls import reverse

from requests_app.drafting import put_indicator, write_assessment
from tests import cast
from tests.browser.conftest import enter_as
from tests.browser.test_every_page import LANGUAGES, WIDTHS, chosen, wrong_with
from tests.site import key_of

pytestmark = pytest.mark.django_db(transaction=True)


def pages(who):
    """Person, name, address of each page."""
    empty = cast.draft(who, quantities=(), authority="")
    equipment = {"form_id": "equipment", "unit_id": "kits", "priority": "medium", "description": "Test kits"}
    draft = cast.draft(
        who,
        quantities=("10", "3"),
        need=equipment,
        drugs=["opiates", "cocaine"],
        channel="any",
        urgency="routine",
    )
    sent = cast.request_in(who, "approval")
    submitted = cast.request_in(who, "submitted")
    review = cast.request_in(who, "under_review", need={"priority": ""})
    joint = cast.request_in(who, "submitted", joint=["TJK"])
    opened = cast.request_in(who, "open", joint=["TJK"])
    cast.asking.move_request(
        opened, "amend", actor=who.afg_approver, facts={"needs": {"1": {"quantity": Decimal(14)}}}
    )
    assessment = cast.assessment_in(who, "draft", ratings={})
    put_indicator(assessment, {"name": "Seizures", "unit": "kg", "current": "4"}, actor=who.afg_focal_point)
    write_assessment(assessment, {"findings": "More was seized."}, actor=who.afg_focal_point)

    def to(name, record, *more):
        return reverse(f"requests:{name}", args=[str(record), *more])

    yield "afg_focal_point", "home", "/en/"
    yield "afg_focal_point", "start", reverse("requests:start")
    yield "afg_focal_point", "hub-empty", to("request", empty)
    yield "afg_focal_point", "hub", to("request", draft)
    for task in ("authority", "note-verbale", "situation", "cooperation", "consent"):
        yield "afg_focal_point", f"task-{task}", to("part", draft, task)
    yield "afg_focal_point", "needs-empty", to("needs_of", empty)
    yield "afg_focal_point", "needs", to("needs_of", draft)
    for step in ("what", "how-much", "for-whom"):
        yield "afg_focal_point", f"need-{step}", to("need_step", draft, 1, step)
    yield "afg_focal_point", "need-remove", to("need_remove", draft, 1)
    yield "afg_focal_point", "check-missing", to("check", empty)
    yield "afg_focal_point", "check", to("check", draft)
    yield "afg_focal_point", "approval-read", to("request", sent)
    yield "afg_approver", "home-approver", "/en/"
    yield "afg_approver", "approval", to("request", sent)
    yield "afg_approver", "submit", to("request_move", sent, "submit")
    yield "afg_approver", "submitted", to("request", submitted)
    yield "afg_approver", "donors", to("donors", opened)
    yield "afg_approver", "amend", to("request_move", opened, "amend")
    yield "afg_approver", "amended", to("request", opened)
    yield "afg_approver", "surplus", to("surplus", opened, 1)
    yield "tjk_approver", "asked", to("request", joint)
    yield "tjk_approver", "joint", to("joint", joint)
    yield "tjk_approver", "leave", to("leave", joint)
    yield "case_officer", "desk", reverse("requests:desk")
    yield "case_officer", "review", to("request", review)
    yield "case_officer", "acknowledge", to("request_move", submitted, "acknowledge")
    for name, more in (("assessment", ()), ("findings", ()), ("indicator_new", ())):
        key = key_of(assessment)
        yield "afg_focal_point", name, reverse(f"requests:{name}", args=[key, *more])


@pytest.mark.parametrize(("language", "width"), [chosen(*pair) for pair in product(LANGUAGES, WIDTHS)])
def test_no_page_of_a_request_shuts_anyone_out(live_server, settings, open_page, axe, said, language, width):  # noqa: PLR0917 - fixtures
    settings.SAMPLE = True
    who = cast.assemble()
    page = open_page(width=width)
    page.goto(f"{live_server.url}/{language}/")
    photos, last, told = os.environ.get("PHOTOS"), "", []
    for person, name, path in list(pages(who)):
        if person != last:
            enter_as(page, live_server.url, getattr(who, person))
            last = person
        page.goto(live_server.url + path.replace("/en/", f"/{language}/", 1))
        told += [f"{person} at {name}: {line}" for line in wrong_with(page, language, axe)]
        if photos:
            Path(photos).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{photos}/{language}-{width}-{name}.png", full_page=True)
    assert not told, "\n".join(told)
    assert said == []
