"""Is the paper complete? The guards of a request's and an assessment's moves."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.accounts import selectors as people
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal
from portal.core.events import ask
from portal.core.fields import too_early
from portal.core.guards import Facts
from portal.core.languages import listed
from portal.core.money import money_refusal, plain
from portal.core.unit import Unit
from portal.core.workflow import Absent, Verdict
from portal.directory.enums import Urgency
from portal.directory.models import in_language
from portal.directory.rules import parts_of_countable
from portal.policy.matrix import BEFORE_CIRCULATION
from requests_app.enums import Visibility


def complete(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Iterable[Verdict]:
    """Title, situation and authority are given, and at least one need; each has a quantity and its unit."""
    for field, words in (("title", _("title")), ("situation", _("situation")), ("authority", _("authority"))):
        if not getattr(request, field).strip():
            yield Absent(_("the %(field)s is missing") % {"field": words}, field)
    needs = unit.related(request, "needs")
    if not needs:
        yield Refusal(_("a request has at least one need"), "needs")
    for need in sorted(needs, key=lambda one: one.number):
        if need.quantity is None or not need.unit_id:
            yield Refusal(
                _("need %(number)d has no quantity with its unit") % {"number": need.number}, "needs"
            )


def urgency_explained(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """Anything but a routine request says why."""
    if request.urgency in {"", Urgency.ROUTINE} or request.urgency_reason.strip():
        return None
    return Absent(_("say why the request is urgent"), "urgency_reason")


def whole_units(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Iterable[Verdict]:
    """What is counted one by one is asked for in whole numbers."""
    for need in unit.related(request, "needs"):
        for refusal in parts_of_countable(need.quantity, need.unit_id, "needs"):
            yield Absent(refusal.reason, refusal.field)  # a dossier is taken at its word


def note_verbale(request: Any, facts: Facts, *, at: datetime, **_context: Any) -> Iterable[Verdict]:
    """The State speaks by note verbale; it is not dated after the request that it carries."""
    if not request.note_verbale_number or request.note_verbale_date is None:
        yield Absent(_("give the number and date of the note verbale"), "note_verbale")
    elif clock.day(request.note_verbale_date) > clock.day(at):
        yield Refusal(_("the note verbale is dated after the submission"), "note_verbale.date")


def other_person(request: Any, facts: Facts, *, actor: Actor, **_context: Any) -> Verdict:
    """The approver is not the drafter where the State has two members or more (rule 5)."""
    if actor.user is None:
        return Absent(_("a second person of the State approves"))
    if actor.user.pk in {request.drafted_by, request.sent_by} and people.members(actor.organisation) > 1:
        return Refusal(_("who drafted or sent the request does not approve it; ask another approver"))
    return None


def authenticated(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """How, by whom and when it was made sure that the request comes from the Government."""
    return (
        None
        if facts.get("authentication")
        else Absent(_("say how the request was authenticated"), "authentication")
    )


def question_asked(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """The question is written."""
    return None if facts.get("question") else Absent(_("write the question"), "question")


def answer_given(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """The answer is written."""
    return None if facts.get("answer") else Absent(_("write the answer"), "answer")


def nothing_unanswered(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """An answer is to the oldest question that has none."""
    if any(row.answered_at is None for row in unit.related(request, "clarifications")):
        return None
    return Refusal(_("no question is open"))


def answered_after_asked(request: Any, facts: Facts, *, at: datetime, unit: Unit, **_context: Any) -> Verdict:
    """An answer is not dated before its question."""
    rows = [row for row in unit.related(request, "clarifications") if row.answered_at is None]
    if rows and clock.day(at) < clock.day(rows[0].asked_at):
        return Refusal(_("an answer is not dated before its question"))
    return None


def ready_for_donors(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Iterable[Verdict]:
    """Every need can be read and ranked by a donor."""
    for need in unit.related(request, "needs"):
        if not need.paragraphs:
            yield Refusal(_("need %(number)d names no paragraph") % {"number": need.number}, "needs")
        if not need.priority:
            yield Absent(_("need %(number)d has no priority") % {"number": need.number}, "needs")


def consented(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """Donors see a request only with the State's consent."""
    if request.visibility == Visibility.UNODC:
        return Absent(_("the State has not consented to its being shown to donors"), "visibility")
    return None


def consent_known(request: Any, facts: Facts, **_context: Any) -> Iterable[Verdict]:
    """A State names one of the circles that may see, or says whether it may be named; nothing else."""
    if facts.get("visibility", request.visibility) not in Visibility.values:
        yield Refusal(_("say who may see the request"), "visibility")
    if facts.get("named_in_report", request.named_in_report) not in {None, True, False}:
        yield Refusal(_("say whether the State may be named"), "named_in_report")


def costs_fit(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Iterable[Verdict]:
    """Unit costs are in a currency's minor units (rule 4)."""
    for need in unit.related(request, "needs"):
        if need.unit_cost_amount is not None:
            yield money_refusal(need.unit_cost_amount, need.unit_cost_currency, "needs")


def can_be_left(request: Any) -> bool:
    """A State leaves a joint request before donors have seen it; reopening does not undo that they have."""
    return request.circulated_at is None and request.status in BEFORE_CIRCULATION


def every_state_confirmed(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Verdict:
    """In a joint request every State has confirmed, or has been taken off."""
    open_ = [row for row in unit.related(request, "co_requesters") if row.confirmed_at is None]
    if not open_:
        return None
    language = get_language() or "en"
    return Absent(
        ngettext(
            "this State of the joint request has not confirmed: %(names)s",
            "these States of the joint request have not confirmed: %(names)s",
            len(open_),
        )
        % {"names": listed(sorted(in_language(row.state.names, language) for row in open_), language)},
        "co_requesters",
    )


def still_covers(request: Any, facts: Facts, *, unit: Unit, **_context: Any) -> Iterable[Verdict]:
    """No need becomes smaller than what is already pledged to it, and something is changed."""
    changed = facts.get("needs") or {}
    needs = {str(need.number): need for need in unit.related(request, "needs")}
    if not changed or not set(changed) <= set(needs):
        yield Refusal(_("say what is changed, and in which need"))
        return
    for number, columns in changed.items():
        quantity = columns.get("quantity", needs[number].quantity)
        held = ask("need.held", need=needs[number], unit=unit) or Decimal(0)
        if quantity is None or quantity <= 0:
            yield Refusal(_("the quantity is above zero"), f"quantity_{number}")
        elif quantity < held:
            yield Refusal(
                _("%(held)s of need %(number)s are already pledged")
                % {"held": plain(held), "number": number},
                f"quantity_{number}",
            )
        elif "quantity" in columns:
            yield from parts_of_countable(quantity, needs[number].unit_id, f"quantity_{number}")
        day = columns.get("needed_by")
        if day is not None and (refusal := too_early(day, f"needed_by_{number}")):
            yield refusal
        if not str(columns.get("description", needs[number].description)).strip():
            yield Refusal(_("the description is missing"), f"description_{number}")


def agreed_by_state(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """The State's agreement to the closing is recorded."""
    return (
        None
        if facts.get("state_agrees")
        else Absent(_("record the State's agreement to the closing"), "state_agrees")
    )


def nothing_pending(request: Any, facts: Facts, *, unit: Unit, actor: Actor, **_context: Any) -> Verdict:
    """A request is closed when no pledge is offered, accepted, agreed or in delivery."""
    return _held_up(ask("request.ending", request=request, unit=unit) or (), actor)


def nothing_in_delivery(request: Any, facts: Facts, *, unit: Unit, actor: Actor, **_context: Any) -> Verdict:
    """A State withdraws its request while nothing is agreed or on its way; what is offered or accepted is
    released with it, or, in import, must have been released before.
    """
    pending = ask("request.ending", request=request, unit=unit) or ()
    stays = pending if actor.is_import else [p for p in pending if p.status in {"agreed", "delivering"}]
    return _held_up(stays, actor)


def _held_up(pledges: Iterable[Any], actor: Actor) -> Verdict:
    """Named as the reader knows them: a dossier by its own references, everyone else by the portal's."""
    found = list(pledges)
    if not found:
        return None
    names = [(p.ref if actor.is_import else p.reference) or "–" for p in found]
    return Refusal(
        ngettext(
            "%(number)d pledge is still pending: %(names)s",
            "%(number)d pledges are still pending: %(names)s",
            len(found),
        )
        % {"number": len(found), "names": listed(sorted(names)[:5])}
    )


def was_submitted(request: Any, facts: Facts, **_context: Any) -> Verdict:
    """Only what was submitted once is reopened."""
    return (
        None
        if request.reference
        else Refusal(_("a draft that was never submitted is not reopened; copy it instead"))
    )


def something_delivered(
    assessment: Any, facts: Facts, *, at: datetime, unit: Unit, **_context: Any
) -> Verdict:
    """The duty to assess follows the assistance (para. 9): a confirmed delivery stands before it."""
    first = ask("request.confirmed_delivery", request=assessment.request, unit=unit)
    if first is None or first > clock.day(at):
        return Refusal(_("nothing that was delivered under this request had been confirmed by then"))
    return None


def findings_given(assessment: Any, facts: Facts, **_context: Any) -> Verdict:
    """The findings are written."""
    return None if assessment.findings.strip() else Absent(_("write the findings"), "findings")
