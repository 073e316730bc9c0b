"""What a person gives with each move of an offer, a pledge, a delivery or a contribution; the API asks the same."""

from typing import Any, ClassVar

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from donors import selectors
from donors.enums import UseStatus
from donors.rules.pledges import NEEDS_A_SITE, SECURITY_FORCES
from portal.core import clock
from portal.core.money import plain
from portal.web.fields import Amount, Choice, Currency, Day, LongText, Number, Text, Whole, YesNo
from portal.web.forms import Form
from portal.web.moves import Move
from portal.web.templatetags.portal import day, named


class Reason(Form):
    reason = LongText(label=_("Reason"), rows=4, help_text=_("In words that the other side can act upon."))


class ReasonIfAny(Form):
    reason = LongText(label=_("Reason"), rows=4, required=False)


class WithoutWhatIsNotAsked(Form):
    """A form whose `initial` says of some fields that they are not asked of this record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.initial.get("not_asked", ()):
            self.fields.pop(name, None)


# pledges


class Agreement(WithoutWhatIsNotAsked):
    """The document behind a pledge, and what must be answered before it holds."""

    renames: ClassVar = {"agreement": "agreement_reference", "agreement.signed": "signed_by_state"}
    agreement_reference = Text(label=_("Reference of the agreement"), max_length=200)
    signed_by_donor = Day(label=_("Day of the donor's signature"), past=True)
    signed_by_state = Day(
        label=_("Day of the State's signature"),
        past=True,
        help_text=_("The agreement starts on the later of the two days."),
    )
    due_diligence = LongText(
        label=_("Human-rights due diligence"),
        rows=4,
        required=False,
        help_text=_("The result: level of risk, measures, who approved it and when."),
    )
    site_readiness = LongText(
        label=_("Site"),
        rows=3,
        required=False,
        help_text=_("What the agreement says of the place, the power and the people who operate it."),
    )
    running_costs = LongText(
        label=_("Running costs"),
        rows=3,
        required=False,
        help_text=_("Who pays for running and maintaining it."),
    )

    @property
    def facts(self) -> dict[str, Any]:
        found = super().facts
        days = [found[name] for name in ("signed_by_donor", "signed_by_state") if name in found]
        return found | ({"agreement_signed": max(days)} if days else {})


def _agreement_asks(pledge: Any) -> dict[str, Any]:
    """Due diligence is asked where security forces receive, the site where something is set up."""
    need = pledge.need
    skipped: list[str] = []
    if need is None or need.recipient_kind not in SECURITY_FORCES:
        skipped.append("due_diligence")
    if need is None or pledge.form_id not in NEEDS_A_SITE:
        skipped += ["site_readiness", "running_costs"]
    shown = {"agreement_reference": pledge.agreement_reference, "not_asked": skipped}
    if need is not None:
        shown |= {"site_readiness": need.site_readiness, "running_costs": need.running_costs}
    return shown


class Notice(Reason):
    """A promise is taken back: why, and by which notice the State was told."""

    notice = Text(
        label=_("Notice to the State"),
        max_length=200,
        help_text=_("Reference and day of the letter or note verbale."),
    )


class Cancellation(Notice):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].required = False
        self.fields["notice"].help_text = _(
            "Reference and day of the donor's letter. UNODC names it when it cancels for the donor."
        )


class Redirection(Notice):
    """What is left of a pledge goes to another need."""

    renames: ClassVar = {"value": "value_amount"}
    field_order = ("to", "value_amount", "reason", "notice")
    to = Text(
        label=_("Reference of the other need"),
        max_length=30,
        help_text=_(
            "For example TA-2026-AFG-0007-N2. Its request must be open, in the same unit, with room."
        ),
    )
    value_amount = Amount(
        label=_("Value of what is left"),
        required=False,
        help_text=_("In the currency of this pledge. Leave it empty if it is not known."),
    )


class DeliveryRecord(Form):
    """What was actually provided."""

    renames: ClassVar = {"value": "value_amount"}
    groups = (
        (_("What, when and where"), ("date", "quantity", "description", "place")),
        (_("Participants, for training"), ("women", "men")),
        (_("Value"), ("value_amount", "value_currency")),
    )
    date = Day(label=_("Day of the delivery"), past=True)
    quantity = Number(label=_("Quantity delivered"))
    description = LongText(
        label=_("What was delivered"), rows=4, help_text=_("Items, serial numbers or the hand-over list.")
    )
    place = Text(label=_("Place"), required=False)
    women = Whole(label=pgettext_lazy("participants", "Women"), required=False)
    men = Whole(label=pgettext_lazy("participants", "Men"), required=False)
    value_amount = Amount(label=_("Value"), required=False)
    value_currency = Currency(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "left" in self.initial:
            quantity = self.fields["quantity"]
            quantity.label = gettext("Quantity delivered (%(unit)s)") % {"unit": named(self.initial["unit"])}
            quantity.help_text = gettext("Left to deliver: %(left)s of %(whole)s") % {
                name: plain(self.initial[name]) for name in ("left", "whole")
            }

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.together("value_amount", "value_currency")
        return found


def _delivery_asks(pledge: Any) -> dict[str, Any]:
    return {
        "left": selectors.left_to_deliver(pledge),
        "whole": pledge.quantity,
        "unit": pledge.unit.labels,
    }


class LessDelivered(Form):
    reason = LongText(
        label=_("Why less was delivered"),
        rows=4,
        required=False,
        help_text=_("Needed only where the deliveries do not reach what was pledged."),
    )


PLEDGE_MOVES: dict[str, Move] = {
    "draft": Move(
        _("Make it a pledge"),
        _("What was announced becomes a draft of your organisation. It counts nowhere until it is offered."),
        _("The pledge is a draft now. Complete it, then an approver of your organisation offers it."),
    ),
    "offer": Move(
        _("Offer the pledge"),
        _(
            "The State is asked to accept or decline within thirty working days. "
            "Until it accepts, the pledge is shown beside the need as offered and is not counted as committed."
        ),
        _("The pledge was offered. The State and UNODC have been told. It is not yet counted as committed."),
    ),
    "accept": Move(
        _("Accept the pledge"),
        _("The quantity is committed to the need. The donor and your State then conclude an agreement."),
        _(
            "The pledge was accepted. The donor has been told. The agreement is due within sixty working days."
        ),
    ),
    "decline": Move(
        _("Decline the pledge"),
        _("The need is open again for this quantity. The donor receives the reason."),
        _("The pledge was declined. The donor has been told."),
        Reason,
        warns=True,
    ),
    "withdraw": Move(
        _("Withdraw the pledge"),
        _("The pledge ends. If it was offered, the State is told and the need is open again."),
        _("The pledge was withdrawn. Those who knew of it have been told."),
        ReasonIfAny,
        warns=True,
    ),
    "agree": Move(
        _("Record the agreement"),
        _("The pledge rests on a signed agreement from now on, and delivery can begin."),
        _("The agreement was recorded. The State has been told. Record each delivery when it has been made."),
        Agreement,
        initial=_agreement_asks,
    ),
    "start_delivery": Move(
        _("Start delivery"),
        _("The State is told that delivery has begun."),
        _("Delivery has begun. The State has been told."),
    ),
    "record_delivery": Move(
        _("Record a delivery"),
        _("The State is asked to confirm it within fifteen working days. Until then it is counted apart."),
        _("The delivery was recorded. The State has been asked to confirm it."),
        DeliveryRecord,
        initial=_delivery_asks,
    ),
    "complete": Move(
        _("Complete the delivery"),
        _("Nothing more will be delivered under this pledge. The State is asked to acknowledge it."),
        _("The pledge is delivered. The State has been asked to acknowledge it."),
        LessDelivered,
    ),
    "acknowledge": Move(
        _("Acknowledge the delivery"),
        _("Your State takes over what was delivered. This is recorded as the hand-over."),
        _("The delivery was acknowledged. The donor has been told."),
    ),
    "cancel": Move(
        _("Cancel the pledge"),
        _("What was delivered stays counted. The need is open again for the rest, and the State is told."),
        _("The pledge was cancelled. The State has been told."),
        Cancellation,
        warns=True,
    ),
    "redirect": Move(
        _("Offer what is left to another need"),
        _("This pledge ends. What is left of it is offered to the other need. Both States are told."),
        _("What was left was offered to the other need. Both States have been told."),
        Redirection,
        warns=True,
    ),
}

# offers

OFFER_MOVES: dict[str, Move] = {
    "publish": Move(
        _("Publish the offer"),
        _("Everyone can read the offer from now on. It promises nothing to a State until a pledge is made."),
        _("The offer was published. It can be taken up for a need by a pledge of your organisation."),
    ),
    "withdraw": Move(
        _("Withdraw the offer"),
        _("The offer is no longer shown to others. Pledges that were made from it stand."),
        _("The offer was withdrawn."),
        warns=True,
    ),
}

# deliveries


class Receipt(Form):
    """What the State says of what came."""

    quantity = Number(
        label=_("Quantity received"),
        help_text=_("If less was received, dispute the delivery instead."),
    )
    condition = LongText(label=_("Condition"), rows=3, required=False)
    surplus = LongText(
        label=_("If more was received: that your State accepts it"),
        rows=3,
        required=False,
        help_text=_("In the words of your State."),
    )
    title_transferred = YesNo(label=_("Has the ownership passed to your State"), required=False)


class Dispute(Form):
    reason = LongText(
        label=_("What is missing or wrong"),
        rows=6,
        help_text=_("One line for each item, for example: test kits – 4 of 10 are missing."),
    )


class Correction(Form):
    quantity = Number(label=_("Quantity that was delivered"))
    description = LongText(label=_("Description"), rows=3, required=False)
    reason = LongText(label=_("What was changed"), rows=4)


DELIVERY_MOVES: dict[str, Move] = {
    "confirm": Move(
        _("Confirm the delivery"),
        _("Your State confirms that this was received. It is counted as confirmed from now on."),
        _("The delivery was confirmed. The donor has been told. Say after six months how it is used."),
        Receipt,
        initial=lambda d: {"quantity": plain(d.quantity)},
    ),
    "dispute": Move(
        _("Dispute the delivery"),
        _("The donor is told what is missing or wrong, and corrects the delivery."),
        _("The delivery is in dispute. The donor has been told."),
        Dispute,
        warns=True,
    ),
    "correct": Move(
        _("Correct the delivery"),
        _("The State is asked again to confirm it."),
        _("The delivery was corrected. The State has been asked to confirm it."),
        Correction,
        initial=lambda d: {"quantity": plain(d.quantity), "description": d.description},
    ),
    "void": Move(
        _("Void the delivery"),
        _("It was entered in error. It is counted nowhere from now on."),
        _("The delivery is void. The State has been told."),
        Reason,
        warns=True,
    ),
}


class UseAnswer(Form):
    """What became of a delivery since."""

    status = Choice(label=_("How it is used now"), choices=UseStatus.choices)
    date = Day(label=_("As seen on"), past=True)
    note = LongText(
        label=_("Why, and what is missing"),
        rows=4,
        required=False,
        help_text=_("Please say it where something is not or only partly in use."),
    )


# contributions


class ContributionAgreement(Form):
    renames: ClassVar = {"agreement": "agreement_reference", "agreement.signed": "signed_by_unodc"}
    agreement_reference = Text(label=_("Reference of the agreement"), max_length=200)
    signed_by_donor = Day(label=_("Day of the donor's signature"), past=True)
    signed_by_unodc = Day(
        label=_("Day of the signature for UNODC"),
        past=True,
        help_text=_("The agreement starts on the later of the two days."),
    )
    psc_rate = Number(
        label=_("Rate of programme support costs, per cent"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
    )
    psc_rule = Text(label=_("Rule that allows less than 13 per cent"), max_length=300, required=False)

    @property
    def facts(self) -> dict[str, Any]:
        found = super().facts
        days = [found[name] for name in ("signed_by_donor", "signed_by_unodc") if name in found]
        return found | ({"agreement_signed": max(days)} if days else {})


class Entry(Form):
    """A line of a ledger: its day and its amount, in the contribution's currency."""

    date = Day(label=_("Day"), past=True)
    amount = Amount(label=_("Amount"), help_text=_("In the currency of the contribution."))


class ReceiptEntry(Entry):
    deposit_reference = Text(label=_("Reference of the deposit"), max_length=200)


class AllocationEntry(Entry):
    field_order = ("need", "date", "amount", "consent", "reason")
    need = Text(
        label=_("Reference of the need"),
        max_length=30,
        help_text=_("For example TA-2026-AFG-0007-N2. Its request must be open."),
    )
    consent = Text(
        label=_("The donor's consent, where the need lies outside the earmark"),
        max_length=300,
        required=False,
        help_text=_("Reference and day of the donor's letter."),
    )
    reason = LongText(label=_("Note to who approves it"), rows=3, required=False)


class CostEntry(Entry):
    reason = LongText(label=_("Note to who approves it"), rows=3, required=False)


class RefundEntry(Entry):
    reason = LongText(label=_("Reason"), rows=3)


class Reversal(Form):
    """A whole entry is taken back; it is chosen among those that stand."""

    reverses = Choice(label=_("Entry that is taken back"), choices=())
    reason = LongText(label=_("Reason"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reverses"].choices = self.initial.get("entries", ())  # type: ignore[attr-defined]


def _entries(contribution: Any) -> dict[str, Any]:
    """The entries that can be taken back, in words."""
    words = gettext("%(day)s: %(kind)s, %(amount)s %(currency)s")
    return {
        "entries": [
            (
                str(entry.pk),
                words
                % {
                    "day": day(entry.date),
                    "kind": entry.get_kind_display(),
                    "amount": plain(entry.amount),
                    "currency": contribution.currency,
                },
            )
            for entry in selectors.standing_entries(contribution)
        ]
    }


class ContributionClosing(Form):
    carry_over_consent = Text(
        label=_("The donor's consent to carry the balance over"),
        max_length=300,
        required=False,
        help_text=_("Needed only where a balance is left. Reference and day of the donor's letter."),
    )


def _today(_contribution: Any) -> dict[str, Any]:
    return {"date": clock.today()}


_PROPOSED = _("The entry was proposed. It stands in the ledger once another finance officer has approved it.")

CONTRIBUTION_MOVES: dict[str, Move] = {
    "agree": Move(
        _("Record the agreement"),
        _("The contribution rests on a signed agreement from now on. Money can be received."),
        _("The agreement was recorded. The donor has been told."),
        ContributionAgreement,
        initial=lambda c: {
            "agreement_reference": c.agreement_reference,
            "psc_rate": plain(c.psc_rate),
            "psc_rule": c.psc_rule,
        },
    ),
    "receive": Move(
        _("Enter money received"),
        _("The amount is added to the balance. The rate of exchange of that day is kept with it."),
        _("The receipt was entered. The donor has been told."),
        ReceiptEntry,
        initial=_today,
    ),
    "allocate": Move(
        _("Allocate to a need"),
        _("Another finance officer approves the allocation. Until then it is not in the balance."),
        _PROPOSED,
        AllocationEntry,
        initial=_today,
    ),
    "charge_psc": Move(
        _("Charge support costs"),
        _("Another finance officer approves the charge. Until then it is not in the balance."),
        _PROPOSED,
        CostEntry,
        initial=_today,
    ),
    "refund": Move(
        _("Refund to the donor"),
        _("Another finance officer approves the refund. Until then it is not in the balance."),
        _PROPOSED,
        RefundEntry,
        initial=_today,
    ),
    "reverse": Move(
        _("Take back an entry"),
        _(
            "An entry is never changed. Another entry takes it back, once another finance officer has approved it. "
            "So an allocation is undone, too."
        ),
        _PROPOSED,
        Reversal,
        warns=True,
        initial=_entries,
    ),
    "close": Move(
        _("Close the contribution"),
        _("Nothing more is entered. The balance is spent or refunded, or the donor lets it be carried over."),
        _("The contribution was closed."),
        ContributionClosing,
        warns=True,
    ),
    "cancel": Move(
        _("Cancel the contribution"),
        _("No money was received, and none is expected."),
        _("The contribution was cancelled."),
        Reason,
        warns=True,
    ),
}
