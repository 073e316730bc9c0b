"""By what the list of documents is narrowed."""

from typing import Any

import django_filters as df  # type: ignore[import-untyped]
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.documents.enums import Kind
from portal.documents.models import Document


class DocumentFilters(df.FilterSet):  # type: ignore[misc]
    request = df.CharFilter(label=_("Request"), max_length=40, method="of_request")
    kind = df.ChoiceFilter(label=_("Type of document"), choices=Kind.choices)

    class Meta:
        model = Document
        fields: tuple[str, ...] = ()

    def of_request(self, rows: QuerySet[Any], _name: str, key: str) -> QuerySet[Any]:
        return rows.filter(Q(request__reference=key) | Q(request__public_id=key))
