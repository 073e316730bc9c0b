"""What is told, in which words, and to whom.

A line names roles and, where being able to see the record is not enough to be concerned by it, the scope of
the matrix that must hold too, and the question that an upper app answers with the organisations meant
(`among`). Whoever cannot see the record is never told, with one exception: of an ending, those who had been
told of the record before or had pledged to it. The words name the record and nothing of its content: no
title, text, amount or person, since they also go out by e-mail. Those who are asked for something read what
is to be done; that is outstanding until the record moves on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.policy.matrix import Scope
from portal.policy.roles import DONOR_ROLES, STATE_ROLES, R

if TYPE_CHECKING:
    from django.utils.functional import Promise

APPROVERS = (R.APPROVER,)
FOCAL = (R.FOCAL_POINT,)
STATE = (R.FOCAL_POINT, R.APPROVER)
COMMITTING = (R.DONOR_APPROVER,)
DESK = (R.CASE_OFFICER,)
FINANCE = (R.FINANCE_OFFICER,)
REPORT = (R.REPORT_OFFICER,)
CLEARING = (R.CLEARING_OFFICER,)

# questions that an upper app answers (portal/core/events.py)
MATCHING = "request.matching_donors"
PLEDGING = "request.pledging_donors"


@dataclass(frozen=True)
class Audience:
    """Who is told: roles, where they must stand to the record, and among which organisations.

    `asked` says that something is to be done by them; `unseen` that they are told though the record is no
    longer shown to them.
    """

    roles: frozenset[str]
    scope: Scope
    among: str = ""
    asked: bool = False
    unseen: bool = False


@dataclass(frozen=True)
class Notice:
    """One kind of notice: what happened, and what those who are asked are to do.

    `told_before` tells also those who were told of this record earlier. `%(reference)s` stands for the
    record, `%(day)s` for the last day of a clock.
    """

    text: "str | Promise"
    audiences: tuple[Audience, ...]
    asks: "str | Promise" = ""
    told_before: bool = False


def _to(roles: Iterable[R], scope: Scope = Scope.ANY, *, among: str = "", unseen: bool = False) -> Audience:
    return Audience(frozenset(role.value for role in roles), scope, among, unseen=unseen)


def _asked(audience: Audience) -> Audience:
    return replace(audience, asked=True)


OWN_STATE = _to(STATE, Scope.OWN_STATE)
LEAD_APPROVERS = _asked(_to(APPROVERS, Scope.LEAD_STATE))
LEAD_FOCAL = _asked(_to(FOCAL, Scope.LEAD_STATE))
LEAD_STATE = _asked(_to(STATE, Scope.LEAD_STATE))
OWN_DONOR = _to(DONOR_ROLES, Scope.OWN_DONOR)
DONOR_APPROVERS = _asked(_to(COMMITTING, Scope.LEAD_DONOR))
DONOR_ASKED = _asked(OWN_DONOR)
THE_DESK = _to(DESK)
DESK_ASKED = _asked(THE_DESK)
THE_FINANCE = _to(FINANCE)
FINANCE_ASKED = _asked(THE_FINANCE)
THE_REPORT = _to((*REPORT, *CLEARING))
REPORT_ASKED = _asked(_to(REPORT))
CLEARING_ASKED = _asked(_to(CLEARING))
# donors whose published offers fit a need, and donors to whom the State shows the request by name
DONORS_MATCHING = (_to(DONOR_ROLES, Scope.CIRCULATED, among=MATCHING), _to(DONOR_ROLES, Scope.GRANTED))
DONORS_PLEDGING = (
    _to(DONOR_ROLES, Scope.CIRCULATED, among=PLEDGING),
    _to(DONOR_ROLES, Scope.GRANTED, among=PLEDGING),
)
PLEDGED_TO_IT = _to(DONOR_ROLES, among=PLEDGING, unseen=True)

_APPROVE = _("Submit it, or return it for changes.")
_CHANGE = _("Change it and send it for approval again.")
_CONFIRM = _("Confirm what was received, or dispute it.")
_AGREE = _("Agree on the terms and record the agreement.")
_DELIVER = _("Deliver as agreed, and record each delivery.")
_ANSWER_PLEDGE = _("Accept or decline it.")
_ACKNOWLEDGE = _("Authenticate it and acknowledge it, or decline it.")
_ANSWER = _("Answer the question.")
_REVIEW = _("Review it.")
_DRAFT_ASSESSMENT = _("Draft the assessment, or say why it cannot be made.")
_FOLLOW_UP = _("Say whether what was delivered is in use.")
_STILL_NEEDED = _("Say whether assistance is still needed, or withdraw the request.")

MOVES: dict[str, Notice] = {
    "request.awaits_approval": Notice(
        _("Request %(reference)s awaits approval."), (LEAD_APPROVERS,), _APPROVE
    ),
    "request.returned": Notice(_("Request %(reference)s was returned for changes."), (LEAD_FOCAL,), _CHANGE),
    "request.submitted": Notice(
        _("Request %(reference)s was submitted."),
        (DESK_ASKED, _to(STATE_ROLES, Scope.OWN_STATE)),
        _ACKNOWLEDGE,
    ),
    "request.asked_to_join": Notice(
        _("Your State is asked to join request %(reference)s."),
        (_asked(_to(APPROVERS, Scope.ASKED_STATE)), _to(FOCAL, Scope.ASKED_STATE)),
        _("Confirm by note verbale, or leave the request."),
    ),
    "request.acknowledged": Notice(_("Request %(reference)s was acknowledged by UNODC."), (OWN_STATE,)),
    "request.declined": Notice(_("Request %(reference)s was declined."), (OWN_STATE,)),
    "request.question": Notice(
        _("UNODC has a question on request %(reference)s."), (LEAD_STATE, OWN_STATE), _ANSWER
    ),
    "request.answer": Notice(_("A question on request %(reference)s was answered."), (DESK_ASKED,), _REVIEW),
    "request.circulated": Notice(
        _("Request %(reference)s is open for pledges."), (OWN_STATE, THE_DESK, *DONORS_MATCHING)
    ),
    "request.shown": Notice(
        _("Request %(reference)s is shown to your organisation."), (_to(DONOR_ROLES, Scope.GRANTED),)
    ),
    "request.joint": Notice(
        _("The States of joint request %(reference)s have changed."), (OWN_STATE, THE_DESK)
    ),
    "request.consent": Notice(_("Who may see request %(reference)s was changed."), (OWN_STATE, THE_DESK)),
    "request.amended": Notice(
        _("Request %(reference)s was amended."), (OWN_STATE, THE_DESK, *DONORS_PLEDGING)
    ),
    "request.closed": Notice(
        _("Request %(reference)s was closed."), (OWN_STATE, PLEDGED_TO_IT), told_before=True
    ),
    "request.lapsed": Notice(
        _("Request %(reference)s has lapsed."), (OWN_STATE, THE_DESK, PLEDGED_TO_IT), told_before=True
    ),
    "request.withdrawn": Notice(
        _("Request %(reference)s was withdrawn."), (OWN_STATE, THE_DESK, PLEDGED_TO_IT), told_before=True
    ),
    "request.reopened": Notice(
        _("Request %(reference)s is under review again."), (OWN_STATE, DESK_ASKED), _REVIEW
    ),
    "assessment.requested": Notice(
        _("An impact assessment is due: %(reference)s."), (LEAD_FOCAL, OWN_STATE), _DRAFT_ASSESSMENT
    ),
    "assessment.awaits_approval": Notice(
        _("Assessment %(reference)s awaits approval."), (LEAD_APPROVERS,), _APPROVE
    ),
    "assessment.returned": Notice(
        _("Assessment %(reference)s was returned for changes."), (LEAD_FOCAL,), _CHANGE
    ),
    "assessment.submitted": Notice(_("Assessment %(reference)s was submitted."), (THE_DESK, OWN_DONOR)),
    "assessment.published": Notice(_("Assessment %(reference)s was published."), (THE_DESK, OWN_DONOR)),
    "offer.published": Notice(_("Offer %(reference)s was published."), (OWN_DONOR, THE_DESK)),
    "offer.withdrawn": Notice(_("Offer %(reference)s was withdrawn."), (OWN_DONOR, THE_DESK)),
    "offer.expired": Notice(_("Offer %(reference)s has expired."), (OWN_DONOR, THE_DESK)),
    "pledge.offered": Notice(
        _("Pledge %(reference)s was offered."),
        (LEAD_APPROVERS, OWN_STATE, THE_DESK, OWN_DONOR),
        _ANSWER_PLEDGE,
    ),
    "pledge.accepted": Notice(
        _("Pledge %(reference)s was accepted."), (DONOR_APPROVERS, OWN_DONOR, DESK_ASKED), _AGREE
    ),
    "pledge.declined": Notice(_("Pledge %(reference)s was declined."), (OWN_DONOR, THE_DESK)),
    "pledge.withdrawn": Notice(_("Pledge %(reference)s was withdrawn."), (OWN_STATE, THE_DESK)),
    "pledge.agreed": Notice(
        _("Pledge %(reference)s was agreed."), (DONOR_ASKED, OWN_STATE, THE_DESK), _DELIVER
    ),
    "pledge.delivering": Notice(_("The delivery of pledge %(reference)s has begun."), (OWN_STATE,)),
    "pledge.delivered": Notice(
        _("Pledge %(reference)s was delivered in full."),
        (LEAD_APPROVERS, OWN_STATE, THE_DESK),
        _("Acknowledge it."),
    ),
    "pledge.acknowledged": Notice(_("Pledge %(reference)s was acknowledged."), (OWN_DONOR, THE_DESK)),
    "pledge.cancelled": Notice(_("Pledge %(reference)s was cancelled."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "pledge.lapsed": Notice(_("Pledge %(reference)s has lapsed."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "delivery.recorded": Notice(
        _("Delivery %(reference)s awaits confirmation."), (LEAD_STATE, OWN_STATE, THE_DESK), _CONFIRM
    ),
    "delivery.confirmed": Notice(_("Delivery %(reference)s was confirmed."), (OWN_DONOR, THE_DESK)),
    "delivery.disputed": Notice(
        _("Delivery %(reference)s is disputed."),
        (DONOR_ASKED, THE_DESK),
        _("Correct what was recorded, or declare it void."),
    ),
    "delivery.corrected": Notice(
        _("Delivery %(reference)s was corrected."), (LEAD_STATE, OWN_STATE), _CONFIRM
    ),
    "delivery.void": Notice(_("Delivery %(reference)s was declared void."), (OWN_STATE, OWN_DONOR, THE_DESK)),
    "contribution.announced": Notice(
        _("Contribution %(reference)s was opened."), (FINANCE_ASKED,), _("Record its agreement.")
    ),
    "contribution.agreed": Notice(
        _("Contribution %(reference)s was agreed."), (OWN_DONOR, FINANCE_ASKED), _("Record what is received.")
    ),
    "contribution.cancelled": Notice(
        _("Contribution %(reference)s was cancelled."), (OWN_DONOR, THE_FINANCE)
    ),
    "contribution.received": Notice(_("Money was received under contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.allocate": Notice(_("Money was allocated from contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.charge_psc": Notice(
        _("Programme support costs were charged to contribution %(reference)s."), (OWN_DONOR,)
    ),
    "contribution.refund": Notice(_("Money was refunded from contribution %(reference)s."), (OWN_DONOR,)),
    "contribution.reverse": Notice(
        _("An entry of contribution %(reference)s was reversed."), (OWN_DONOR, THE_FINANCE)
    ),
    "contribution.proposed": Notice(
        _("An entry of contribution %(reference)s awaits approval."),
        (FINANCE_ASKED,),
        _("Approve it or refuse it, if you are not who proposed it."),
    ),
    "contribution.refused": Notice(
        _("A proposed entry of contribution %(reference)s was refused."), (THE_FINANCE,)
    ),
    "contribution.closed": Notice(_("Contribution %(reference)s was closed."), (OWN_DONOR, THE_FINANCE)),
    "edition.frozen": Notice(_("The records of report edition %(reference)s are frozen."), (THE_REPORT,)),
    "edition.in_clearance": Notice(
        _("Report edition %(reference)s awaits clearance."),
        (CLEARING_ASKED,),
        _("Clear each section, or return it with comments."),
    ),
    "edition.returned": Notice(
        _("A section of report edition %(reference)s was returned."),
        (REPORT_ASKED,),
        _("Change the section and send it to clearance again."),
    ),
    "edition.cleared": Notice(
        _("Report edition %(reference)s was cleared."), (REPORT_ASKED,), _("Submit it.")
    ),
    "edition.submitted": Notice(_("Report edition %(reference)s was submitted."), (THE_REPORT,)),
    "edition.issued": Notice(_("Report edition %(reference)s was issued."), (THE_REPORT, THE_DESK)),
    "input.asked": Notice(
        _("UNODC asks for an input to the report: %(reference)s."),
        (_asked(_to(STATE, Scope.OWN_STATE)), DONOR_ASKED),
        _("Write the input."),
    ),
    "input.answered": Notice(_("An input to the report was given: %(reference)s."), (_to(REPORT),)),
    "edition.corrected": Notice(_("Report edition %(reference)s was corrected."), (THE_REPORT, THE_DESK)),
}


# of each clock: how soon its day is and how late it is, who is to act, what, and who is told once it is late
_CLOCKS: tuple[
    tuple[str, "str | Promise", "str | Promise", tuple[Audience, ...], "str | Promise", tuple[Audience, ...]],
    ...,
] = (
    ("request.acknowledge", _("Request %(reference)s is to be acknowledged by %(day)s."),
     _("Request %(reference)s was to be acknowledged by %(day)s."), (DESK_ASKED,), _ACKNOWLEDGE, ()),
    ("request.review", _("The review of request %(reference)s is to end by %(day)s."),
     _("The review of request %(reference)s was to end by %(day)s."), (DESK_ASKED,), _REVIEW, ()),
    ("request.answer", _("The question on request %(reference)s is to be answered by %(day)s."),
     _("The question on request %(reference)s was to be answered by %(day)s."), (LEAD_STATE,), _ANSWER, (THE_DESK,)),
    ("request.idle", _("Request %(reference)s lapses after %(day)s unless something happens."),
     _("Nothing has happened on request %(reference)s for two years. It is about to lapse."),
     (LEAD_STATE,), _STILL_NEEDED, (THE_DESK,)),
    ("pledge.respond", _("Pledge %(reference)s is to be answered by %(day)s."),
     _("Pledge %(reference)s was to be answered by %(day)s. It lapses if no answer comes."),
     (LEAD_APPROVERS,), _ANSWER_PLEDGE, (OWN_STATE, OWN_DONOR, THE_DESK)),
    ("pledge.agree", _("The agreement on pledge %(reference)s is to be recorded by %(day)s."),
     _("The agreement on pledge %(reference)s was to be recorded by %(day)s. The pledge lapses without it."),
     (DONOR_APPROVERS, DESK_ASKED), _AGREE, (OWN_STATE, OWN_DONOR)),
    ("pledge.deliver", _("Pledge %(reference)s is to be delivered by %(day)s."),
     _("Pledge %(reference)s was to be delivered by %(day)s."), (DONOR_ASKED,), _DELIVER, (OWN_STATE, THE_DESK)),
    ("delivery.confirm", _("Delivery %(reference)s is to be confirmed or disputed by %(day)s."),
     _("Delivery %(reference)s was to be confirmed or disputed by %(day)s."),
     (LEAD_STATE,), _CONFIRM, (THE_DESK,)),
    ("delivery.follow_up", _("A follow-up on delivery %(reference)s is due by %(day)s."),
     _("A follow-up on delivery %(reference)s was due by %(day)s."), (LEAD_STATE,), _FOLLOW_UP, (THE_DESK,)),
)  # fmt: skip

REMINDERS: dict[str, Notice] = {
    code: notice
    for clock, soon, late, asked, asks, told in _CLOCKS
    for code, notice in (
        (f"{clock}_soon", Notice(soon, asked, asks)),
        (f"{clock}_late", Notice(late, (*asked, *told), asks)),
    )
}

# the State is told ahead on its request; once the day has passed there is an assessment to draft
REMINDERS["request.assess_soon"] = Notice(
    _("The impact assessment of request %(reference)s is due by %(day)s."), (OWN_STATE, THE_DESK)
)
REMINDERS["assessment.assess_late"] = Notice(
    _("Assessment %(reference)s was due by %(day)s."), (LEAD_STATE,), _DRAFT_ASSESSMENT
)

CATALOGUE: dict[str, Notice] = MOVES | REMINDERS

# what is told together with another notice, to others
BESIDE: dict[str, tuple[str, ...]] = {"request.submitted": ("request.asked_to_join",)}

# events that are told though they are no moves of a table
EVENTS: dict[str, str] = {
    "show_to": "request.shown",
    "confirm_joint": "request.joint",
    "leave_joint": "request.joint",
    "propose_entry": "contribution.proposed",
    "refuse_entry": "contribution.refused",
}
