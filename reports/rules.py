"""May it be frozen, cleared, issued? The guards of an edition's moves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.workflow import Absent, Verdict
from reports.compose.outline import section_ids
from reports.enums import JobStatus
from reports.models import FROZEN

Facts = Mapping[str, Any]


def last_snapshot(edition: Any) -> Any:
    """The frozen records that the edition now stands on, without their content; None before any."""
    return edition.snapshots.defer(*FROZEN).order_by("-pk").first()


def made_job(edition: Any) -> Any:
    """The last making of all documents from the edition's last snapshot; None where there is none."""
    snapshot = last_snapshot(edition)
    if snapshot is None:
        return None
    return edition.jobs.filter(snapshot=snapshot, status=JobStatus.DONE).order_by("-pk").first()


def sections_of(edition: Any) -> Sequence[str]:
    """The sections that are cleared one by one."""
    return section_ids(edition.session.resolution.symbol)


def decisions(edition: Any) -> dict[tuple[str, str], Any]:
    """(section, language): the decision that holds on the edition's last snapshot."""
    snapshot = last_snapshot(edition)
    if snapshot is None:
        return {}
    rows = edition.decisions.filter(snapshot=snapshot).order_by("pk")
    return {(row.section, row.language): row for row in rows}


def addressees_named(edition: Any, facts: Facts, **_context: Any) -> Verdict:
    """Someone is asked."""
    if facts.get("organisations"):
        return None
    return Absent(_("name those who are asked for their inputs"), "organisations")


def due_given(edition: Any, facts: Facts, *, at: datetime, **_context: Any) -> Verdict:
    """An input is due on a day to come."""
    due: date | None = facts.get("due")
    if due is None:
        return Absent(_("say by when the inputs are due"), "due")
    return None if due >= clock.day(at) else Refusal(_("the inputs are due on a day to come"), "due")


def documents_made(edition: Any, facts: Facts, **_context: Any) -> Verdict:
    """Every document stands, made from the last frozen records."""
    if made_job(edition):
        return None
    return Refusal(_("make the documents from the frozen records first"))


def checks_pass(edition: Any, facts: Facts, **_context: Any) -> Verdict:
    """Nothing that the checks found bars clearance, or it is waived with a reason."""
    job = made_job(edition)
    errors = [f for f in job.findings if f.get("severity") == "error"] if job else []
    if not errors or str(facts.get("waiver") or "").strip():
        return None
    words = ngettext(
        "%(number)d finding bars clearance: correct it, or say why it is waived",
        "%(number)d findings bar clearance: correct them, or say why they are waived",
        len(errors),
    )
    return Absent(words % {"number": len(errors)}, "waiver")


def sections_named(edition: Any, facts: Facts, **_context: Any) -> Iterable[Verdict]:
    """Sections are cleared by name and language; only those that the edition has."""
    named = facts.get("sections") or ()
    if not named:
        yield Absent(_("tick the sections that are cleared"), "sections")
    known = {f"{section}:{language}" for section in sections_of(edition) for language in edition.languages}
    if set(named) - known:
        yield Refusal(_("there is no such section"), "sections")


def returned_with_words(edition: Any, facts: Facts, **_context: Any) -> Iterable[Verdict]:
    """A section is returned by name, with what is to be changed."""
    if not facts.get("section"):
        yield Absent(_("name the section"), "section")
    elif facts["section"] not in sections_of(edition):
        yield Refusal(_("there is no such section"), "section")
    if not str(facts.get("comment") or "").strip():
        yield Absent(_("say what is to be changed"), "comment")


def other_than_drafter(edition: Any, facts: Facts, *, actor: Actor, **_context: Any) -> Verdict:
    """Who drafted the edition does not clear it."""
    if actor.user is not None and actor.user.pk in {edition.planned_by, edition.sent_by}:
        return Refusal(_("who planned the edition or sent it to clearance does not clear it"))
    return None


def every_section_cleared(edition: Any, facts: Facts, **_context: Any) -> Verdict:
    """Every section is cleared in every language."""
    held = decisions(edition)
    missing = [
        (section, language)
        for section in sections_of(edition)
        for language in edition.languages
        if not ((row := held.get((section, language))) and row.cleared)
    ]
    if not missing:
        return None
    words = ngettext(
        "%(number)d section is not cleared yet", "%(number)d sections are not cleared yet", len(missing)
    )
    return Refusal(words % {"number": len(missing)})


def symbol_given(edition: Any, facts: Facts, *, at: datetime, **_context: Any) -> Iterable[Verdict]:
    """A document is issued under its symbol, on a day that is not to come."""
    if not str(facts.get("symbol") or edition.symbol).strip():
        yield Absent(_("give the symbol of the document"), "symbol")
    issued = facts.get("issued_on") or edition.issued_on
    if issued is None:
        yield Absent(_("give the date of issue"), "issued_on")
    elif issued > clock.day(at):
        yield Refusal(_("the date of issue is today or in the past"), "issued_on")


def correction_written(edition: Any, facts: Facts, **_context: Any) -> Verdict:
    """A corrigendum says what is corrected."""
    if str(facts.get("corrigendum") or "").strip():
        return None
    return Absent(_("say what is corrected"), "corrigendum")
