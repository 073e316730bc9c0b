"""The figures of a report, from its snapshot alone (docs/figures of the report: `definitions.py`).

Period is [from, to], both days included; "at the cut-off" is the end of the cut-off day UTC. The
largest collections (requests, pledges, deliveries) are each read once, in order; what is kept of them
are references and sums.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reports.figures.definitions import PARAGRAPH_PARTS
from reports.figures.model import ZERO_USD, Figure, Snapshot, mean, median
from reports.figures.moments import (
    STATES,
    WorkingDays,
    committed,
    confirmed,
    day_of,
    happened,
    is_loan,
    request_state,
)
from reports.figures.rates import Rates
from reports.figures.tally import Tally

REGIONS = ("002", "019", "142", "150", "009")
GROUPS = ("ldc", "lldc", "sids")
PARAGRAPHS = range(1, 10)
FULFILMENT = ("unmet", "partly_pledged", "fully_pledged", "partly_delivered", "delivered")
LEDGER = {"receipt": "received", "psc": "psc", "allocation": "allocated", "refund": "refunded"}

# Ids whose codes form a closed list stand in every report, at zero too; a median or mean of nothing,
# and codes that the data bring (States, forms, themes, donors), only where a record stands behind them.
ALWAYS = (
    *("requests.received", "requests.states", "requests.acknowledged_on_time"),
    *(f"requests.by_region.{region}" for region in REGIONS),
    *(f"requests.by_group.{group}" for group in GROUPS),
    *(f"requests.at_cutoff.{state}" for state in STATES),
    *("needs.total", "needs.women_children"),
    *(f"needs.by_paragraph.{number}" for number in PARAGRAPHS),
    *(f"needs.fulfilment.{step}" for step in FULFILMENT),
    *(
        f"pledges.{part}"
        for part in ("offered", "accepted", "agreed", "agreed_usd", "loans_usd", "value_usd")
    ),
    *(f"pledges.value_usd.by_region.{region}" for region in REGIONS),
    *(f"pledges.value_usd.by_paragraph.{number}" for number in PARAGRAPHS),
    *(f"deliveries.{part}" for part in ("confirmed", "confirmed_usd", "unconfirmed")),
    *(f"training.participants.{sex}" for sex in ("women", "men")),
    *(
        f"contributions.{part}_usd"
        for part in ("announced", "agreed", *LEDGER.values(), "net", "opening", "closing")
    ),
    "assessments.submitted",
    *(f"paragraph.{number}.{part}" for number in PARAGRAPHS for part in PARAGRAPH_PARTS),
)
# What has the same records, and the same amount, as a figure before it, and so cannot differ from it.
REPEATS = {
    "requests.states": "requests.received",
    **{f"paragraph.{n}.states": f"paragraph.{n}.requests" for n in PARAGRAPHS},
    **{f"paragraph.{n}.needs": f"needs.by_paragraph.{n}" for n in PARAGRAPHS},
    **{
        f"paragraph.{n}.{part}": f"pledges.value_usd.by_paragraph.{n}"
        for n in PARAGRAPHS
        for part in ("pledges", "value_usd", "donors")
    },
}


@dataclass(frozen=True, slots=True)
class Need:
    """What a pledge must know of the need that it answers."""

    region: str
    paragraphs: tuple[int, ...]


@dataclass(slots=True)
class Work:
    """What is carried from one collection to the next."""

    snapshot: Snapshot
    rates: Rates
    cut_off: str = ""
    first: str = ""
    last: str = ""
    tally: Tally = field(default_factory=Tally)
    needs: dict[str, Need] = field(default_factory=dict)
    # needs that are counted, with the quantity needed; the others are of no interest to fulfilment
    wanted: dict[str, Decimal] = field(default_factory=dict)
    pledged: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    delivered: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def __post_init__(self) -> None:
        period = self.snapshot["period"]
        self.cut_off = self.snapshot["cut_off"]
        self.first = period["from"]
        self.last = min(period["to"], self.cut_off)

    def in_period(self, day: str | None) -> bool:
        return day is not None and self.first <= day <= self.last


def compute(snapshot: Snapshot) -> list[Figure]:
    """Every figure of the report on `snapshot`, in the order of the report.

    Counts are of records, money is in United States dollars and cents, each entry converted at the
    latest rate dated on or before its own date and rounded half-even before it is added (rule 4,
    docs/rules.md). Raises MissingRate where an amount that counts has none.
    """
    work = Work(snapshot=snapshot, rates=Rates(snapshot.get("rates", {})))
    _requests(work)
    _pledges(work)
    _deliveries(work)
    _fulfilment(work)
    _contributions(work)
    _assessments(work)
    return work.tally.figures(always=ALWAYS, repeats=REPEATS)


def _requests(work: Work) -> None:
    states = work.snapshot["states"]
    acknowledgement = _Acknowledgement(work)
    distinct: set[str] = set()
    by_paragraph: defaultdict[int, set[str]] = defaultdict(set)
    for request in work.snapshot["requests"]:
        region = states[request["state"]]["region"]
        for need in request["needs"]:
            work.needs[need["ref"]] = Need(region, tuple(need["paragraphs"]))
        if not work.in_period(day_of(request, "submitted")):
            continue
        together = {request["state"], *request.get("co_requesters", ())}
        distinct |= together
        state = request_state(request, work.cut_off)
        _received(work.tally, request["ref"], together, states)
        work.tally["requests.at_cutoff."][str(state)].note(request["ref"])
        acknowledgement.take(request)
        if state not in ("withdrawn", "declined"):
            for number in _needs(work, request):
                by_paragraph[number] |= together
    acknowledgement.finish()
    work.tally.one("requests.states").value = len(distinct)
    for number, served in by_paragraph.items():
        work.tally.one(f"paragraph.{number}.states").value = len(served)


def _received(tally: Tally, ref: str, together: set[str], states: dict[str, Any]) -> None:
    tally.one("requests.received").note(ref)
    for state in together:
        tally["requests.by_state."][state].note(ref)
    for region in {states[state]["region"] for state in together}:
        tally["requests.by_region."][region].note(ref)
    for group in GROUPS:
        if any(states[state][group] for state in together):
            tally["requests.by_group."][group].note(ref)


class _Acknowledgement:
    """How soon requests of the period were acknowledged, in working days."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._calendar = WorkingDays(work.snapshot.get("holidays", ()))
        self._clock = work.snapshot["clocks"]["acknowledge"]
        self._days: list[int] = []

    def take(self, request: dict[str, Any]) -> None:
        acknowledged = day_of(request, "acknowledged")
        if acknowledged is None or acknowledged > self._work.cut_off:
            return
        submitted = day_of(request, "submitted")
        assert submitted is not None
        days = self._calendar.between(submitted, acknowledged)
        self._days.append(days)
        self._work.tally.one("requests.days_to_acknowledge.median").note(request["ref"])
        if days <= self._clock:
            self._work.tally.one("requests.acknowledged_on_time").note(request["ref"])

    def finish(self) -> None:
        if self._days:
            self._work.tally.one("requests.days_to_acknowledge.median").value = median(self._days)


def _needs(work: Work, request: dict[str, Any]) -> set[int]:
    """Counts the needs of a request of the period; returns the paragraphs, 1 to 9, that it serves."""
    tally = work.tally
    served: set[int] = set()
    for need in request["needs"]:
        ref = need["ref"]
        work.wanted[ref] = Decimal(need["quantity"])
        tally.one("needs.total").note(ref)
        tally["needs.by_form."][need["form"]].note(ref)
        tally["needs.by_theme."][need["theme"]].note(ref)
        if need.get("mainly_for"):
            tally.one("needs.women_children").note(ref)
        for number in set(need["paragraphs"]):
            tally["needs.by_paragraph."][number].note(ref)
            if number in PARAGRAPHS:
                served.add(number)
    for number in served:
        tally.one(f"paragraph.{number}.requests").note(request["ref"])
    return served


def _pledges(work: Work) -> None:
    donors: defaultdict[int, set[str]] = defaultdict(set)
    for pledge in work.snapshot["pledges"]:
        offered = pledge["dates"].get("offered")
        if offered is None or offered > work.cut_off:
            continue
        live = committed(pledge, work.cut_off)
        if live and "need" in pledge:
            work.pledged[pledge["need"]] += Decimal(pledge["quantity"])
        if not work.in_period(offered):
            continue
        ref = pledge["ref"]
        work.tally.one("pledges.offered").note(ref)
        if happened(pledge["dates"], "accepted", work.cut_off):
            work.tally.one("pledges.accepted").note(ref)
        if live:
            _live_pledge(work, pledge, donors)
    for number, leads in donors.items():
        work.tally.one(f"paragraph.{number}.donors").value = len(leads)


def _live_pledge(work: Work, pledge: dict[str, Any], donors: defaultdict[int, set[str]]) -> None:
    tally, ref = work.tally, pledge["ref"]
    agreed = happened(pledge["dates"], "agreed", work.cut_off)
    if agreed:
        tally.one("pledges.agreed").note(ref)
    usd = _value(work, pledge, pledge["dates"]["offered"])
    if is_loan(pledge):
        tally.one("pledges.loans_usd").pay(usd, ref)
        return
    if agreed:
        tally.one("pledges.agreed_usd").pay(usd, ref)
    tally.one("pledges.value_usd").pay(usd, ref)
    tally["pledges.value_usd.by_donor."][pledge["donor"]].pay(usd, ref)
    tally["pledges.value_usd.by_form."][pledge["form"]].pay(usd, ref)
    if "need" not in pledge:
        return
    need = work.needs[pledge["need"]]
    tally["pledges.value_usd.by_region."][need.region].pay(usd, ref)
    for number in need.paragraphs:
        tally["pledges.value_usd.by_paragraph."][number].pay(usd, ref)
        if number in PARAGRAPHS:
            donors[number].add(pledge["donor"])


def _value(work: Work, record: dict[str, Any], day: str) -> Decimal:
    money = record.get("value")
    return ZERO_USD if money is None else work.rates.usd(money["amount"], money["currency"], day)


def _deliveries(work: Work) -> None:
    deliveries = work.snapshot["deliveries"]
    asked = {delivery["pledge"] for delivery in deliveries}
    pledges = {pledge["ref"]: pledge for pledge in work.snapshot["pledges"] if pledge["ref"] in asked}
    people = dict.fromkeys(("women", "men"), 0)
    for delivery in deliveries:
        if delivery["date"] > work.cut_off:
            continue
        pledge = pledges[delivery["pledge"]]
        received = confirmed(delivery, work.cut_off)
        if received and "need" in pledge:
            work.delivered[pledge["need"]] += Decimal(delivery["quantity"])
        if not work.in_period(delivery["date"]):
            continue
        ref = delivery["ref"]
        if not received:
            work.tally.one("deliveries.unconfirmed").note(ref)
            continue
        work.tally.one("deliveries.confirmed").note(ref)
        if not is_loan(pledge):
            usd = _value(work, delivery, delivery["date"])
            work.tally.one("deliveries.confirmed_usd").pay(usd, ref)
        if pledge["form"] == "training":
            for sex, number in delivery.get("participants", {}).items():
                people[sex] += number
                work.tally["training.participants."][sex].note(ref)
    for sex, number in people.items():
        work.tally["training.participants."][sex].value = number


def _fulfilment(work: Work) -> None:
    paragraphs = work.needs
    for ref, quantity in work.wanted.items():
        step = fulfilment(quantity, work.pledged.get(ref), work.delivered.get(ref))
        work.tally["needs.fulfilment."][step].note(ref)
        if step == "delivered":
            for number in paragraphs[ref].paragraphs:
                if number in PARAGRAPHS:
                    work.tally.one(f"paragraph.{number}.needs_met").note(ref)


def fulfilment(quantity: Decimal, pledged: Decimal | None, delivered: Decimal | None) -> str:
    """How far a need is met, one of FULFILMENT: committed pledges and confirmed deliveries, in its unit."""
    if delivered:
        return "delivered" if delivered >= quantity else "partly_delivered"
    if pledged:
        return "fully_pledged" if pledged >= quantity else "partly_pledged"
    return "unmet"


def _contributions(work: Work) -> None:
    for contribution in work.snapshot["contributions"]:
        ref, amount, currency = contribution["ref"], contribution["amount"], contribution["currency"]
        signed = contribution.get("agreement", {}).get("signed")
        for part, day in (("announced", contribution["announced"]), ("agreed", signed)):
            if work.in_period(day):
                work.tally.one(f"contributions.{part}_usd").pay(work.rates.usd(amount, currency, day), ref)
        for entry in contribution["entries"]:
            if entry["date"] <= work.cut_off:
                _entry(work, contribution, entry)


def _entry(work: Work, contribution: dict[str, Any], entry: dict[str, Any]) -> None:
    tally, ref, day = work.tally, contribution["ref"], entry["date"]
    usd = work.rates.usd(entry["amount"], contribution["currency"], day)
    if "reverses" in entry:
        usd = -usd
    effect = usd if entry["kind"] == "receipt" else -usd
    tally.one("contributions.closing_usd").pay(effect, ref)
    if day < work.first:
        tally.one("contributions.opening_usd").pay(effect, ref)
    if not work.in_period(day):
        return
    tally.one("contributions.net_usd").pay(effect, ref)
    tally.one(f"contributions.{LEDGER[entry['kind']]}_usd").pay(usd, ref)
    if entry["kind"] == "receipt":
        tally["contributions.received_usd.by_donor."][contribution["donor"]].pay(usd, ref)


def _assessments(work: Work) -> None:
    ratings: defaultdict[str, list[int]] = defaultdict(list)
    for assessment in work.snapshot["assessments"]:
        if not work.in_period(assessment["submitted"]):
            continue
        work.tally.one("assessments.submitted").note(assessment["ref"])
        for criterion, rating in assessment.get("ratings", {}).items():
            ratings[criterion].append(rating)
            work.tally["assessments.rating."][criterion].note(assessment["ref"])
    for criterion, given in ratings.items():
        work.tally["assessments.rating."][criterion].value = mean(given)
