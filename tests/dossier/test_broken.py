"""Broken dossiers: each named by its path with a reason, everything at once, and nothing said of the rest."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dossier.samples import problems_of, whole, written

Breaks = Callable[[dict[str, Any]], object]


def put(path: str, value: Any) -> Breaks:
    """A change that sets the value at a path such as `requests.0.dates.submitted`."""
    *way, last = path.split(".")

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return change


def drop(path: str) -> Breaks:
    """A change that removes what stands at a path."""
    *way, last = path.split(".")

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        del place[int(last) if isinstance(place, list) else last]

    return change


def copy_of(collection: str, index: int) -> Breaks:
    """A change that gives a record a second time."""
    return lambda document: document[collection].append(dict(document[collection][index]))


def several(*changes: Breaks) -> Breaks:
    return lambda document: [change(document) for change in changes]


SHAPE: list[tuple[Breaks, str, str]] = [
    (put("format", "assistance-dossier/2"), "format", "is not one of: assistance-dossier/1"),
    (drop("format"), "format", "is missing"),
    (put("titel", "x"), "titel", "did you mean “title”"),
    (put("requests", {}), "requests", "must be a list"),
    (put("requests.0", 5), "requests[0]", "must be an object; a number is given"),
    (drop("requests.0.title"), "requests[0].title", "is missing"),
    (put("requests.0.title", "ab"), "requests[0].title", "at least 3 characters"),
    (put("requests.0.title", "x" * 301), "requests[0].title", "at most 300 characters"),
    (put("requests.0.colour", "red"), "requests[0].colour", "no such key"),
    (put("requests.0.ref", "-R1"), "requests[0].ref", "is not a reference"),
    (put("requests.0.needs", []), "requests[0].needs", "at least one item"),
    (put("requests.0.needs.0.quantity", 20), "requests[0].needs[0].quantity", "a number is given"),
    (put("requests.0.needs.0.quantity", "0.00"), "requests[0].needs[0].quantity", "above zero"),
    (put("requests.0.needs.0.quantity", "-1"), "requests[0].needs[0].quantity", "above zero"),
    (put("requests.0.needs.0.quantity", "1,5"), "requests[0].needs[0].quantity", "above zero"),
    (put("requests.0.needs.0.quantity", "1e3"), "requests[0].needs[0].quantity", "above zero"),
    (put("requests.0.needs.0.quantity", "٣"), "requests[0].needs[0].quantity", "above zero"),
    (put("requests.0.needs.0.paragraphs", [3, 3]), "requests[0].needs[0].paragraphs[1]", "stands twice"),
    (
        put("requests.0.needs.0.paragraphs", [True]),
        "requests[0].needs[0].paragraphs[0]",
        "true or false is given",
    ),
    (
        put("requests.0.needs.0.beneficiaries.women", -1),
        "requests[0].needs[0].beneficiaries.women",
        "at least 0",
    ),
    (put("requests.0.needs.0.beneficiaries.women", 1.5), "requests[0].needs[0].beneficiaries.women", "whole"),
    (put("requests.0.dates.submitted", "2018-1-3"), "requests[0].dates.submitted", "is not a date"),
    (put("requests.0.dates.submitted", "2018-01-03\n"), "requests[0].dates.submitted", "is not a date"),
    (put("requests.0.dates.submitted", None), "requests[0].dates.submitted", "nothing (null) is given"),
    (put("requests.0.language", "de"), "requests[0].language", "is not one of"),
    (put("organisations.1.names", {}), "organisations[1].names", "at least one language"),
    (put("organisations.1.names.de", "x"), "organisations[1].names.de", "is not a language"),
    (put("exchange_rates.0.per_usd", "0"), "exchange_rates[0].per_usd", "above zero"),
    (put("contributions.0.psc_rate", "100"), "contributions[0].psc_rate", "under 100"),
    (put("contributions.0.earmarked_for", "planet:X"), "contributions[0].earmarked_for", "is not an earmark"),
    (put("assessments.0.ratings.relevance", 6), "assessments[0].ratings.relevance", "at most 5"),
    (put("requests.0.named_in_report", "yes"), "requests[0].named_in_report", "must be true or false"),
]

MEANING: list[tuple[Breaks, str, str]] = [
    # codes
    (put("requests.0.needs.0.form", "trainings"), "requests[0].needs[0].form", "did you mean “training”"),
    (put("requests.0.needs.1.theme", "astrology"), "requests[0].needs[1].theme", "no thematic area"),
    (put("offers.0.unit", "parsecs"), "offers[0].unit", "no unit"),
    (put("offers.0.regions", ["999"]), "offers[0].regions[0]", "no M49 region"),
    (put("offers.0.states", ["XXX"]), "offers[0].states[0]", "no State"),
    (put("requests.1.state", "XXX"), "requests[1].state", "no State with the code"),
    (put("requests.1.state", "PRI"), "requests[1].state", "not a Member or observer State"),
    (put("requests.0.co_requesters", ["TJK", "HKG"]), "requests[0].co_requesters[1]", "not a Member"),
    (put("pledges.1.value.currency", "XYZ"), "pledges[1].value.currency", "no currency"),
    (put("requests.0.needs.1.paragraphs", [10]), "requests[0].needs[1].paragraphs[0]", "paragraphs 1 to 9"),
    (put("narratives.0.paragraph", 12), "narratives[0].paragraph", "paragraphs 1 to 11"),
    (
        put("deliveries.0.participants.men", 3_000_000_000),
        "deliveries[0].participants.men",
        "at most 2147483647",
    ),
    # days
    (put("requests.0.note_verbale.date", "2017-02-30"), "requests[0].note_verbale.date", "no such day"),
    (put("sessions.0.from", "2017-02-29"), "sessions[0].from", "no such day"),
    (put("deliveries.0.date", "2018-04-01T24:00Z"), "deliveries[0].date", "no such time"),
    (put("assessments.0.published", "2020-07-01"), "assessments[0].published", "after today"),
    (put("requests.0.dates.circulated", "2018-01-04"), "requests[0].dates.circulated", "before acknowledged"),
    (put("requests.0.note_verbale.date", "2018-01-04"), "requests[0].note_verbale.date", "is after"),
    (drop("requests.0.dates.acknowledged"), "requests[0].dates.circulated", "needs acknowledged"),
    (put("requests.1.dates.reopened", "2018-12-01"), "requests[1].dates.reopened", "cannot be"),
    (put("requests.1.dates.withdrawn", "2019-07-01"), "requests[1].dates.withdrawn", "it is closed"),
    (
        put("requests.0.clarifications.0.answered", "2018-01-05"),
        "requests[0].clarifications[0].answered",
        "before",
    ),
    (put("requests.0.clarifications.0.asked", "2018-01-04"), "requests[0].clarifications[0].asked", "before"),
    (
        put("requests.0.clarifications.0.answered", "2018-02-02"),
        "requests[0].clarifications[0].answered",
        "circulated",
    ),
    (put("pledges.0.dates.accepted", "2018-02-09"), "pledges[0].dates.accepted", "before offered"),
    (drop("pledges.1.dates.offered"), "pledges[1].dates.accepted", "needs offered"),
    (put("pledges.0.dates.announced", "2018-02-11"), "pledges[0].dates.offered", "before announced"),
    (put("pledges.2.dates.accepted", "2018-05-20"), "pledges[2].dates.accepted", "it is declined"),
    (put("pledges.0.agreement.signed", "2018-03-11"), "pledges[0].agreement.signed", "is after"),
    (put("pledges.0.window.from", "2031-01-01"), "pledges[0].window.until", "before window.from"),
    (put("offers.0.valid_until", "2017-01-01"), "offers[0].valid_until", "before valid_from"),
    (put("contributions.0.announced", "2018-03-06"), "contributions[0].agreement.signed", "before announced"),
    (
        put("contributions.0.receipts.0.date", "2018-03-04"),
        "contributions[0].receipts[0].date",
        "agreement.signed",
    ),
    (put("deliveries.0.confirmed", "2018-03-31"), "deliveries[0].confirmed", "before date"),
    (put("deliveries.0.follow_ups.0.date", "2018-03-31"), "deliveries[0].follow_ups[0].date", "before date"),
    (put("deliveries.0.date", "2018-03-09"), "deliveries[0].date", "before the pledge's agreed"),
    (put("assessments.0.published", "2019-04-30"), "assessments[0].published", "before submitted"),
    (put("sessions.0.to", "2017-03-17"), "sessions[0].to", "before from"),
    # references
    (copy_of("requests", 1), "requests[2].ref", "stands twice; first at requests[1]"),
    (put("requests.1.needs.0.ref", "N1"), "requests[1].needs[0].ref", "first at requests[0].needs[0]"),
    (copy_of("exchange_rates", 0), "exchange_rates[3]", "given twice"),
    (copy_of("narratives", 0), "narratives[1]", "twice; first at narratives[0]"),
    (copy_of("sessions", 0), "sessions[1].number", "given twice"),
    (
        several(copy_of("organisations", 1), put("organisations.4.ref", "x")),
        "organisations[4].state",
        "Government",
    ),
    (
        several(copy_of("organisations", 0), put("organisations.4.ref", "x")),
        "organisations[4].kind",
        "Secretariat",
    ),
    (put("pledges.0.donor", "org:none"), "pledges[0].donor", "no organisation"),
    (put("pledges.0.joint_donors", ["org:none"]), "pledges[0].joint_donors[0]", "no organisation"),
    (put("requests.0.selected_donors", ["org:none"]), "requests[0].selected_donors[0]", "no organisation"),
    (put("pledges.1.need", "N9"), "pledges[1].need", "no need"),
    (put("pledges.1.offer", "O9"), "pledges[1].offer", "no offer"),
    (put("pledges.2.redirected_from", "P9"), "pledges[2].redirected_from", "no pledge"),
    (put("deliveries.0.pledge", "P9"), "deliveries[0].pledge", "no pledge"),
    (put("assessments.0.request", "R9"), "assessments[0].request", "no request"),
    (put("contributions.0.allocations.0.need", "N9"), "contributions[0].allocations[0].need", "no need"),
    (put("narratives.0.session", 63), "narratives[0].session", "no session"),
    # what records say of each other
    (put("requests.0.co_requesters", ["AFG", "TJK"]), "requests[0].co_requesters[0]", "lead State"),
    (put("requests.0.needs.0.state", "NER"), "requests[0].needs[0].state", "not one of the States"),
    (drop("organisations.1.state"), "organisations[1].state", "needs its State"),
    (put("organisations.3.state", "NER"), "organisations[3].state", "only a Government"),
    (put("pledges.0.finance", "loan"), "pledges[0].finance", "a loan is cash"),
    (put("pledges.1.unit", "places"), "pledges[1].unit", "its need's unit"),
    (
        put("pledges.0.joint_donors", ["org:deu"]),
        "pledges[0].joint_donors[0]",
        "the donor of the pledge already",
    ),
    (put("pledges.0.donor", "org:bank"), "pledges[0].donor", "another donor"),
    (put("offers.0.valid_from", "2018-02-11"), "pledges[0].dates.offered", "before the pledge's offer"),
    (put("pledges.2.donor", "org:deu"), "pledges[2].donor", "keeps its donor"),
    (put("pledges.2.need", "N2"), "pledges[2].need", "another need"),
    (put("pledges.2.dates.offered", "2018-04-30"), "pledges[2].dates.offered", "was cancelled"),
    (put("pledges.2.redirected_from", "P1"), "pledges[2].redirected_from", "was not cancelled"),
    (
        put("contributions.0.earmarking", "tight"),
        "contributions[0].earmarked_for",
        "tight names one of: need",
    ),
    (drop("contributions.0.psc_rule"), "contributions[0].psc_rule", "under 13 per cent"),
    # money
    (put("pledges.1.value.amount", "500000.5"), "pledges[1].value.amount", "finer than JPY"),
    (
        put("contributions.0.receipts.0.amount", "5000.001"),
        "contributions[0].receipts[0].amount",
        "finer than USD",
    ),
    (
        put("exchange_rates.2", {"currency": "USD", "date": "2018-01-01", "per_usd": "2"}),
        "exchange_rates[2].per_usd",
        "United States dollar is 1",
    ),
    (drop("exchange_rates.0"), "pledges[0].value", "no rate of exchange for EUR on or before 2018-02-10"),
    (put("exchange_rates.0.date", "2018-03-11"), "pledges[0].value", "EUR on or before 2018-02-10"),
    (put("contributions.0.currency", "KWD"), "contributions[0].announced", "KWD on or before 2018-03-01"),
]


def _grow(document: dict[str, Any]) -> dict[str, Any]:
    document["exchange_rates"].append({"currency": "KWD", "date": "2019-01-01", "per_usd": "0.3"})
    return document


def _named(case: object) -> str | None:
    return case if isinstance(case, str) else ""


def test_the_small_dossier_is_right() -> None:
    assert problems_of(written(whole())) == {}


@pytest.mark.parametrize(("breaks", "path", "reason"), [*SHAPE, *MEANING], ids=_named)
def test_a_fault_is_named_by_its_path(breaks: Breaks, path: str, reason: str) -> None:
    document = _grow(whole())
    breaks(document)
    found = problems_of(written(document))
    assert path in found
    assert reason in found[path]


@pytest.mark.parametrize(("breaks", "path", "reason"), SHAPE, ids=_named)
def test_a_fault_of_shape_is_told_alone(breaks: Breaks, path: str, reason: str) -> None:
    """What cannot be read is not called missing elsewhere."""
    document = whole()
    breaks(document)
    others = {name for name in problems_of(written(document)) if name != path}
    fields_of_the_path = {
        "requests[0].ref",
        "requests[0].needs",
        "requests",
        "requests[0]",
        "exchange_rates[0].per_usd",
    }
    assert not others or path in fields_of_the_path


def test_everything_wrong_is_told_at_once() -> None:
    document = whole()
    expected = set()
    for breaks, path, _reason in (SHAPE[9], SHAPE[20], MEANING[1], MEANING[2], MEANING[15], MEANING[30]):
        breaks(document)
        expected.add(path)
    assert expected <= problems_of(written(document)).keys()


@pytest.mark.parametrize(
    "change",
    [
        put("requests.1.dates", {}),
        put("requests.1.dates", {"withdrawn": "2018-01-03"}),
        put("requests.1.dates.reopened", "2019-06-01"),
        several(
            put(
                "requests.1.dates",
                {
                    "submitted": "2018-01-03",
                    "declined": "2018-01-03",
                    "reopened": "2018-01-04",
                },
            ),
            drop("pledges.2"),
        ),
        put("pledges.0.dates", {"announced": "2018-01-01"}),
        put("contributions.0.psc_rule", "13"),
        put("deliveries.0.disputed", {"date": "2018-04-05", "reason": "Two short."}),
        put("pledges.1.value.amount", "500000.00"),
        put("requests.0.needs.0.beneficiaries.women", 10.0),
        put("title", '\U0001f600 und "Anführung" \\ / \t'),
        put("sessions.0.to", "2031-01-01"),
    ],
)
def test_what_is_unusual_and_right_passes(change: Breaks) -> None:
    document = whole()
    change(document)
    if document["pledges"][0]["dates"] == {"announced": "2018-01-01"}:
        document["deliveries"] = []
    assert problems_of(written(document)) == {}
