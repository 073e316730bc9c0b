"""In what order the moves of a dossier happened: by day, by class within the day, as the file stands.

Within one day: requests; releases (decline, withdraw, cancel, lapse); offers; acceptances; agreements;
deliveries; in the ledger receipts, charges, allocations, refunds; then the file's order. The moves of one
record keep their table's order, and a request's closing, decline and withdrawal come after everything else
of the day. The time of day does not order.
"""

from collections.abc import Mapping
from datetime import date

RANK: dict[str, dict[str, int]] = {
    "requests": {
        "submitted": 0,
        "acknowledged": 1,
        "asked": 2,
        "answered": 3,
        "circulated": 4,
        "closed": 5,
        "withdrawn": 6,
        "declined": 7,
        "reopened": 8,
    },
    "pledges": {
        "announced": 0,
        "offered": 1,
        "accepted": 2,
        "declined": 3,
        "agreed": 4,
        "withdrawn": 5,
        "cancelled": 6,
        "acknowledged": 7,
        "lapsed": 8,
    },
}
"""Table order of the moves of one record: which of two moves of the same day came first."""

CLOSINGS = frozenset({"closed", "withdrawn", "declined"})


def ordered_moves(collection: str, days: Mapping[str, date]) -> list[str]:
    """The moves of one record in the order in which they happened.

    A request is reopened before all else of a day where it had ended earlier, and after its end where it
    ended on the same day.
    """
    rank = RANK[collection]
    early = collection == "requests" and reopens_first(days)

    def key(move: str) -> tuple[date, int]:
        return days[move], -1 if early and move == "reopened" else rank[move]

    return sorted(days, key=key)


def reopens_first(days: Mapping[str, date]) -> bool:
    """Whether a request had ended on an earlier day than the one on which it was reopened."""
    reopened = days.get("reopened")
    return reopened is not None and any(days[move] < reopened for move in CLOSINGS if move in days)
