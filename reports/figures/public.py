"""The figures that anyone may read: complete totals, and no one named who has not agreed to be.

A State is named for a request only with its consent, given with the request; a donor is not named for
a pledge that it made anonymously, nor for the contribution that fulfils one. What may not be named
stays in every total and is added up under "other" where a cell below regional level would name it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NewType

from reports.figures.compute import given_by
from reports.figures.definitions import describe
from reports.figures.model import Figure, total
from reports.figures.tally import Tally, order
from reports.reading import Reading, Snapshot

PublicFigures = NewType("PublicFigures", list[Figure])
"""What may stand in a document; made here alone, so that complete figures are not taken for them."""

OTHER = "other"
_BY_STATE = "requests.by_state."
_BY_DONOR = ("pledges.value_usd.by_donor.", "contributions.received_usd.by_donor.")
# The kind of record behind a figure: refs are unique within a collection only.
_KINDS = {
    "requests": "request",
    "needs": "need",
    "pledges": "pledge",
    "assessments": "assessment",
    "states": "request",
    "needs_met": "need",
    "value_usd": "pledge",
    "donors": "pledge",
}


def public(snapshot: Snapshot, figures: Sequence[Figure]) -> PublicFigures:
    """The figures without what may not be named, in the order of the report.

    - A State none of whose requests may name it is added to `requests.by_state.other`; a State with a
      request that may, keeps its whole count.
    - Anonymous pledges are taken out of their donor's value, and receipts of contributions that fulfil
      them out of their donor's receipts, into `.by_donor.other`.
    - `records` keeps the requests and needs that may be named, pledges of which State and donor both
      agree, and published assessments; deliveries and contributions are public as totals only.

    Totals, regions, groups of States, forms, themes and paragraphs are those of the complete figures.
    """
    return public_of(Reading(snapshot), figures)


def public_of(reading: Reading, figures: Sequence[Figure]) -> PublicFigures:
    """As `public`, from a reading that is there already."""
    shown = _shown(reading)
    kept = [figure for figure in figures if not figure.id.startswith((_BY_STATE, *_BY_DONOR))]
    kept += _states(shown, figures)
    kept += _donors(reading, figures)
    ordered = sorted(kept, key=lambda figure: order(figure.id))
    return PublicFigures([_trimmed(figure, shown) for figure in ordered])


def _shown(reading: Reading) -> dict[str, set[str]]:
    """The refs that may be listed, by kind of record."""
    return {
        "request": {request.ref for request in reading.requests if request.named},
        "need": {need.ref for need in reading.needs.values() if need.request.named},
        "pledge": {
            pledge.ref
            for pledge in reading.pledges.values()
            if not pledge.anonymous and (pledge.need.request.named if pledge.need else not pledge.for_state)
        },
        "assessment": {
            assessment.ref
            for assessment in reading.assessments
            if assessment.published and assessment.request and assessment.request.named
        },
    }


def _trimmed(figure: Figure, shown: dict[str, set[str]]) -> Figure:
    word, _, rest = figure.id.partition(".")
    kind = _KINDS.get(rest.partition(".")[2] if word == "paragraph" else word, "")
    listed = shown.get(kind, set())
    records = tuple(ref for ref in figure.records if ref in listed)
    return Figure(figure.id, figure.value, figure.unit, figure.definition, records)


def _states(shown: dict[str, set[str]], figures: Sequence[Figure]) -> list[Figure]:
    """The cells of States, those that hold only requests that may not name them added up as one."""
    cells = [figure for figure in figures if figure.id.startswith(_BY_STATE)]
    named = [figure for figure in cells if not shown["request"].isdisjoint(figure.records)]
    rest = sum(int(figure.value) for figure in cells) - sum(int(figure.value) for figure in named)
    return [*named, _other(_BY_STATE, rest)] if rest else named


def _donors(reading: Reading, figures: Sequence[Figure]) -> list[Figure]:
    """The cells of donors, without what they gave anonymously, which is added up as one."""
    tally = Tally()
    given_by(
        tally,
        (pledge for pledge in reading.valued if not pledge.anonymous),
        (contribution for contribution in reading.contributions if not contribution.anonymous),
    )
    named = tally.figures()
    cells: list[Figure] = []
    for family in _BY_DONOR:
        # A donor whose own ref is "other" goes with the rest.
        kept = [f for f in named if f.id.startswith(family) and f.id != family + OTHER]
        before = [f for f in figures if f.id.startswith(family)]
        cells += kept
        if _refs(before) != _refs(kept):
            rest = total(Decimal(f.value) for f in before) - total(Decimal(f.value) for f in kept)
            cells.append(_other(family, rest))
    return cells


def _refs(figures: Sequence[Figure]) -> set[str]:
    return {ref for figure in figures for ref in figure.records}


def _other(family: str, value: int | Decimal) -> Figure:
    unit, definition = describe(family + OTHER)
    return Figure(family + OTHER, value, unit, definition)
