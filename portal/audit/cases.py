"""Which records are cases, and which rows hang on each and share its digest."""

from typing import Any

from django.apps import apps
from django.db import models

from portal.audit.canonical import contents, digest_of
from portal.core.unit import Unit

# case type: (model, related rows that belong to the case)
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "organisation": ("directory.Organisation", ()),
    "rate": ("directory.ExchangeRate", ()),
    "membership": ("accounts.Membership", ()),
    "invitation": ("accounts.Invitation", ()),
    "request": (
        "requests_app.AssistanceRequest",
        ("needs", "co_requesters", "clarifications", "addressees", "grants"),
    ),
    "assessment": ("requests_app.ImpactAssessment", ("indicators",)),
    "offer": ("donors.Offer", ("states",)),
    "pledge": ("donors.Pledge", ("joint_donors",)),
    "delivery": ("donors.Delivery", ("follow_ups",)),
    "contribution": ("donors.Contribution", ("entries", "proposals")),
    "document": ("documents.Document", ("versions",)),
    "session": ("reports.Session", ("inputs",)),
    "edition": ("reports.ReportEdition", ("decisions",)),
    "input_request": ("reports.InputRequest", ()),
}

_TYPE_OF = {label.lower(): case_type for case_type, (label, _) in CASES.items()}


def case_type(record: models.Model) -> str:
    """Case type of a record; KeyError for a row that is no case of its own."""
    return _TYPE_OF[record._meta.label_lower]  # noqa: SLF001


def model_of(name: str) -> type[models.Model]:
    return apps.get_model(CASES[name][0])


def digest(record: models.Model, rows: dict[str, list[Any]]) -> str:
    """Hash of a case's own columns and of the rows that hang on it, given by relation name."""
    return digest_of(
        {"record": contents(record)}
        | {name: [contents(row) for row in sorted(found, key=lambda r: r.pk)] for name, found in rows.items()}
    )


def rows_of(record: models.Model, unit: Unit) -> dict[str, list[Any]]:
    """The rows that hang on a case, through a unit of work."""
    return {name: unit.related(record, name) for name in CASES[case_type(record)][1]}
