"""What a finance officer gives with each move of a contribution."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from donors import selectors
from donors.forms.shared import Reason, Signed
from portal.core import clock
from portal.core.money import plain
from portal.web.fields import Amount, Choice, Day, LongText, Number, Text
from portal.web.forms import Form
from portal.web.moves import Move
from portal.web.templatetags.portal import day


class ContributionAgreement(Signed):
    signatures = ("signed_by_donor", "signed_by_unodc")
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
