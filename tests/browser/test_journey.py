"""The whole journey: a State asks, UNODC takes it on, a donor gives, money comes, the State assesses, UNODC reports.

By all the people whose steps they are, in a real browser; every page is looked at by axe on the way. A few of the
twelve walks run with every test, all of them with `make audit`. JOURNEY_PHOTOS names a folder for photographs.
"""

import os
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from portal.accounts.models import Membership, User
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.moments import parse
from reports.models import ReportEdition, Session
from reports.services import enter_session, freeze_job, make_rendition
from requests_app.models import AssistanceRequest
from tests import cast
from tests.browser.walk import Person, Walk

pytestmark = pytest.mark.django_db(transaction=True)
WALKS = tuple(product(("en", "fr", "ar"), (1280, 320), (True, False)))
ALWAYS = {("en", 1280, True), ("ar", 320, False)}  # `make audit` walks all twelve
NEEDS = (
    {"form": "training", "theme": "border-management", "description": "Training of border officers (sample)",
     "quantity": "40", "unit": "places", "priority": "high"},
    {"form": "equipment", "theme": "drug-law-enforcement", "description": "Drug test kits (sample)",
     "quantity": "12", "unit": "kits", "priority": "medium"},
    {"form": "funds", "theme": "trafficking-data", "description": "A survey of seizures (sample)",
     "quantity": "30000", "unit": "usd", "priority": "low"},
)  # fmt: skip


def params():
    for language, width, scripts in WALKS:
        often = (language, width, scripts) in ALWAYS
        yield pytest.param(
            language, width, scripts, id=f"{language}-{width}-{'scripts' if scripts else 'none'}",
            marks=() if often else pytest.mark.audit,
        )  # fmt: skip


@pytest.fixture
def photos(request) -> Path | None:
    folder = os.environ.get("JOURNEY_PHOTOS")
    if not folder:
        return None
    place = Path(folder) / request.node.callspec.id
    place.mkdir(parents=True, exist_ok=True)
    return place


def file_request(focal: Person) -> str:
    """From home to the approver: a draft, its tasks, three needs, the check."""
    focal.follow("/requests/new/")
    focal.fill(title="Support to border control (sample)").send()
    key = focal.key
    focal.follow("/edit/authority/")
    focal.fill(
        authority="National drug control authority (sample)", contact="Office of the focal point"
    ).send()
    focal.fill(note_verbale_number="NV/SAMPLE/1", note_verbale_date=clock.today() - timedelta(days=2)).send()
    focal.fill(
        situation="Heroin crosses the country in containers and lorries (sample).", drugs=["opiates"]
    ).send()
    for need in NEEDS:
        focal.follow("/needs/new/")
        focal.fill(form=need["form"], theme=need["theme"], description=need["description"]).send()
        focal.fill(quantity=need["quantity"], unit=need["unit"]).send()
        focal.fill(priority=need["priority"]).send()
    focal.follow("/edit/cooperation/")
    focal.fill(channel="any", urgency="routine").send()
    focal.fill(visibility="all-donors", named_in_report="yes").send()
    focal.send()  # the check page: to the approver
    return key


@pytest.mark.parametrize(("language", "width", "scripts"), list(params()))
def test_whole_journey(live_server, settings, browser, axe, photos, tmp_path, language, width, scripts):  # noqa: PLR0917
    settings.SAMPLE = True
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    who = cast.assemble()
    User.objects.filter(pk__in=Membership.objects.values("user")).update(is_sample=True, language=language)
    today = clock.today()
    session = Session(number=70, start=parse(f"{today.year}-01-01"), until=parse(f"{today.year}-12-31"))
    enter_session(session, actor=SYSTEM)
    walk = Walk(browser, live_server.url, language, width, scripts, axe, photos)

    focal, approver = walk.person(who.afg_focal_point), walk.person(who.afg_approver)
    draft = file_request(focal)
    assert focal.loads <= 30, f"a request with three needs took {focal.loads} pages"

    approver.loads = 0
    approver.go(f"/requests/{draft}/")  # the address in the notice
    approver.fill(authorised="on").send()
    assert approver.loads <= 4, f"an approval took {approver.loads} pages"
    request = AssistanceRequest.objects.get(public_id=draft)
    reference = request.reference

    desk = walk.person(who.case_officer)
    desk.go("/desk/")
    desk.follow(f"/requests/{reference}/")
    desk.follow("/acknowledge/")
    desk.fill(authentication="By a call to the Permanent Mission (sample)").send()
    desk.follow("/ask-for-clarification/")
    desk.fill(question="Who keeps the kits? (sample)").send()
    focal.go(f"/requests/{reference}/")
    focal.follow("/answer/")
    focal.fill(answer="The national laboratory (sample).").send()
    desk.go(f"/requests/{reference}/")
    desk.follow("/circulate/")
    desk.send()

    donor = walk.person(who.nor_approver)
    donor.go("/needs/")
    donor.go("/needs/?form=training")
    donor.follow(f"/needs/{reference}-N1/")
    donor.follow("/pledge/")
    window = {"window_from": today, "window_until": today + timedelta(days=60)}
    donor.fill(
        description="Two courses for 20 officers each (sample)",
        quantity="40",
        kind="in-kind",
        channel="direct",
        **window,
    ).send()
    donor.send()  # the last look: offered
    assert donor.loads <= 8, f"a pledge took {donor.loads} pages"
    pledge = donor.key

    approver.go(f"/pledges/{pledge}/")
    approver.follow("/accept/")
    approver.send()
    donor.go(f"/pledges/{pledge}/")
    donor.follow("/agree/")
    donor.fill(agreement_reference="MoU 1/SAMPLE", signed_by_donor=today, signed_by_state=today).send()
    officer = walk.person(who.nor_officer)
    officer.go(f"/pledges/{pledge}/")
    officer.follow("/record-delivery/")
    officer.fill(date=today, quantity="40", description="Both courses (sample)", women="11", men="29").send()
    delivery = request.needs.get(number=1).pledges.get().deliveries.get().reference
    focal.go(f"/deliveries/{delivery}/")
    focal.follow("/confirm/")
    focal.fill(title_transferred="yes").send()
    approver.go(f"/pledges/{pledge}/")
    approver.follow("/acknowledge/")
    approver.send()

    finance, second = walk.person(who.finance_officer), walk.person(who.second_finance_officer)
    finance.go("/contributions/")
    finance.follow("/contributions/new/")
    finance.fill(
        donor=who.nor_officer.organisation.pk,
        amount="33900",
        currency="USD",
        date=today,
        earmarking="unearmarked",
    ).send()
    contribution = finance.key
    finance.follow("/agree/")
    finance.fill(agreement_reference="PA 2/SAMPLE", signed_by_donor=today, signed_by_unodc=today).send()
    finance.follow("/receive/")
    finance.fill(amount="33900", date=today, deposit_reference="DEP-1 (sample)").send()
    finance.follow("/allocate/")
    finance.fill(need=f"{reference}-N3", amount="30000", date=today).send()
    second.go(f"/contributions/{contribution}/")
    second.follow("/approve/")
    second.send()

    focal.go(f"/requests/{reference}/")
    focal.follow("/assess/")
    focal.send()
    assessment = focal.page.url
    focal.follow("/edit/")
    focal.fill(findings="Checks now reach every lorry (sample).").send()
    focal.page.goto(assessment)
    focal.look()
    focal.follow("/send-for-approval/")
    focal.send()
    approver.page.goto(assessment)
    approver.look()
    approver.follow("/submit/")
    approver.send()

    report_the_year(walk, who)
    assert walk.wrong == {}
    assert walk.said == []
    request.refresh_from_db()
    assert request.status == "open"


def report_the_year(walk, who):
    """From the plan to the issue, with the clearing officer's reading between; the worker's part is done here."""
    officer, clearing = walk.person(who.report_officer), walk.person(who.clearing_officer)
    officer.go("/reports/70/plan/")
    officer.fill(cut_off=clock.today(), languages=["en"], formats=["html"]).send()
    edition = ReportEdition.objects.get()
    officer.follow("/freeze/")
    officer.send()
    job = edition.jobs.get()
    freeze_job(job.pk)
    for row in job.renditions.all():
        make_rendition(row.pk)
    officer.go(f"/reports/editions/{edition.pk}/")
    officer.follow("/send-to-clearance/")
    officer.fill(waiver="The findings concern the first page, which is filled later (sample).").send()
    clearing.go(f"/reports/editions/{edition.pk}/")
    clearing.follow("/clear-sections/")
    for box in clearing.page.locator('main [name="sections"]').all():
        box.check()
    clearing.send()
    clearing.follow("/clear/")
    clearing.send()
    officer.go(f"/reports/editions/{edition.pk}/")
    officer.follow("/submit/")
    officer.send()
    officer.follow("/issue/")
    officer.fill(symbol="E/CN.7/SAMPLE/1", issued_on=clock.today()).send()
    edition.refresh_from_db()
    assert edition.status == "issued"
