"""Columns that many records share."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q


class Quantity(models.DecimalField):  # type: ignore[type-arg]
    """A quantity in the unit of its row: up to fifteen digits and four decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_digits": 19, "decimal_places": 4} | options))


class Amount(models.DecimalField):  # type: ignore[type-arg]
    """An amount of money; its currency stands in the column beside it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_digits": 19, "decimal_places": 4} | options))


class Record(models.Model):
    """What every case of the portal has.

    `ref` is the reference that a dossier gave it, kept beside the portal's own; `as_given` maps paths within
    the record to the text that a dossier wrote, where it says more than the column (a time of day).
    """

    ref = models.CharField(max_length=80, null=True, unique=True)  # noqa: DJ001 - absent is not empty: unique
    version = models.PositiveIntegerField(default=1)
    source = models.TextField(blank=True)
    claims = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    as_given = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def may_be_born_of(self, actor: Any) -> bool:
        """Whether an actor may bring this record into being, once the right is held."""
        return False


def positive(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gt": 0}), name=name)


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    """Money is an amount with its currency, or neither."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, second: ""})
        | (Q(**{f"{first}__isnull": False}) & ~Q(**{second: ""})),
        name=name,
    )


def not_before(later: str, earlier: str, name: str, *, unless: Q | None = None) -> models.CheckConstraint:
    """The UTC day of one column is not before that of another; the same day is in order."""
    holds = (
        Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__isnull": True})
        | Q(**{f"{later}__date__gte": F(f"{earlier}__date")})
    )
    return models.CheckConstraint(condition=holds | unless if unless is not None else holds, name=name)


def one_of(field: str, values: list[str], name: str, *, blank: bool = False) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [*values, *([""] if blank else [])]}), name=name)
