"""Choices by which lists are narrowed: States, regions, vocabularies and organisations, in one query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from portal.core.languages import sort_key
from portal.directory.models import Form, Organisation, Region, State, Theme, in_language

Choices = list[tuple[str, str]]


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
    found = Q(pk__in=[])
    for subquery in ids:
        found |= Q(pk__in=subquery)
    return found


def choices(language: str, *, states: Sequence[Any] = (), organisations: Sequence[Any] = ()) -> ChoiceTable:
    """The choices in a language. `states` and `organisations` are subqueries of the ids that stand in rows
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
