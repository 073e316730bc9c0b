"""What every page of one record shares."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)


def one(rows: QuerySet[M]) -> M:
    """The one row; Http404 where the actor sees none, whether it exists or not (rule 9)."""
    row = rows.first()
    if row is None:
        raise Http404
    return row
