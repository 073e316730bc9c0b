"""Roles of members, as an official would read them (docs/access.md)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


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


def held(roles: Iterable[str], kind: str) -> frozenset[str]:
    """Of the roles that someone was given, those that an organisation of this kind has: nobody is a case
    officer outside the Secretariat, nor an approver outside a Government.
    """
    allowed = {R.PUBLIC, *holdable(kind)}
    return frozenset(role for role in roles if role in allowed)


def holdable(kind: str) -> tuple[R, ...]:
    """The roles that members of an organisation of this kind can be given, in the order of the list of roles."""
    allowed = {*DONOR_ROLES, *HELD_BY_KIND.get(kind, ())}
    return tuple(role for role in R if role in allowed)


STATE_ROLES = (R.COORDINATOR, R.FOCAL_POINT, R.APPROVER)
DONOR_ROLES = (R.DONOR_OFFICER, R.DONOR_APPROVER)
UNODC_ROLES = (R.CASE_OFFICER, R.FINANCE_OFFICER, R.REPORT_OFFICER, R.CLEARING_OFFICER)
STAFF_ROLES = (*UNODC_ROLES, R.AUDITOR)
EVERYONE = tuple(R)
MEMBER_ROLES = tuple(role for role in R if role is not R.PUBLIC)

# beside those of a donor, which any organisation may be
HELD_BY_KIND = {"government": STATE_ROLES, "secretariat": (*STAFF_ROLES, R.ADMINISTRATOR)}


# roles that sign, commit, book or give rights: they act only after a second factor
SECOND_FACTOR = frozenset(
    {R.APPROVER, R.DONOR_APPROVER, R.FINANCE_OFFICER, R.CLEARING_OFFICER, R.ADMINISTRATOR}
)

# roles that UNODC alone gives, on a note verbale, to one person at a time
APPOINTED = (R.COORDINATOR,)

# who chooses members, and which roles they may give and take; whom UNODC verifies, it alone appoints
GIVES: dict[R, tuple[R, ...]] = {
    R.COORDINATOR: (R.FOCAL_POINT, R.APPROVER, *DONOR_ROLES),
    R.DONOR_APPROVER: DONOR_ROLES,
    R.ADMINISTRATOR: MEMBER_ROLES,
}


def needs_second_factor(roles: Iterable[str]) -> bool:
    """Whether somebody with these roles has to have a second factor."""
    return not SECOND_FACTOR.isdisjoint(roles)


def givable(roles: Iterable[str], kind: str) -> tuple[R, ...]:
    """Roles that someone with these roles may give in an organisation of this kind, in the list's order."""
    own = {given for role in roles for given in GIVES.get(R(role), ())}
    return tuple(role for role in holdable(kind) if role in own)
