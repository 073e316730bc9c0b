"""Offers, pledges, deliveries, contributions and organizations in the API, with the fields that the pages show."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from donors import selectors, services
from donors.enums import (
    ContributionStatus,
    DeliveryStatus,
    Earmarking,
    EntryKind,
    Finance,
    Kind,
    OfferStatus,
    PledgeChannel,
    PledgeStatus,
    UseStatus,
)
from donors.filters import ContributionFilters, DeliveryFilters, OfferFilters, PledgeFilters
from donors.forms import CONTRIBUTION_MOVES, DELIVERY_MOVES, OFFER_MOVES, PLEDGE_MOVES
from donors.rules.contributions import signed
from donors.workflow import CONTRIBUTION, DELIVERY, OFFER, PLEDGE
from portal.api.collection import Collection, Moves, asked_for
from portal.api.fields import (
    NAMES,
    Code,
    Codes,
    Day,
    Flag,
    Moment,
    Names,
    Number,
    Party,
    Text,
    Whole,
    WithMoves,
)
from portal.directory.enums import OrganisationKind
from portal.web.templatetags.portal import address_key
from requests_app.api import NEEDS, NeedFull


class OfferLine(serializers.Serializer[Any]):
    """What a donor can provide without being asked."""

    key = Text(address_key)
    reference = Text(null=True)
    donor = Party()
    status = Code(OfferStatus.values)
    description = Text()
    form = Text(source="form_id")
    theme = Text(source="theme_id")
    quantity = Number()
    unit = Text(source="unit_id")
    regions = Codes(help_text="M49 codes.")
    valid_from = Day()
    valid_until = Day(null=True)
    conditions = Text()
    version = Whole()
    updated_at = Moment(null=True)


class OfferFull(WithMoves, OfferLine):
    """An offer, as its page shows it."""

    states = Codes(lambda o: [row.state_id for row in o.states.all()], help_text="ISO codes.")
    languages = Codes()
    published_at = Moment(null=True)


class PledgeLine(serializers.Serializer[Any]):
    """A donor's promise."""

    key = Text(address_key)
    reference = Text(null=True)
    donor = serializers.SerializerMethodField(help_text="Null where the donor is not named.")
    state = Text(source="to_state", null=True, help_text="ISO code of the State that it is for.")
    need = Text(lambda p: str(p.need) if p.need_shown else None, null=True)
    status = Code(PledgeStatus.values)
    kind = Code(Kind.values)
    finance = Code(Finance.values)
    form = Text(source="form_id")
    description = Text()
    quantity = Number()
    unit = Text(source="unit_id")
    value_amount = Number(null=True)
    value_currency = Text(lambda p: p.value_currency or None, null=True)
    announced_at = Moment(null=True)
    offered_at = Moment(null=True)
    accepted_at = Moment(null=True)
    agreed_at = Moment(null=True)
    version = Whole()
    updated_at = Moment(null=True)

    @extend_schema_field(Party(allow_null=True))
    def get_donor(self, row: Any) -> Any:
        return Party(row.donor).data if row.donor_shown else None


class PledgeFull(WithMoves, PledgeLine):
    """A pledge, as its page shows it."""

    anonymous = Flag(help_text="The donor is not named to others.")
    channel = Code(PledgeChannel.values)
    conditions = Text()
    window_from = Day(null=True)
    window_until = Day(null=True)
    agreement_reference = Text()
    agreement_signed = Day(null=True)
    reason = Text()
    source = Text()  # type: ignore[assignment]
    declined_at = Moment(null=True)
    withdrawn_at = Moment(null=True)
    cancelled_at = Moment(null=True)
    delivered_at = Moment(null=True)
    acknowledged_at = Moment(null=True)
    lapsed_at = Moment(null=True)
    deliveries = serializers.SerializerMethodField()
    contributions = serializers.SerializerMethodField()

    @extend_schema_field(Codes())
    def get_deliveries(self, row: Any) -> list[str]:
        rows = selectors.deliveries(self.context["actor"]).filter(pledge=row).order_by("date", "pk")
        return [address_key(found) for found in rows]

    @extend_schema_field(Codes())
    def get_contributions(self, row: Any) -> list[str]:
        rows = selectors.contributions(self.context["actor"]).filter(pledge=row).order_by("pk")
        return [address_key(found) for found in rows]


class DeliveryLine(serializers.Serializer[Any]):
    """What was actually provided."""

    key = Text(address_key)
    reference = Text(null=True)
    pledge = Text(lambda d: address_key(d.pledge))
    donor = Party(source="pledge.donor")
    state = Text(source="to_state", null=True)
    status = Code(DeliveryStatus.values)
    date = Day()
    description = Text()
    quantity = Number()
    unit = Text(source="pledge.unit_id")
    value_amount = Number(null=True)
    value_currency = Text(lambda d: d.value_currency or None, null=True)
    women = Whole(null=True)
    men = Whole(null=True)
    confirmed_at = Moment(null=True)
    version = Whole()
    updated_at = Moment(null=True)


class Use(serializers.Serializer[Any]):
    """What the State says of a delivery later on."""

    date = Day()
    status = Code(UseStatus.values)
    note = Text()


class DeliveryFull(WithMoves, DeliveryLine):
    """A delivery, as its page shows it."""

    need = Text(lambda d: str(d.pledge.need) if d.need_shown else None, null=True)
    place = Text()
    disputed_at = Moment(null=True)
    dispute_reason = Text()
    void_at = Moment(null=True)
    follow_ups = serializers.SerializerMethodField()

    @extend_schema_field(Use(many=True))
    def get_follow_ups(self, row: Any) -> Any:
        return Use(row.follow_ups.order_by("date", "pk"), many=True).data


class ContributionLine(serializers.Serializer[Any]):
    """Cash to UNODC, with its totals in its own currency."""

    key = Text(address_key)
    reference = Text(null=True)
    donor = Party()
    status = Code(ContributionStatus.values)
    currency = Text()
    amount = Number()
    received = Number()
    refunded = Number()
    support_costs = Number()
    allocated = Number()
    balance = Number()
    earmarking = Code(Earmarking.values)
    announced_at = Moment()
    agreed_at = Moment(null=True)
    version = Whole()
    updated_at = Moment(null=True)


class Entry(serializers.Serializer[Any]):
    """One line of a ledger, with the balance after it."""

    id = Whole(source="entry.id")
    kind = Code(EntryKind.values, source="entry.kind")
    date = Day(source="entry.date")
    amount = Number(help_text="Below zero where it lessens the balance.")
    balance = Number()
    rate = Number(
        source="entry.rate", help_text="Units of the currency for one United States dollar, on the day."
    )
    need = Text(lambda line: str(line.entry.need) if line.entry.need_shown else None, null=True)
    reverses = Whole(source="entry.reverses_id", null=True)
    reason = Text(source="entry.reason")


class ContributionFull(WithMoves, ContributionLine):
    """A contribution and its ledger, as its page shows it."""

    psc_rate = Number(help_text="Per cent.")
    psc_rule = Text()
    earmarked_theme = Text(source="earmarked_theme_id", null=True)
    earmarked_region = Text(lambda c: c.earmarked_region or None, null=True)
    earmarked_state = Text(source="earmarked_state_id", null=True)
    earmarked_need = Text(lambda c: str(c.earmarked_need) if c.need_shown else None, null=True)
    agreement_reference = Text()
    agreement_signed = Day(null=True)
    pledge = Text(lambda c: address_key(c.pledge) if c.pledge else None, null=True)
    closed_at = Moment(null=True)
    cancelled_at = Moment(null=True)
    ledger = serializers.SerializerMethodField()

    @extend_schema_field(Entry(many=True))
    def get_ledger(self, row: Any) -> Any:
        return Entry(selectors.ledger(self.context["actor"], row), many=True).data


class Support(serializers.Serializer[Any]):
    """What was allocated to a need."""

    date = Day()
    amount = Number(signed)
    currency = Text(source="contribution.currency")
    donor = Party(source="contribution.donor")
    contribution = Text(lambda e: address_key(e.contribution) if e.ledger_shown else None, null=True)


class NeedWithSupport(NeedFull):
    """A need, as its page shows it: with what was promised and provided, as far as the actor may know."""

    supporters = serializers.SerializerMethodField()
    pledges = serializers.SerializerMethodField()
    allocations = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": NAMES})
    def get_supporters(self, row: Any) -> list[dict[str, str]]:
        return selectors.supporters(self.context["actor"], row)

    @extend_schema_field(Codes())
    def get_pledges(self, row: Any) -> list[str]:
        rows = selectors.pledges(self.context["actor"]).filter(need=row).order_by("offered_at", "pk")
        return [address_key(found) for found in rows]

    @extend_schema_field(Support(many=True))
    def get_allocations(self, row: Any) -> Any:
        return Support(selectors.allocations(self.context["actor"], row), many=True).data


class OrganisationLine(serializers.Serializer[Any]):
    """A Government, the Secretariat, or another body that asks for, gives or channels assistance."""

    id = Whole()
    kind = Code(OrganisationKind.values)
    state = Text(source="state_id", null=True, help_text="ISO code, of a Government.")
    names = Names()
    acronym = Text()
    iati_identifier = Text()
    iati_type = Text()
    website = Text()
    version = Whole()
    updated_at = Moment(null=True)


OFFERS = Collection(
    name="offers",
    thing="offer",
    about="What donors can provide without being asked.",
    rows=lambda actor: selectors.offers(actor).select_related("donor"),
    by_key=selectors.offers_by_key,
    line=OfferLine,
    full=OfferFull,
    filters=OfferFilters,
    narrow=asked_for(OfferFilters, donors=lambda _actor, rows: [rows.values("donor")]),
    orders={"reference": "reference", "valid_from": "valid_from", "quantity": "quantity", "status": "status"},
    case="offer",
    moves=Moves(OFFER, OFFER_MOVES, services.move_offer),
)
PLEDGES = Collection(
    name="pledges",
    thing="pledge",
    about="What donors have promised. What was announced is listed here and counted nowhere.",
    rows=lambda actor: selectors.pledges(actor).select_related("donor", "need__request"),
    by_key=selectors.pledges_by_key,
    line=PledgeLine,
    full=PledgeFull,
    filters=PledgeFilters,
    narrow=asked_for(
        PledgeFilters,
        states=selectors.states_served,
        donors=lambda _actor, rows: [rows.filter(donor_shown=True).values("donor")],
    ),
    orders={
        "reference": "reference", "offered_at": "offered_at", "quantity": "quantity", "status": "status",
    },
    case="pledge",
    moves=Moves(PLEDGE, PLEDGE_MOVES, services.make_pledge_move),
)  # fmt: skip
DELIVERIES = Collection(
    name="deliveries",
    thing="delivery",
    about="What was actually provided. One that its State has not confirmed is counted apart.",
    rows=lambda actor: selectors.deliveries(actor).select_related("pledge__donor"),
    by_key=selectors.deliveries_by_key,
    line=DeliveryLine,
    full=DeliveryFull,
    filters=DeliveryFilters,
    narrow=asked_for(
        DeliveryFilters,
        states=selectors.states_served,
        donors=lambda _actor, rows: [rows.values("pledge__donor")],
    ),
    orders={"reference": "reference", "date": "date", "quantity": "quantity", "status": "status"},
    case="delivery",
    moves=Moves(DELIVERY, DELIVERY_MOVES, services.move_delivery),
)
CONTRIBUTIONS = Collection(
    name="contributions",
    thing="contribution",
    about="Cash to UNODC, each in its own currency.",
    rows=lambda actor: selectors.contributions(actor).select_related("donor"),
    by_key=selectors.contributions_by_key,
    line=ContributionLine,
    full=ContributionFull,
    filters=ContributionFilters,
    narrow=asked_for(ContributionFilters, donors=lambda _actor, rows: [rows.values("donor")]),
    orders={"reference": "reference", "announced_at": "announced_at", "amount": "amount", "status": "status"},
    case="contribution",
    moves=Moves(CONTRIBUTION, CONTRIBUTION_MOVES, services.make_contribution_move),
)
ORGANISATIONS = Collection(
    name="organisations",
    thing="organisation",
    about="Governments, the Secretariat, and the other bodies of which the actor may know.",
    rows=selectors.organisations,
    by_key=selectors.organisation_by_key,
    line=OrganisationLine,
    full=OrganisationLine,
    orders={"kind": "kind"},
    case="organisation",
    key="int",
    key_about="Number of the organization.",
)
# a need's page shows who supports it, which the app below does not know
NEEDS_WITH_SUPPORT = replace(NEEDS, full=NeedWithSupport)
COLLECTIONS = (OFFERS, PLEDGES, DELIVERIES, CONTRIBUTIONS, ORGANISATIONS)
