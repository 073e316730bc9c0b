"""By what the lists of requests, needs and assessments can be narrowed."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core.events import ask
from portal.directory.enums import Priority, Urgency
from portal.directory.filters import PARAGRAPHS, ListFilters, choice, in_region, words
from requests_app.enums import AssessmentStatus, RequestStatus
from requests_app.models import AssistanceRequest, CoRequester, Need


class RequestFilters(ListFilters):
    q = words(method="by_words")
    state = choice(_("State"), method="by_state")
    region = choice(_("Region"), method="by_region")
    theme = choice(_("Thematic area"), method="by_need")
    form = choice(_("Form of assistance"), method="by_need")
    paragraph = choice(_("Paragraph"), PARAGRAPHS, method="by_paragraph")
    status = choice(_("Status"), RequestStatus.choices)
    urgency = choice(_("Urgency"), Urgency.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(title__icontains=value) | Q(reference__icontains=value) | Q(public_id__iexact=value)
        )

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        joint = CoRequester.objects.filter(request=OuterRef("pk"), state=value, confirmed_at__isnull=False)
        return rows.filter(Q(state=value) | Exists(joint))

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_region("state", value))

    def by_need(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Exists(Need.objects.filter(request=OuterRef("pk"), **{name: value})))

    def by_paragraph(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Exists(Need.objects.filter(request=OuterRef("pk"), paragraphs__contains=[int(value)]))
        )


class NeedFilters(ListFilters):
    q = words(method="by_words")
    state = choice(_("State"), method="by_state")
    region = choice(_("Region"), method="by_region")
    theme = choice(_("Thematic area"), field_name="theme_id")
    form = choice(_("Form of assistance"), field_name="form_id")
    paragraph = choice(_("Paragraph"), PARAGRAPHS, method="by_paragraph")
    status = choice(_("Status of the request"), RequestStatus.choices, field_name="request__status")
    priority = choice(_("Priority"), Priority.choices)
    uncovered = choice(_("Cover"), [("yes", _("not yet covered"))], method="by_cover")

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        reference = value.rpartition("-N")[0] or value
        if not any(letter.isdigit() for letter in value):
            return rows.filter(
                Q(description__icontains=value)
                | Q(request__title__icontains=value)
                | Q(request__reference__icontains=reference)
            )
        # with a number in it few rows match: each half is found by indexes of its own, which one condition is not
        requests = AssistanceRequest.objects.filter(
            Q(title__icontains=value) | Q(reference__icontains=reference)
        )
        described = Need.objects.filter(description__icontains=value).values("pk")
        asked = Need.objects.filter(request__in=requests.values("pk")).values("pk")
        return rows.filter(pk__in=described.union(asked, all=True))

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(state=value) | Q(state__isnull=True, request__state=value))

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_region("request__state", value))

    def by_paragraph(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(paragraphs__contains=[int(value)])

    def by_cover(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        rows = ask("needs.covered", needs=rows)
        return rows.filter(left__gt=0)


class AssessmentFilters(ListFilters):
    q = words(method="by_words")
    state = choice(_("State"), field_name="request__state_id")
    region = choice(_("Region"), method="by_region")
    status = choice(_("Status"), AssessmentStatus.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(findings__icontains=value) | Q(reference__icontains=value))

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_region("request__state", value))
