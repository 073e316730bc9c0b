"""Finding people in the list of members."""

from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts import selectors
from portal.accounts.models import Membership
from portal.policy.roles import LABELS, MEMBER_ROLES

ROLES = [(role.value, LABELS[role]) for role in MEMBER_ROLES]


class PeopleFilters(df.FilterSet):  # type: ignore[misc]
    """By name, role, and whether the membership is in force."""

    q = df.CharFilter(label=_("Name or e-mail address"), method="by_words")
    role = df.ChoiceFilter(label=_("Role"), choices=ROLES, method="by_role", empty_label=_("any"))
    status = df.ChoiceFilter(
        label=_("Membership"), choices=[("now", _("in force")), ("ended", _("ended"))], method="by_status",
        empty_label=_("any"),
    )  # fmt: skip

    class Meta:
        model = Membership
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(user__name__icontains=value) | Q(user__email__icontains=value))

    def by_role(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(roles__contains=[value])

    def by_status(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(selectors.in_force() if value == "now" else selectors.ended())
