"""Pages of one record: what stands on them, for whom."""

import base64
import hashlib
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from donors.models import LedgerEntry
from portal.core import clock
from reports.enums import JobStatus, RenditionStatus
from reports.models import Rendition, ReportJob
from reports.services import session_of, start_report
from requests_app import services as asking
from tests import cast
from tests.site import client_of, url_of

pytestmark = pytest.mark.django_db


def text_of(actor, url):
    answer = client_of(actor).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(text):
    return text.split("<main")[1]


def test_what_stays_between_the_state_and_unodc_stays_there(who):
    request = cast.request_in(
        who, "clarification", contact="The colonel, extension 7", evidence="Seizure table"
    )
    request = asking.move_request(
        request, "answer", actor=who.afg_focal_point, facts={"answer": "For border police"}
    )
    request = asking.move_request(request, "circulate", actor=who.case_officer)
    asking.show_to(request, [who.nor_officer.organisation], actor=who.afg_approver)
    inner = ("The colonel, extension 7", "Seizure table", "For whom?", "For border police", "NV-1",
             "Acknowledged", "Shown to chosen donors")  # fmt: skip
    for person in ("afg_focal_point", "case_officer", "auditor"):
        text = text_of(getattr(who, person), url_of("request", request))
        assert [words for words in inner if words not in text] == []
    for person in ("nor_officer", "other_approver"):
        text = main_of(text_of(getattr(who, person), url_of("request", request)))
        assert [words for words in inner if words in text] == []
        assert "Circulated to donors" in text


def test_drafting_is_the_state_s_own_affair(who):
    request = cast.request_in(who, "submitted")
    assert "Sent to the approver" in text_of(who.afg_focal_point, url_of("request", request))
    text = text_of(who.case_officer, url_of("request", request))
    assert "Sent to the approver" not in text
    assert "Submitted" in text


def test_offered_stands_beside_what_is_committed_never_in_it(who):
    need = cast.request_in(who, "open", quantities=("10",)).needs.get()
    cast.pledge_in(who, "accepted", need=need, quantity="3")
    cast.pledge_in(who, "offered", need=need, quantity="4")
    cast.delivery_in(
        who, "recorded", pledge=cast.pledge_in(who, "agreed", need=need, quantity="2"), quantity="1"
    )
    row = client_of(who.case_officer).get(url_of("need", need)).context["row"]
    assert (row.committed, row.offered, row.delivered, row.held, row.left) == (5, 4, 1, 9, 1)
    text = main_of(text_of(who.other_officer, url_of("need", need)))
    assert "w-50" in text
    assert "w-40" in text


def test_other_donors_see_the_names_of_those_that_let_themselves_be_named_and_nothing_else(who):
    need = cast.request_in(who, "open", quantities=("10",)).needs.get()
    named = cast.pledge_in(who, "accepted", need=need, quantity="3", description="Three places")
    norway = who.nor_officer.organisation.names["en"]
    text = main_of(text_of(who.other_officer, url_of("need", need)))
    assert norway in text
    assert named.reference not in text
    assert "Three places" not in text


def test_a_donor_that_is_anonymous_is_not_named_to_other_donors(who):
    need = cast.request_in(who, "open", quantities=("10",)).needs.get()
    cast.pledge_in(who, "accepted", need=need, quantity="3", anonymous=True)
    norway = who.nor_officer.organisation.names["en"]
    assert norway not in main_of(text_of(who.other_officer, url_of("need", need)))
    assert norway in main_of(text_of(who.afg_focal_point, url_of("need", need)))


def test_names_of_donors_are_not_public(who):
    request = cast.request_in(who, "open", quantities=("10",), visibility="public")
    need = request.needs.get()
    cast.pledge_in(who, "accepted", need=need, quantity="3")
    norway = who.nor_officer.organisation.names["en"]
    for person in ("public", "ken_focal_point"):
        assert norway not in main_of(text_of(getattr(who, person), url_of("need", need)))


def test_a_ledger_shows_the_balance_after_each_entry_and_hides_a_need_that_is_not_shown(who):
    request = cast.request_in(who, "open")
    contribution = cast.contribution_in(who, "received")
    cast.entry(who, contribution, "allocate", "600", need=request.needs.get())
    wrong = cast.entry(who, contribution, "charge_psc", "78")
    cast.reversal(who, wrong)
    page = client_of(who.nor_officer).get(url_of("contribution", contribution))
    assert [(signed, balance) for _, signed, balance in page.context["ledger"]] == [
        (1130, 1130), (-78, 1052), (-600, 452), (78, 530),  # receipts, charges, allocations
    ]  # fmt: skip
    row = page.context["row"]
    assert (row.received, row.allocated, row.support_costs, row.refunded, row.balance) == (
        1130,
        600,
        0,
        0,
        530,
    )
    assert f"{request}-N1" in page.content.decode()
    asking.move_request(request, "withdraw", actor=who.afg_approver, facts={"reason": "No longer needed"})
    text = text_of(who.nor_officer, url_of("contribution", contribution))
    assert f"{request}-N1" not in text
    assert "a need that is not shown to you" in text


def test_a_state_sees_what_was_allocated_to_its_needs_and_not_the_ledger(who):
    need = cast.request_in(who, "open").needs.get()
    contribution = cast.contribution_in(who, "received")
    cast.entry(who, contribution, "allocate", "600", need=need)
    assert LedgerEntry.objects.filter(need=need).count() == 1
    own = main_of(text_of(who.afg_focal_point, url_of("need", need)))
    assert "USD 600.00" in own
    assert contribution.reference not in own
    assert contribution.reference in main_of(text_of(who.nor_officer, url_of("need", need)))
    assert "USD 600.00" not in main_of(text_of(who.other_officer, url_of("need", need)))


def test_home_names_what_waits_and_for_whom(who):
    approval = cast.request_in(who, "approval")
    submitted = cast.request_in(who, "submitted")
    delivery = cast.delivery_in(who, "recorded")
    homes = {
        p: main_of(text_of(getattr(who, p), "/en/")).replace("\u2068", "").replace("\u2069", "")
        for p in ("afg_approver", "case_officer", "nor_officer")
    }
    assert f"Submit or return request {approval}" in homes["afg_approver"]
    assert f"Confirm or dispute delivery {delivery}" in homes["afg_approver"]
    assert f"Acknowledge request {submitted}" in homes["case_officer"]
    assert "Submit or return" not in homes["case_officer"]
    assert "Confirm or dispute" not in homes["nor_officer"]


@pytest.fixture
def job(who, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return start_report(session_of(62), actor=who.report_officer)


def rendition(job, kind, *, status=RenditionStatus.DONE, content=b"<p>x</p>", **columns):
    path = default_storage.save(f"x.{kind}", ContentFile(content)) if status == RenditionStatus.DONE else ""
    return Rendition.objects.create(
        job=job, language="en", format=kind, name=f"report.en.{kind}", status=status, path=path, size=len(content),
        sha256="ab" * 32 if path else "", **columns,
    )  # fmt: skip


def test_the_page_of_a_job_asks_again_until_it_has_ended(who, job):
    url = reverse("reports:job", args=[job.pk])
    refresh = '<meta http-equiv="refresh"'
    assert refresh in text_of(who.report_officer, url)
    assert refresh not in text_of(who.report_officer, url + "?still")
    ReportJob.objects.filter(pk=job.pk).update(status=JobStatus.RENDERING)
    rendition(job, "pdf", started_at=clock.now(), finished_at=clock.now())
    rendition(job, "html", status=RenditionStatus.WAITING)
    text = text_of(who.report_officer, url)
    assert "1 of 2 documents" in text
    assert refresh in text
    ReportJob.objects.filter(pk=job.pk).update(
        status=JobStatus.FAILED, message="no font", finished_at=clock.now()
    )
    text = text_of(who.report_officer, url)
    assert "no font" in text
    assert refresh not in text


def test_what_the_checks_found_stands_on_the_page_of_the_job(who, job):
    found = {
        "code": "symbol",
        "severity": "error",
        "section": "First page",
        "message": "No symbol.",
        "to_do": "Enter it.",
    }
    ReportJob.objects.filter(pk=job.pk).update(
        status=JobStatus.DONE, finished_at=clock.now(), findings=[{"language": "en", **found}]
    )
    text = text_of(who.report_officer, reverse("reports:job", args=[job.pk]))
    assert [
        words for words in ("bars clearance", "First page", "No symbol.", "Enter it.") if words not in text
    ] == []


def test_a_second_click_joins_the_job_under_way(who, job):
    answer = client_of(who.report_officer).post(reverse("reports:generate", args=[62]))
    assert (answer.status_code, answer["Location"]) == (303, reverse("reports:job", args=[job.pk]))


def test_a_file_is_saved_under_its_name_and_asked_for_once(who, job):
    row = rendition(job, "pdf", content=b"%PDF-1.7 ...")
    url = reverse("reports:file", args=[row.pk])
    client = client_of(who.case_officer)
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 ..."
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="report.en.pdf"'
    assert answer["ETag"] == f'"{"ab" * 32}"'
    assert client.get(url, headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_a_document_shown_as_a_page_belongs_to_no_site(who, job):
    row = rendition(job, "html", content=b"<style>p { color: red }</style><p>")
    url = reverse("reports:file", args=[row.pk])
    answer = client_of(who.case_officer).get(url)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert not {"script", "unsafe"} & set(re.findall(r"\w+", answer["Content-Security-Policy"]))
    own = base64.b64encode(hashlib.sha256(b"p { color: red }").digest()).decode()
    assert f"style-src 'sha256-{own}'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")
    assert client_of(who.case_officer).get(url + "?download")["Content-Disposition"].startswith("attachment")


def test_a_file_that_does_not_stand_yet_or_is_gone_is_not_found(who, job):
    client = client_of(who.report_officer)
    waiting = rendition(job, "pdf", status=RenditionStatus.WAITING)
    assert client.get(reverse("reports:file", args=[waiting.pk])).status_code == 404
    gone = rendition(job, "html")
    default_storage.delete(gone.path)
    assert client.get(reverse("reports:file", args=[gone.pk])).status_code == 404


def test_before_its_issue_an_edition_is_unodc_s_alone(who, job):
    url = reverse("reports:session", args=[62])
    assert "Records as at" in text_of(who.case_officer, url)
    for person in ("afg_focal_point", "nor_officer", "administrator", "public"):
        assert "Records as at" not in text_of(getattr(who, person), url)
        assert "Generate the report" not in text_of(getattr(who, person), url)
    type(job.edition).objects.filter(pk=job.edition.pk).update(status="issued")
    assert "Records as at" in text_of(who.public, url)
