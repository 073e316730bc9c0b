"""Values that the text needs beside the fixed figures, each with its own id under `derived.`.

They are counted from the snapshot by the rules of the figures; none of them takes the place of one.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from reports.figures import Figure, Unit
from reports.reading import ZERO_USD as ZERO
from reports.reading import Assessment, Delivery, Need, Pledge, Reading, Request

FOLLOW_UPS = ("in-use", "partly-in-use", "not-in-use", "lost", "staff-moved")


class Measures:
    """Figures by id, the fixed ones first; an id that has no record reads as zero or as nothing."""

    def __init__(self, figures: Iterable[Figure], records: Reading) -> None:
        self._figures = {figure.id: figure for figure in figures}
        self._records = records
        for figure in _derived(records, self._figures):
            self._figures[figure.id] = figure

    def get(self, figure_id: str) -> Figure | None:
        return self._figures.get(figure_id)

    def value(self, figure_id: str) -> int | Decimal:
        """The value, zero where the figures leave it out."""
        figure = self._figures.get(figure_id)
        return figure.value if figure else 0

    def family(self, beginning: str) -> dict[str, Figure]:
        """The figures whose id is `beginning` and a code, by their code."""
        return {
            figure_id.removeprefix(beginning): figure
            for figure_id, figure in self._figures.items()
            if figure_id.startswith(beginning)
        }

    def add(self, figure: Figure) -> Figure:
        """Keeps a figure that a table makes for one of its cells."""
        return self._figures.setdefault(figure.id, figure)


def _count(name: str, definition: str, records: Iterable[str]) -> Figure:
    refs = tuple(records)
    return Figure(f"derived.{name}", len(refs), "count", definition, refs)


def _figure(name: str, value: int | Decimal, unit: Unit, definition: str, *refs: str) -> Figure:
    return Figure(f"derived.{name}", value, unit, definition, refs)


def _refs(rows: Iterable[Request | Need | Pledge | Delivery | Assessment]) -> list[str]:
    return [row.ref for row in rows]


def _derived(records: Reading, figures: dict[str, Figure]) -> Iterable[Figure]:
    yield from _of_requests(records, figures)
    yield from _of_pledges(records)
    yield from _of_follow_ups(records)
    yield from _of_contributions(figures)
    for number in range(1, 10):
        yield from _of_paragraph(records, figures, number)


def _of_requests(records: Reading, figures: dict[str, Figure]) -> Iterable[Figure]:
    received = records.received
    yield _count(
        "requests.acknowledged",
        "Requests submitted in the period and acknowledged by the cut-off date.",
        _refs(r for r in received if r.acknowledged),
    )
    yield _count(
        "requests.joint",
        "Requests submitted in the period by two States or more.",
        _refs(r for r in received if r.data.get("co_requesters")),
    )
    illustrative = [r for r in records.requests if r.named and r.data.get("illustrative")]
    yield _count("requests.illustrative", "Real cases given as illustrations.", _refs(illustrative))
    yield _count(
        "requests.illustrative_counted",
        "Real cases given as illustrations that fall in the period.",
        _refs(r for r in illustrative if r.received),
    )
    yield _count(
        "requests.unnamed",
        "Requests submitted in the period whose States have not agreed to be named.",
        _refs(r for r in received if not r.named),
    )
    remaining = _value(figures, "needs.total") - _value(figures, "needs.fulfilment.delivered")
    yield _figure(
        "needs.remaining",
        remaining,
        "count",
        "Needs less the needs that confirmed deliveries have met in full.",
    )


def _of_pledges(records: Reading) -> Iterable[Figure]:
    yield _count(
        "pledges.without_value",
        "Pledges offered in the period and committed at the cut-off, loans left out, of which no value is given.",
        _refs(p for p in records.valued if p.value is None),
    )
    yield _count(
        "pledges.loans",
        "Loans offered in the period and committed at the cut-off.",
        _refs(p for p in records.live if p.loan),
    )
    yield _count(
        "pledges.announced",
        "Pledges announced in the period and not offered by the cut-off date.",
        _refs(p for p in records.pledges.values() if p.announced),
    )
    yield _figure(
        "pledges.donors",
        len({p.donor for p in records.valued}),
        "count",
        "Distinct (lead) donors of pledges offered in the period and committed at the cut-off, loans left out.",
    )


def _of_follow_ups(records: Reading) -> Iterable[Figure]:
    followed = [delivery for delivery in records.confirmed if delivery.use]
    latest = Counter(delivery.use for delivery in followed)
    yield _count(
        "followups.deliveries", "Confirmed deliveries whose use the State has reported on.", _refs(followed)
    )
    for status in FOLLOW_UPS:
        yield _figure(
            f"followups.{status}",
            latest[status],
            "count",
            f"Of them, the ones whose latest report says: {status.replace('-', ' ')}.",
        )


def _of_contributions(figures: dict[str, Figure]) -> Iterable[Figure]:
    later = (
        _value(figures, "contributions.closing_usd")
        - _value(figures, "contributions.opening_usd")
        - _value(figures, "contributions.net_usd")
    )
    yield _figure(
        "contributions.later_usd",
        later + ZERO,
        "usd",
        "Receipts less charges, allocations and refunds after the period and up to the cut-off date.",
    )


def _of_paragraph(records: Reading, figures: dict[str, Figure], number: int) -> Iterable[Figure]:
    name = f"paragraph.{number}"
    remaining = _value(figures, f"{name}.needs") - _value(figures, f"{name}.needs_met")
    yield _figure(
        f"{name}.remaining",
        remaining,
        "count",
        f"Needs that serve paragraph {number} less those of them that confirmed deliveries have met in full.",
    )
    needs = [need for need in records.counted_needs() if number in need.paragraphs]
    yield _count(
        f"{name}.unmet",
        f"Needs that serve paragraph {number} and have no committed pledge.",
        _refs(need for need in needs if need.step == "unmet"),
    )
    yield _count(
        f"{name}.women_children",
        f"Needs that serve paragraph {number} and are mainly for women or children.",
        _refs(need for need in needs if need.women_children),
    )
    yield from _of_lenders(records, number)
    done = [d for d in records.confirmed if d.pledge.serves(number)]
    yield _count(
        f"{name}.deliveries",
        f"Deliveries dated in the period and confirmed, for needs that serve paragraph {number}.",
        _refs(done),
    )
    yield _figure(
        f"{name}.delivered_usd",
        sum((d.usd for d in done), ZERO),
        "usd",
        f"Value of the confirmed deliveries for needs that serve paragraph {number}, loans left out.",
        *_refs(done),
    )
    yield _count(
        f"{name}.unconfirmed",
        f"Deliveries dated in the period and not confirmed, for needs that serve paragraph {number}.",
        _refs(d for d in records.unconfirmed if d.pledge.serves(number)),
    )


def _of_lenders(records: Reading, number: int) -> Iterable[Figure]:
    """Financial institutions and loans, for needs that serve the paragraph."""
    name = f"paragraph.{number}"
    kind = {ref: organisation["kind"] for ref, organisation in records.organisations.items()}
    live = [p for p in records.live if p.serves(number)]
    yield _count(
        f"{name}.institutions",
        f"Pledges by financial institutions, loans left out, for needs that serve paragraph {number}.",
        _refs(p for p in live if not p.loan and kind.get(p.donor) == "financial-institution"),
    )
    loans = [p for p in live if p.loan]
    yield _count(
        f"{name}.loans",
        f"Loans offered in the period and standing at the cut-off, for needs that serve paragraph {number}.",
        _refs(loans),
    )
    yield _figure(
        f"{name}.loans_usd",
        sum((p.usd for p in loans), ZERO),
        "usd",
        f"Value of the loans for needs that serve paragraph {number}.",
    )


def _value(figures: dict[str, Figure], figure_id: str) -> int | Decimal:
    figure = figures.get(figure_id)
    return figure.value if figure else 0
