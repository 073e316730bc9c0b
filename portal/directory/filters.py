"""What lists are narrowed by: words, and choices of States, regions, vocabularies and organisations, in one query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count
from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django import forms
from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.core.actor import Actor
from portal.core.languages import sort_key
from portal.core.reference import as_written
from portal.directory.models import Form, Organisation, Region, State, Theme, in_language
from portal.policy.engine import sight
from portal.web.remembered import remembered
from portal.web.widgets import PlainSelect

Choices = list[tuple[str, str]]
Ids = Sequence[Any] | Callable[[], Sequence[Any]]
# the filters with choices of the directory, and of which kind
KINDS = {"state": "state", "region": "region", "form": "form", "theme": "theme", "donor": "organisation"}
_numbers = count()  # of sets of choices that were made, so that each is written as options once
PARAGRAPHS = [(str(n), str(n)) for n in range(1, 10)]


@dataclass(frozen=True)
class Choice:
    code: str
    label: str
    parent: str = ""
    order: int = 0


@dataclass(frozen=True)
class ChoiceTable:
    """Choices by kind: state, region, form, theme, organisation."""

    rows: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    language: str = "en"

    def of(self, kind: str) -> Choices:
        """Codes with labels: vocabularies in their order, regions as a tree, all else by name."""
        rows = self.rows.get(kind, ())
        if kind == "region":
            return list(_tree(rows, self.language, "", 0))
        if kind in {"form", "theme"}:
            return [(c.code, c.label) for c in sorted(rows, key=lambda c: (c.order, c.code))]
        return [(c.code, c.label) for c in _by_name(rows, self.language)]


def _by_name(rows: Iterable[Choice], language: str) -> list[Choice]:
    return sorted(rows, key=lambda row: sort_key(row.label, language))


def _tree(rows: Sequence[Choice], language: str, parent: str, depth: int) -> Choices:
    found: Choices = []
    for row in _by_name((r for r in rows if r.parent == parent), language):
        found.append((row.code, "– " * depth + row.label))
        found += _tree(rows, language, row.code, depth + 1)
    return found


def _lines(
    kind: str, rows: QuerySet[Any], code: Any, names: str, *, parent: Any = None, order: Any = None
) -> Any:
    return rows.order_by().values_list(
        Value(kind, CharField()),
        code,
        F(names),
        parent if parent is not None else Value("", CharField()),
        order if order is not None else Value(0, IntegerField()),
    )


def _among(ids: Sequence[Any]) -> Q:
    """What stands in one of these columns: asked for each row of the directory, of which there are some hundreds,
    so that an index finds one record of it or none, however many there are.
    """
    found = Q(pk__in=[])
    for given in ids:
        (column,) = given.query.values_select
        found |= Q(Exists(given.filter(**{column: OuterRef("pk")})))
    return found


def choices(language: str, *, states: Sequence[Any] = (), organisations: Sequence[Any] = ()) -> ChoiceTable:
    """The choices in a language. `states` and `organisations` are the columns of ids that stand in rows
    that the actor may see, so that a choice tells no more than the lists do; none leaves the kind out.
    """
    parts = [
        _lines(
            "region", Region.objects.all(), F("code"), "names", parent=Coalesce(F("parent_id"), Value(""))
        ),
        _lines("form", Form.objects.filter(active=True), F("code"), "labels", order=F("order")),
        _lines("theme", Theme.objects.filter(active=True), F("code"), "labels", order=F("order")),
    ]
    if states:
        parts.append(_lines("state", State.objects.filter(_among(states)), F("iso3"), "names"))
    if organisations:
        shown = Organisation.objects.filter(_among(organisations))
        parts.append(_lines("organisation", shown, Cast("pk", CharField()), "names"))
    found: dict[str, list[Choice]] = defaultdict(list)
    for kind, code, names, parent, order in parts[0].union(*parts[1:], all=True):
        found[kind].append(Choice(code, in_language(names, language), parent, order))
    return ChoiceTable(found, language)


def in_region(state: str, code: str) -> Q:
    """Rows whose State lies in an M49 region, sub-region or intermediate region."""
    return (
        Q(**{f"{state}__region": code})
        | Q(**{f"{state}__sub_region": code})
        | Q(**{f"{state}__intermediate_region": code})
    )


class ListFilters(df.FilterSet):  # type: ignore[misc]
    """Base: the choices of States, regions, forms, themes and organisations come with one query.

    `states` and `donors` give columns of the ids among which can be chosen: none that the actor does not see.
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


class _WordsField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return as_written(super().to_python(value) or "")


class _Words(df.CharFilter):  # type: ignore[misc]
    """Words to look for; a reference among them as the portal writes it."""

    field_class = _WordsField


def words(**more: Any) -> df.CharFilter:
    return _Words(label=_("Words or reference"), max_length=100, **more)
