"""The figures of a report, from the reading of its snapshot (definitions: `definitions.py`)."""

from collections import defaultdict
from collections.abc import Iterable

from reports.figures.definitions import PARAGRAPH_PARTS
from reports.figures.model import Figure, mean, median
from reports.figures.tally import Tally
from reports.reading import (
    FULFILMENT,
    STATES,
    Contribution,
    Pledge,
    Reading,
    Request,
    Snapshot,
    WorkingDays,
)

REGIONS = ("002", "019", "142", "150", "009")
GROUPS = ("ldc", "lldc", "sids")
PARAGRAPHS = range(1, 10)
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


def compute(snapshot: Snapshot) -> list[Figure]:
    """Every figure of the report on `snapshot`, in the order of the report.

    Counts are of records, money is in United States dollars and cents, each entry converted at the rate
    that was kept with it, else at the latest dated on or before its own date, and rounded half-even before
    it is added (rule 4, docs/rules.md). Raises MissingRate where an amount that counts has none.
    """
    return figures_of(Reading(snapshot))


def figures_of(reading: Reading) -> list[Figure]:
    """As `compute`, from a reading that is there already."""
    tally = Tally()
    _requests(tally, reading)
    _needs(tally, reading)
    _pledges(tally, reading)
    _deliveries(tally, reading)
    _contributions(tally, reading.contributions)
    given_by(tally, reading.valued, reading.contributions)
    _assessments(tally, reading)
    return tally.figures(always=ALWAYS, repeats=REPEATS)


def _requests(tally: Tally, reading: Reading) -> None:
    states = reading.states
    for request in reading.received:
        tally.one("requests.received").note(request.ref)
        for state in request.states:
            tally["requests.by_state."][state].note(request.ref)
        for region in {states[state]["region"] for state in request.states}:
            tally["requests.by_region."][region].note(request.ref)
        for group in GROUPS:
            if any(states[state][group] for state in request.states):
                tally["requests.by_group."][group].note(request.ref)
        tally["requests.at_cutoff."][str(request.at_cut_off)].note(request.ref)
    tally.one("requests.states").value = _distinct(reading.received)
    _acknowledgements(tally, reading)


def _distinct(requests: Iterable[Request]) -> int:
    """The number of different States of the requests."""
    return len({state for request in requests for state in request.states})


def _acknowledgements(tally: Tally, reading: Reading) -> None:
    """How soon requests of the period were acknowledged, in working days."""
    calendar = WorkingDays(reading.snapshot.get("holidays", ()))
    clock = reading.snapshot["clocks"]["acknowledge"]
    taken: list[int] = []
    for request in reading.received:
        if request.acknowledged and request.submitted:
            days = calendar.between(request.submitted, request.acknowledged)
            taken.append(days)
            tally.one("requests.days_to_acknowledge.median").note(request.ref)
            if days <= clock:
                tally.one("requests.acknowledged_on_time").note(request.ref)
    if taken:
        tally.one("requests.days_to_acknowledge.median").value = median(taken)


def _needs(tally: Tally, reading: Reading) -> None:
    served: defaultdict[int, list[Request]] = defaultdict(list)
    for request in reading.counted:
        for number in {
            number for need in request.needs for number in need.paragraphs if number in PARAGRAPHS
        }:
            tally.one(f"paragraph.{number}.requests").note(request.ref)
            served[number].append(request)
    for number, requests in served.items():
        tally.one(f"paragraph.{number}.states").value = _distinct(requests)
    for need in reading.counted_needs():
        ref, step = need.ref, need.step
        tally.one("needs.total").note(ref)
        tally["needs.by_form."][need.form].note(ref)
        tally["needs.by_theme."][need.theme].note(ref)
        tally["needs.fulfilment."][step].note(ref)
        if need.women_children:
            tally.one("needs.women_children").note(ref)
        for number in need.paragraphs:
            tally["needs.by_paragraph."][number].note(ref)
            if step == "delivered" and number in PARAGRAPHS:
                tally.one(f"paragraph.{number}.needs_met").note(ref)


def _pledges(tally: Tally, reading: Reading) -> None:
    for pledge in reading.pledges.values():
        if pledge.offered:
            tally.one("pledges.offered").note(pledge.ref)
            if pledge.accepted:
                tally.one("pledges.accepted").note(pledge.ref)
    for pledge in reading.live:
        if pledge.agreed:
            tally.one("pledges.agreed").note(pledge.ref)
        if pledge.loan:
            tally.one("pledges.loans_usd").pay(pledge.usd, pledge.ref)
    _values(tally, reading.valued)


def _values(tally: Tally, valued: Iterable[Pledge]) -> None:
    donors: defaultdict[int, set[str]] = defaultdict(set)
    for pledge in valued:
        usd, ref = pledge.usd, pledge.ref
        tally.one("pledges.value_usd").pay(usd, ref)
        tally["pledges.value_usd.by_form."][pledge.form].pay(usd, ref)
        if pledge.agreed:
            tally.one("pledges.agreed_usd").pay(usd, ref)
        if pledge.need is not None:
            tally["pledges.value_usd.by_region."][pledge.need.region].pay(usd, ref)
            for number in pledge.need.paragraphs:
                tally["pledges.value_usd.by_paragraph."][number].pay(usd, ref)
                if number in PARAGRAPHS:
                    donors[number].add(pledge.donor)
    for number, leads in donors.items():
        tally.one(f"paragraph.{number}.donors").value = len(leads)


def given_by(tally: Tally, valued: Iterable[Pledge], contributions: Iterable[Contribution]) -> None:
    """Value pledged and receipts of the period by (lead) donor."""
    for pledge in valued:
        tally["pledges.value_usd.by_donor."][pledge.donor].pay(pledge.usd, pledge.ref)
    for contribution in contributions:
        for entry in contribution.entries:
            if entry.kind == "receipt" and entry.when == "period":
                cell = tally["contributions.received_usd.by_donor."][contribution.donor]
                cell.pay(entry.usd, contribution.ref)


def _deliveries(tally: Tally, reading: Reading) -> None:
    people = dict.fromkeys(("women", "men"), 0)
    for delivery in reading.unconfirmed:
        tally.one("deliveries.unconfirmed").note(delivery.ref)
    for delivery in reading.confirmed:
        tally.one("deliveries.confirmed").note(delivery.ref)
        if not delivery.pledge.loan:
            tally.one("deliveries.confirmed_usd").pay(delivery.usd, delivery.ref)
        if delivery.pledge.form == "training":
            for sex, number in delivery.participants.items():
                people[sex] += number
                tally["training.participants."][sex].note(delivery.ref)
    for sex, number in people.items():
        tally["training.participants."][sex].value = number


def _contributions(tally: Tally, contributions: Iterable[Contribution]) -> None:
    for contribution in contributions:
        ref = contribution.ref
        for part, amount in (("announced", contribution.announced), ("agreed", contribution.agreed)):
            if amount is not None:
                tally.one(f"contributions.{part}_usd").pay(amount.usd, ref)
        for entry in contribution.entries:
            tally.one("contributions.closing_usd").pay(entry.effect, ref)
            if entry.when == "opening":
                tally.one("contributions.opening_usd").pay(entry.effect, ref)
            if entry.when == "period":
                tally.one("contributions.net_usd").pay(entry.effect, ref)
                tally.one(f"contributions.{LEDGER[entry.kind]}_usd").pay(entry.usd, ref)


def _assessments(tally: Tally, reading: Reading) -> None:
    ratings: defaultdict[str, list[int]] = defaultdict(list)
    for assessment in reading.assessments:
        if assessment.submitted:
            tally.one("assessments.submitted").note(assessment.ref)
            for criterion, rating in assessment.ratings.items():
                ratings[criterion].append(rating)
                tally["assessments.rating."][criterion].note(assessment.ref)
    for criterion, given in ratings.items():
        tally["assessments.rating."][criterion].value = mean(given)
