"""Requests with their needs, assessments of impact, and narratives."""

from collections.abc import Iterator

from portal.core.money import plain
from reports.compile import history
from reports.compile.frame import Frame
from reports.compile.history import REQUEST_MOVES
from reports.compile.written import Json, day, given, grouped, money, rows
from reports.models import Input
from requests_app.models import (
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)

ILLUSTRATIVE = "illustrative"


def requests(frame: Frame) -> Iterator[Json]:
    moves = history.moves("request", REQUEST_MOVES, before=frame.end)
    needs = grouped(rows(Need.objects.all()), "request_id")
    amended = history.changed_since(frame.end, "request", "amend")
    joint = grouped(rows(CoRequester.objects.all()), "request_id")
    asked = grouped(rows(Clarification.objects.filter(asked_at__lt=frame.end)), "request_id")
    for row in rows(AssistanceRequest.objects.filter(submitted_at__lt=frame.end)):
        for before in amended.get(row.pk, ()):
            for need in needs[row.pk]:
                history.put_back(need, before.get(str(need.number), {}))
        others = [other.state_id for other in joint[row.pk]]
        frame.states.update([row.state_id, *others])
        ref = frame.refs["request", row.pk] = row.ref or row.reference
        yield {
            "ref": ref,
            "reference": row.reference,
            "state": row.state_id,
            "co_requesters": others,
            "title": row.title,
            "visibility": row.visibility,
            "named": row.named,
            "drugs": row.drugs,
            "moves": [{"move": move, "date": day} for move, day in moves[row.pk]],
            "clarifications": [_clarification(frame, entry) for entry in asked[row.pk]],
            "needs": [_need(frame, need, row) for need in needs[row.pk]],
        } | given(
            channel=row.channel,
            urgency=row.urgency,
            language=row.language,
            source=row.source,
            illustrative=row.source.lower().startswith(ILLUSTRATIVE) or None,
        )


def _clarification(frame: Frame, row: Clarification) -> Json:
    answered = row.answered_at if row.answered_at and row.answered_at < frame.end else None
    return {"asked": day(row.asked_at)} | given(answered=answered and day(answered))


def _need(frame: Frame, row: Need, request: AssistanceRequest) -> Json:
    ref = frame.need_refs[row.pk] = row.ref or f"{request.reference}-N{row.number}"
    if row.state_id:
        frame.states.add(row.state_id)
    cost = None
    if row.unit_cost_amount is not None:
        cost = money(row.unit_cost_amount, row.unit_cost_currency)
    return {
        "ref": ref,
        "form": row.form_id,
        "theme": row.theme_id,
        "description": row.description,
        "paragraphs": row.paragraphs,
        "quantity": plain(row.quantity),
        "unit": row.unit_id,
        "mainly_for": row.mainly_for,
    } | given(
        unit_cost=cost,
        priority=row.priority,
        state=row.state_id,
        needed_by=row.needed_by and day(row.needed_by),
        direction=row.direction,
    )


def assessments(frame: Frame) -> Iterator[Json]:
    indicators = grouped(rows(Indicator.objects.all()), "assessment_id")
    for row in rows(ImpactAssessment.objects.filter(submitted_at__lt=frame.end)):
        published = row.published_at if row.published_at and row.published_at < frame.end else None
        yield {
            "ref": row.ref or row.reference,
            "request": frame.refs["request", row.request_id],
            "submitted": day(row.submitted_at),
            "findings": row.findings,
            "ratings": row.ratings,
            "indicators": [
                given(name=i.name, unit=i.unit, baseline=i.baseline, target=i.target, current=i.current)
                for i in indicators[row.pk]
            ],
        } | given(lessons=row.lessons, published=published and day(published))


def narratives(frame: Frame) -> Iterator[Json]:
    for row in rows(Input.objects.filter(session=frame.session)):
        if row.state_id:
            frame.states.add(row.state_id)
        yield {"paragraph": row.paragraph, "language": row.language, "text": row.text} | given(
            organisation=frame.organisation(row.organisation_id) if row.organisation_id else None,
            state=row.state_id,
        )
