"""States, vocabularies and rates of exchange in the API; they are public."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from donors import enums as given
from portal.api.collection import Collection, asked_for
from portal.api.fields import Day, Flag, Moment, Names, Number, Text
from portal.api.schema import READING, refusals
from portal.api.views import Portal
from portal.core import clock
from portal.core.errors import NotVisible
from portal.directory import enums, selectors
from portal.directory.enums import UnStatus
from reports import enums as reported
from requests_app import enums as asked

from portal.api.fields import Code  # isort: skip


class StateLine(serializers.Serializer[Any]):
    """A Member State of the United Nations or a non-member observer State, by its present names."""

    iso3 = Text()
    iso2 = Text()
    m49 = Text()
    region = Text(help_text="M49 code.")
    sub_region = Text(help_text="M49 code.")
    intermediate_region = Text(lambda s: s.intermediate_region or None, null=True, help_text="M49 code.")
    un = Code(UnStatus.values)
    lldc = Flag(help_text="A landlocked developing country.")
    sids = Flag(help_text="A small island developing State.")
    names = Names()


class StateFull(StateLine):
    """A State, with what holds today."""

    ldc = Flag(
        lambda s: selectors.state_status_on(clock.today())[s.pk].ldc,
        help_text="On the list of least developed countries today.",
    )
    formal = Names()
    in_sentence = Names(help_text="The name as running text needs it.")
    member_since = Day(null=True)
    member_until = Day(null=True)


class StateFilters(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(label=gettext_lazy("Code"), max_length=100, method="by_words")
    region = df.CharFilter(label=gettext_lazy("Region"), max_length=3, method="by_region")

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        named = Q()
        for code, _language in settings.LANGUAGES:
            named |= Q(**{f"names__{code}__icontains": value})
        return rows.filter(Q(iso3__iexact=value) | Q(iso2__iexact=value) | named)

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(region=value) | Q(sub_region=value) | Q(intermediate_region=value))


class RateLine(serializers.Serializer[Any]):
    """Units of a currency for one United States dollar, in force from a day until the next one entered."""

    id = Text(lambda r: str(r.pk))
    currency = Text(source="currency_id")
    date = Day()
    per_usd = Number()
    source = Text()  # type: ignore[assignment]
    updated_at = Moment(null=True)


class RateFilters(df.FilterSet):  # type: ignore[misc]
    currency = df.CharFilter(label=gettext_lazy("Currency"), max_length=3)


STATES = Collection(
    name="states",
    thing="state",
    about="Member States of the United Nations and non-member observer States.",
    rows=lambda _actor: selectors.states(),
    by_key=lambda _actor, key: selectors.states().filter(pk=key),
    line=StateLine,
    full=StateFull,
    filters=StateFilters,
    narrow=asked_for(StateFilters),
    default="id",
    key_about="ISO 3166 code of three letters.",
)
RATES = Collection(
    name="exchange-rates",
    thing="exchange-rate",
    about="Rates of exchange, as they were entered.",
    rows=lambda _actor: selectors.rates(),
    by_key=lambda _actor, key: selectors.rates().filter(pk=int(key)),
    line=RateLine,
    full=RateLine,
    filters=RateFilters,
    narrow=asked_for(RateFilters),
    orders={"date": "date"},
    case="rate",
    key="int",
    key_about="Number of the rate.",
)
COLLECTIONS = (STATES, RATES)

# closed lists of the code, by the name that the API gives them
CLOSED: Mapping[str, Any] = {
    "assessment-statuses": asked.AssessmentStatus,
    "channels": enums.Channel,
    "contribution-statuses": given.ContributionStatus,
    "criteria": asked.Criterion,
    "delivery-statuses": given.DeliveryStatus,
    "directions": enums.Direction,
    "drugs": enums.Drug,
    "earmarkings": given.Earmarking,
    "edition-statuses": reported.EditionStatus,
    "languages": enums.Language,
    "offer-statuses": given.OfferStatus,
    "organisation-kinds": enums.OrganisationKind,
    "pledge-kinds": given.Kind,
    "pledge-statuses": given.PledgeStatus,
    "priorities": enums.Priority,
    "recipient-kinds": enums.RecipientKind,
    "request-statuses": asked.RequestStatus,
    "urgencies": enums.Urgency,
    "use-statuses": given.UseStatus,
    "visibilities": asked.Visibility,
}
NAMES = sorted([*CLOSED, *selectors.VOCABULARIES])


@dataclass(frozen=True)
class _Word:
    code: str
    labels: dict[str, str]
    active: bool


def _closed(choices: Any) -> Iterable[_Word]:
    labels: dict[str, dict[str, str]] = {code: {} for code in choices.values}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for member in choices:
                labels[member.value][language] = str(member.label)
    return [_Word(code, found, active=True) for code, found in labels.items()]


class Word(serializers.Serializer[Any]):
    """An entry of a vocabulary."""

    code = Text()
    labels = Names()
    active = Flag(help_text="Still used for new records.")


class VocabularyLine(serializers.Serializer[Any]):
    """A list of codes."""

    name = Text()


class VocabularyFull(VocabularyLine):
    """A list of codes with their labels."""

    entries = Word(many=True)


class Vocabularies(serializers.Serializer[Any]):
    """All vocabularies; they stand on one page."""

    next = Text(null=True)
    previous = Text(null=True)
    results = VocabularyLine(many=True)


class VocabulariesView(Portal):
    """The lists of codes that other records use."""

    @extend_schema(
        operation_id="list_vocabularies",
        summary="List of vocabularies",
        tags=["vocabularies"],
        responses={200: Vocabularies, **refusals((401, 406, 429))},
    )
    def get(self, request: Request) -> HttpResponse:
        return Response({"next": None, "previous": None, "results": [{"name": name} for name in NAMES]})


class VocabularyView(Portal):
    @extend_schema(
        operation_id="show_vocabulary",
        summary="One vocabulary",
        tags=["vocabularies"],
        parameters=[
            OpenApiParameter("key", str, OpenApiParameter.PATH, enum=NAMES, description="Name of the list.")
        ],
        responses={
            200: VocabularyFull,
            **refusals(code for code in READING if code != 400),  # noqa: PLR2004
        },
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        if key in CLOSED:
            entries = list(_closed(CLOSED[key]))
        elif key in selectors.VOCABULARIES:
            entries = [_Word(*entry) for entry in selectors.vocabulary(key)]
        else:
            raise NotVisible(_("There is nothing here that can be shown."))
        return Response(VocabularyFull({"name": key, "entries": entries}).data)
