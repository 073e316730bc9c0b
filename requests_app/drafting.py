"""Writing a draft: its parts, its needs, the findings of an assessment. Nobody but the own State sees them yet.

Two people may write on different parts of one draft. Each says which `mark` the part had that was changed; where
it has another by now, Conflict. A mark stands for the answers of one part; a `version` counts the whole record.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from portal.audit.canonical import plain
from portal.audit.services import record_event
from portal.core.actor import Actor
from portal.core.canonical import canonical_bytes
from portal.core.errors import Conflict, NotVisible, Refusal, Refused
from portal.core.fields import mistyped, unfit
from portal.core.money import money_refusal
from portal.core.unit import DIRECT, atomically
from portal.directory.models import Form
from portal.directory.rules import parts_of_countable
from portal.policy import engine
from portal.policy.actions import A
from requests_app import services
from requests_app.enums import AssessmentStatus, Criterion, RequestStatus
from requests_app.models import AssistanceRequest, CoRequester, ImpactAssessment, Indicator, Need

WRITTEN = frozenset(
    {
        "title", "language", "authority", "contact", "note_verbale_number", "note_verbale_date", "situation",
        "objectives", "drugs", "evidence", "previous_assistance", "national_contribution", "channel", "urgency",
        "urgency_reason", "visibility", "named_in_report",
    }
)  # fmt: skip
NEED = frozenset(
    {
        "form_id", "theme_id", "paragraphs", "description", "quantity", "unit_id", "unit_cost_amount",
        "unit_cost_currency", "needed_by", "place", "women", "men", "children", "site_readiness", "running_costs",
        "recipient_kind", "mainly_for", "direction", "state_id", "priority",
    }
)  # fmt: skip
RATINGS = range(1, 6)
MARK_LENGTH = 16


def mark(row: Any, names: Iterable[str], *, states: Iterable[str] | None = None) -> str:
    """Stands for what these columns hold now; another content has another one."""
    held = {name: plain(getattr(row, name)) for name in sorted(names)}
    if states is not None:
        held["states"] = sorted(states)
    return hashlib.sha256(canonical_bytes(held)).hexdigest()[:MARK_LENGTH]


def begin(*, title: str, language: str, actor: Actor) -> AssistanceRequest:
    """A draft of the actor's State, with nothing in it but a title. Raises NotAllowed."""
    request = AssistanceRequest(state_id=actor.state, title=title, language=language)
    return services.draft_request(request, needs=(), actor=actor)


@atomically
def revise_draft(
    request: AssistanceRequest,
    changes: Mapping[str, Any],
    *,
    states: Iterable[str] | None = None,
    seen: str = "",
    actor: Actor,
) -> AssistanceRequest:
    """Writes one part of a draft, and the other States of a joint request where `states` names them.

    Raises NotAllowed, Conflict where it is no draft any more or the part was changed meanwhile, Refused.
    """
    request = _own_draft(request, actor)
    if set(changes) - WRITTEN:
        raise ValueError("not a part of a draft")
    joint = {row.state_id: row for row in request.co_requesters.all()}
    services.same(seen, mark(request, changes, states=joint if states is not None else None))
    wanted = set(joint if states is None else states)
    if request.state_id in wanted:
        raise Refused(Refusal(gettext("a State does not join its own request"), "states"))
    changed = [name for name, value in changes.items() if getattr(request, name) != value]
    for name in changed:
        setattr(request, name, changes[name])
    Refused.when([*unfit(request), *mistyped(request, changed)])
    for code in set(joint) - wanted:
        joint[code].delete()
        Need.objects.filter(request=request, state=code).update(state=None)
    for code in sorted(wanted - set(joint)):
        DIRECT.add(CoRequester(request=request, state_id=code))
    if wanted != set(joint):
        changed.append("co_requesters")
    if changed:
        _write(request, "revised", {"changed": sorted(changed)}, actor, changed=changes)
    return request


@atomically
def add_need(request: AssistanceRequest, columns: Mapping[str, Any], *, actor: Actor) -> Need:
    """One more need of a draft, at its end. Raises NotAllowed, Conflict, Refused."""
    request = _own_draft(request, actor)
    need = Need(request=request, number=request.needs.count() + 1)
    _fill(need, columns)
    DIRECT.add(need)
    _write(request, "add_need", {"need": need.number}, actor)
    return need


@atomically
def add_again(need: Need, columns: Mapping[str, Any], *, actor: Actor) -> Need:
    """A need that was removed while someone wrote on it: added anew, with what was written since.

    Raises NotAllowed, Conflict, Refused.
    """
    return add_need(need.request, {name: getattr(need, name) for name in NEED} | dict(columns), actor=actor)


@atomically
def change_need(need: Need, columns: Mapping[str, Any], *, seen: str = "", actor: Actor) -> Need:
    """Changes a need of a draft; a unit that does not fit its new form is to be chosen again.

    Raises NotAllowed, Conflict, Refused.
    """
    request = _own_draft(need.request, actor)
    need = DIRECT.lock(need)
    services.same(seen, mark(need, columns))
    if columns.get("form_id", need.form_id) != need.form_id and "unit_id" not in columns:
        fits = need.unit_id in Form.objects.get(pk=columns["form_id"]).units
        columns = {**columns, "unit_id": need.unit_id if fits else None}
    changed = sorted(name for name, value in columns.items() if getattr(need, name) != value)
    _fill(need, columns)
    if changed:
        DIRECT.save(need, changed)
        _write(request, "change_need", {"need": need.number, "changed": changed}, actor)
    return need


@atomically
def remove_need(need: Need, *, seen: str = "", actor: Actor) -> None:
    """Takes a need out of a draft, which nobody outside the State has seen; those after it move up.

    Raises NotAllowed, Conflict.
    """
    request = _own_draft(need.request, actor)
    need = DIRECT.lock(need)
    services.same(seen, mark(need, NEED))
    number, gone = need.number, need.pk
    answers = {name: plain(getattr(need, name)) for name in sorted(NEED)}
    need.delete()
    for later in request.needs.filter(number__gt=number).order_by("number"):
        later.number -= 1
        DIRECT.save(later, ("number",))
    _write(request, "remove_need", {"need": number, "id": gone, "answers": answers}, actor)


def _own_draft(request: AssistanceRequest, actor: Actor) -> AssistanceRequest:
    request = DIRECT.lock(request)
    engine.require(actor, A.REQUEST_DRAFT, request)
    if request.status != RequestStatus.DRAFT:
        raise Conflict(gettext("this request is no longer a draft"))
    return request


def _fill(need: Need, columns: Mapping[str, Any]) -> None:
    if set(columns) - NEED:
        raise ValueError("not an answer of a need")
    for name, value in columns.items():
        setattr(need, name, value)
    Refused.when([*unfit(need), *mistyped(need, columns), *_ill_priced(need)])
    if need.quantity is not None and need.quantity <= 0:
        raise Refused(Refusal(gettext("the quantity is above zero"), "quantity"))
    Refused.when(parts_of_countable(need.quantity, need.unit_id))


def _ill_priced(need: Need) -> Iterable[Refusal]:
    amount, currency = need.unit_cost_amount, need.unit_cost_currency
    if (amount is None) != (not currency):
        yield Refusal(gettext("give the amount with its currency, or neither"), "unit_cost_amount")
    elif amount is not None:
        refusal = money_refusal(amount, currency, "unit_cost_amount", currency_field="unit_cost_currency")
        yield from [refusal] if refusal else []


def _write(
    record: Any,
    move: str,
    facts: Mapping[str, Any],
    actor: Actor,
    *,
    changed: Iterable[str] = (),
) -> None:
    """The record in its next version, with the event that says what was written."""
    record.version += 1
    DIRECT.save(record, {*changed, "version"})
    record_event(
        record, move, actor=actor, unit=DIRECT, facts=facts, source=record.status, target=record.status
    )


@atomically
def write_assessment(
    assessment: ImpactAssessment, changes: Mapping[str, Any], *, seen: str = "", actor: Actor
) -> ImpactAssessment:
    """Findings, lessons and ratings of an assessment that is a draft. Raises NotAllowed, Conflict, Refused."""
    assessment = _draft_assessment(assessment, actor)
    if set(changes) - {"findings", "lessons", "ratings"}:
        raise ValueError("not a part of an assessment")
    services.same(seen, mark(assessment, changes))
    ratings = changes.get("ratings", {})
    if set(ratings) - set(Criterion.values) or set(ratings.values()) - set(RATINGS):
        raise Refused(Refusal(gettext("rate each criterion from 1 to 5"), "ratings"))
    changed = sorted(name for name, value in changes.items() if getattr(assessment, name) != value)
    for name in changed:
        setattr(assessment, name, changes[name])
    if changed:
        _write(assessment, "revised", {"changed": changed}, actor, changed=changed)
    return assessment


INDICATOR = ("name", "unit", "baseline", "target", "current")


@atomically
def put_indicator(
    assessment: ImpactAssessment,
    texts: Mapping[str, str],
    *,
    pk: int | None = None,
    seen: str = "",
    actor: Actor,
) -> Indicator:
    """One more indicator of a draft assessment, or another wording of the one that is named by its id.

    Raises NotAllowed, Conflict, NotVisible.
    """
    assessment = _draft_assessment(assessment, actor)
    row = Indicator(assessment=assessment) if pk is None else _indicator(assessment, pk)
    services.same(seen, mark(row, INDICATOR))
    for name in INDICATOR:
        setattr(row, name, texts.get(name, ""))
    row.given = [name for name in INDICATOR[1:] if texts.get(name)]
    if row.pk is None:
        DIRECT.add(row)
    else:
        DIRECT.save(row, (*INDICATOR, "given"))
    _write(assessment, "revised", {"changed": ["indicators"]}, actor)
    return row


@atomically
def remove_indicator(assessment: ImpactAssessment, pk: int, *, actor: Actor) -> None:
    """Takes an indicator out of a draft assessment. Raises NotAllowed, Conflict, NotVisible."""
    assessment = _draft_assessment(assessment, actor)
    _indicator(assessment, pk).delete()
    _write(assessment, "revised", {"changed": ["indicators"]}, actor)


def _draft_assessment(assessment: ImpactAssessment, actor: Actor) -> ImpactAssessment:
    assessment = DIRECT.lock(assessment)
    engine.require(actor, A.ASSESSMENT_DRAFT, assessment)
    if assessment.status != AssessmentStatus.DRAFT:
        raise Conflict(gettext("this assessment is no longer a draft"))
    return assessment


def _indicator(assessment: ImpactAssessment, pk: int) -> Indicator:
    row = assessment.indicators.filter(pk=pk).first()
    if row is None:
        raise NotVisible(gettext("there is no such indicator"))
    return row
