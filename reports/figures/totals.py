"""Whether the parts of a report's figures add up to their totals (rule 11, docs/rules.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

# A total, and the beginnings of the ids whose values must come to it.
_SUMS = (
    ("requests.received", "requests.at_cutoff."),
    ("needs.total", "needs.by_form."),
    ("needs.total", "needs.by_theme."),
    ("needs.total", "needs.fulfilment."),
    ("pledges.value_usd", "pledges.value_usd.by_donor."),
    ("pledges.value_usd", "pledges.value_usd.by_form."),
    ("contributions.received_usd", "contributions.received_usd.by_donor."),
)
# What is a part of something else can be no more than it.
_PARTS = (
    ("requests.acknowledged_on_time", "requests.received"),
    ("needs.women_children", "needs.total"),
    ("pledges.accepted", "pledges.offered"),
    ("pledges.agreed", "pledges.accepted"),
    ("pledges.agreed_usd", "pledges.value_usd"),
)
_SPENT = ("psc", "allocated", "refunded")


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A total that its parts do not bear out."""

    total: str
    parts: str
    stated: Decimal
    found: Decimal


def imbalances(values: Mapping[str, Decimal], *, closed_at_cut_off: bool) -> list[Imbalance]:
    """Totals that are not the sum of their parts; `values` by figure id, a missing one being zero.

    `closed_at_cut_off` says that the period ends on the cut-off day, so that the closing balance is the
    opening balance and the net of the period.
    """
    found = [
        Imbalance(whole, f"{beginning}*", *_pair(values, whole, beginning)) for whole, beginning in _SUMS
    ]
    ledger = {part: values.get(f"contributions.{part}_usd", Decimal(0)) for part in ("received", *_SPENT)}
    net = values.get("contributions.net_usd", Decimal(0))
    spent = sum((ledger[part] for part in _SPENT), Decimal(0))
    found.append(
        Imbalance(
            "contributions.net_usd", "received - psc - allocated - refunded", net, ledger["received"] - spent
        )
    )
    if closed_at_cut_off:
        opening = values.get("contributions.opening_usd", Decimal(0))
        closing = values.get("contributions.closing_usd", Decimal(0))
        found.append(Imbalance("contributions.closing_usd", "opening + net", closing, opening + net))
    found += _paragraphs(values)
    return [each for each in found if each.stated != each.found] + _excesses(values)


def _pair(values: Mapping[str, Decimal], whole: str, beginning: str) -> tuple[Decimal, Decimal]:
    parts = (value for figure_id, value in values.items() if figure_id.startswith(beginning))
    return values.get(whole, Decimal(0)), sum(parts, Decimal(0))


def _paragraphs(values: Mapping[str, Decimal]) -> Iterable[Imbalance]:
    for number in range(1, 10):
        for part, same in (
            ("needs", f"needs.by_paragraph.{number}"),
            ("value_usd", f"pledges.value_usd.by_paragraph.{number}"),
        ):
            figure_id = f"paragraph.{number}.{part}"
            yield Imbalance(figure_id, same, values.get(figure_id, Decimal(0)), values.get(same, Decimal(0)))


def _excesses(values: Mapping[str, Decimal]) -> list[Imbalance]:
    pairs = [*_PARTS, *((f"paragraph.{n}.needs_met", f"paragraph.{n}.needs") for n in range(1, 10))]
    return [
        Imbalance(whole, part, values.get(whole, Decimal(0)), values.get(part, Decimal(0)))
        for part, whole in pairs
        if values.get(part, Decimal(0)) > values.get(whole, Decimal(0))
    ]
