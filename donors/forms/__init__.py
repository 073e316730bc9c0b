"""What a person gives with each move of an offer, a pledge, a delivery or a contribution; the API asks the same."""

from donors.forms.contributions import CONTRIBUTION_MOVES
from donors.forms.deliveries import DELIVERY_MOVES, UseAnswer
from donors.forms.offers import OFFER_MOVES
from donors.forms.pledges import PLEDGE_MOVES

__all__ = ["CONTRIBUTION_MOVES", "DELIVERY_MOVES", "OFFER_MOVES", "PLEDGE_MOVES", "UseAnswer"]
