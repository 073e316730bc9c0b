"""What is told, in which words, and to whom.

A line names roles and, where being able to see the record is not enough to be concerned by it, the scope of
the matrix that must hold too. Whoever cannot see the record is never told, with one exception: of an ending,
those who had been told of the record before. The words name the record and nothing of its content.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.policy.matrix import Scope
from portal.policy.roles import DONOR_ROLES, STATE_ROLES, R

if TYPE_CHECKING:
    from django.utils.functional import Promise

APPROVERS = (R.APPROVER,)
STATE = (R.FOCAL_POINT, R.APPROVER)
DESK = (R.CASE_OFFICER,)
FINANCE = (R.FINANCE_OFFICER,)
REPORT = (R.REPORT_OFFICER, R.CLEARING_OFFICER)


@dataclass(frozen=True)
class Audience:
    roles: frozenset[str]
    scope: Scope


@dataclass(frozen=True)
class Notice:
    """One kind of notice; `told_before` tells also those who were told of this record earlier."""

    text: "str | Promise"
    audiences: tuple[Audience, ...]
    told_before: bool = False


def _to(roles: Iterable[R], scope: Scope = Scope.ANY) -> Audience:
    return Audience(frozenset(role.value for role in roles), scope)


OWN_STATE = _to(STATE, Scope.OWN_STATE)
OWN_APPROVERS = _to(APPROVERS, Scope.OWN_STATE)
OWN_DONOR = _to(DONOR_ROLES, Scope.OWN_DONOR)
THE_DESK = _to(DESK)
DONORS_SHOWN = (_to(DONOR_ROLES, Scope.CIRCULATED), _to(DONOR_ROLES, Scope.GRANTED))

CATALOGUE: dict[str, Notice] = {
    "request.awaits_approval": Notice(_("Request %(reference)s awaits approval."), (OWN_APPROVERS,)),
    "request.returned": Notice(_("Request %(reference)s was returned for changes."), (OWN_STATE,)),
    "request.submitted": Notice(
        _("Request %(reference)s was submitted."), (THE_DESK, _to(STATE_ROLES, Scope.OWN_STATE))
    ),
    "request.acknowledged": Notice(_("Request %(reference)s was acknowledged by UNODC."), (OWN_STATE,)),
    "request.declined": Notice(_("Request %(reference)s was declined."), (OWN_STATE,)),
    "request.question": Notice(_("UNODC has a question on request %(reference)s."), (OWN_STATE,)),
    "request.answer": Notice(_("A question on request %(reference)s was answered."), (THE_DESK,)),
    "request.circulated": Notice(
        _("Request %(reference)s is open for pledges."), (OWN_STATE, THE_DESK, *DONORS_SHOWN)
    ),
    "request.consent": Notice(_("Who may see request %(reference)s was changed."), (OWN_STATE, THE_DESK)),
    "request.closed": Notice(_("Request %(reference)s was closed."), (OWN_STATE,), told_before=True),
    "request.lapsed": Notice(_("Request %(reference)s has lapsed."), (OWN_STATE, THE_DESK)),
    "request.withdrawn": Notice(
        _("Request %(reference)s was withdrawn."), (OWN_STATE, THE_DESK), told_before=True
    ),
    "request.reopened": Notice(_("Request %(reference)s is under review again."), (OWN_STATE, THE_DESK)),
    "assessment.requested": Notice(_("An impact assessment is due: %(reference)s."), (OWN_STATE,)),
    "assessment.awaits_approval": Notice(_("Assessment %(reference)s awaits approval."), (OWN_APPROVERS,)),
    "assessment.returned": Notice(_("Assessment %(reference)s was returned for changes."), (OWN_STATE,)),
    "assessment.submitted": Notice(_("Assessment %(reference)s was submitted."), (THE_DESK, OWN_DONOR)),
    "assessment.published": Notice(_("Assessment %(reference)s was published."), (THE_DESK, OWN_DONOR)),
    "pledge.offered": Notice(_("Pledge %(reference)s was offered."), (OWN_STATE, THE_DESK, OWN_DONOR)),
    "pledge.accepted": Notice(_("Pledge %(reference)s was accepted."), (OWN_DONOR, THE_DESK)),
    "pledge.declined": Notice(_("Pledge %(reference)s was declined."), (OWN_DONOR, THE_DESK)),
    "pledge.withdrawn": Notice(_("Pledge %(reference)s was withdrawn."), (OWN_STATE, THE_DESK)),
    "pledge.agreed": Notice(_("Pledge %(reference)s was agreed."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "pledge.delivering": Notice(_("The delivery of pledge %(reference)s has begun."), (OWN_STATE,)),
    "pledge.delivered": Notice(_("Pledge %(reference)s was delivered in full."), (OWN_STATE, THE_DESK)),
    "pledge.acknowledged": Notice(_("Pledge %(reference)s was acknowledged."), (OWN_DONOR, THE_DESK)),
    "pledge.cancelled": Notice(_("Pledge %(reference)s was cancelled."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "pledge.lapsed": Notice(_("Pledge %(reference)s has lapsed."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "delivery.recorded": Notice(_("Delivery %(reference)s awaits confirmation."), (OWN_STATE, THE_DESK)),
    "delivery.confirmed": Notice(_("Delivery %(reference)s was confirmed."), (OWN_DONOR, THE_DESK)),
    "delivery.disputed": Notice(_("Delivery %(reference)s is disputed."), (OWN_DONOR, THE_DESK)),
    "delivery.corrected": Notice(_("Delivery %(reference)s was corrected."), (OWN_STATE,)),
    "delivery.void": Notice(_("Delivery %(reference)s was declared void."), (OWN_STATE, THE_DESK)),
    "contribution.agreed": Notice(_("Contribution %(reference)s was agreed."), (OWN_DONOR, _to(FINANCE))),
    "contribution.received": Notice(_("Money was received under contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.allocate": Notice(_("Money was allocated from contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.charge_psc": Notice(
        _("Programme support costs were charged to contribution %(reference)s."), (OWN_DONOR,)
    ),
    "contribution.refund": Notice(_("Money was refunded from contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.reverse": Notice(
        _("An entry of contribution %(reference)s was reversed."), (OWN_DONOR, _to(FINANCE))
    ),
    "edition.frozen": Notice(_("The records of report edition %(reference)s are frozen."), (_to(REPORT),)),
}

# the right by which a case of each type is seen
VIEW: dict[str, str] = {
    "request": "request.view",
    "assessment": "assessment.view",
    "offer": "offer.view",
    "pledge": "pledge.view",
    "delivery": "delivery.view",
    "contribution": "contribution.view",
    "edition": "edition.view",
}
