"""Every address of the site, and how it answers to whom. A new address needs a line here.

A line gives, for each person of the cast, the status of the answer; `see` those of a record's page by its
world, which `tests/site.py` states.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.site import AFG, COMPLETE, EVERYONE, PAGE_OF, STAFF

MEMBERS = EVERYONE - {"public"}


@dataclass(frozen=True)
class Line:
    """How an address answers: `status` to everyone, `others` to those who are not in `to`."""

    status: int
    to: set[str] = field(default_factory=lambda: set(EVERYONE))
    others: int = 404
    method: str = "get"
    args: Callable[[Any], list[Any]] = lambda _made: []
    data: dict[str, str] = field(default_factory=dict)

    seen: set[str] = field(default_factory=set)  # who sees it, and may not

    def expected(self, person: str) -> int:
        if person in self.seen - self.to:
            return 403
        return self.status if person in self.to else self.others


ADDRESSES: dict[str, Line] = {
    "healthz": Line(200),
    "readyz": Line(200),
    "web:front": Line(200),
    "web:search": Line(200),
    "web:help": Line(200),
    "web:accessibility": Line(200),
    "web:style": Line(200, STAFF | {"administrator"}),
    "accounts:login": Line(200),
    "accounts:sample": Line(404, method="post", data={"person": "1"}),
    "accounts:logout": Line(302, method="post"),
    "accounts:acting": Line(200, MEMBERS, others=302),
    "accounts:language": Line(302, args=lambda _made: ["fr"]),
    "requests:requests": Line(200),
    "requests:needs": Line(200),
    "requests:assessments": Line(200),
    "donors:offers": Line(200),
    "donors:pledges": Line(200),
    "donors:deliveries": Line(200),
    "donors:contributions": Line(200),
    "reports:sessions": Line(200),
    "reports:session": Line(200, args=lambda made: [made.session.number]),
    "reports:generate": Line(
        303, {"report_officer"}, others=403, method="post", args=lambda made: [made.session.number]
    ),
    "reports:plan": Line(200, {"report_officer"}, others=403, args=lambda made: [made.session.number]),
    "reports:edition": Line(200, STAFF, args=lambda made: [made.job.edition_id]),
    "reports:edition_move": Line(
        200, {"report_officer"}, seen=STAFF, args=lambda made: [made.job.edition_id, "invite-inputs"]
    ),
    "reports:inputs": Line(200),
    "reports:input": Line(200, AFG | STAFF, args=lambda made: [made.asked.pk]),
    "reports:job": Line(200, STAFF, args=lambda made: [made.job.pk]),
    "reports:file": Line(200, COMPLETE, args=lambda made: [made.figures.pk]),
    "notifications:inbox": Line(200, MEMBERS, others=302),
    "notifications:read": Line(302, method="post", data={"through": "1"}),
    "notifications:read_one": Line(404, method="post", args=lambda _made: [1]),
    "notifications:preferences": Line(200, MEMBERS, others=302),
}
# pages of records: as the world says, row by row
RECORDS = set(PAGE_OF.values())
# pages of moves: as the matrix and the tables say, record by record (test_moves.py)
MOVES = {"requests:request_move", "requests:assessment_move"}
