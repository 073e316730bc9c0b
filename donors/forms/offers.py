"""What a person gives with each move of an offer."""

from django.utils.translation import gettext_lazy as _

from portal.web.moves import Move

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
