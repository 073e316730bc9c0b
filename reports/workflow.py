"""What may follow what in an edition of the report, and in an input that was asked for."""

from datetime import datetime
from typing import Any

from portal.audit.services import perform, revise
from portal.core.guards import Facts, not_in_future
from portal.core.unit import Unit
from portal.core.workflow import NEW, Workflow
from portal.core.workflow import Transition as T
from portal.policy.actions import A
from reports import rules
from reports.enums import EditionStatus as E
from reports.enums import InputStatus as I
from reports.jobs import begin_job
from reports.models import InputRequest, ReportJob, SectionDecision


def _asked(edition: Any, facts: Facts, *, actor: Any, unit: Unit, **_: Any) -> None:
    """Each organisation is asked once; one that was asked before keeps what it wrote and gets the new day."""
    for organisation in facts["organisations"]:
        row = InputRequest.objects.filter(session=edition.session, organisation=organisation).first()
        if row is None:
            row = InputRequest(
                session=edition.session, organisation=organisation, due=facts["due"], status=NEW
            )
            perform(INPUT, "ask", row, actor=actor, unit=unit)
        else:
            revise(unit.lock(row), {"due": facts["due"]}, actor=actor, unit=unit)


def _released(edition: Any, facts: Facts, *, at: datetime, **_: Any) -> None:
    """The documents that were cleared are public."""
    job = rules.made_job(edition)
    ReportJob.objects.filter(pk=job.pk).update(released_at=at)


def _made_again(edition: Any, facts: Facts, *, actor: Any, **_: Any) -> None:
    """The documents are made again, beside the old ones."""
    begin_job(edition, edition.languages, edition.formats, actor=actor, releases=True)


def _person(actor: Any) -> int | None:
    return actor.user.pk if actor.user else None


def _planned(edition: Any, facts: Facts, *, actor: Any, **_: Any) -> tuple[str, ...]:
    edition.planned_by = _person(actor)
    return ("planned_by",)


def _sent(edition: Any, facts: Facts, *, actor: Any, **_: Any) -> tuple[str, ...]:
    edition.sent_by = _person(actor)
    return ("sent_by",)


def _decided(
    edition: Any, pairs: Any, *, cleared: bool, comment: str, at: datetime, unit: Unit, actor: Any
) -> None:
    snapshot = rules.last_snapshot(edition)
    for section, language in pairs:
        unit.add(
            SectionDecision(
                edition=edition, snapshot=snapshot, section=section, language=language, cleared=cleared,
                comment=comment, made_by=_person(actor), made_at=at,
            )
        )  # fmt: skip


def _cleared(
    edition: Any, facts: Facts, *, at: datetime, unit: Unit, actor: Any, **_: Any
) -> tuple[str, ...]:
    pairs = [tuple(name.split(":", 1)) for name in facts["sections"]]
    _decided(edition, pairs, cleared=True, comment="", at=at, unit=unit, actor=actor)
    return ()


def _returned(
    edition: Any, facts: Facts, *, at: datetime, unit: Unit, actor: Any, **_: Any
) -> tuple[str, ...]:
    pairs = [(facts["section"], language) for language in edition.languages]
    _decided(edition, pairs, cleared=False, comment=facts["comment"], at=at, unit=unit, actor=actor)
    return ()


_HANDLE, _CLEAR = A.EDITION_HANDLE, A.EDITION_CLEAR

EDITION = Workflow(
    "edition",
    (
        T("plan", frozenset({NEW}), E.COLLECTING, _HANDLE, effect=_planned),
        T("invite_inputs", frozenset({E.COLLECTING}), E.COLLECTING, _HANDLE, (rules.addressees_named, rules.due_given),
          then=_asked),
        T("freeze", frozenset({E.COLLECTING, E.DRAFTING}), E.DRAFTING, _HANDLE, notice="edition.frozen"),
        T("send_to_clearance", frozenset({E.DRAFTING}), E.CLEARANCE, _HANDLE, (rules.documents_made, rules.checks_pass),
          notice="edition.in_clearance", effect=_sent),
        T("clear_sections", frozenset({E.CLEARANCE}), E.CLEARANCE, _CLEAR,
          (rules.other_than_drafter, rules.sections_named), effect=_cleared),
        T("return_section", frozenset({E.CLEARANCE}), E.DRAFTING, _CLEAR, (rules.returned_with_words,),
          notice="edition.returned", effect=_returned),
        T("clear", frozenset({E.CLEARANCE}), E.CLEARED, _CLEAR, (rules.other_than_drafter, rules.every_section_cleared),
          notice="edition.cleared"),
        T("submit", frozenset({E.CLEARED}), E.SUBMITTED, _HANDLE, (rules.documents_made,), notice="edition.submitted"),
        T("issue", frozenset({E.SUBMITTED}), E.ISSUED, _HANDLE, (rules.symbol_given, rules.documents_made),
          notice="edition.issued", takes=("symbol", "issued_on"), then=_released),
        T("correct", frozenset({E.ISSUED, E.CORRECTED}), E.CORRECTED, _CLEAR, (rules.correction_written,),
          notice="edition.corrected", takes=("corrigendum",), then=_made_again),
    ),
)  # fmt: skip

INPUT = Workflow(
    "input_request",
    (
        T("ask", frozenset({NEW}), I.ASKED, A.INPUT_ASK, stamp="asked_at", notice="input.asked"),
        T("answer", frozenset({I.ASKED, I.ANSWERED}), I.ANSWERED, A.INPUT_ANSWER, (not_in_future,),
          stamp="answered_at", notice="input.answered"),
    ),
)  # fmt: skip

TABLES = (EDITION, INPUT)
