"""What may be read of pledges, and who gives."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from donors.enums import COMMITTED, HELD_WHOLE
from donors.models import Delivery, JointDonor, Pledge
from donors.selectors.holding import NO_QUANTITY
from donors.selectors.offers import by_draft_or_reference
from portal.core.actor import Actor
from portal.directory import selectors as directory
from portal.directory.models import Form, Organisation, Unit, in_language
from portal.policy.actions import A
from portal.policy.engine import Seen, visible_parts, visible_q, visible_to
from requests_app import selectors as below
from requests_app.models import AssistanceRequest, Need

STATE_NAMES = Subquery(directory.states().filter(pk=OuterRef("to_state")).order_by().values("names"))


def pledges(actor: Actor) -> QuerySet[Any]:
    """Pledges that an actor may see.

    `donor_shown` says whether with their donor, `need_shown` whether with their need; `to_state` is the ISO
    code of the State that they are for, where the actor may know it, and `to_state_names` its names.
    """
    return _pledge_lines(actor, visible_to(actor, A.PLEDGE_VIEW, Pledge.objects.all()))


def pledges_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Pledge.objects.select_related("donor", "form", "unit", "need__request")
    return Seen(_pledge_lines(actor, rows), visible_parts(actor, A.PLEDGE_VIEW, Pledge))


def _yes(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _pledge_lines(actor: Actor, rows: QuerySet[Pledge]) -> QuerySet[Any]:
    return (
        rows.annotate(
            donor_shown=_yes(Q(anonymous=False) | visible_q(actor, A.PLEDGE_DONOR, Pledge)),
            need_shown=Exists(below.needs(actor).filter(pk=OuterRef("need"))),
        )
        .annotate(
            to_state=Coalesce(
                F("state_id"),
                Case(
                    When(need_shown=True, then=Coalesce(F("need__state_id"), F("need__request__state_id"))),
                    output_field=CharField(),
                ),
            )
        )
        .annotate(to_state_names=STATE_NAMES)
    )


def pledges_by_key(actor: Actor, key: str) -> QuerySet[Pledge]:
    rows = pledges(actor).select_related(
        "donor", "form", "unit", "state", "need__request__state", "need__state", "offer", "redirected_from"
    )
    return by_draft_or_reference(rows, key)


def states_served(actor: Actor) -> list[Any]:
    """Columns of the States for which the actor sees a request, a need or a pledge."""
    return [
        *below.requests_seen(actor).column("state"),
        *below.needs_seen(actor).column("state"),
        *pledges_seen(actor).column("state", need__isnull=True),
    ]


def announced_before(pledge: Pledge) -> list[str]:
    """References of pledges of the same donor and the same sum that were announced and not withdrawn."""
    rows = Pledge.objects.filter(
        donor=pledge.donor, value_amount=pledge.value_amount, value_currency=pledge.value_currency,
        announced_at__isnull=False,
    ).exclude(status="withdrawn")  # fmt: skip
    return [str(row) for row in rows.order_by("pk")]


def joint_donors(pledge: Pledge) -> QuerySet[Organisation]:
    """The other donors of a pledge."""
    return Organisation.objects.filter(joint_pledges__pledge=pledge).order_by("pk")


def supporters(actor: Actor, need: Need) -> list[dict[str, str]]:
    """Names of the donors that hold a part of a need which the actor sees, of those that let themselves be
    named to others.
    """
    rows = visible_to(actor, A.PLEDGE_NAME, Pledge.objects.filter(need=need, anonymous=False))
    ids = rows.order_by().values("donor")
    return [row.names for row in Organisation.objects.filter(pk__in=ids).order_by("pk")]


def pledging_donors(*, record: AssistanceRequest) -> set[int]:
    """Organisations that have offered a pledge to a request's needs, jointly or alone."""
    rows = Pledge.objects.filter(need__request=record, offered_at__isnull=False)
    joint = JointDonor.objects.filter(pledge__in=rows.values("pk"))
    return {*rows.values_list("donor", flat=True), *joint.values_list("organisation", flat=True)}


def names_of_forms_and_units() -> tuple[dict[str, str], dict[str, str]]:
    """What each form of assistance and each unit is called in the page's language; one query."""
    language = get_language() or "en"
    forms, units = (
        model.objects.order_by().values_list(Value(kind, CharField()), "code", "labels")
        for kind, model in (("form", Form), ("unit", Unit))
    )
    found: dict[str, dict[str, str]] = {"form": {}, "unit": {}}
    for kind, code, labels in forms.union(units, all=True):
        found[kind][code] = in_language(labels, language)
    return found["form"], found["unit"]


def own_support(actor: Actor) -> list[dict[str, Any]]:
    """What the actor's organisation has offered, committed and delivered, by form and unit; never added up."""
    if actor.organisation is None:
        return []
    own = Pledge.objects.filter(donor=actor.organisation).order_by()
    by = ("form", "unit")
    held = own.filter(status__in=HELD_WHOLE).values(*by)
    totals = held.annotate(
        offered=Coalesce(Sum("quantity", filter=Q(status="offered")), NO_QUANTITY),
        committed=Coalesce(Sum("quantity", filter=Q(status__in=COMMITTED)), NO_QUANTITY),
    )
    found = {(row["form"], row["unit"]): row | {"delivered": Decimal(0)} for row in totals}
    came = Delivery.objects.filter(pledge__in=own.values("pk")).exclude(status="void").order_by()
    for row in came.values("pledge__form", "pledge__unit").annotate(total=Sum("quantity")):
        key = (row["pledge__form"], row["pledge__unit"])
        line = {"form": key[0], "unit": key[1], "offered": Decimal(0), "committed": Decimal(0)}
        found.setdefault(key, line)["delivered"] = row["total"]
    return [found[key] for key in sorted(found)]
