"""What a State says of a delivery, and who recorded it of what was disputed."""

from django.utils.translation import gettext_lazy as _

from donors.enums import UseStatus
from donors.forms.shared import Reason
from portal.core.money import plain
from portal.web.fields import Choice, Day, LongText, Number, YesNo
from portal.web.forms import Form
from portal.web.moves import Move


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
