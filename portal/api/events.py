"""What happened to the records that the actor sees, as far as the actor may know it."""

from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from donors import selectors as given
from portal.api.collection import Collection, asked_for
from portal.api.fields import Code, Moment, Text, Whole
from portal.audit.cases import CASES
from portal.audit.selectors import events
from portal.core.actor import Actor, Kind
from reports import selectors as reported
from requests_app import selectors as asked

# the collection in which the records of a type of case stand
SHOWN_IN = {name: case.collection for name, case in CASES.items() if case.collection}


def _keys(actor: Actor) -> Case:
    """What stands for the event's record in its address."""
    number = Cast("pk", CharField())
    by_reference = Coalesce(F("reference"), Concat(Value("draft-"), number))
    rows: dict[str, tuple[QuerySet[Any], Any]] = {
        "request": (asked.requests(actor), Coalesce(F("reference"), F("public_id"))),
        "assessment": (asked.assessments(actor), by_reference),
        "offer": (given.offers(actor), by_reference),
        "pledge": (given.pledges(actor), by_reference),
        "delivery": (given.deliveries(actor), by_reference),
        "contribution": (given.contributions(actor), by_reference),
        "edition": (reported.editions(actor), number),
    }
    return Case(
        *(
            When(
                case_type=name,
                then=Subquery(
                    found.filter(pk=OuterRef("case_id")).order_by().annotate(its_key=key).values("its_key")
                ),
            )
            for name, (found, key) in rows.items()
        ),
        output_field=CharField(),
    )


def event_rows(actor: Actor) -> QuerySet[Any]:
    """The events that the actor may know: the timelines of all records at once."""
    known = asked.events_known(actor) | given.events_known(actor) | reported.events_known(actor)
    return events().filter(known).annotate(record=_keys(actor))


class EventLine(serializers.Serializer[Any]):
    """One thing that happened to a record. Persons are not named."""

    id = Whole()
    collection = Code(list(SHOWN_IN.values()), lambda e: SHOWN_IN[e.case_type])
    record = Text(help_text="Key of the record in its collection.")
    move = Text()
    status = Text(source="target", help_text="The state of the record after it.")
    by = Code([kind.value for kind in Kind], source="actor_kind", help_text="What kind of actor.")
    occurred_at = Moment(help_text="When it happened.")
    recorded_at = Moment(help_text="When it was entered.")


class EventFilters(df.FilterSet):  # type: ignore[misc]
    collection = df.ChoiceFilter(
        label=_("Collection"),
        field_name="case_type",
        choices=[(name, name) for name in SHOWN_IN.values()],
        method="by_collection",
    )
    record = df.CharFilter(label=_("Key of the record"), max_length=40)
    move = df.CharFilter(label=_("Move"), max_length=40)

    def by_collection(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(case_type=next(case for case, name in SHOWN_IN.items() if name == value))


EVENTS = Collection(
    name="events",
    thing="event",
    about="What happened to the records that the actor sees.",
    rows=event_rows,
    by_key=lambda actor, key: event_rows(actor).filter(pk=int(key)),
    line=EventLine,
    full=EventLine,
    filters=EventFilters,
    narrow=asked_for(EventFilters),
    key="int",
    key_about="Number of the event.",
)
COLLECTIONS = (EVENTS,)
