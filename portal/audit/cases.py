"""Which records are cases: the one table of kinds, which rows hang on each, and where each is met."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from portal.audit.canonical import contents, digest_of
from portal.core.unit import Unit
from portal.policy.actions import A


@dataclass(frozen=True)
class Case:
    """A kind of record whose history is a chain: what an app has to say of it to be found by the others.

    `rows` are the relations that share its digest; `view` the right by which it is seen, `page` the name of its
    page, `collection` that of its list in the API: each empty where people do not meet it so.
    """

    model: str
    rows: tuple[str, ...] = ()
    view: str = ""
    page: str = ""
    collection: str = ""


CASES: dict[str, Case] = {
    "organisation": Case("directory.Organisation"),
    "rate": Case("directory.ExchangeRate"),
    "membership": Case("accounts.Membership"),
    "invitation": Case("accounts.Invitation"),
    "request": Case(
        "requests_app.AssistanceRequest",
        ("needs", "co_requesters", "clarifications", "addressees", "grants"),
        A.REQUEST_VIEW, "requests:request", "requests",
    ),
    "assessment": Case(
        "requests_app.ImpactAssessment", ("indicators",), A.ASSESSMENT_VIEW, "requests:assessment", "assessments"
    ),
    "offer": Case("donors.Offer", ("states",), A.OFFER_VIEW, "donors:offer", "offers"),
    "pledge": Case("donors.Pledge", ("joint_donors",), A.PLEDGE_VIEW, "donors:pledge", "pledges"),
    "delivery": Case("donors.Delivery", ("follow_ups",), A.DELIVERY_VIEW, "donors:delivery", "deliveries"),
    "contribution": Case(
        "donors.Contribution", ("entries", "proposals"), A.CONTRIBUTION_VIEW, "donors:contribution", "contributions"
    ),
    "document": Case("documents.Document", ("versions",)),
    "session": Case("reports.Session", ("inputs",)),
    "edition": Case(
        "reports.ReportEdition", ("decisions",), A.EDITION_VIEW, "reports:edition", "report-editions"
    ),
    "input_request": Case("reports.InputRequest", (), A.INPUT_VIEW, "reports:input"),
}  # fmt: skip

_TYPE_OF = {case.model.lower(): name for name, case in CASES.items()}


def case_type(record: models.Model) -> str:
    """Case type of a record; KeyError for a row that is no case of its own."""
    return _TYPE_OF[record._meta.label_lower]  # noqa: SLF001


def model_of(name: str) -> type[models.Model]:
    return apps.get_model(CASES[name].model)


def key_of(record: models.Model) -> str:
    """What stands for a record in its address: its reference, before it has one its draft's id, else its number."""
    if not hasattr(record, "reference"):
        return str(record.pk)
    return record.reference or getattr(record, "public_id", "") or f"draft-{record.pk}"


def digest(record: models.Model, rows: dict[str, list[Any]]) -> str:
    """Hash of a case's own columns and of the rows that hang on it, given by relation name."""
    return digest_of(
        {"record": contents(record)}
        | {name: [contents(row) for row in sorted(found, key=lambda r: r.pk)] for name, found in rows.items()}
    )


def rows_of(record: models.Model, unit: Unit) -> dict[str, list[Any]]:
    """The rows that hang on a case, through a unit of work."""
    return {name: unit.related(record, name) for name in CASES[case_type(record)].rows}
