"""What may be read of offers, pledges, deliveries and contributions."""

from decimal import Decimal
from typing import Any, NamedTuple

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
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import get_language

from donors.enums import COMMITTED, HELD_WHOLE
from donors.models import Contribution, Delivery, EntryProposal, JointDonor, LedgerEntry, Offer, Pledge
from donors.rules import contributions as ledgers
from donors.rules import holding
from portal.audit.selectors import events_in, known
from portal.core import clock
from portal.core.actor import Actor
from portal.core.fields import Amount, Quantity
from portal.core.unit import DIRECT
from portal.directory import selectors as directory
from portal.directory.enums import OrganisationKind
from portal.directory.models import Form, Organisation, Region, Unit, in_language
from portal.policy.actions import A
from portal.policy.engine import Seen, visible_parts, visible_q, visible_to
from requests_app import selectors as below
from requests_app.models import AssistanceRequest

_NO_QUANTITY = Value(Decimal(0), Quantity())

_STATE_NAMES = Subquery(directory.states().filter(pk=OuterRef("to_state")).order_by().values("names"))


def offers(actor: Actor) -> QuerySet[Offer]:
    return visible_to(actor, A.OFFER_VIEW, Offer.objects.all())


def offers_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Offer.objects.select_related("donor", "form", "unit")
    return Seen(rows, visible_parts(actor, A.OFFER_VIEW, Offer))


def _yes(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


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
        .annotate(to_state_names=_STATE_NAMES)
    )


def states_served(actor: Actor) -> list[Any]:
    """Columns of the States for which the actor sees a request, a need or a pledge."""
    return [
        *below.requests_seen(actor).column("state"),
        *below.needs_seen(actor).column("state"),
        *pledges_seen(actor).column("state", need__isnull=True),
    ]


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries that an actor may see; `need_shown`, `to_state` and its names as of pledges."""
    return _delivery_lines(actor, visible_to(actor, A.DELIVERY_VIEW, Delivery.objects.all()))


def deliveries_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Delivery.objects.select_related("pledge__donor", "pledge__unit")
    return Seen(_delivery_lines(actor, rows), visible_parts(actor, A.DELIVERY_VIEW, Delivery))


def _delivery_lines(actor: Actor, rows: QuerySet[Delivery]) -> QuerySet[Any]:
    return (
        rows.annotate(need_shown=Exists(below.needs(actor).filter(pk=OuterRef("pledge__need"))))
        .annotate(
            to_state=Coalesce(
                F("pledge__state_id"),
                Case(
                    When(
                        need_shown=True,
                        then=Coalesce(F("pledge__need__state_id"), F("pledge__need__request__state_id")),
                    ),
                    output_field=CharField(),
                ),
            )
        )
        .annotate(to_state_names=_STATE_NAMES)
    )


def contributions(actor: Actor) -> QuerySet[Contribution]:
    """Contributions that an actor may see, with their totals; `need_shown` as of pledges, for an earmark."""
    return _contribution_lines(actor, visible_to(actor, A.CONTRIBUTION_VIEW, Contribution.objects.all()))


def contributions_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Contribution.objects.select_related("donor")
    return Seen(_contribution_lines(actor, rows), visible_parts(actor, A.CONTRIBUTION_VIEW, Contribution))


def _contribution_lines(actor: Actor, rows: QuerySet[Contribution]) -> QuerySet[Any]:
    totals = {
        name: _ledger(kind)
        for name, kind in (
            ("received", "receipt"),
            ("support_costs", "psc"),
            ("allocated", "allocation"),
            ("refunded", "refund"),
        )
    }
    return rows.annotate(
        need_shown=Exists(below.needs(actor).filter(pk=OuterRef("earmarked_need"))), **totals
    ).annotate(balance=F("received") - F("refunded") - F("support_costs") - F("allocated"))


def _ledger(kind: str) -> Coalesce:
    """Total of a kind of entry of a contribution; a reversal takes away what it reverses."""
    signed = Sum(Case(When(reverses__isnull=True, then=F("amount")), default=-F("amount")))
    entries = LedgerEntry.objects.filter(contribution=OuterRef("pk"), kind=kind).order_by()
    totals = entries.values("contribution").annotate(total=signed).values("total")
    return Coalesce(Subquery(totals, Amount()), Value(Decimal(0), Amount()), output_field=Amount())


def entries(actor: Actor, contribution: Contribution) -> QuerySet[LedgerEntry]:
    """Ledger of a contribution that the actor sees, by date and order of entry; the need of an allocation is
    shown where the actor may see it.
    """
    rows = LedgerEntry.objects.filter(contribution=contribution).order_by("date", "pk")
    return rows.annotate(need_shown=Exists(below.needs(actor).filter(pk=OuterRef("need"))))


class Line(NamedTuple):
    """An entry as its ledger reads: what it adds to the balance, and the balance after it."""

    entry: Any
    amount: Decimal
    balance: Decimal


def ledger(actor: Actor, contribution: Contribution) -> list[Line]:
    """The ledger of a contribution that the actor sees, with the balance after each entry."""
    balance, found = Decimal(0), []
    for entry in entries(actor, contribution).select_related("need__request", "reverses"):
        amount = ledgers.effect(entry)
        balance += amount
        found.append(Line(entry, amount, balance))
    return found


def _pledged(condition: Q) -> Coalesce:
    rows = Pledge.objects.filter(condition, need=OuterRef("pk")).order_by()
    return Coalesce(
        Subquery(rows.values("need").annotate(total=Sum("quantity")).values("total")), _NO_QUANTITY
    )


def _provided(condition: Q) -> Coalesce:
    rows = Delivery.objects.filter(condition, pledge__need=OuterRef("pk")).exclude(status="void").order_by()
    return Coalesce(
        Subquery(rows.values("pledge__need").annotate(total=Sum("quantity")).values("total")), _NO_QUANTITY
    )


def with_committed(*, needs: QuerySet[Any]) -> QuerySet[Any]:
    """Needs with how much of each is committed."""
    found: QuerySet[Any] = needs.annotate(committed=_pledged(Q(status__in=COMMITTED)))
    return found


def with_cover(*, needs: QuerySet[Any]) -> QuerySet[Any]:
    """Needs with how much of each is committed, offered and delivered, and what is left to pledge (rule 1).

    Totals over all pledges: whoever may see a need may see how much of it is covered, though not by whom.
    """
    covered: QuerySet[Any] = needs.annotate(
        committed=_pledged(Q(status__in=COMMITTED)),
        offered=_pledged(Q(status="offered")),
        delivered=_provided(Q()),
        held=_pledged(Q(status__in=HELD_WHOLE)) + _provided(Q(pledge__status="cancelled")),
    ).annotate(left=Greatest(F("quantity") - F("held"), _NO_QUANTITY, output_field=Quantity()))
    return covered


# one record by the key of its address


def _by_key(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """The row of a reference, or of the id that it had as a draft, also once it has a reference: who still has the
    draft's page open is told so and loses nothing.
    """
    found = below.by_reference(rows, key)
    draft = key.removeprefix("draft-")
    if draft == key or not draft.isascii() or not draft.isdecimal() or len(draft) > 18:  # noqa: PLR2004 - 64 bits
        return found
    return rows.filter(pk=int(draft))


def offers_by_key(actor: Actor, key: str) -> QuerySet[Offer]:
    rows = offers(actor).select_related("donor", "form", "theme", "unit")
    return _by_key(rows, key)


def pledges_by_key(actor: Actor, key: str) -> QuerySet[Pledge]:
    rows = pledges(actor).select_related(
        "donor", "form", "unit", "state", "need__request__state", "need__state", "offer", "redirected_from"
    )
    return _by_key(rows, key)


def deliveries_by_key(actor: Actor, key: str) -> QuerySet[Delivery]:
    rows = deliveries(actor).select_related(
        "pledge__donor", "pledge__unit", "pledge__state", "pledge__need__request__state"
    )
    return below.by_reference(rows, key)


def contributions_by_key(actor: Actor, key: str) -> QuerySet[Contribution]:
    rows = contributions(actor).select_related(
        "donor", "earmarked_theme", "earmarked_state", "earmarked_need__request", "pledge"
    )
    return below.by_reference(rows, key)


# what hangs on a record


def announced_before(pledge: Pledge) -> list[str]:
    """References of pledges of the same donor and the same sum that were announced and not withdrawn."""
    rows = Pledge.objects.filter(
        donor=pledge.donor, value_amount=pledge.value_amount, value_currency=pledge.value_currency,
        announced_at__isnull=False,
    ).exclude(status="withdrawn")  # fmt: skip
    return [str(row) for row in rows.order_by("pk")]


def regions_of(offer: Offer) -> list[Region]:
    """The regions for which an offer is meant."""
    return list(directory.regions().filter(code__in=offer.regions))


def supporters(actor: Actor, need: Any) -> list[dict[str, str]]:
    """Names of the donors that hold a part of a need which the actor sees, of those that let themselves be
    named to others.
    """
    rows = visible_to(actor, A.PLEDGE_NAME, Pledge.objects.filter(need=need, anonymous=False))
    ids = rows.order_by().values("donor")
    return [row.names for row in Organisation.objects.filter(pk__in=ids).order_by("pk")]


def allocations(actor: Actor, need: Any) -> QuerySet[LedgerEntry]:
    """What was allocated to a need: to its own State all, to others what stands in a ledger that they see;
    `ledger_shown` says whether they see it.
    """
    own = visible_to(actor, A.ALLOCATION_VIEW, AssistanceRequest.objects.filter(pk=need.request_id))
    rows = LedgerEntry.objects.filter(kind="allocation", need=need).select_related("contribution__donor")
    shown = Exists(contributions(actor).filter(pk=OuterRef("contribution")))
    rows = rows.annotate(ledger_shown=shown, of_own_state=Exists(own))
    return rows.filter(Q(ledger_shown=True) | Q(of_own_state=True)).order_by("date", "pk")


def region_of(contribution: Contribution) -> Region | None:
    """The region of an earmark."""
    return directory.regions().filter(code=contribution.earmarked_region).first()


def events_known(actor: Actor) -> Q:
    """Which events of offers, pledges, deliveries and contributions the actor may know."""
    return (
        known(actor, A.OFFER_VIEW, "offer")
        | known(actor, A.PLEDGE_VIEW, "pledge")
        | known(actor, A.DELIVERY_VIEW, "delivery")
        | known(actor, A.CONTRIBUTION_VIEW, "contribution")
    )


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Organisations that an actor may know of: Governments and the Secretariat, its own, and those that stand in
    offers, pledges or contributions which it sees by name; UNODC knows all.
    """
    rows = Organisation.objects.all()
    own = actor.organisation
    if own is not None and own.kind == OrganisationKind.SECRETARIAT:
        return rows
    named = (
        offers(actor),
        pledges(actor).filter(donor_shown=True),
        visible_to(actor, A.PLEDGE_NAME, Pledge.objects.filter(anonymous=False)),
        contributions(actor),
    )
    found = Q(kind__in=(OrganisationKind.GOVERNMENT, OrganisationKind.SECRETARIAT))
    found |= Q(pk=own.pk) if own is not None else Q(pk__in=[])
    for given in named:
        found |= Q(Exists(given.filter(donor=OuterRef("pk"))))
    return rows.filter(found)


def organisation_by_key(actor: Actor, key: str) -> QuerySet[Organisation]:
    return organisations(actor).filter(pk=int(key))


# who is concerned by a request, as notices ask


def pledging_donors(*, record: Any) -> set[int]:
    """Organisations that have offered a pledge to a request's needs, jointly or alone."""
    rows = Pledge.objects.filter(need__request=record, offered_at__isnull=False)
    joint = JointDonor.objects.filter(pledge__in=rows.values("pk"))
    return {*rows.values_list("donor", flat=True), *joint.values_list("organisation", flat=True)}


# what an offer and a need must have in common for the donor to be told of the request
COMMON = ("form", "theme")


def matching_donors(*, record: Any) -> set[int]:
    """Organisations with an offer on the table that fits a need of a request: its form and theme, and the
    State that it is for, where the offer names States or regions.
    """
    day = clock.today()
    offers_ = Offer.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__date__gte=day),
        status__in=("published", "partly_taken"),
        valid_from__date__lte=day,
    )
    found: set[int] = set()
    for need in record.needs.select_related("state", "request__state"):
        state = need.state or need.request.state
        regions = [code for code in (state.region, state.sub_region, state.intermediate_region) if code]
        meant = Q(states__state=state) | Q(regions__overlap=regions) | Q(states__isnull=True, regions=[])
        common = {column: getattr(need, f"{column}_id") for column in COMMON}
        found |= set(offers_.filter(meant, **common).values_list("donor", flat=True))
    return found


# what the forms of offers, pledges, deliveries and contributions start from


def offers_to_take(actor: Actor, *, unit: str | None = None) -> list[Any]:
    """The actor's own offers that are on the table today, with how much of each is free."""
    if actor.organisation is None:
        return []
    day = clock.today()
    rows = Offer.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__date__gte=day),
        donor=actor.organisation, status__in=("published", "partly_taken"), valid_from__date__lte=day,
    )  # fmt: skip
    if unit is not None:
        rows = rows.filter(unit=unit)
    pledged = Pledge.objects.filter(
        offer=OuterRef("pk"), unit=OuterRef("unit"), status__in=HELD_WHOLE
    ).order_by()
    kept = Delivery.objects.filter(
        pledge__offer=OuterRef("pk"), pledge__unit=OuterRef("unit"), pledge__status="cancelled"
    )
    kept = kept.exclude(status="void").order_by()
    taken = Coalesce(
        Subquery(pledged.values("offer").annotate(total=Sum("quantity")).values("total")), _NO_QUANTITY
    ) + Coalesce(
        Subquery(kept.values("pledge__offer").annotate(total=Sum("quantity")).values("total")), _NO_QUANTITY
    )
    free = Greatest(F("quantity") - taken, _NO_QUANTITY, output_field=Quantity())
    return list(rows.annotate(free=free).select_related("unit").order_by("pk"))


def needs_for(actor: Actor, offer: Offer, *, number: int = 10) -> list[Any]:
    """Open needs that the actor sees, of an offer's form, theme and unit, with something left to pledge."""
    rows = below.need_rows(actor).filter(
        request__status="open", form=offer.form_id, theme=offer.theme_id, unit=offer.unit_id, left__gt=0
    )
    return list(rows.order_by("-request__circulated_at", "-request", "number")[:number])


def partners(actor: Actor) -> QuerySet[Organisation]:
    """Organisations that the actor may name beside its own: those that it knows of, and public bodies."""
    public = (
        OrganisationKind.UN_ENTITY,
        OrganisationKind.INTERGOVERNMENTAL,
        OrganisationKind.FINANCIAL_INSTITUTION,
    )
    rows = organisations(actor) | Organisation.objects.filter(kind__in=public)
    return rows if actor.organisation is None else rows.exclude(pk=actor.organisation.pk)


def joint_donors(pledge: Pledge) -> QuerySet[Organisation]:
    """The other donors of a pledge."""
    return Organisation.objects.filter(joint_pledges__pledge=pledge).order_by("pk")


def fact_of(record: Any, move: str, name: str) -> str:
    """What was given with a move of a record the last time that it was made."""
    found = (
        events_in(None, record)
        .filter(move=move)
        .order_by("-sequence")
        .values_list("facts", flat=True)
        .first()
    )
    return str((found or {}).get(name, ""))


def left_to_deliver(pledge: Pledge) -> Decimal:
    left: Decimal = pledge.quantity - holding.delivered(pledge, DIRECT)
    return max(left, holding.NOTHING)


def standing_entries(contribution: Contribution) -> QuerySet[LedgerEntry]:
    """The entries of a ledger that can still be taken back."""
    rows = LedgerEntry.objects.filter(
        contribution=contribution, reverses__isnull=True, reversed_by__isnull=True
    )
    return rows.order_by("date", "pk")


def proposals(actor: Actor) -> QuerySet[EntryProposal]:
    """Proposed entries of the ledgers that the actor keeps; to everyone else there are none."""
    kept = visible_to(actor, A.CONTRIBUTION_HANDLE, Contribution.objects.all())
    rows = EntryProposal.objects.filter(contribution__in=kept.values("pk"))
    return rows.select_related("contribution__donor", "need__request", "reverses").order_by(
        "proposed_at", "pk"
    )


def proposals_waiting(actor: Actor) -> QuerySet[EntryProposal]:
    return proposals(actor).filter(status="waiting")


def funds(actor: Actor, *, number: int = 10) -> list[Any]:
    """Contributions that the actor keeps, with a balance to be spent, the newest first."""
    rows: QuerySet[Any] = contributions(actor).filter(
        visible_q(actor, A.CONTRIBUTION_HANDLE, Contribution), status__in=("receiving", "received")
    )
    return list(rows.filter(balance__gt=0).select_related("donor").order_by("-announced_at", "-pk")[:number])


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
        offered=Coalesce(Sum("quantity", filter=Q(status="offered")), _NO_QUANTITY),
        committed=Coalesce(Sum("quantity", filter=Q(status__in=COMMITTED)), _NO_QUANTITY),
    )
    found = {(row["form"], row["unit"]): row | {"delivered": Decimal(0)} for row in totals}
    came = Delivery.objects.filter(pledge__in=own.values("pk")).exclude(status="void").order_by()
    for row in came.values("pledge__form", "pledge__unit").annotate(total=Sum("quantity")):
        key = (row["pledge__form"], row["pledge__unit"])
        line = {"form": key[0], "unit": key[1], "offered": Decimal(0), "committed": Decimal(0)}
        found.setdefault(key, line)["delivered"] = row["total"]
    return [found[key] for key in sorted(found)]
