"""The same people everywhere: who acts in the tests, for whom, and the records that they bring about.

Every record is made through the services by the persons who may; nobody here is a real person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from donors import services as giving
from donors.models import Contribution, Delivery, EntryProposal, JointDonor, LedgerEntry, Offer, Pledge
from portal.accounts.models import User
from portal.accounts.selectors import current
from portal.accounts.services import enter_membership
from portal.audit.cases import case_type, digest, rows_of
from portal.audit.models import CaseHead
from portal.core import clock
from portal.core.actor import PUBLIC, SYSTEM, Actor, Kind
from portal.core.unit import DIRECT
from portal.directory import services as directory
from portal.directory.models import Organisation
from portal.directory.rules import RateEntry
from portal.directory.selectors import Register
from portal.directory.services import upsert_organisation
from requests_app import services as asking
from requests_app.models import AssistanceRequest, CoRequester, ImpactAssessment, Need

LONG_AGO = date(2015, 1, 1)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def government(iso3: str) -> Organisation:
    return Organisation.objects.get(kind="government", state_id=iso3)


def secretariat() -> Organisation:
    return Organisation.objects.get(kind="secretariat")


def body(name: str, *, kind: str = "intergovernmental") -> Organisation:
    """An organisation of that name, entered if there is none."""
    return upsert_organisation(
        actor=SYSTEM,
        unit=DIRECT,
        register=Register.load(),
        kind=kind,
        names={"en": name},
        ref=name.replace(" ", "-"),
    )


def person(organisation: Organisation, *roles: str, name: str = "") -> Actor:
    """A new member of an organisation in these roles, acting for it."""
    number = User.objects.count() + 1
    user = User.objects.create(
        email=f"person{number}@example.org", name=name or f"{organisation} {' '.join(roles)} {number}"
    )
    enter_membership(user, organisation, roles, since=LONG_AGO, verified_by="note verbale 1", actor=SYSTEM)
    return acting(user, organisation)


def acting(user: User, organisation: Organisation) -> Actor:
    """A person acting for one organisation today; the public where the person is no member of it."""
    row = current().filter(user=user, organisation=organisation).first()
    if row is None:
        return PUBLIC
    return Actor(
        Kind.PERSON, user=user, organisation=organisation, roles=frozenset({*row.roles, "public"}),
        state=organisation.state_id or "", request_id="1",
    )  # fmt: skip


@dataclass
class Cast:
    """One person for each role, and strangers of the same roles elsewhere."""

    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def everyone(self) -> Iterable[tuple[str, Actor]]:
        return self.people.items()


@transaction.atomic
def assemble() -> Cast:
    """Afghanistan asks, Tajikistan joins in it, Kenya is another State; Norway gives, another body too."""
    set_rates()
    afg, tjk, ken = government("AFG"), government("TJK"), government("KEN")
    nor, other, unodc = government("NOR"), body("Invented Development Fund"), secretariat()
    made = {
        f"{place}_{role}": person(organisation, role)
        for place, organisation in (("afg", afg), ("tjk", tjk), ("ken", ken))
        for role in ("coordinator", "focal_point", "approver")
    }
    made |= {
        f"{place}_{role}": person(organisation, f"donor_{role}")
        for place, organisation in (("nor", nor), ("other", other))
        for role in ("officer", "approver")
    }
    for role in (
        "case_officer", "finance_officer", "report_officer", "clearing_officer", "administrator", "auditor",
    ):  # fmt: skip
        made[role] = person(unodc, role)
    made["second_finance_officer"] = person(unodc, "finance_officer")
    made["public"] = PUBLIC
    return Cast(made)


def set_rates() -> None:
    """Rates in force for as long as the tests look back."""
    rates = (("USD", "1"), ("EUR", "0.9"), ("JPY", "110"), ("KWD", "0.3"))
    entries = [RateEntry(code, date(2000, 1, 1), Decimal(rate)) for code, rate in rates]
    directory.set_rates(entries, actor=SYSTEM, unit=DIRECT)


# requests


def draft(
    who: Cast,
    *,
    quantities: Iterable[str] = ("10",),
    joint: Iterable[str] = (),
    need: dict[str, Any] | None = None,
    by: Actor | None = None,
    **columns: Any,
) -> AssistanceRequest:
    """A complete draft of Afghanistan's, with one need for each quantity."""
    actor = by or who.afg_focal_point
    request = AssistanceRequest(
        state_id=actor.state,
        **{
            "title": "Training at land borders",
            "situation": "Opiates pass through the northern provinces.",
            "authority": "An authority",
            "note_verbale_number": "NV-1",
            "note_verbale_date": clock.now() - timedelta(days=1),
            "visibility": "all-donors",
        }
        | columns,
    )
    facts = {
        "form_id": "training", "theme_id": "border-management", "unit_id": "places", "description": "A course",
        "paragraphs": [3], "priority": "high",
    } | (need or {})  # fmt: skip
    needs = [Need(quantity=Decimal(quantity), **facts) for quantity in quantities]
    others = [CoRequester(state_id=iso3) for iso3 in joint]
    return asking.draft_request(request, needs=needs, states=others, actor=actor)


def confirm_all(who: Cast, request: AssistanceRequest) -> None:
    """Every co-requesting State confirms for itself."""
    for row in request.co_requesters.all():
        approver = getattr(who, f"{row.state_id.lower()}_approver")
        asking.confirm_joint_request(request, note_verbale="NV-2", actor=approver)


def refresh_digest(record: Any) -> None:
    """After a test has changed rows by hand: the chain's head agrees with them again."""
    record.refresh_from_db()
    CaseHead.objects.filter(case_type=case_type(record), case_id=record.pk).update(
        digest=digest(record, rows_of(record, DIRECT))
    )


REQUEST_PATH = {
    "draft": (),
    "approval": ("send_for_approval",),
    "submitted": ("send_for_approval", "submit"),
    "under_review": ("send_for_approval", "submit", "acknowledge"),
    "clarification": ("send_for_approval", "submit", "acknowledge", "ask_for_clarification"),
    "open": ("send_for_approval", "submit", "acknowledge", "circulate"),
    "closed": ("send_for_approval", "submit", "acknowledge", "circulate", "close"),
    "declined": ("send_for_approval", "submit", "decline"),
    "withdrawn": ("send_for_approval", "submit", "withdraw"),
}
REQUEST_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "send_for_approval": ("afg_focal_point", {}),
    "return": ("afg_approver", {"reason": "The figures are missing"}),
    "submit": ("afg_approver", {}),
    "acknowledge": ("case_officer", {"authentication": "by the Permanent Mission, by telephone"}),
    "decline": ("case_officer", {"reason": "Outside the mandate"}),
    "ask_for_clarification": ("case_officer", {"question": "For whom?"}),
    "answer": ("afg_focal_point", {"answer": "For border police"}),
    "circulate": ("case_officer", {}),
    "change_consent": ("afg_approver", {"visibility": "public"}),
    "amend": ("afg_approver", {"needs": {"1": {"quantity": Decimal(12)}}}),
    "close": ("case_officer", {"state_agrees": "note verbale 7"}),
    "lapse": ("system", {}),
    "withdraw": ("afg_approver", {"reason": "No longer needed"}),
    "reopen": ("case_officer", {"reason": "New facts"}),
}


def actor_named(who: Cast, name: str) -> Actor:
    return SYSTEM if name == "system" else getattr(who, name)


def request_in(who: Cast, status: str, **facts: Any) -> AssistanceRequest:
    """A request of Afghanistan's in a state, brought there by its moves."""
    request = draft(who, **facts)
    for move in REQUEST_PATH[status]:
        if move == "circulate":
            confirm_all(who, request)
        name, given = REQUEST_MOVES[move]
        request = asking.move_request(request, move, actor=actor_named(who, name), facts=given)
    return request


# pledges


PLEDGE_PATH = {
    "draft": (),
    "offered": ("offer",),
    "accepted": ("offer", "accept"),
    "agreed": ("offer", "accept", "agree"),
    "delivering": ("offer", "accept", "agree", "start_delivery"),
    "delivered": ("offer", "accept", "agree", "start_delivery", "complete"),
    "acknowledged": ("offer", "accept", "agree", "start_delivery", "complete", "acknowledge"),
    "declined": ("offer", "decline"),
    "withdrawn": ("offer", "withdraw"),
    "cancelled": ("offer", "accept", "cancel"),
    "lapsed": ("offer", "lapse"),
}
PLEDGE_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "draft": ("nor_officer", {}),
    "offer": ("nor_approver", {}),
    "accept": ("afg_approver", {}),
    "decline": ("afg_approver", {"reason": "Given by another"}),
    "withdraw": ("nor_approver", {}),
    "agree": ("nor_approver", {}),
    "start_delivery": ("nor_officer", {}),
    "record_delivery": ("nor_officer", {}),
    "complete": ("nor_officer", {"reason": "Fewer came"}),
    "resume": ("system", {}),
    "acknowledge": ("afg_approver", {}),
    "cancel": ("nor_approver", {"reason": "Funds withdrawn"}),
    "redirect": ("nor_approver", {"reason": "No longer open", "notice": "letter 3"}),
    "lapse": ("system", {}),
}


def new_pledge(who: Cast, need: Need | None, quantity: str = "10", **columns: Any) -> Pledge:
    """A pledge of Norway's as an object, not yet stored."""
    return Pledge(
        need=need,
        **{
            "donor": who.nor_officer.organisation, "kind": "in-kind", "form_id": "training",
            "quantity": Decimal(quantity), "unit_id": need.unit_id if need else "places", "description": "Places on a course",
            "agreement_reference": "A-1", "agreement_signed": clock.now() - timedelta(days=1),
        }
        | columns,
    )  # fmt: skip


def pledge_in(
    who: Cast,
    status: str,
    *,
    need: Need | None = None,
    quantity: str = "10",
    joint: Iterable[Any] = (),
    **columns: Any,
) -> Pledge:
    """A pledge of Norway's in a state, against a need of an open request of Afghanistan's."""
    if need is None and "state_id" not in columns:
        need = request_in(who, "open").needs.get()
    pledge = new_pledge(who, need, quantity, **columns)
    if status == "announced":
        pledge.source = pledge.source or "a public statement"
        return giving.begin_pledge(pledge, announced=True, actor=who.case_officer)
    rows = [JointDonor(organisation=organisation) for organisation in joint]
    pledge = giving.begin_pledge(pledge, joint_donors=rows, actor=who.nor_officer)
    for move in PLEDGE_PATH[status]:
        name, given = PLEDGE_MOVES[move]
        pledge = giving.move_pledge(pledge, move, actor=actor_named(who, name), facts=given)
    return pledge


# deliveries


DELIVERY_PATH = {
    "recorded": (),
    "confirmed": ("confirm",),
    "disputed": ("dispute",),
    "corrected": ("dispute", "correct"),
    "void": ("void",),
}
DELIVERY_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm": ("afg_focal_point", {}),
    "dispute": ("afg_focal_point", {"reason": "Two did not come"}),
    "correct": ("nor_officer", {"description": "Two fewer"}),
    "void": ("nor_officer", {"reason": "Entered twice"}),
}


def delivery_in(
    who: Cast, status: str, *, pledge: Pledge | None = None, quantity: str = "4", **columns: Any
) -> Delivery:
    pledge = pledge or pledge_in(who, "agreed")
    columns.setdefault("date", clock.now())
    delivery = giving.record_delivery(
        Delivery(pledge=pledge, quantity=Decimal(quantity), **columns), actor=who.nor_officer
    )
    for move in DELIVERY_PATH[status]:
        name, given = DELIVERY_MOVES[move]
        delivery = giving.move_delivery(delivery, move, actor=actor_named(who, name), facts=given)
    return delivery


# contributions


def contribution_in(
    who: Cast, status: str, *, amount: str = "1130", received: str | None = None, **columns: Any
) -> Contribution:
    """A contribution of Norway's: 1,130 dollars at 13 per cent leave 1,000 to allocate."""
    contribution = giving.announce_contribution(
        Contribution(
            **{
                "donor": who.nor_officer.organisation, "amount": Decimal(amount), "currency": "USD",
                "earmarking": "unearmarked", "agreement_reference": "C-1", "agreement_signed": clock.now(),
            }
            | columns,
        ),
        actor=who.finance_officer,
    )  # fmt: skip
    if status == "announced":
        return contribution
    if status == "cancelled":
        return giving.move_contribution(
            contribution, "cancel", actor=who.finance_officer, facts={"reason": "No funds"}
        )
    contribution = giving.move_contribution(contribution, "agree", actor=who.finance_officer)
    if status == "agreed":
        return contribution
    part = received or ("500" if status == "receiving" else amount)
    entry(who, contribution, "receive", part)
    contribution.refresh_from_db()
    if status == "closed":
        contribution = giving.move_contribution(
            contribution, "close", actor=who.finance_officer, facts={"carry_over_consent": "letter 4"}
        )
    return contribution


KIND_OF = {"receive": "receipt", "allocate": "allocation", "charge_psc": "psc", "refund": "refund"}


def entry(
    who: Cast,
    contribution: Contribution,
    move: str,
    amount: str,
    *,
    at: datetime | None = None,
    **columns: Any,
) -> LedgerEntry:
    """What was received, by one finance officer; any other entry proposed by the first, approved by the second."""
    columns.setdefault("kind", KIND_OF.get(move) or columns["reverses"].kind)
    line = LedgerEntry(amount=Decimal(amount), **columns)
    if move == "receive":
        return giving.enter(contribution, move, line, actor=who.finance_officer, at=at)
    return approved(who, giving.propose_entry(contribution, move, line, actor=who.finance_officer, at=at))


def proposed(who: Cast, contribution: Contribution, move: str, amount: str, **columns: Any) -> EntryProposal:
    """An entry that one finance officer proposes and nobody has approved yet."""
    columns.setdefault("kind", KIND_OF.get(move) or columns["reverses"].kind)
    line = LedgerEntry(amount=Decimal(amount), **columns)
    return giving.propose_entry(contribution, move, line, actor=who.finance_officer)


def approved(who: Cast, proposal: EntryProposal) -> LedgerEntry:
    """The entry that the finance officer who did not propose it approves."""
    first, second = who.finance_officer, who.second_finance_officer
    return giving.approve_entry(proposal, actor=second if proposal.proposed_by == first.user.pk else first)


def reversal(who: Cast, origin: LedgerEntry, **columns: Any) -> LedgerEntry:
    return entry(
        who, origin.contribution, "reverse", str(origin.amount), reverses=origin, need=origin.need,
        **({"reason": "entered twice"} | columns),
    )  # fmt: skip


# offers and assessments


def new_offer(who: Cast, **columns: Any) -> Offer:
    """An offer of Norway's as an object, not yet stored."""
    return Offer(
        **{
            "donor": who.nor_officer.organisation, "form_id": "training", "theme_id": "border-management",
            "description": "Places every year", "quantity": Decimal(20), "unit_id": "places",
            "valid_from": clock.now() - timedelta(days=10),
        }
        | columns,
    )  # fmt: skip


def offer_in(who: Cast, status: str, **columns: Any) -> Offer:
    offer = giving.draft_offer(new_offer(who, **columns), actor=who.nor_officer)
    if status == "draft":
        return offer
    offer = giving.move_offer(offer, "publish", actor=who.nor_approver)
    if status in {"partly_taken", "exhausted"}:
        pledge_in(who, "offered", offer=offer, quantity="10" if status == "partly_taken" else "20",
                  need=request_in(who, "open", quantities=("20",)).needs.get())  # fmt: skip
        offer.refresh_from_db()
    elif status == "withdrawn":
        offer = giving.move_offer(offer, "withdraw", actor=who.nor_approver)
    elif status == "expired":
        offer = giving.move_offer(offer, "expire", actor=SYSTEM)
    return offer


ASSESSMENT_PATH = {
    "requested": (),
    "draft": (),
    "approval": ("send_for_approval",),
    "submitted": ("send_for_approval", "submit"),
    "published": ("send_for_approval", "submit", "publish"),
}
ASSESSMENT_MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "start": ("afg_focal_point", {}),
    "send_for_approval": ("afg_focal_point", {}),
    "return": ("afg_approver", {"reason": "Say more of the courses"}),
    "submit": ("afg_approver", {}),
    "publish": ("afg_approver", {}),
}


def assessment_in(
    who: Cast, status: str, *, request: AssistanceRequest | None = None, **columns: Any
) -> ImpactAssessment:
    """An assessment of Afghanistan's, of a request under which a delivery was confirmed."""
    if request is None:
        request = delivery_in(who, "confirmed").pledge.need.request
    assessment = asking.start_assessment(
        ImpactAssessment(request=request, **({"findings": "More was seized."} | columns)),
        requested=status == "requested", actor=SYSTEM if status == "requested" else who.afg_focal_point,
    )  # fmt: skip
    for move in ASSESSMENT_PATH[status]:
        name, given = ASSESSMENT_MOVES[move]
        assessment = asking.move_assessment(assessment, move, actor=actor_named(who, name), facts=given)
    return assessment
