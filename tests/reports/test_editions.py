"""An edition from its plan to its corrigendum, through the pages, by the people whose step it is."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from donors import services as giving
from donors.workflow import PLEDGE
from portal.audit.cases import case_type
from portal.audit.models import CaseEvent
from portal.audit.verify import findings
from portal.core import clock
from portal.core.actor import SYSTEM
from portal.core.errors import Conflict, NotAllowed, Refused
from portal.core.moments import parse
from reports import documents, editions, rules, selectors
from reports.canonical import sha256
from reports.compile import freeze
from reports.compile.history import PLEDGE_MOVES, REQUEST_MOVES
from reports.enums import JobStatus, RenditionStatus
from reports.figures import compute
from reports.models import InputRequest, ReportEdition, ReportJob, Session, Snapshot
from reports.services import enter_session, freeze_job, frozen_of, make_rendition, session_of
from requests_app.workflow import REQUEST
from tests import cast
from tests.cast import Cast, assemble
from tests.site import client_of

pytestmark = pytest.mark.django_db(transaction=True)
CUT_OFF = date(2018, 12, 31)


@pytest.fixture
def who(transactional_db) -> Cast:
    """Records are frozen in a transaction of their own, so these tests really commit."""
    return assemble()


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html)[1]


def send(who, person, address, **data):
    """Opens a page and sends its form, as a browser does."""
    client = client_of(getattr(who, person))
    html = client.get(address).content.decode()
    keys = {name: hidden(html, name) for name in ("key", "author") if f'name="{name}"' in html}
    if 'name="version"' in html:
        keys["version"] = hidden(html, "version")
    return client.post(address, keys | data)


def planned(who, *, formats=("html",)):
    edition = ReportEdition(session=session_of(62), cut_off=CUT_OFF, languages=["en"], formats=list(formats))
    return editions.plan_edition(edition, actor=who.report_officer)


def move_url(edition, move):
    return reverse("reports:edition_move", args=[edition.pk, move])


def make(edition):
    """What the worker does."""
    job = edition.jobs.order_by("-pk").first()
    freeze_job(job.pk)
    for row in job.renditions.all():
        make_rendition(row.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.DONE, job.message
    return job


def drafted(who):
    edition = planned(who)
    editions.make_documents(edition, actor=who.report_officer)
    make(edition)
    return ReportEdition.objects.get(pk=edition.pk)


def in_clearance(who):
    edition = drafted(who)
    facts = {"waiver": "No report is expected of an empty portal"}
    return editions.move_edition(edition, "send_to_clearance", actor=who.report_officer, facts=facts)


def all_sections(edition):
    return [f"{section}:{code}" for section in rules.sections_of(edition) for code in edition.languages]


def cleared(who):
    edition = in_clearance(who)
    facts = {"sections": all_sections(edition)}
    editions.move_edition(edition, "clear_sections", actor=who.clearing_officer, facts=facts)
    return editions.move_edition(edition, "clear", actor=who.clearing_officer)


def issued(who):
    edition = editions.move_edition(cleared(who), "submit", actor=who.report_officer)
    facts = {"symbol": "E/CN.7/2019/8", "issued_on": clock.today()}
    return editions.move_edition(edition, "issue", actor=who.report_officer, facts=facts)


def test_the_whole_way_through_the_pages(who):
    plan = reverse("reports:plan", args=[session_of(62).number])
    answer = send(who, "report_officer", plan, cut_off="2018-12-31", languages=["en"], formats=["html"])
    edition = ReportEdition.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("reports:edition", args=[edition.pk]))
    assert (edition.status, edition.planned_by) == ("collecting", who.report_officer.user.pk)

    answer = send(who, "report_officer", move_url(edition, "freeze"))
    job = edition.jobs.get()
    assert answer["Location"] == reverse("reports:job", args=[job.pk])
    make(edition)

    waiver = {"waiver": "The portal is empty"}
    assert send(who, "report_officer", move_url(edition, "send-to-clearance"), **waiver).status_code == 303
    sections = {"sections": all_sections(edition)}
    assert send(who, "clearing_officer", move_url(edition, "clear-sections"), **sections).status_code == 303
    assert send(who, "clearing_officer", move_url(edition, "clear")).status_code == 303
    assert send(who, "report_officer", move_url(edition, "submit")).status_code == 303
    day = clock.today()
    issue = {"symbol": "E/CN.7/2019/8", "issued_on": day.isoformat()}
    assert send(who, "report_officer", move_url(edition, "issue"), **issue).status_code == 303
    edition.refresh_from_db()
    assert (edition.status, edition.symbol, edition.issued_on) == ("issued", "E/CN.7/2019/8", day)
    moves = CaseEvent.objects.filter(case_type=case_type(edition), case_id=edition.pk).order_by("sequence")
    assert list(moves.values_list("move", flat=True)) == [
        "plan", "freeze", "send_to_clearance", "clear_sections", "clear", "submit", "issue",
    ]  # fmt: skip
    page = client_of(who.report_officer).get(reverse("reports:edition", args=[edition.pk])).content.decode()
    assert "E/CN.7/2019/8" in page and job.snapshot is None


def test_the_public_reads_what_was_issued_and_nothing_before(who):
    edition = cleared(who)
    drafts = list(selectors.jobs(who.report_officer))
    assert drafts and not selectors.jobs(who.public).exists()
    edition = editions.move_edition(edition, "submit", actor=who.report_officer)
    facts = {"symbol": "E/CN.7/2019/8", "issued_on": clock.today()}
    editions.move_edition(edition, "issue", actor=who.report_officer, facts=facts)
    later = ReportJob.objects.create(
        edition=edition, languages=["en"], formats=["html"], status="failed", created_at=clock.now()
    )
    assert set(selectors.jobs(who.public)) == set(drafts)
    assert later in selectors.jobs(who.report_officer)
    shown = client_of(who.public).get(reverse("reports:session", args=[62])).content.decode()
    assert "report.en.html" in shown and "figures.json" not in shown
    kinds = {row.format for row in selectors.renditions(who.public)}
    assert kinds == {"html", "public"}


def test_a_correction_makes_the_documents_again_and_keeps_the_old_ones(who):
    edition = issued(who)
    first = set(edition.jobs.values_list("pk", flat=True))
    text = {"corrigendum": "In paragraph 3, for 4 read 5"}
    assert send(who, "clearing_officer", move_url(edition, "correct"), **text).status_code == 303
    edition.refresh_from_db()
    job = make(edition)
    assert edition.status == "corrected" and job.pk not in first
    assert job.snapshot_id == edition.snapshots.get().pk
    assert set(selectors.jobs(who.public).values_list("pk", flat=True)) == first | {job.pk}


def test_who_drafted_does_not_clear(who):
    edition = in_clearance(who)
    ReportEdition.objects.filter(pk=edition.pk).update(sent_by=who.clearing_officer.user.pk)
    facts = {"sections": all_sections(edition)}
    with pytest.raises(Refused, match="does not clear"):
        editions.move_edition(edition, "clear_sections", actor=who.clearing_officer, facts=facts)
    with pytest.raises(NotAllowed):
        editions.move_edition(edition, "clear_sections", actor=who.report_officer, facts=facts)


def test_it_is_cleared_when_every_section_is_in_every_language(who):
    edition = in_clearance(who)
    facts = {"sections": all_sections(edition)[1:]}
    editions.move_edition(edition, "clear_sections", actor=who.clearing_officer, facts=facts)
    with pytest.raises(Refused, match="1 section is not cleared yet"):
        editions.move_edition(edition, "clear", actor=who.clearing_officer)
    page = client_of(who.clearing_officer).get(reverse("reports:edition", args=[edition.pk])).content.decode()
    assert "1 section is not cleared yet" in page


@pytest.mark.parametrize("facts", [{}, {"sections": ["nothing:en"]}, {"sections": ["summary:fr"]}])
def test_only_sections_that_there_are_are_cleared(who, facts):
    with pytest.raises(Refused):
        editions.move_edition(in_clearance(who), "clear_sections", actor=who.clearing_officer, facts=facts)


def test_a_section_goes_back_with_a_comment_and_what_was_frozen_anew_is_cleared_anew(who):
    edition = in_clearance(who)
    facts = {"sections": all_sections(edition)}
    editions.move_edition(edition, "clear_sections", actor=who.clearing_officer, facts=facts)
    url = move_url(edition, "return-section")
    assert send(who, "clearing_officer", url, section="summary").status_code == 422
    assert send(who, "clearing_officer", url, section="summary", comment="Say who").status_code == 303
    edition.refresh_from_db()
    assert edition.status == "drafting"
    held = rules.decisions(edition)
    assert not held["summary", "en"].cleared and held["impact", "en"].cleared
    page = client_of(who.report_officer).get(reverse("reports:edition", args=[edition.pk])).content.decode()
    assert "Say who" in page


def test_findings_bar_clearance_unless_waived_in_words(who):
    edition = drafted(who)
    job = rules.made_job(edition)
    ReportJob.objects.filter(pk=job.pk).update(
        findings=[{"severity": "error", "section": "I", "message": "m", "to_do": "t", "language": "en"}]
    )
    with pytest.raises(Refused, match="1 finding bars clearance"):
        editions.move_edition(edition, "send_to_clearance", actor=who.report_officer)
    answer = send(who, "report_officer", move_url(edition, "send-to-clearance"), waiver=" ")
    assert answer.status_code == 422 and "1 finding bars clearance" in answer.content.decode()


def test_nothing_is_sent_to_clearance_before_the_documents_stand(who):
    edition = planned(who)
    with pytest.raises(Conflict):
        editions.move_edition(edition, "send_to_clearance", actor=who.report_officer)
    editions.make_documents(edition, actor=who.report_officer)
    freeze_job(edition.jobs.get().pk)
    edition.refresh_from_db()
    with pytest.raises(Refused, match="make the documents"):
        editions.move_edition(edition, "send_to_clearance", actor=who.report_officer, facts={"waiver": "x"})


def test_in_clearance_the_records_stay_frozen(who):
    edition = in_clearance(who)
    before = edition.snapshots.count()
    with pytest.raises(Conflict):
        editions.move_edition(edition, "freeze", actor=who.report_officer)
    editions.make_documents(edition, actor=who.report_officer)
    make(edition)
    edition.refresh_from_db()
    assert (edition.status, edition.snapshots.count()) == ("clearance", before)


@pytest.mark.parametrize(
    "facts",
    [
        {"symbol": "", "issued_on": date(2019, 1, 1)},
        {"symbol": "E/CN.7/2019/8"},
        {"symbol": "E/CN.7/2019/8", "issued_on": date.max},
    ],
)
def test_an_issue_has_its_symbol_and_a_day_that_has_come(who, facts):
    edition = editions.move_edition(cleared(who), "submit", actor=who.report_officer)
    with pytest.raises(Refused):
        editions.move_edition(edition, "issue", actor=who.report_officer, facts=facts)


def test_a_cut_off_before_the_period_or_planned_before_is_refused_beside_its_field(who):
    planned(who)
    url = reverse("reports:plan", args=[62])
    for day in ("2017-03-17", "2018-12-31"):
        answer = send(who, "report_officer", url, cut_off=day, languages=["en"], formats=["html"])
        assert answer.status_code == 422
        assert 'id="id_cut_off_error"' in answer.content.decode()
    assert ReportEdition.objects.count() == 1


def test_inputs_are_asked_for_and_given_by_those_who_were_asked(who):
    edition = planned(who)
    due = clock.today() + timedelta(days=30)
    asked = [who.afg_focal_point.organisation, who.nor_officer.organisation]
    data = {"organisations": [str(o.pk) for o in asked], "due": due.isoformat()}
    assert send(who, "report_officer", move_url(edition, "invite-inputs"), **data).status_code == 303
    rows = {row.organisation_id: row for row in InputRequest.objects.all()}
    assert set(rows) == {o.pk for o in asked}
    own = rows[asked[0].pk]
    url = reverse("reports:input", args=[own.pk])
    text = {"paragraph": "3", "language": "en", "text": "Two laboratories were opened."}
    assert send(who, "afg_focal_point", url, **text).status_code == 303
    own.refresh_from_db()
    assert own.status == "answered"
    assert [row.text for row in selectors.inputs_of(own)] == ["Two laboratories were opened."]
    for person, status in (
        ("nor_officer", 404), ("tjk_focal_point", 404), ("public", 404), ("case_officer", 200), ("afg_coordinator", 200),
    ):  # fmt: skip
        assert client_of(getattr(who, person)).get(url).status_code == status, person
    answer = send(who, "report_officer", url, **text)
    assert answer.status_code == 403


def test_an_input_is_due_on_a_day_to_come_and_asked_of_someone(who):
    edition = planned(who)
    url = move_url(edition, "invite-inputs")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    one = str(who.afg_focal_point.organisation.pk)
    assert send(who, "report_officer", url, organisations=[one], due=yesterday).status_code == 422
    assert send(who, "report_officer", url, due="2999-01-01").status_code == 422
    assert send(who, "report_officer", url, organisations=["0"], due="2030-01-01").status_code == 422
    assert not InputRequest.objects.exists()


def test_drafts_of_the_report_are_for_those_who_work_on_it(who):
    edition = drafted(who)
    url = reverse("reports:edition", args=[edition.pk])
    seen = {p for p, actor in who.everyone() if client_of(actor).get(url).status_code == 200}
    assert seen == {
        "case_officer", "finance_officer", "second_finance_officer", "report_officer", "clearing_officer", "auditor",
    }  # fmt: skip
    assert client_of(who.auditor).get(move_url(edition, "send-to-clearance")).status_code == 403
    assert RenditionStatus.DONE in set(edition.jobs.get().renditions.values_list("status", flat=True))


def test_home_names_the_step_that_is_next_and_whose_it_is(who):
    edition = in_clearance(who)
    home = {
        p: client_of(getattr(who, p)).get("/en/").content.decode()
        for p in ("report_officer", "clearing_officer")
    }
    words = "Clear the report to session"
    assert words in home["clearing_officer"] and words not in home["report_officer"]
    facts = {"section": "summary", "comment": "Say who"}
    editions.move_edition(edition, "return_section", actor=who.clearing_officer, facts=facts)
    assert "to clearance" in client_of(who.report_officer).get("/en/").content.decode()


def test_home_asks_for_an_input_until_its_day_has_passed(who):
    edition = planned(who)
    facts = {"organisations": [who.afg_focal_point.organisation], "due": clock.today() + timedelta(days=9)}
    editions.move_edition(edition, "invite_inputs", actor=who.report_officer, facts=facts)
    words = "Write for the report to session"
    assert words in client_of(who.afg_focal_point).get("/en/").content.decode()
    assert words not in client_of(who.nor_officer).get("/en/").content.decode()
    InputRequest.objects.update(due=clock.today() - timedelta(days=1))
    assert words not in client_of(who.afg_focal_point).get("/en/").content.decode()


def test_documents_are_made_on_the_version_that_was_read(who):
    edition = planned(who)
    with pytest.raises(Conflict):
        editions.move_edition(edition, "freeze", actor=who.report_officer, version=edition.version + 1)
    assert not edition.jobs.exists()


def test_a_redirected_pledge_counts_once(who):
    """What is left of a pledge, turned to another need by a person, stands in the report in the new place alone."""
    session = Session(number=71, start=parse("2026-01-01"), until=parse("2099-12-31"))
    enter_session(session, actor=SYSTEM)
    first = cast.request_in(who, "open", quantities=("20",)).needs.get()
    other = cast.request_in(who, "open", quantities=("20",)).needs.get()
    money = {"value_amount": Decimal(100), "value_currency": "USD"}
    pledge = cast.pledge_in(who, "accepted", need=first, quantity="20", **money)
    facts = {"reason": "No longer open", "notice": "letter 3", "to": str(other), "value_amount": Decimal(100)}
    rest = giving.make_pledge_move(pledge, "redirect", actor=who.nor_approver, facts=facts)
    giving.move_pledge(rest, "accept", actor=who.afg_approver)
    values = {f.id: f.value for f in compute(freeze(session, cut_off=clock.today(), sample=True))}
    assert values["pledges.offered"] == 2
    assert values["pledges.accepted"] == 2
    assert Decimal(values["pledges.value_usd"]) == 100


def test_every_move_that_ends_a_request_or_pledge_is_in_the_snapshot():
    for table, steps in ((REQUEST, REQUEST_MOVES), (PLEDGE, PLEDGE_MOVES)):
        for line in table.transitions:
            if line.stamp and set(line.targets) & {"closed", "declined", "withdrawn", "cancelled", "lapsed"}:
                assert steps[line.name] == line.stamp.removesuffix("_at"), line.name


def test_figures_are_computed_once_and_kept_with_the_snapshot(who):
    """A snapshot that was taken before they were kept gives the same documents."""
    edition = drafted(who)
    snapshot = edition.snapshots.get()
    kept = documents.Frozen(
        snapshot.sha256,
        *(bytes(column) for column in (snapshot.content, snapshot.figures, snapshot.public_figures)),
    )
    made = {row.name: row.sha256 for row in edition.jobs.get().renditions.all()}
    older = Snapshot(sha256=snapshot.sha256, content=snapshot.content)
    for frozen in (kept, frozen_of(older)):
        for language, kind, name in documents.planned(edition.languages, edition.formats):
            assert sha256(documents.make(language, kind, frozen)) == made[name], name
        assert documents.findings(edition.languages, frozen) == edition.jobs.get().findings


def test_to_freeze_is_to_have_the_documents_made(who):
    edition = planned(who)
    editions.move_edition(edition, "freeze", actor=who.report_officer)
    assert ReportEdition.objects.get(pk=edition.pk).status == "collecting"
    make(edition)
    assert ReportEdition.objects.get(pk=edition.pk).status == "drafting"
    assert edition.snapshots.count() == 1


def test_a_correction_waits_for_documents_that_are_being_made(who):
    edition = issued(who)
    editions.make_documents(edition, actor=who.report_officer)
    before = ReportEdition.objects.get(pk=edition.pk)
    with pytest.raises(Conflict, match="being made"):
        editions.move_edition(
            edition, "correct", actor=who.clearing_officer, facts={"corrigendum": "For 4 read 5"}
        )
    after = ReportEdition.objects.get(pk=edition.pk)
    assert (after.status, after.corrigendum) == (before.status, before.corrigendum) == ("issued", "")


def test_a_new_day_for_an_input_stands_in_its_chain(who):
    edition = planned(who)
    organisation = who.nor_officer.organisation
    for days in (10, 20):
        facts = {"organisations": [organisation], "due": clock.today() + timedelta(days=days)}
        editions.move_edition(edition, "invite_inputs", actor=who.report_officer, facts=facts)
    asked = InputRequest.objects.get()
    assert asked.due == clock.today() + timedelta(days=20)
    events = CaseEvent.objects.filter(case_type="input_request", case_id=asked.pk).order_by("sequence")
    assert list(events.values_list("move", flat=True)) == ["ask", "revised"]
    assert list(findings()) == []
