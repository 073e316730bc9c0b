"""What may follow what: the tables of a request and of an assessment (docs/workflows.md shows them)."""

from datetime import datetime
from typing import Any

from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refused
from portal.core.events import publish
from portal.core.fields import unfit
from portal.core.guards import Facts, after, keeps_reason, not_in_future, reason_given
from portal.core.reference import draft_id, take
from portal.core.unit import Unit
from portal.core.workflow import NEW, Workflow
from portal.core.workflow import Transition as T
from portal.policy.actions import A
from requests_app import rules
from requests_app.enums import AssessmentStatus as Z
from requests_app.enums import RequestStatus as S

_ENDS = ("declined_at", "withdrawn_at", "closed_at")


def _born(request: Any, facts: Facts, *, at: datetime, actor: Actor, **_: Any) -> tuple[str, ...]:
    request.public_id = request.public_id or draft_id()
    request.created_at = at
    request.drafted_by = actor.user.pk if actor.user else None
    return ()


def _sent(request: Any, facts: Facts, *, actor: Actor, **_: Any) -> tuple[str, ...]:
    request.sent_by = actor.user.pk if actor.user else None
    return ("sent_by",)


def _numbered(request: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    """The reference, gap-free per State and year of submission (rule 8)."""
    if request.reference:
        return ()
    key = f"TA-{clock.day(at).year}-{request.state_id}"
    request.reference = f"{key}-{take(key, unit):04d}"
    return ("reference",)


def _asked(request: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    from requests_app.models import Clarification  # noqa: PLC0415 - the table is read by the models' app first

    row = facts.get("row") or Clarification(request=request, asked_at=at, question=facts.get("question", ""))
    if row.pk is None and row not in unit.related(request, "clarifications"):
        unit.add(row)
    return ()


def _answered(request: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    row = next(r for r in unit.related(request, "clarifications") if r.answered_at is None)
    row.answered_at, row.answer = at, facts.get("answer", "")
    unit.save(row, ("answered_at", "answer"))
    request._unanswered = any(r.answered_at is None for r in unit.related(request, "clarifications"))  # noqa: SLF001
    return ()


def _after_answer(request: Any) -> str:
    return S.CLARIFICATION if request._unanswered else S.UNDER_REVIEW  # noqa: SLF001


def _opened(
    request: Any, facts: Facts, *, at: datetime, unit: Unit, actor: Actor, **_: Any
) -> tuple[str, ...]:
    """What happened outside the portal is taken as given: the joint States had confirmed."""
    if actor.is_import:
        for row in unit.related(request, "co_requesters"):
            if row.confirmed_at is None:
                row.confirmed_at = at
                unit.save(row, ("confirmed_at",))
    return ()


def _released(
    request: Any, facts: Facts, *, at: datetime, unit: Unit, actor: Actor, **_: Any
) -> tuple[str, ...]:
    publish("request.withdrawing", request=request, at=at, unit=unit, actor=actor)
    return keeps_reason(request, facts)


def _consent(request: Any, facts: Facts, **_: Any) -> tuple[str, ...]:
    request.visibility = facts.get("visibility", request.visibility)
    request.named_in_report = facts.get("named_in_report", request.named_in_report)
    return ("visibility", "named_in_report")


AMENDED = ("quantity", "description", "needed_by", "place")


def _amended(request: Any, facts: Facts, *, unit: Unit, **_: Any) -> tuple[str, ...]:
    """Only these columns of a need are changed once donors read it; the event keeps what stood before."""
    for need in unit.related(request, "needs"):
        changes = {
            name: value for name, value in facts["needs"].get(str(need.number), {}).items() if name in AMENDED
        }
        for name, value in changes.items():
            setattr(need, name, value)
        if changes:
            Refused.when(unfit(need))
            unit.save(need, changes)
    return ()


REQUEST = Workflow(
    "request",
    (
        T("draft", frozenset({NEW}), S.DRAFT, A.REQUEST_DRAFT, effect=_born),
        T("send_for_approval", frozenset({S.DRAFT}), S.APPROVAL, A.REQUEST_SEND,
          (rules.complete, rules.urgency_explained, rules.whole_units, rules.costs_fit),
          notice="request.awaits_approval", effect=_sent),
        T("return", frozenset({S.APPROVAL}), S.DRAFT, A.REQUEST_SIGN, (reason_given,), notice="request.returned"),
        T("submit", frozenset({S.APPROVAL}), S.SUBMITTED, A.REQUEST_SIGN,
          (rules.complete, rules.urgency_explained, rules.whole_units, rules.costs_fit, rules.note_verbale,
           rules.other_person, not_in_future),
          stamp="submitted_at", notice="request.submitted", effect=_numbered, outside=frozenset({S.DRAFT}),
          takes=("note_verbale_number", "note_verbale_date")),
        T("acknowledge", frozenset({S.SUBMITTED}), S.UNDER_REVIEW, A.REQUEST_HANDLE,
          (rules.authenticated, after("submitted_at"), not_in_future),
          stamp="acknowledged_at", notice="request.acknowledged"),
        T("decline", frozenset({S.SUBMITTED, S.UNDER_REVIEW}), S.DECLINED, A.REQUEST_HANDLE,
          (reason_given, after("submitted_at", "acknowledged_at", "reopened_at"), not_in_future),
          stamp="declined_at", notice="request.declined", effect=keeps_reason,
          outside=frozenset({S.CLARIFICATION})),
        T("ask_for_clarification", frozenset({S.UNDER_REVIEW, S.CLARIFICATION}), S.CLARIFICATION, A.REQUEST_HANDLE,
          (rules.question_asked, after("acknowledged_at"), not_in_future), notice="request.question", effect=_asked),
        T("answer", frozenset({S.CLARIFICATION}), _after_answer, A.REQUEST_ANSWER,
          (rules.answer_given, rules.nothing_unanswered, rules.answered_after_asked, not_in_future),
          notice="request.answer", effect=_answered, results=(S.CLARIFICATION, S.UNDER_REVIEW)),
        T("circulate", frozenset({S.UNDER_REVIEW}), S.OPEN, A.REQUEST_HANDLE,
          (rules.ready_for_donors, rules.consented, rules.every_state_confirmed,
           after("acknowledged_at", "reopened_at"), not_in_future),
          stamp="circulated_at", notice="request.circulated", effect=_opened,
          outside=frozenset({S.CLARIFICATION})),
        T("change_consent", frozenset({S.OPEN}), S.OPEN, A.REQUEST_SIGN, (rules.consent_known,),
          notice="request.consent", effect=_consent),
        T("amend", frozenset({S.OPEN}), S.OPEN, A.REQUEST_SIGN, (rules.still_covers,),
          notice="request.amended", effect=_amended, needs=("needs",)),
        T("close", frozenset({S.OPEN}), S.CLOSED, A.REQUEST_HANDLE,
          (rules.agreed_by_state, rules.nothing_pending, after("circulated_at", "reopened_at"), not_in_future),
          stamp="closed_at", notice="request.closed", effect=keeps_reason),
        T("lapse", frozenset({S.OPEN}), S.CLOSED, A.REQUEST_LAPSE,
          (rules.nothing_pending, after("circulated_at")), stamp="closed_at", notice="request.lapsed"),
        T("withdraw", frozenset({S.DRAFT, S.APPROVAL, S.SUBMITTED, S.UNDER_REVIEW, S.CLARIFICATION, S.OPEN}),
          S.WITHDRAWN, A.REQUEST_SIGN,
          (rules.nothing_in_delivery, after("submitted_at", "acknowledged_at", "circulated_at", "reopened_at"),
           not_in_future),
          stamp="withdrawn_at", notice="request.withdrawn", effect=_released),
        T("reopen", frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN}), S.UNDER_REVIEW, A.REQUEST_HANDLE,
          (rules.was_submitted, reason_given, after(*_ENDS), not_in_future),
          stamp="reopened_at", notice="request.reopened"),
    ),
)  # fmt: skip


def _assessment_numbered(record: Any, facts: Facts, *, at: datetime, unit: Unit, **_: Any) -> tuple[str, ...]:
    if record.reference is None:
        key = f"IA-{clock.day(at).year}"
        record.reference = f"{key}-{take(key, unit):04d}"
    return ("reference",)


ASSESSMENT = Workflow(
    "assessment",
    (
        T("request", frozenset({NEW}), Z.REQUESTED, A.ASSESSMENT_DRAFT, (rules.something_delivered,),
          notice="assessment.requested"),
        T("start", frozenset({NEW, Z.REQUESTED}), Z.DRAFT, A.ASSESSMENT_DRAFT, (rules.something_delivered,)),
        T("send_for_approval", frozenset({Z.DRAFT}), Z.APPROVAL, A.ASSESSMENT_DRAFT, (rules.findings_given,),
          notice="assessment.awaits_approval"),
        T("return", frozenset({Z.APPROVAL}), Z.DRAFT, A.ASSESSMENT_SIGN, (reason_given,),
          notice="assessment.returned"),
        T("submit", frozenset({Z.APPROVAL}), Z.SUBMITTED, A.ASSESSMENT_SIGN,
          (rules.findings_given, rules.something_delivered, not_in_future),
          stamp="submitted_at", notice="assessment.submitted", effect=_assessment_numbered,
          outside=frozenset({Z.DRAFT})),
        T("publish", frozenset({Z.SUBMITTED}), Z.PUBLISHED, A.ASSESSMENT_SIGN,
          (after("submitted_at"), not_in_future), stamp="published_at", notice="assessment.published"),
    ),
)  # fmt: skip

TABLES = (REQUEST, ASSESSMENT)
