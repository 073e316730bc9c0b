"""How much of a need is held and of an offer is taken: `donors.rules.holding` in SQL, for lists (rule 1)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import CombinedExpression, Expression
from django.db.models.functions import Coalesce, Greatest

from donors.enums import COMMITTED, HELD_WHOLE, ON_THE_TABLE
from donors.models import Delivery, Offer, Pledge
from portal.core.fields import Quantity
from requests_app.models import Need

NO_QUANTITY = Value(Decimal(0), Quantity())


# needs with their cover that can be pledged to
OPEN_TO_PLEDGES = Q(request__status="open") & (Q(left__gt=0) | ~Q(surplus_accepted=""))


def _total(rows: QuerySet[Any], by: str) -> Coalesce:
    totals = rows.order_by().values(by).annotate(total=Sum("quantity")).values("total")
    return Coalesce(Subquery(totals), NO_QUANTITY)


def pledged(of: str, condition: Q, **same: OuterRef) -> Coalesce:
    """How much pledges of this kind are of, for each row of what they are of: a `need` or an `offer`."""
    return _total(Pledge.objects.filter(condition, **{of: OuterRef("pk")}, **same), of)


def provided(of: str, condition: Q | None = None, **same: OuterRef) -> Coalesce:
    """How much was delivered under their pledges, void deliveries left out."""
    same = {f"pledge__{name}": value for name, value in ({of: OuterRef("pk")} | same).items()}
    rows = Delivery.objects.filter(condition or Q(), **same).exclude(status="void")
    return _total(rows, f"pledge__{of}")


def held(of: str, **same: OuterRef) -> CombinedExpression:
    """What their pledges hold."""
    return pledged(of, Q(status__in=HELD_WHOLE), **same) + provided(of, Q(pledge__status="cancelled"), **same)


def _rest(held: Expression | F) -> Greatest:
    return Greatest(F("quantity") - held, NO_QUANTITY, output_field=Quantity())


def with_committed(*, needs: QuerySet[Need]) -> QuerySet[Need]:
    """Needs with how much of each is committed."""
    found: QuerySet[Need] = needs.annotate(committed=pledged("need", Q(status__in=COMMITTED)))
    return found


def with_cover(*, needs: QuerySet[Need]) -> QuerySet[Need]:
    """Needs with how much of each is committed, offered and delivered, and what is left to pledge (rule 1).

    Totals over all pledges: whoever may see a need may see how much of it is covered, though not by whom.
    """
    covered: QuerySet[Need] = needs.annotate(
        committed=pledged("need", Q(status__in=COMMITTED)),
        offered=pledged("need", Q(status="offered")),
        delivered=provided("need"),
        held=held("need"),
    ).annotate(left=_rest(F("held")))
    return covered


def with_free(*, offers: QuerySet[Offer]) -> QuerySet[Offer]:
    """Offers with how much of each is `free`, in its unit."""
    found: QuerySet[Offer] = offers.annotate(free=_rest(held("offer", unit=OuterRef("unit"))))
    return found


def on_the_table(day: date) -> Q:
    """Offers that can be taken up on a day."""
    until = Q(valid_until__isnull=True) | Q(valid_until__date__gte=day)
    return until & Q(status__in=ON_THE_TABLE, valid_from__date__lte=day)
