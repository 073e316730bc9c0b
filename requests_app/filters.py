"""By what the lists of requests, needs and assessments can be narrowed."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import count
from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core.actor import Actor
from portal.core.events import ask
from portal.directory.enums import Priority, Urgency
from portal.directory.filters import Choices, choices
from portal.policy.engine import sight
from portal.web.remembered import remembered
from portal.web.widgets import PlainSelect
from requests_app.enums import AssessmentStatus, RequestStatus
from requests_app.models import AssistanceRequest, CoRequester, Need

Ids = Sequence[Any] | Callable[[], Sequence[Any]]
# the filters with choices of the directory, and of which kind
KINDS = {"state": "state", "region": "region", "form": "form", "theme": "theme", "donor": "organisation"}
_numbers = count()  # of sets of choices that were made, so that each is written as options once
PARAGRAPHS = [(str(n), str(n)) for n in range(1, 10)]


def in_region(state: str, code: str) -> Q:
    """Rows whose State lies in an M49 region, sub-region or intermediate region."""
    return (
        Q(**{f"{state}__region": code})
        | Q(**{f"{state}__sub_region": code})
        | Q(**{f"{state}__intermediate_region": code})
    )


class ListFilters(df.FilterSet):  # type: ignore[misc]
    """Base: the choices of States, regions, forms, themes and organisations come with one query.

    `states` and `donors` give subqueries of the ids among which can be chosen: none that the actor does not see.
    With `actor` the choices are remembered for all who see what that actor sees, until something happens.
    """

    def __init__(
        self,
        data: Any,
        rows: QuerySet[Any],
        *,
        states: Ids = (),
        donors: Ids = (),
        actor: Actor | None = None,
    ) -> None:
        super().__init__(data, rows)
        language = get_language() or "en"

        def found() -> tuple[int, dict[str, Choices]]:
            table = choices(
                language,
                states=states() if callable(states) else states,
                organisations=donors() if callable(donors) else donors,
            )
            return next(_numbers), {kind: table.of(kind) for kind in KINDS.values()}

        key = (type(self).__name__, language, sight(actor)) if actor else None

        @cache
        def table() -> tuple[int, dict[str, Choices]]:
            return remembered(key, found) if key else found()

        def of(kind: str) -> Choices:
            return [("", str(_("All"))), *table()[1][kind]]

        # asked for where the form is shown, or something among them is chosen
        for name, kind in KINDS.items():
            if name in self.form.fields:
                self.form.fields[name].choices = partial(of, kind)
                self.form.fields[name].widget.key = partial(lambda kind: (table()[0], kind), kind)
        self.form.label_suffix = ""


def choice(label: Any, options: Any = (), **more: Any) -> df.ChoiceFilter:
    widget = PlainSelect()
    if options:
        number = next(_numbers)
        widget.key = lambda: number
    return df.ChoiceFilter(label=label, choices=options, empty_label=_("All"), widget=widget, **more)


def words(**more: Any) -> df.CharFilter:
    return df.CharFilter(label=_("Words or reference"), max_length=100, **more)


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
