"""The transition tables seen from outside: how each record is brought into a state, and who may move it on.

`HOLDERS` says by hand what the tables and the policy matrix must come to; the tests compare.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from donors import services as giving
from donors.models import Delivery, LedgerEntry
from donors.workflow import CONTRIBUTION, DELIVERY, OFFER, PLEDGE
from portal.core import clock
from portal.core.actor import Actor, Kind
from portal.core.workflow import NEW, Transition, Workflow
from requests_app import services as asking
from requests_app.workflow import ASSESSMENT, REQUEST
from tests import cast
from tests.cast import Cast


@dataclass(frozen=True)
class Thing:
    """One table with the ways to make its record and to move it."""

    table: Workflow
    make: Callable[..., Any]
    moves: Mapping[str, tuple[str, dict[str, Any]]]
    move: Callable[..., Any]
    states: tuple[str, ...]


CONTRIBUTION_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "agree": ("finance_officer", {}),
    "cancel": ("finance_officer", {"reason": "No funds"}),
    "close": ("finance_officer", {"carry_over_consent": "letter 4"}),
    "receive": ("finance_officer", {}),
    "allocate": ("finance_officer", {}),
    "charge_psc": ("finance_officer", {}),
    "refund": ("finance_officer", {}),
    "reverse": ("finance_officer", {}),
}
OFFER_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "publish": ("nor_approver", {}),
    "take_up": ("system", {}),
    "give_back": ("system", {}),
    "withdraw": ("nor_approver", {}),
    "expire": ("system", {}),
}

THINGS = {
    "request": Thing(REQUEST, cast.request_in, cast.REQUEST_MOVES, asking.move_request, tuple(cast.REQUEST_PATH)),
    "assessment": Thing(
        ASSESSMENT, cast.assessment_in, cast.ASSESSMENT_MOVES, asking.move_assessment, tuple(cast.ASSESSMENT_PATH)
    ),
    "offer": Thing(
        OFFER, cast.offer_in, OFFER_MOVES, giving.move_offer,
        ("draft", "published", "partly_taken", "exhausted", "withdrawn", "expired"),
    ),
    "pledge": Thing(PLEDGE, cast.pledge_in, cast.PLEDGE_MOVES, giving.move_pledge, ("announced", *cast.PLEDGE_PATH)),
    "delivery": Thing(
        DELIVERY, cast.delivery_in, cast.DELIVERY_MOVES, giving.move_delivery, tuple(cast.DELIVERY_PATH)
    ),
    "contribution": Thing(
        CONTRIBUTION, cast.contribution_in, CONTRIBUTION_MOVES, giving.move_contribution,
        ("announced", "agreed", "receiving", "received", "closed", "cancelled"),
    ),
}  # fmt: skip

STAFF = {"case_officer"}
GIVERS = {"nor_officer", "nor_approver"}
FINANCE = {"finance_officer", "second_finance_officer"}
HOLDERS: dict[tuple[str, str], set[str]] = {
    ("request", "draft"): {"afg_focal_point"},
    ("request", "send_for_approval"): {"afg_focal_point"},
    ("request", "return"): {"afg_approver"},
    ("request", "submit"): {"afg_approver"},
    ("request", "acknowledge"): STAFF,
    ("request", "decline"): STAFF,
    ("request", "ask_for_clarification"): STAFF,
    ("request", "answer"): {"afg_focal_point", "afg_approver"},
    ("request", "circulate"): STAFF,
    ("request", "change_consent"): {"afg_approver"},
    ("request", "amend"): {"afg_approver"},
    ("request", "close"): STAFF,
    ("request", "lapse"): set(),
    ("request", "withdraw"): {"afg_approver"},
    ("request", "reopen"): STAFF,
    ("assessment", "request"): {"afg_focal_point"},
    ("assessment", "start"): {"afg_focal_point"},
    ("assessment", "send_for_approval"): {"afg_focal_point"},
    ("assessment", "return"): {"afg_approver"},
    ("assessment", "submit"): {"afg_approver"},
    ("assessment", "publish"): {"afg_approver"},
    ("offer", "draft"): GIVERS,
    ("offer", "publish"): {"nor_approver"},
    ("offer", "take_up"): set(),
    ("offer", "give_back"): set(),
    ("offer", "withdraw"): {"nor_approver"},
    ("offer", "expire"): set(),
    ("pledge", "announce"): STAFF,
    ("pledge", "draft"): GIVERS,
    ("pledge", "offer"): {"nor_approver"},
    ("pledge", "accept"): {"afg_approver"},
    ("pledge", "decline"): {"afg_approver"},
    ("pledge", "withdraw"): {"nor_approver"},
    ("pledge", "agree"): {"nor_approver"} | STAFF,
    ("pledge", "start_delivery"): GIVERS | STAFF,
    ("pledge", "record_delivery"): GIVERS | STAFF,
    ("pledge", "complete"): GIVERS | STAFF,
    ("pledge", "resume"): set(),
    ("pledge", "acknowledge"): {"afg_approver"},
    ("pledge", "cancel"): {"nor_approver"} | STAFF,
    ("pledge", "redirect"): {"nor_approver"},
    ("pledge", "lapse"): set(),
    ("delivery", "record"): GIVERS | STAFF,
    ("delivery", "confirm"): {"afg_focal_point", "afg_approver"},
    ("delivery", "dispute"): {"afg_focal_point", "afg_approver"},
    ("delivery", "correct"): GIVERS | STAFF,
    ("delivery", "void"): GIVERS | STAFF,
    **{
        ("contribution", move): FINANCE
        for move in (
            "announce", "agree", "cancel", "receive", "allocate", "charge_psc", "refund", "reverse", "close",
        )
    },
}  # fmt: skip


def every_line() -> list[tuple[str, Transition]]:
    return [(name, line) for name, thing in THINGS.items() for line in thing.table.transitions]


def every_step() -> list[tuple[str, str, str]]:
    """Each stored state and each move that leaves it: (thing, state, move)."""
    return sorted(
        {(name, state, line.name) for name, line in every_line() for state in line.source if state != NEW}
    )


def stored_in(who: Cast, name: str, state: str) -> Any:
    return THINGS[name].make(who, state)


def go(
    who: Cast, name: str, record: Any, move: str, *, actor: Actor | None = None, facts: Mapping[str, Any] | None = None,
    at: datetime | None = None, version: int | None = None,
) -> Any:  # fmt: skip
    """One move through the services, by who usually makes it and with what it usually needs."""
    thing = THINGS[name]
    usual, given = thing.moves[move]
    actor = actor or cast.actor_named(who, usual)
    facts = given | dict(facts) if facts is not None else given
    if (name, move) == ("pledge", "record_delivery"):
        moment = at or clock.now()
        giving.record_delivery(
            Delivery(pledge=record, quantity=Decimal(facts.get("quantity", "4")), date=moment),
            actor=actor,
        )
        return type(record).objects.get(pk=record.pk)
    if (name, move) == ("pledge", "redirect"):
        facts = facts | {"to": cast.request_in(who, "open").needs.get()}
    if (name, move) == ("offer", "take_up") and actor.kind is Kind.SYSTEM:
        need = cast.request_in(who, "open").needs.get()
        cast.pledge_in(who, "offered", offer=record, need=need)
        return type(record).objects.get(pk=record.pk)
    if name == "contribution" and move in {*cast.KIND_OF, "reverse"}:
        line = an_entry(who, record, move, **facts)
        if move == "receive":
            giving.enter(record, move, line, actor=actor, at=at)
        else:
            cast.approved(who, giving.propose_entry(record, move, line, actor=actor, at=at))
        return type(record).objects.get(pk=record.pk)
    return thing.move(record, move, actor=actor, facts=facts, at=at, version=version)


def an_entry(who: Cast, contribution: Any, move: str, **columns: Any) -> LedgerEntry:
    """An entry such as the move makes, not yet stored."""
    columns.setdefault("amount", Decimal(100))
    if move == "reverse":
        origin = contribution.entries.order_by("pk").first()
        columns.setdefault("reason", "twice")
        columns |= {"reverses": origin, "kind": getattr(origin, "kind", "receipt")}
        if origin is not None:
            columns |= {"amount": origin.amount, "need": origin.need}
    else:
        columns.setdefault("kind", cast.KIND_OF[move])
    if move == "allocate":
        columns["need"] = columns.get("need") or cast.request_in(who, "open").needs.get()
    return LedgerEntry(**columns)
