"""Requests, needs and assessments in the API: the rows of the pages, with the fields that the pages show."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.api.collection import Collection, Moves, asked_for
from portal.api.fields import (
    Code,
    Codes,
    Day,
    Flag,
    Moment,
    Number,
    Ratings,
    Text,
    Whole,
    Wholes,
    WithMoves,
)
from portal.directory.enums import Channel, Direction, Drug, Priority, RecipientKind, Urgency
from portal.web.templatetags.portal import address_key
from requests_app import selectors, services
from requests_app.enums import AssessmentStatus, RequestStatus, Visibility
from requests_app.filters import AssessmentFilters, NeedFilters, RequestFilters
from requests_app.forms import ASSESSMENT_MOVES, REQUEST_MOVES
from requests_app.workflow import ASSESSMENT, REQUEST


class NeedLine(serializers.Serializer[Any]):
    """A need, with how much of it is covered."""

    key = Text(str)
    request = Text(lambda n: str(n.request))
    number = Whole()
    state = Text(source="to_state", help_text="ISO code of the State that it is for.")
    status = Code(RequestStatus.values, source="request.status", help_text="Status of the request.")
    form = Text(source="form_id")
    theme = Text(source="theme_id")
    description = Text()
    quantity = Number()
    unit = Text(source="unit_id")
    unit_cost_amount = Number(null=True)
    unit_cost_currency = Text(lambda n: n.unit_cost_currency or None, null=True)
    needed_by = Day(null=True)
    paragraphs = Wholes()
    priority = Code(Priority.values, null=True)
    committed = Number(help_text="Accepted or later, and not cancelled or lapsed.")
    offered = Number(help_text="Offered, not yet accepted; no part of what is committed.")
    delivered = Number()
    left = Number(help_text="What can still be pledged.")
    updated_at = Moment(null=True)


class NeedFull(NeedLine):
    """A need, as its page shows it."""

    place = Text()
    recipient_kind = Code(RecipientKind.values, null=True)
    mainly_for = Codes()
    women = Whole(null=True)
    men = Whole(null=True)
    children = Whole(null=True)
    direction = Code(Direction.values, null=True)
    site_readiness = Text()
    running_costs = Text()
    surplus_accepted = Text()


class RequestLine(serializers.Serializer[Any]):
    """A request for assistance."""

    key = Text(str)
    reference = Text(null=True, help_text="Given on submission.")
    title = Text()
    state = Text(source="state_id", help_text="ISO code of the State that speaks for it.")
    status = Code(RequestStatus.values)
    urgency = Code(Urgency.values, null=True)
    visibility = Code(Visibility.values)
    need_count = Whole()
    submitted_at = Moment(null=True)
    acknowledged_at = Moment(null=True)
    circulated_at = Moment(null=True)
    closed_at = Moment(null=True)
    declined_at = Moment(null=True)
    withdrawn_at = Moment(null=True)
    version = Whole()
    updated_at = Moment(null=True)


class Question(serializers.Serializer[Any]):
    """A question of UNODC and the State's answer."""

    asked_at = Moment()
    question = Text()
    answered_at = Moment(null=True)
    answer = Text()


class Between(serializers.Serializer[Any]):
    """What stays between the State and UNODC."""

    note_verbale_number = Text()
    note_verbale_date = Day(null=True)
    contact = Text()
    reason = Text()
    evidence = Text()
    named_in_report = Flag(null=True)
    thread = Question(many=True)


class RequestFull(WithMoves, RequestLine):
    """A request, as its page shows it."""

    co_requesters = Codes(
        lambda r: [c.state_id for c in r.co_requesters.all() if c.confirmed_at],
        help_text="ISO codes of the other States of a joint request that have confirmed.",
    )
    language = Code(("ar", "zh", "en", "fr", "ru", "es"), null=True)
    drugs = Codes(help_text=f"Of: {', '.join(Drug.values)}.")
    situation = Text()
    objectives = Text()
    previous_assistance = Text()
    national_contribution = Text()
    authority = Text()
    channel = Code(Channel.values, null=True)
    urgency_reason = Text()
    source = Text()  # type: ignore[assignment]
    needs = serializers.SerializerMethodField()
    assessments = serializers.SerializerMethodField()
    between = serializers.SerializerMethodField(
        help_text="What stays between the State and UNODC; null for others."
    )

    @extend_schema_field(NeedLine(many=True))
    def get_needs(self, row: Any) -> Any:
        rows = selectors.need_rows(self.context["actor"]).filter(request=row).order_by("number")
        return NeedLine([_with_request_date(need, row) for need in rows], many=True).data

    @extend_schema_field(Codes())
    def get_assessments(self, row: Any) -> list[str]:
        rows = selectors.assessment_rows(self.context["actor"]).filter(request=row).order_by("pk")
        return [address_key(found) for found in rows]

    @extend_schema_field(Between(allow_null=True))
    def get_between(self, row: Any) -> Any:
        history = selectors.history(self.context["actor"], row)
        if not history.between:
            return None
        columns = {name: getattr(row, name) for name in selectors.BETWEEN}
        return Between(columns | {"thread": list(history.thread)}).data


def _with_request_date(need: Any, request: Any) -> Any:
    need.updated_at = request.updated_at
    return need


class AssessmentLine(serializers.Serializer[Any]):
    """A State's assessment of what the assistance changed."""

    key = Text(address_key)
    reference = Text(null=True)
    request = Text(lambda a: str(a.request) if a.request_shown else None, null=True)
    state = Text(source="request.state_id")
    status = Code(AssessmentStatus.values)
    submitted_at = Moment(null=True)
    published_at = Moment(null=True)
    version = Whole()
    updated_at = Moment(null=True)


class IndicatorLine(serializers.Serializer[Any]):
    """What changed, by one measure."""

    name = Text()
    unit = Text()
    baseline = Text()
    target = Text()
    current = Text()


class AssessmentFull(WithMoves, AssessmentLine):
    """An assessment, as its page shows it."""

    findings = Text()
    lessons = Text()
    ratings = Ratings(help_text="From 1 to 5, by criterion.")
    indicators = serializers.SerializerMethodField()

    @extend_schema_field(IndicatorLine(many=True))
    def get_indicators(self, row: Any) -> Any:
        return IndicatorLine(row.indicators.order_by("pk"), many=True).data


def _states(actor: Any) -> list[Any]:
    return [selectors.requests(actor).values("state")]


REQUESTS = Collection(
    name="requests",
    thing="request",
    about="Requests for assistance.",
    rows=selectors.request_rows,
    by_key=selectors.requests_in_full,
    line=RequestLine,
    full=RequestFull,
    filters=RequestFilters,
    narrow=asked_for(RequestFilters, states=_states),
    orders={
        "reference": "reference", "title": "title", "status": "status", "submitted_at": "submitted_at",
        "circulated_at": "circulated_at", "need_count": "need_count",
    },
    case="request",
    moves=Moves(REQUEST, REQUEST_MOVES, services.move_request),
    key_of=str,
)  # fmt: skip
NEEDS = Collection(
    name="needs",
    thing="need",
    about="Needs of requests, with how much of each is covered. A need is dated by its request.",
    rows=selectors.need_rows,
    by_key=selectors.needs_by_key,
    line=NeedLine,
    full=NeedFull,
    filters=NeedFilters,
    narrow=asked_for(NeedFilters, states=_states),
    orders={"quantity": "quantity", "needed_by": "needed_by", "left": "left"},
    case="request",
    case_column="request_id",
    key_about="Reference of the need, such as TA-2018-AFG-0007-N2.",
)
ASSESSMENTS = Collection(
    name="assessments",
    thing="assessment",
    about="What States said of the assistance that they received.",
    rows=selectors.assessment_rows,
    by_key=selectors.assessments_by_key,
    line=AssessmentLine,
    full=AssessmentFull,
    filters=AssessmentFilters,
    narrow=asked_for(
        AssessmentFilters, states=lambda actor: [selectors.assessments(actor).values("request__state")]
    ),
    orders={"reference": "reference", "submitted_at": "submitted_at", "published_at": "published_at"},
    case="assessment",
    moves=Moves(ASSESSMENT, ASSESSMENT_MOVES, services.move_assessment),
)
COLLECTIONS = (REQUESTS, NEEDS, ASSESSMENTS)
