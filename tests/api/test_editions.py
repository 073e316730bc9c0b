"""An edition of the report through the API: who sees it when, and its moves from the freezing to the issue."""

import pytest
from django.test import Client

from reports.rules import sections_of
from tests.api.asking import url
from tests.api.conftest import program_of
from tests.cast import Cast, assemble
from tests.reports.test_editions import make, planned

pytestmark = pytest.mark.django_db(transaction=True)
OTHERS = ("afg_approver", "nor_approver", "case_officer", "finance_officer", "auditor", "administrator")


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


def move(client, edition, name, **body):
    return client.post(url("report-editions", edition.pk) + f"transitions/{name}/", body, "application/json")


def sees(who, edition):
    return {
        person
        for person, actor in who.everyone()
        if program_of(actor).get(url("report-editions", edition.pk)).status_code == 200
    }


def test_an_edition_goes_to_its_issue_by_those_whose_step_it_is(who):
    edition = planned(who)
    staff = {
        "case_officer", "finance_officer", "second_finance_officer", "report_officer", "clearing_officer", "auditor",
    }  # fmt: skip
    assert sees(who, edition) == staff
    reporter, clearer = program_of(who.report_officer), program_of(who.clearing_officer)
    for person in OTHERS:
        answer = move(program_of(getattr(who, person)), edition, "freeze")
        assert answer.status_code == (403 if person in staff else 404), person
    assert move(Client(), edition, "freeze").status_code == 401
    assert move(reporter, edition, "freeze").status_code == 200
    make(edition)
    assert move(clearer, edition, "send_to_clearance").status_code == 403
    sent = move(reporter, edition, "send_to_clearance", waiver="A trial without records")
    assert sent.status_code == 200, sent.content
    assert sent.json()["status"] == "clearance"
    assert move(reporter, edition, "clear").status_code == 403
    assert move(clearer, edition, "clear").status_code == 422
    wrong = move(clearer, edition, "clear_sections", sections=["nothing:en"])
    assert [error["field"] for error in wrong.json()["errors"]] == ["sections"]
    edition.refresh_from_db()
    every = [f"{section}:en" for section in sections_of(edition)]
    assert move(clearer, edition, "clear_sections", sections=every).status_code == 200
    for client, name, body in (
        (clearer, "clear", {}),
        (reporter, "submit", {}),
        (reporter, "issue", {"symbol": "E/CN.7/2019/99", "issued_on": "2019-01-15"}),
    ):
        answer = move(client, edition, name, **body)
        assert answer.status_code == 200, (name, answer.content)
    shown = Client().get(url("report-editions", edition.pk)).json()
    assert (shown["status"], shown["symbol"]) == ("issued", "E/CN.7/2019/99")
    assert shown["available_transitions"] == []
    assert Client().get(url("sessions", 62)).json()["editions"] == [edition.pk]
    assert {file["format"] for file in shown["files"]} == {"html", "public"}
    assert Client().get(shown["files"][0]["address"]).status_code == 200


def test_inputs_are_asked_for_by_the_number_of_the_organisation(who):
    edition = planned(who)
    body = {"organisations": [str(who.nor_officer.organisation.pk)], "due": "2099-01-01"}
    assert move(program_of(who.report_officer), edition, "invite_inputs", **body).status_code == 200
    wrong = move(
        program_of(who.report_officer), edition, "invite_inputs", organisations=["0"], due="2099-01-01"
    )
    assert wrong.status_code == 422
