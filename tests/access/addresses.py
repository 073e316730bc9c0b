"""Every address of the site, and how it answers to whom. A new address needs a line here.

A line gives, for each person of the cast, the status of the answer; `see` those of a record's page by its
world, which `tests/site.py` states.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.invitations import invite
from portal.accounts.models import Membership
from requests_app.drafting import put_indicator
from tests import cast
from tests.api import addresses as api
from tests.attachments.conftest import attached
from tests.site import AFG, COMPLETE, EVERYONE, NOR, OTHER, PAGE_OF, STAFF, TJK, key_of

MEMBERS = EVERYONE - {"public"}
COORDINATORS = {"afg_coordinator", "tjk_coordinator", "ken_coordinator"}
FOCAL_POINTS = {"afg_focal_point", "tjk_focal_point", "ken_focal_point"}
GIVERS = NOR | OTHER
FINANCE = {"finance_officer", "second_finance_officer"}
DONOR_APPROVERS = {"nor_approver", "other_approver"}
NOBODYS = 999_999_999  # an id that no row has


def _coordinator() -> Membership:
    return Membership.objects.get(organisation__state="AFG", roles=["coordinator"])


def _state(_made: Any) -> list[Any]:
    return [_coordinator().organisation_id]


def _member(_made: Any) -> list[Any]:
    """The focal point of Afghanistan."""
    return [Membership.objects.get(organisation__state="AFG", roles=["focal_point"]).pk]


def _invitation(_made: Any) -> list[Any]:
    """One by the coordinator of Afghanistan."""
    row = _coordinator()
    actor = cast.acting(row.user, row.organisation)
    return [invite("invited@example.org", row.organisation, ["approver"], actor=actor).pk]


def _proposal(made: Any) -> list[Any]:
    """An entry that one finance officer proposed."""
    row = cast.proposed(made.who, cast.contribution_in(made.who, "received"), "refund", "1")
    return [row.contribution.reference, row.pk]


def _draft(*more: Any) -> Callable[[Any], list[Any]]:
    """A draft of Afghanistan's, and what else stands in the address."""
    return lambda made: [str(cast.draft(made.who)), *more]


def _open(*more: Any) -> Callable[[Any], list[Any]]:
    return lambda made: [str(cast.request_in(made.who, "open")), *more]


def _documents(made: Any, *more: Any) -> list[Any]:
    """A document of Afghanistan's, in a draft."""
    return [str(attached(cast.draft(made.who), made.who.afg_focal_point)), *more]


def _joint(made: Any) -> list[Any]:
    """A request that Tajikistan is asked to join."""
    return [str(cast.request_in(made.who, "submitted", joint=["TJK"]))]


def _assessed(made: Any) -> list[Any]:
    return [key_of(cast.assessment_in(made.who, "draft"))]


def _measured(made: Any) -> list[Any]:
    """A draft assessment with an indicator."""
    row = cast.assessment_in(made.who, "draft")
    return [key_of(row), put_indicator(row, {"name": "Seizures"}, actor=made.who.afg_focal_point).pk]


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
    visitor: int = 0  # who is not signed in, where that differs from others

    def expected(self, person: str) -> int:
        if person == "public" and self.visitor:
            return self.visitor
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
    "accounts:code": Line(302),
    "accounts:alive": Line(200, MEMBERS, others=403, method="post"),
    "accounts:confirm": Line(200, MEMBERS, others=303),
    "accounts:acting": Line(200, MEMBERS, others=303),
    "openid_connect_login": Line(404, args=lambda _made: ["oidc"]),
    "openid_connect_callback": Line(404, args=lambda _made: ["oidc"]),
    "accounts:reset": Line(200),
    "accounts:reset_sent": Line(200),
    "accounts:reset_password": Line(410, args=lambda _made: ["MQ", "x-y"]),
    "accounts:invitation": Line(404, args=lambda _made: ["x"]),
    "accounts:invitation_sign_in": Line(404, method="post", args=lambda _made: ["x"]),
    "accounts:account": Line(200, MEMBERS, others=303),
    "accounts:details": Line(200, MEMBERS, others=303),
    "accounts:password": Line(200, MEMBERS, others=303),
    "accounts:second_factor": Line(200, MEMBERS, others=303),
    "accounts:authenticator": Line(200, MEMBERS, others=303),
    "accounts:authenticator_remove": Line(404, MEMBERS, others=303),
    "accounts:passkey": Line(200, MEMBERS, others=303),
    "accounts:passkey_remove": Line(404, MEMBERS, others=303, args=lambda _made: [NOBODYS]),
    "accounts:recovery_codes": Line(302, MEMBERS, others=303),
    "accounts:sessions_end": Line(200, MEMBERS, others=303),
    "accounts:session_end": Line(404, MEMBERS, others=303, args=lambda _made: [NOBODYS]),
    "accounts:tokens": Line(200, MEMBERS, others=303),
    "accounts:token_new": Line(200, MEMBERS, others=303),
    "accounts:token_revoke": Line(404, MEMBERS, others=303, args=lambda _made: [NOBODYS]),
    "accounts:people": Line(200, MEMBERS, others=303),
    "accounts:invite_where": Line(
        200, COORDINATORS | DONOR_APPROVERS | {"administrator"}, others=403, visitor=303
    ),
    "accounts:invite": Line(200, {"afg_coordinator", "administrator"}, visitor=303, args=_state),
    "accounts:replace": Line(200, {"administrator"}, seen={"afg_coordinator"}, visitor=303, args=_state),
    "accounts:member": Line(200, AFG | STAFF | {"administrator"}, visitor=303, args=_member),
    "accounts:member_end": Line(
        200, {"afg_coordinator", "administrator"}, seen=AFG | STAFF, visitor=303, args=_member
    ),
    "accounts:member_roles": Line(
        200, {"afg_coordinator", "administrator"}, seen=AFG | STAFF, visitor=303, args=_member
    ),
    "accounts:member_factor": Line(200, {"administrator"}, seen=AFG | STAFF, visitor=303, args=_member),
    "accounts:invitations": Line(200, MEMBERS, others=303),
    "accounts:invitation_resend": Line(
        200, {"afg_coordinator", "administrator"}, seen=AFG | STAFF, visitor=303, args=_invitation
    ),
    "accounts:invitation_revoke": Line(
        200, {"afg_coordinator", "administrator"}, seen=AFG | STAFF, visitor=303, args=_invitation
    ),
    "accounts:language": Line(302, args=lambda _made: ["fr"]),
    "documents:of": Line(200, AFG, args=_draft()),
    "documents:new": Line(200, {"afg_focal_point", "afg_approver"}, seen=AFG, args=_draft()),
    "documents:none": Line(200, {"afg_focal_point", "afg_approver"}, seen=AFG, args=_draft()),
    "documents:replace": Line(200, {"afg_focal_point", "afg_approver"}, seen=AFG, args=_documents),
    "documents:describe": Line(200, {"afg_focal_point", "afg_approver"}, seen=AFG, args=_documents),
    "documents:remove": Line(200, {"afg_focal_point", "afg_approver"}, seen=AFG, args=_documents),
    "documents:file": Line(200, AFG, args=lambda made: _documents(made, 1)),
    "requests:requests": Line(200),
    "requests:start": Line(200, FOCAL_POINTS, others=403),
    "requests:desk": Line(200, {"case_officer"}, others=403),
    "requests:part": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft("situation")),
    "requests:needs_of": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft()),
    "requests:need_new": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft()),
    "requests:need_step": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft(1, "how-much")),
    "requests:need_remove": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft(1)),
    "requests:check": Line(200, {"afg_focal_point"}, seen=AFG, args=_draft()),
    "requests:joint": Line(200, {"tjk_approver"}, seen=TJK, args=_joint),
    "requests:leave": Line(200, {"tjk_approver"}, seen=TJK, args=_joint),
    "requests:donors": Line(200, {"afg_approver"}, seen=AFG | NOR | OTHER | STAFF, args=_open()),
    "requests:surplus": Line(200, {"afg_approver"}, seen=AFG | NOR | OTHER | STAFF, args=_open(1)),
    "requests:assess": Line(200, {"afg_focal_point"}, seen=AFG | NOR | OTHER | STAFF, args=_open()),
    "requests:findings": Line(200, {"afg_focal_point"}, seen=AFG, args=_assessed),
    "requests:indicator_new": Line(200, {"afg_focal_point"}, seen=AFG, args=_assessed),
    "requests:indicator": Line(200, {"afg_focal_point"}, seen=AFG, args=_measured),
    "requests:indicator_remove": Line(200, {"afg_focal_point"}, seen=AFG, args=_measured),
    "requests:needs": Line(200),
    "requests:assessments": Line(200),
    "donors:offers": Line(200),
    "donors:pledges": Line(200),
    "donors:deliveries": Line(200),
    "donors:contributions": Line(200),
    "donors:offer_new": Line(200, GIVERS, others=403),
    "donors:offer_edit": Line(200, NOR, args=lambda made: [key_of(cast.offer_in(made.who, "draft"))]),
    "donors:pledge_need": Line(
        200, GIVERS, seen=AFG | STAFF, args=lambda made: [str(cast.request_in(made.who, "open").needs.get())]
    ),
    "donors:pledge_new": Line(200, GIVERS, others=403),
    "donors:pledge_announce": Line(200, {"case_officer"}, others=403),
    "donors:pledge_edit": Line(200, NOR, args=lambda made: [key_of(cast.pledge_in(made.who, "draft"))]),
    "donors:follow_up": Line(
        200,
        {"afg_focal_point", "afg_approver"},
        seen=AFG | NOR | STAFF,
        args=lambda made: [cast.delivery_in(made.who, "confirmed").reference],
    ),
    "donors:contribution_new": Line(200, FINANCE, others=403),
    "donors:approve_entry": Line(
        200,
        FINANCE,
        seen=NOR | STAFF,
        args=_proposal,
    ),
    "donors:refuse_entry": Line(
        200,
        FINANCE,
        seen=NOR | STAFF,
        args=_proposal,
    ),
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
    "reports:record": Line(200, AFG | NOR | OTHER | STAFF, args=_open("pdf")),
    "notifications:inbox": Line(200, MEMBERS, others=302),
    "notifications:read": Line(302, method="post", data={"through": "1"}),
    "notifications:read_one": Line(404, method="post", args=lambda _made: [1]),
    "notifications:preferences": Line(200, MEMBERS, others=302),
}
# pages of records: as the world says, row by row
RECORDS = set(PAGE_OF.values())
# pages of moves: as the matrix and the tables say, record by record (test_moves.py)
MOVES = {
    "requests:request_move", "requests:assessment_move", "donors:offer_move", "donors:pledge_move",
    "donors:delivery_move", "donors:contribution_move",
}  # fmt: skip

ADDRESSES |= {name: Line(200) for name in api.OPEN} | {name: Line(404) for name in api.NOTHING}
RECORDS |= api.RECORDS
MOVES |= api.MOVES
