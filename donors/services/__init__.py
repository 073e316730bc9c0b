"""The one way in for offers, pledges, deliveries and contributions.

Locks are taken in one order everywhere: request, need, offer, pledge, delivery or contribution, several of a kind
by their ids, and the counters of references after all of them; so two people who act at the same moment wait, and
never stop each other for good.
"""

from donors.services.contributions import announce_contribution, move_contribution
from donors.services.deliveries import answer_follow_up, move_delivery, record_delivery
from donors.services.entries import (
    approve_entry,
    enter,
    make_contribution_move,
    propose_entry,
    refuse_entry,
)
from donors.services.offers import draft_offer, move_offer, revise_offer
from donors.services.pledges import (
    announce_pledge,
    begin_pledge,
    make_pledge_move,
    move_pledge,
    redirect_pledge,
    revise_pledge,
)

__all__ = [
    "announce_contribution", "announce_pledge", "answer_follow_up", "approve_entry", "begin_pledge", "draft_offer",
    "enter", "make_contribution_move", "make_pledge_move", "move_contribution", "move_delivery", "move_offer",
    "move_pledge", "propose_entry", "record_delivery", "redirect_pledge", "refuse_entry", "revise_offer",
    "revise_pledge",
]  # fmt: skip
