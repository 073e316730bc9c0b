"""An edition from its planning to its issue: the moves that people make, and the inputs that they ask for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.audit.services import perform, same_version
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal, Refused
from portal.core.unit import DIRECT, atomically
from portal.core.workflow import NEW
from portal.policy import engine
from portal.policy.actions import A
from reports.jobs import begin_job
from reports.models import Input, InputRequest, ReportEdition, ReportJob, Session
from reports.services import enter_input
from reports.workflow import EDITION, INPUT


@atomically
def plan_edition(edition: ReportEdition, *, actor: Actor) -> ReportEdition:
    """Plans an edition: session, cut-off, languages, formats. Raises NotAllowed, or Refused for a cut-off before
    the period or one that is planned already.
    """
    session = Session.objects.select_for_update().get(pk=edition.session_id)
    if edition.cut_off < clock.day(session.start):
        raise Refused(Refusal(_("the cut-off is before the first day of the period"), "cut_off"))
    if session.editions.filter(cut_off=edition.cut_off).exists():
        raise Refused(Refusal(_("an edition with this cut-off is planned already"), "cut_off"))
    edition.status = NEW
    perform(EDITION, "plan", edition, actor=actor, unit=DIRECT)
    return edition


@atomically
def move_edition(
    edition: ReportEdition,
    move: str,
    *,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> ReportEdition | ReportJob:
    """One move of an edition's table. Raises NotAllowed, Conflict, Refused.

    To freeze is to have the documents made: a job, which makes the move once it has the snapshot.
    """
    edition = DIRECT.lock(edition)
    if EDITION.find(move, edition.status).name == "freeze":
        return make_documents(edition, actor=actor, version=version)
    perform(EDITION, move, edition, actor=actor, unit=DIRECT, facts=facts, version=version)
    return edition


@atomically
def make_documents(edition: ReportEdition, *, actor: Actor, version: int | None = None) -> ReportJob:
    """Freezes the records as they stand and makes every document; joins the making that is under way.

    Raises NotAllowed, Conflict for another version.
    """
    edition = DIRECT.lock(edition)
    same_version(edition, version)
    engine.require(actor, A.EDITION_HANDLE, edition)
    return begin_job(edition, edition.languages, edition.formats, actor=actor)


@atomically
def answer_input(
    row: InputRequest, *, paragraph: int, language: str, text: str, actor: Actor, version: int | None = None
) -> Input:
    """What an organisation writes on one paragraph for the report; it may write on several, and add to them.

    Raises NotAllowed, or Refused for a paragraph that the resolution has not.
    """
    row = DIRECT.lock(row)
    known = {p["number"] for p in row.session.resolution.paragraphs}
    if paragraph not in known:
        raise Refused(Refusal(_("the resolution has no such paragraph"), "paragraph"))
    perform(INPUT, "answer", row, actor=actor, unit=DIRECT, facts={"paragraph": paragraph}, version=version)
    entered = Input(
        session=row.session, paragraph=paragraph, language=language, text=text, organisation=row.organisation
    )
    return enter_input(entered, actor=actor)
