"""Where the figures of one report are added up."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from reports.figures.definitions import describe
from reports.figures.model import ZERO_USD, Figure

_ORDER = (
    "requests",
    "needs",
    "pledges",
    "deliveries",
    "training",
    "contributions",
    "assessments",
    "paragraph",
)


class Tally:
    """Records, amounts and values by the id of their figure.

    A count is the number of its records unless a value is set; an amount is what was paid in.
    """

    def __init__(self) -> None:
        self.records: defaultdict[str, list[str]] = defaultdict(list)
        self.amounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO_USD)
        self.values: dict[str, int | Decimal] = {}
        self._sources: dict[str, str] = {}

    def note(self, figure_id: str, ref: str) -> None:
        """The record stands behind the figure; entries of one record in a row are noted once."""
        records = self.records[figure_id]
        if not records or records[-1] != ref:
            records.append(ref)

    def pay(self, figure_id: str, usd: Decimal, ref: str) -> None:
        """Adds an amount in dollars, already rounded to cents."""
        self.amounts[figure_id] += usd
        self.note(figure_id, ref)

    def repeat(self, figure_id: str, *, of: str) -> None:
        """The figure has the records, and the amount if it is one, of another."""
        self._sources[figure_id] = of

    def figures(self, *, always: Iterable[str]) -> list[Figure]:
        """Every figure with a record or a value, and those of `always`, in the order of the report."""
        ids = {*self.records, *self.values, *self.amounts, *always}
        # frozen once, so that figures with the same records share them
        frozen = {figure_id: tuple(records) for figure_id, records in self.records.items()}
        return [self._figure(figure_id, frozen) for figure_id in sorted(ids, key=order)]

    def _figure(self, figure_id: str, frozen: dict[str, tuple[str, ...]]) -> Figure:
        unit, definition = describe(figure_id)
        source = self._sources.get(figure_id, figure_id)
        records = frozen.get(source, ())
        value: int | Decimal = len(records) if unit == "count" else self.amounts.get(source, ZERO_USD)
        return Figure(figure_id, self.values.get(figure_id, value), unit, definition, records)


def order(figure_id: str) -> tuple[int, str]:
    """Sorts ids by their family in the order of the report, then by their letters."""
    return _ORDER.index(figure_id.partition(".")[0]), figure_id
