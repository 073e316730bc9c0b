"""Columns that many records share."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OrderBy, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.errors import Refusal
from portal.core.languages import long_day


class Quantity(models.DecimalField):  # type: ignore[type-arg]
    """A quantity in the unit of its row: up to fifteen digits and four decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_digits": 19, "decimal_places": 4} | options))


class Amount(models.DecimalField):  # type: ignore[type-arg]
    """An amount of money; its currency stands in the column beside it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_digits": 19, "decimal_places": 4} | options))


class Kept(models.CharField):  # type: ignore[type-arg]
    """A code that a trigger of the database keeps up from other rows, so that an index can find by it.

    It is no content of its row: it is never written from here, nor hashed, nor exported.
    """

    generated = True
    db_persist = True
    expression = models.Value(None)  # of no other column of its row

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """In a migration it is a column like any other."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options


@cache
def labels_of(field: Any, _language: str | None) -> dict[str, str]:
    """The choices of a column in the page's language, each translated once."""
    return {value: str(label) for value, label in field.flatchoices}


@cache
def _numbers(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(f for f in model._meta.concrete_fields if isinstance(f, models.DecimalField))  # noqa: SLF001


def unfit(record: models.Model) -> Iterator[Refusal]:
    """Numbers of a row that its columns cannot hold as they are: the database would round them, or worse."""
    for field in _numbers(type(record)):
        value = getattr(record, field.attname)
        if value is None:
            continue
        if not isinstance(value, Decimal):
            value = Decimal(str(value))
        if not value.is_finite():
            yield Refusal(_("this is not a number"), field.attname)
            continue
        _sign, digits, power = value.normalize().as_tuple()
        exponent = int(power)  # the number is finite
        if -exponent > field.decimal_places:
            yield Refusal(
                _("%(value)s has more than %(places)d decimals")
                % {"value": value, "places": field.decimal_places},
                field.attname,
            )
        elif len(digits) + exponent > field.max_digits - field.decimal_places:
            yield Refusal(_("%(value)s is too large") % {"value": value}, field.attname)


@cache
def _days(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(f.attname for f in model._meta.concrete_fields if isinstance(f, models.DateField))  # noqa: SLF001


def mistyped(record: models.Model, names: Collection[str] | None = None) -> Iterator[Refusal]:
    """Days of a row, or of the columns that are named, which lie before any of this work."""
    for name in _days(type(record)):
        value = getattr(record, name) if names is None or name in names else None
        if value is not None and (refusal := too_early(value, name)):
            yield refusal


def too_early(moment: date, name: str = "") -> Refusal | None:
    """Why a day, or the day of a moment, can be none of this work; None where it can."""
    day = clock.day(moment) if isinstance(moment, datetime) else moment
    if day >= clock.EARLIEST:
        return None
    words = {"day": long_day(day), "earliest": long_day(clock.EARLIEST)}
    return Refusal(_("%(day)s is before %(earliest)s: the work recorded here is not as old") % words, name)


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

    def _get_FIELD_display(self, field: Any) -> str:  # noqa: N802 - Django's name: what get_…_display gives
        value: Any = getattr(self, field.attname)
        found: str = labels_of(field, get_language()).get(value, value)
        return found

    def may_be_born_of(self, actor: Any) -> bool:
        """Whether an actor may bring this record into being, once the right is held."""
        return False


# PostgreSQL takes “not a number” for the largest of all: an upper bound keeps it out
_LIMIT = 10**15


def positive(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gt": 0, f"{field}__lt": _LIMIT}), name=name)


def not_negative(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0, f"{field}__lt": _LIMIT}), name=name)


def both_or_neither(first: str, second: str, name: str) -> models.CheckConstraint:
    """Money is an amount, not below zero, with its currency, or neither."""
    return models.CheckConstraint(
        condition=Q(**{f"{first}__isnull": True, second: ""})
        | (Q(**{f"{first}__isnull": False, f"{first}__gte": 0, f"{first}__lt": _LIMIT}) & ~Q(**{second: ""})),
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
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": [*values, *([""] if blank else [])]}), name=name
    )


BEGINNING = 100  # letters of a long text by which lists are sorted


def newest(column: str) -> tuple[OrderBy, OrderBy]:
    """What an index is ordered by: what may be absent last, then the id, both downwards; read backwards it gives
    the other direction.
    """
    return F(column).desc(nulls_last=True), F("id").desc()
