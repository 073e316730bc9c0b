"""A world of rows: every record in every state, at home and away, and who should see each.

`SEEN` is written by hand from docs/access.md; lists, pages and the matrix are held against it.
"""

import re
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

from portal.accounts import sessions
from portal.core.actor import Actor
from requests_app import services as asking
from tests import cast
from tests.cast import Cast
from tests.moves import THINGS

AFG = {"afg_coordinator", "afg_focal_point", "afg_approver"}
TJK = {"tjk_coordinator", "tjk_focal_point", "tjk_approver"}
KEN = {"ken_coordinator", "ken_focal_point", "ken_approver"}
NOR = {"nor_officer", "nor_approver"}
OTHER = {"other_officer", "other_approver"}
STAFF = {
    "case_officer", "finance_officer", "second_finance_officer", "report_officer", "clearing_officer", "auditor",
}  # fmt: skip
EVERYONE = AFG | TJK | KEN | NOR | OTHER | STAFF | {"administrator", "public"}
COMPLETE = {"report_officer", "clearing_officer", "auditor"}

SEEN: dict[tuple[str, str], set[str]] = {
    ("request", "draft"): AFG,
    ("request", "approval"): AFG,
    ("request", "submitted"): AFG | STAFF,
    ("request", "under_review"): AFG | STAFF,
    ("request", "clarification"): AFG | STAFF,
    ("request", "open"): AFG | STAFF | NOR | OTHER,
    ("request", "closed"): AFG | STAFF | NOR | OTHER,
    ("request", "declined"): AFG | STAFF,
    ("request", "withdrawn"): AFG | STAFF,
    ("request", "public"): EVERYONE,
    ("request", "selected"): AFG | STAFF | NOR,
    ("request", "unodc"): AFG | STAFF,
    ("request", "asked"): AFG | TJK | STAFF,
    ("request", "joint"): AFG | TJK | STAFF | NOR | OTHER,
    ("pledge", "announced"): EVERYONE,
    ("pledge", "draft"): NOR,
    **{
        ("pledge", state): AFG | NOR | STAFF
        for state in (
            "offered", "accepted", "agreed", "delivering", "delivered", "acknowledged", "declined", "withdrawn",
            "cancelled", "lapsed",
        )
    },
    ("offer", "draft"): NOR,
    ("offer", "published"): EVERYONE,
    ("offer", "partly_taken"): EVERYONE,
    ("offer", "exhausted"): EVERYONE,
    ("offer", "withdrawn"): NOR | STAFF,
    ("offer", "expired"): NOR | STAFF,
    **{
        ("delivery", state): AFG | NOR | STAFF
        for state in ("recorded", "confirmed", "disputed", "corrected", "void")
    },
    **{
        ("contribution", state): NOR | STAFF
        for state in ("announced", "agreed", "receiving", "received", "closed", "cancelled")
    },
    ("assessment", "requested"): AFG,
    ("assessment", "draft"): AFG,
    ("assessment", "approval"): AFG,
    ("assessment", "submitted"): AFG | NOR | STAFF,
    ("assessment", "published"): EVERYONE,
}  # fmt: skip

LIST_OF = {
    "request": "requests:requests",
    "need": "requests:needs",
    "assessment": "requests:assessments",
    "offer": "donors:offers",
    "pledge": "donors:pledges",
    "delivery": "donors:deliveries",
    "contribution": "donors:contributions",
}
PAGE_OF = {
    "request": "requests:request",
    "need": "requests:need",
    "assessment": "requests:assessment",
    "offer": "donors:offer",
    "pledge": "donors:pledge",
    "delivery": "donors:delivery",
    "contribution": "donors:contribution",
}


@dataclass(frozen=True)
class Row:
    """A record, what it is and in which state, its address, and who should see it."""

    thing: str
    state: str
    record: Any
    url: str
    seen: frozenset[str]


def key_of(record: Any) -> str:
    """As addresses name it."""
    if hasattr(record, "public_id") or hasattr(record, "number"):
        return str(record)
    return record.reference or f"draft-{record.pk}"


def url_of(thing: str, record: Any) -> str:
    return reverse(PAGE_OF[thing], args=[key_of(record)])


def _row(thing: str, state: str, record: Any) -> list[Row]:
    record = type(record).objects.get(pk=record.pk)
    seen = frozenset(SEEN[thing, state])
    rows = [Row(thing, state, record, url_of(thing, record), seen)]
    if thing == "request":
        rows += [Row("need", state, need, url_of("need", need), seen) for need in record.needs.all()]
    return rows


def make_world(who: Cast) -> list[Row]:
    """Every record of Afghanistan's and Norway's in every state, and a request for each visibility."""
    rows: list[Row] = []
    for thing, entry in THINGS.items():
        for state in entry.states:
            rows += _row(thing, state, entry.make(who, state))
    for visibility in ("public", "selected", "unodc"):
        request = cast.request_in(who, "open")
        column = {"selected": "selected-donors"}.get(visibility, visibility)
        request = asking.move_request(
            request, "change_consent", actor=who.afg_approver, facts={"visibility": column}
        )
        if visibility == "selected":
            asking.show_to(request, [who.nor_officer.organisation], actor=who.afg_approver)
        rows += _row("request", visibility, request)
    rows += _row("request", "asked", cast.request_in(who, "submitted", joint=("TJK",)))
    rows += _row("request", "joint", cast.request_in(who, "open", joint=("TJK",)))
    return rows


def client_of(actor: Actor) -> Client:
    """A browser in which the actor is signed in and acts for the organisation; nobody for the public."""
    client = Client()
    if actor.user is not None:
        now, place = int(time.time()), actor.organisation.pk
        session = SessionStore()
        session.update({
            SESSION_KEY: str(actor.user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: actor.user.get_session_auth_hash(), "acting_for": place, "factor": "code",
            "fresh": now, "since": now, "used": {"at": now, "for": place},
        })  # fmt: skip
        session.create()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        sessions.opened(actor.user, session.session_key, "test", place)
    return client


def listed(client: Client, thing: str, **query: str) -> set[str]:
    """Addresses of the records in a list, all its pages taken together."""
    start = reverse(LIST_OF[thing])
    found: set[str] = set()
    page = 1
    while True:
        answer = client.get(start, {**query, "page": page})
        assert answer.status_code == 200, (start, query)
        text = answer.content.decode()
        found |= set(re.findall(rf'<a href="({re.escape(start)}[^"?]+/)"', text))
        if 'rel="next"' not in text:
            return found
        page += 1
