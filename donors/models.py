"""What donors offer, promise, pay and deliver."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Upper
from django.utils.translation import gettext as _

from donors import scopes
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
    ProposalStatus,
    UseStatus,
)
from portal.core.actor import Actor
from portal.core.fields import (
    BEGINNING,
    Amount,
    Kept,
    Quantity,
    Record,
    both_or_neither,
    newest,
    not_before,
    not_negative,
    one_of,
    positive,
)


class Offer(Record):
    """What a donor can provide without being asked."""

    policy_scopes = scopes.OFFER

    reference = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001
    donor = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="offers")
    form = models.ForeignKey("directory.Form", models.PROTECT, related_name="+")
    theme = models.ForeignKey("directory.Theme", models.PROTECT, related_name="+")
    description = models.TextField()
    quantity = Quantity()
    unit = models.ForeignKey("directory.Unit", models.PROTECT, related_name="+")
    regions = ArrayField(models.CharField(max_length=3), default=list)
    languages = ArrayField(models.CharField(max_length=2), default=list)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    conditions = models.TextField(blank=True)
    status = models.CharField(max_length=14, choices=OfferStatus.choices)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            positive("quantity", "offer_quantity_positive"),
            one_of("status", OfferStatus.values, "offer_status"),
            not_before("valid_until", "valid_from", "offer_validity"),
        ]

    def __str__(self) -> str:
        return self.reference or _("Draft offer")

    def may_be_born_of(self, actor: Actor) -> bool:
        return actor.organisation is not None and actor.organisation.pk == self.donor_id


class OfferState(models.Model):
    """A State for which an offer is meant."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="states")
    state = models.ForeignKey("directory.State", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("offer", "state"), name="offer_state_once")]


class Pledge(Record):
    """A donor's promise against one need, or to a State or theme without one."""

    policy_scopes = scopes.PLEDGE

    reference = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001
    donor = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="pledges")
    need = models.ForeignKey("requests_app.Need", models.PROTECT, null=True, related_name="pledges")
    state = models.ForeignKey("directory.State", models.PROTECT, null=True, related_name="pledges")
    lead = Kept(
        max_length=3, null=True, help_text="the State of the need's request, or its own without a need"
    )
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="pledges")
    redirected_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="redirected_to")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    finance = models.CharField(max_length=8, choices=Finance.choices, default=Finance.GRANT)
    form = models.ForeignKey("directory.Form", models.PROTECT, related_name="+")
    description = models.TextField()
    quantity = Quantity()
    unit = models.ForeignKey("directory.Unit", models.PROTECT, related_name="+")
    value_amount = Amount(null=True)
    value_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=17, decimal_places=8, null=True, help_text="per USD, when offered")
    anonymous = models.BooleanField(default=False)
    conditions = models.TextField(blank=True)
    window_from = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    channel = models.CharField(max_length=14, choices=PledgeChannel.choices, default=PledgeChannel.DIRECT)
    agreement_reference = models.TextField(blank=True)
    agreement_signed = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    status = models.CharField(max_length=14, choices=PledgeStatus.choices)
    announced_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            positive("quantity", "pledge_quantity_positive"),
            both_or_neither("value_amount", "value_currency", "pledge_value_whole"),
            one_of("status", PledgeStatus.values, "pledge_status"),
            models.CheckConstraint(condition=~Q(finance="loan") | Q(kind="cash"), name="pledge_loan_is_cash"),
            not_before("window_until", "window_from", "pledge_window"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(offered_at__isnull=False),
                name="pledge_accepted_after_offer",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(accepted_at__isnull=False),
                name="pledge_agreed_after_acceptance",
            ),
        ]
        indexes = [
            models.Index(fields=("need", "status"), name="pledge_by_need"),
            models.Index("donor", *newest("offered_at"), name="pledge_by_donor"),
            models.Index("status", *newest("offered_at"), name="pledge_by_status"),
            models.Index(*newest("offered_at"), name="pledge_newest"),
            models.Index(*newest("reference"), name="pledge_in_reference"),
            models.Index(fields=("quantity", "id"), name="pledge_in_quantity"),
            models.Index(fields=("status", "quantity", "id"), name="pledge_in_status"),
            models.Index(fields=("status", "id"), name="pledge_status_in_turn"),
            models.Index(
                fields=("status", "id"), condition=Q(channel="through-unodc"), name="pledge_through_unodc"
            ),
            models.Index(Left("description", BEGINNING), "id", name="pledge_in_description"),
            models.Index("form", *newest("offered_at"), name="pledge_by_form"),
            models.Index("kind", *newest("offered_at"), name="pledge_by_kind"),
            models.Index("lead", *newest("offered_at"), name="pledge_by_lead"),
            models.Index(fields=("lead", "status", "id"), name="pledge_lead_in_turn"),
            models.Index(fields=("lead", "donor", "status"), name="pledge_between"),
            models.Index(fields=("donor", "status", "id"), name="pledge_donor_in_turn"),
            GinIndex(OpClass(Upper("description"), name="gin_trgm_ops"), name="pledge_description_trigrams"),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="pledge_reference_trigrams"),
        ]

    def __str__(self) -> str:
        return self.reference or _("Draft pledge")

    def may_be_born_of(self, actor: Actor) -> bool:
        return actor.organisation is not None and actor.organisation.pk == self.donor_id


class JointDonor(models.Model):
    """Another donor of the same pledge."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="joint_donors")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="joint_pledges")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("pledge", "organisation"), name="joint_donor_once")]


class Delivery(Record):
    """What was actually provided; the State confirms or disputes it."""

    policy_scopes = scopes.DELIVERY

    reference = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001
    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="deliveries")
    lead = Kept(max_length=3, null=True, help_text="the pledge's")
    date = models.DateTimeField()
    description = models.TextField(blank=True)
    quantity = Quantity()
    value_amount = Amount(null=True)
    value_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=17, decimal_places=8, null=True, help_text="per USD, on the day")
    place = models.TextField(blank=True)
    women = models.PositiveIntegerField(null=True)
    men = models.PositiveIntegerField(null=True)
    participants_given = models.BooleanField(default=False)
    surplus_accepted = models.TextField(
        blank=True, help_text="the State's words; allows more than was agreed"
    )
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices)
    confirmed_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    dispute_reason = models.TextField(blank=True)
    void_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            positive("quantity", "delivery_quantity_positive"),
            both_or_neither("value_amount", "value_currency", "delivery_value_whole"),
            one_of("status", DeliveryStatus.values, "delivery_status"),
            not_before("confirmed_at", "date", "delivery_confirmed_after_date"),
        ]
        indexes = [
            models.Index(fields=("pledge", "status"), name="delivery_by_pledge"),
            models.Index(fields=("status", "date", "id"), name="delivery_by_status"),
            models.Index(fields=("status", "id"), name="delivery_status_in_turn"),
            models.Index(fields=("date", "id"), name="delivery_in_day"),
            models.Index(fields=("lead", "date", "id"), name="delivery_by_lead"),
            models.Index(fields=("lead", "status", "id"), name="delivery_lead_in_turn"),
            models.Index(
                fields=("lead", "confirmed_at"), condition=Q(status="confirmed"), name="delivery_to_follow_up"
            ),
            models.Index(fields=("status", "confirmed_at"), name="delivery_by_confirmation"),
            models.Index(*newest("reference"), name="delivery_in_reference"),
            models.Index(fields=("quantity", "id"), name="delivery_in_quantity"),
            GinIndex(
                OpClass(Upper("description"), name="gin_trgm_ops"), name="delivery_description_trigrams"
            ),
            GinIndex(OpClass(Upper("reference"), name="gin_trgm_ops"), name="delivery_reference_trigrams"),
        ]

    def __str__(self) -> str:
        return self.reference or "–"

    def may_be_born_of(self, actor: Actor) -> bool:
        if actor.organisation is None:
            return False
        joint = self.pledge.joint_donors.filter(organisation=actor.organisation)
        return actor.organisation.pk == self.pledge.donor_id or joint.exists()


class FollowUp(models.Model):
    """What the State says of a delivery at 6, 12 and 24 months."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="follow_ups")
    date = models.DateTimeField()
    status = models.CharField(max_length=14, choices=UseStatus.choices)
    note = models.TextField(blank=True)


class Contribution(Record):
    """Cash to UNODC (para. 11). Balances are computed from its ledger, never stored."""

    policy_scopes = scopes.CONTRIBUTION

    reference = models.CharField(max_length=16, null=True, unique=True)  # noqa: DJ001
    donor = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="contributions")
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, related_name="contributions")
    amount = Amount()
    currency = models.CharField(max_length=3)
    earmarking = models.CharField(max_length=12, choices=Earmarking.choices)
    earmarked_theme = models.ForeignKey("directory.Theme", models.PROTECT, null=True, related_name="+")
    earmarked_region = models.CharField(max_length=3, blank=True)
    earmarked_state = models.ForeignKey("directory.State", models.PROTECT, null=True, related_name="+")
    earmarked_need = models.ForeignKey("requests_app.Need", models.PROTECT, null=True, related_name="+")
    psc_rate = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(13), help_text="per cent")
    psc_rule = models.TextField(blank=True)
    agreement_reference = models.TextField(blank=True)
    agreement_signed = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=ContributionStatus.choices)
    announced_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            not_negative("amount", "contribution_amount"),
            one_of("status", ContributionStatus.values, "contribution_status"),
            models.CheckConstraint(
                condition=Q(psc_rate__gte=13) | ~Q(psc_rule=""),
                name="contribution_reduced_rate_names_its_rule",
            ),
            models.CheckConstraint(
                condition=Q(earmarking="tight") | Q(earmarked_need__isnull=True),
                name="contribution_need_is_tight",
            ),
            models.CheckConstraint(
                condition=~Q(earmarking="unearmarked")
                | Q(earmarked_theme=None, earmarked_region="", earmarked_state=None, earmarked_need=None),
                name="contribution_unearmarked_names_nothing",
            ),
        ]
        indexes = [models.Index(fields=("donor", "-announced_at"), name="contribution_by_donor")]

    def __str__(self) -> str:
        return self.reference or "–"


class LedgerEntry(models.Model):
    """One line of a contribution's ledger; never changed, only reversed by another entry (rule 3)."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    date = models.DateTimeField()
    amount = Amount()
    rate = models.DecimalField(max_digits=17, decimal_places=8, help_text="per USD, in force on the date")
    need = models.ForeignKey("requests_app.Need", models.PROTECT, null=True, related_name="allocations")
    consent = models.TextField(blank=True)
    deposit_reference = models.TextField(blank=True)
    approved_by = models.BigIntegerField(null=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reason = models.TextField(blank=True)
    as_given = models.JSONField(default=dict)

    class Meta:
        constraints = [
            not_negative("amount", "entry_amount"),
            one_of("kind", EntryKind.values, "entry_kind"),
            positive("rate", "entry_rate"),
            models.CheckConstraint(
                condition=Q(kind="allocation", need__isnull=False)
                | (~Q(kind="allocation") & Q(need__isnull=True)),
                name="entry_allocation_names_its_need",
            ),
        ]
        indexes = [models.Index(fields=("contribution", "date"), name="entry_by_contribution")]


class EntryProposal(models.Model):
    """An entry that one finance officer proposes; another approves it, which writes it, or refuses it."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="proposals")
    move = models.CharField(max_length=12)
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    date = models.DateTimeField()
    amount = Amount()
    need = models.ForeignKey("requests_app.Need", models.PROTECT, null=True, related_name="+")
    consent = models.TextField(blank=True)
    reverses = models.ForeignKey(LedgerEntry, models.PROTECT, null=True, related_name="reversals_proposed")
    reason = models.TextField(blank=True)
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.WAITING)
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            one_of("status", ProposalStatus.values, "proposal_status"),
            one_of("kind", EntryKind.values, "proposal_kind"),
            not_negative("amount", "proposal_amount"),
            models.CheckConstraint(
                condition=Q(status="approved", entry__isnull=False) | (~Q(status="approved") & Q(entry=None)),
                name="proposal_approved_is_entered",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("proposed_by")),
                name="proposal_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_by=None, decided_at=None)
                | (~Q(status="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposal_decided_by_someone",
            ),
        ]
        indexes = [models.Index(fields=("status", "proposed_at"), name="proposal_by_status")]
