"""Roles of members, as an official would read them (docs/access.md)."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class R(StrEnum):
    COORDINATOR = "coordinator"
    FOCAL_POINT = "focal_point"
    APPROVER = "approver"
    DONOR_OFFICER = "donor_officer"
    DONOR_APPROVER = "donor_approver"
    CASE_OFFICER = "case_officer"
    FINANCE_OFFICER = "finance_officer"
    REPORT_OFFICER = "report_officer"
    CLEARING_OFFICER = "clearing_officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    PUBLIC = "public"

    @property
    def label(self) -> "str | Promise":
        return LABELS[self]


LABELS: dict[R, "str | Promise"] = {
    R.COORDINATOR: _("national coordinator"),
    R.FOCAL_POINT: _("focal point"),
    R.APPROVER: _("approver"),
    R.DONOR_OFFICER: _("donor officer"),
    R.DONOR_APPROVER: _("donor approver"),
    R.CASE_OFFICER: _("case officer"),
    R.FINANCE_OFFICER: _("finance officer"),
    R.REPORT_OFFICER: _("report officer"),
    R.CLEARING_OFFICER: _("clearing officer"),
    R.ADMINISTRATOR: _("administrator"),
    R.AUDITOR: _("auditor"),
    R.PUBLIC: _("public"),
}

STATE_ROLES = (R.COORDINATOR, R.FOCAL_POINT, R.APPROVER)
DONOR_ROLES = (R.DONOR_OFFICER, R.DONOR_APPROVER)
UNODC_ROLES = (R.CASE_OFFICER, R.FINANCE_OFFICER, R.REPORT_OFFICER, R.CLEARING_OFFICER)
STAFF_ROLES = (*UNODC_ROLES, R.AUDITOR)
EVERYONE = tuple(R)
