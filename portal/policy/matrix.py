"""The policy matrix: one line for each right (docs/access.md is generated from it).

A line reads: who holds this role may do this, on these rows, while they are in these states. What no line
grants is refused. Roles are held in one organisation and give nothing in another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.policy.actions import A
from portal.policy.roles import DONOR_ROLES, EVERYONE, STAFF_ROLES, STATE_ROLES, R


class Scope(StrEnum):
    ANY = "any"  # every row
    SHOWN = "shown"  # every row that was once shown to others: a request submitted, a pledge offered
    OWN_STATE = "own_state"  # of the actor's State; in a joint request each confirmed State
    LEAD_STATE = "lead_state"  # of the actor's State where it speaks for the request
    ASKED_STATE = "asked_state"  # of a joint request that the actor's State is asked to confirm
    OWN_DONOR = "own_donor"  # given by the actor's organisation, alone, or jointly once offered
    LEAD_DONOR = "lead_donor"  # given by the actor's organisation, which speaks for its joint donors
    CIRCULATED = "circulated"  # a request that its State lets all donors see
    GRANTED = "granted"  # a request shown to the actor's organisation by name, and not expired
    RELEASED = "released"  # a document that its State lets those donors see who see what it hangs on
    PUBLISHED = "published"  # what its State lets everyone see
    OWN_ORGANISATION = "own_organisation"  # members of the actor's organisation


@dataclass(frozen=True)
class Grant:
    action: A
    role: R
    scope: Scope
    while_: frozenset[str] = frozenset()  # states; empty: in every state


def _lines(
    action: A, roles: R | Iterable[R], scope: Scope, *, while_: Iterable[str] = ()
) -> tuple[Grant, ...]:
    every = (roles,) if isinstance(roles, R) else tuple(roles)
    return tuple(Grant(action, role, scope, frozenset(while_)) for role in every)


LIVE = ("open", "closed")
FROM_SUBMISSION = (
    "submitted", "under_review", "clarification", "open", "closed", "declined", "withdrawn",
)  # fmt: skip
BEFORE_CIRCULATION = ("submitted", "under_review", "clarification")
PLEDGE_SHOWN = (
    "offered", "accepted", "agreed", "delivering", "delivered", "acknowledged", "declined", "withdrawn",
    "cancelled", "lapsed",
)  # fmt: skip
PLEDGE_HELD = ("offered", "accepted", "agreed", "delivering", "delivered", "acknowledged")
OFFER_SHOWN = ("published", "partly_taken", "exhausted")

GRANTS: tuple[Grant, ...] = (
    # requests
    *_lines(A.REQUEST_VIEW, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.REQUEST_VIEW, STATE_ROLES, Scope.ASKED_STATE, while_=BEFORE_CIRCULATION),
    *_lines(A.REQUEST_VIEW, EVERYONE, Scope.PUBLISHED, while_=LIVE),
    *_lines(A.REQUEST_VIEW, DONOR_ROLES, Scope.CIRCULATED, while_=LIVE),
    *_lines(A.REQUEST_VIEW, DONOR_ROLES, Scope.GRANTED, while_=LIVE),
    *_lines(A.REQUEST_VIEW, STAFF_ROLES, Scope.SHOWN, while_=FROM_SUBMISSION),
    *_lines(A.REQUEST_DRAFT, R.FOCAL_POINT, Scope.LEAD_STATE),
    *_lines(A.REQUEST_SEND, R.FOCAL_POINT, Scope.LEAD_STATE),
    *_lines(A.REQUEST_SIGN, R.APPROVER, Scope.LEAD_STATE),
    *_lines(A.REQUEST_ANSWER, (R.FOCAL_POINT, R.APPROVER), Scope.LEAD_STATE),
    *_lines(A.REQUEST_HANDLE, R.CASE_OFFICER, Scope.SHOWN, while_=FROM_SUBMISSION),
    # offers
    *_lines(A.OFFER_VIEW, EVERYONE, Scope.ANY, while_=OFFER_SHOWN),
    *_lines(A.OFFER_VIEW, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.OFFER_VIEW, STAFF_ROLES, Scope.ANY, while_=(*OFFER_SHOWN, "withdrawn", "expired")),
    *_lines(A.OFFER_DRAFT, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.OFFER_COMMIT, R.DONOR_APPROVER, Scope.OWN_DONOR),
    # pledges
    *_lines(A.PLEDGE_VIEW, EVERYONE, Scope.ANY, while_=("announced",)),
    *_lines(A.PLEDGE_VIEW, DONOR_ROLES, Scope.LEAD_DONOR),
    *_lines(A.PLEDGE_VIEW, DONOR_ROLES, Scope.OWN_DONOR, while_=PLEDGE_SHOWN),
    *_lines(A.PLEDGE_VIEW, STATE_ROLES, Scope.OWN_STATE, while_=PLEDGE_SHOWN),
    *_lines(A.PLEDGE_VIEW, STAFF_ROLES, Scope.SHOWN, while_=PLEDGE_SHOWN),
    *_lines(A.PLEDGE_DONOR, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.PLEDGE_DONOR, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.PLEDGE_DONOR, STAFF_ROLES, Scope.ANY),
    *_lines(A.PLEDGE_NAME, DONOR_ROLES, Scope.ANY, while_=PLEDGE_HELD),
    *_lines(A.PLEDGE_ANNOUNCE, R.CASE_OFFICER, Scope.ANY),
    *_lines(A.PLEDGE_DRAFT, DONOR_ROLES, Scope.LEAD_DONOR),
    *_lines(A.PLEDGE_COMMIT, R.DONOR_APPROVER, Scope.LEAD_DONOR),
    *_lines(A.PLEDGE_ANSWER, R.APPROVER, Scope.LEAD_STATE),
    *_lines(A.PLEDGE_AGREE, R.DONOR_APPROVER, Scope.LEAD_DONOR),
    *_lines(A.PLEDGE_AGREE, R.CASE_OFFICER, Scope.ANY),
    *_lines(A.PLEDGE_DELIVER, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.PLEDGE_DELIVER, R.CASE_OFFICER, Scope.ANY),
    *_lines(A.PLEDGE_DILIGENCE, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.PLEDGE_DILIGENCE, STAFF_ROLES, Scope.ANY),
    *_lines(A.PLEDGE_CANCEL, R.DONOR_APPROVER, Scope.LEAD_DONOR),
    *_lines(A.PLEDGE_CANCEL, R.CASE_OFFICER, Scope.ANY),
    # deliveries
    *_lines(A.DELIVERY_VIEW, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.DELIVERY_VIEW, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.DELIVERY_VIEW, STAFF_ROLES, Scope.ANY),
    *_lines(A.DELIVERY_RECORD, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.DELIVERY_RECORD, R.CASE_OFFICER, Scope.ANY),
    *_lines(A.DELIVERY_ANSWER, (R.FOCAL_POINT, R.APPROVER), Scope.LEAD_STATE),
    # contributions and their ledger
    *_lines(A.CONTRIBUTION_VIEW, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.CONTRIBUTION_VIEW, STAFF_ROLES, Scope.ANY),
    *_lines(A.ALLOCATION_VIEW, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.CONTRIBUTION_HANDLE, R.FINANCE_OFFICER, Scope.ANY),
    # assessments
    *_lines(A.ASSESSMENT_VIEW, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.ASSESSMENT_VIEW, DONOR_ROLES, Scope.OWN_DONOR, while_=("submitted", "published")),
    *_lines(A.ASSESSMENT_VIEW, STAFF_ROLES, Scope.ANY, while_=("submitted", "published")),
    *_lines(A.ASSESSMENT_VIEW, EVERYONE, Scope.ANY, while_=("published",)),
    *_lines(A.ASSESSMENT_DRAFT, R.FOCAL_POINT, Scope.LEAD_STATE),
    *_lines(A.ASSESSMENT_SIGN, R.APPROVER, Scope.LEAD_STATE),
    # documents
    *_lines(A.DOCUMENT_VIEW, STATE_ROLES, Scope.OWN_STATE, while_=("kept",)),
    *_lines(A.DOCUMENT_VIEW, STATE_ROLES, Scope.ASKED_STATE, while_=("kept",)),
    *_lines(A.DOCUMENT_VIEW, DONOR_ROLES, Scope.RELEASED, while_=("kept",)),
    *_lines(A.DOCUMENT_VIEW, STAFF_ROLES, Scope.SHOWN, while_=("kept",)),
    *_lines(A.DOCUMENT_ATTACH, (R.FOCAL_POINT, R.APPROVER), Scope.LEAD_STATE, while_=("kept",)),
    # the report
    *_lines(A.EDITION_VIEW, STAFF_ROLES, Scope.ANY),
    *_lines(A.EDITION_VIEW, EVERYONE, Scope.ANY, while_=("issued", "corrected")),
    *_lines(A.EDITION_HANDLE, R.REPORT_OFFICER, Scope.ANY),
    *_lines(A.EDITION_CLEAR, R.CLEARING_OFFICER, Scope.ANY),
    *_lines(A.EDITION_WORK, STAFF_ROLES, Scope.ANY),
    *_lines(A.INPUT_VIEW, STAFF_ROLES, Scope.ANY),
    *_lines(A.INPUT_VIEW, STATE_ROLES, Scope.OWN_STATE),
    *_lines(A.INPUT_VIEW, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.INPUT_ASK, R.REPORT_OFFICER, Scope.ANY),
    *_lines(A.INPUT_ANSWER, (R.FOCAL_POINT, R.APPROVER), Scope.OWN_STATE),
    *_lines(A.INPUT_ANSWER, DONOR_ROLES, Scope.OWN_DONOR),
    *_lines(A.FIGURES_COMPLETE, (R.REPORT_OFFICER, R.CLEARING_OFFICER, R.AUDITOR), Scope.ANY),
    # people
    *_lines(A.PEOPLE_VIEW, (*STATE_ROLES, *DONOR_ROLES), Scope.OWN_ORGANISATION),
    *_lines(A.PEOPLE_VIEW, (*STAFF_ROLES, R.ADMINISTRATOR), Scope.ANY),
    *_lines(A.PEOPLE_INVITE, (R.COORDINATOR, R.DONOR_APPROVER), Scope.OWN_ORGANISATION),
    *_lines(A.PEOPLE_INVITE, R.ADMINISTRATOR, Scope.ANY),
    *_lines(A.PEOPLE_CHANGE, (R.COORDINATOR, R.DONOR_APPROVER), Scope.OWN_ORGANISATION),
    *_lines(A.PEOPLE_CHANGE, R.ADMINISTRATOR, Scope.ANY),
    *_lines(A.PEOPLE_END, (R.COORDINATOR, R.DONOR_APPROVER), Scope.OWN_ORGANISATION),
    *_lines(A.PEOPLE_END, R.ADMINISTRATOR, Scope.ANY),
    *_lines(A.PEOPLE_VERIFY, R.ADMINISTRATOR, Scope.ANY),
)


def roles_with(action: str) -> tuple[R, ...]:
    """The roles to which some line gives a right, in the order of the list of roles."""
    return tuple(role for role in R if any(g.action == action and g.role == role for g in GRANTS))
