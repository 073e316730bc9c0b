"""What a person gives with each move of a pledge."""

from typing import Any, ClassVar

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from donors import selectors
from donors.forms.shared import Reason, ReasonIfAny, Signed, WithoutWhatIsNotAsked
from donors.rules.pledges import NEEDS_A_SITE, SECURITY_FORCES
from portal.core.money import plain
from portal.web.fields import Amount, Currency, Day, LongText, Number, Text, Whole
from portal.web.forms import Form
from portal.web.moves import Move
from portal.web.templatetags.portal import named


class Agreement(WithoutWhatIsNotAsked, Signed):
    """The document behind a pledge, and what must be answered before it holds."""

    signatures = ("signed_by_donor", "signed_by_state")
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
