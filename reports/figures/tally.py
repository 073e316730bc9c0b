"""Where the figures of one report are added up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from reports.figures.definitions import describe
from reports.figures.model import Figure
from reports.reading import ZERO_USD

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
NO_REPEATS: Mapping[str, str] = {}


class Cell:
    """One figure in the making: its records, its amount in dollars, or a value that is neither."""

    __slots__ = ("records", "usd", "value")

    def __init__(self) -> None:
        self.records: list[str] = []
        self.usd = ZERO_USD
        self.value: int | Decimal | None = None

    def note(self, ref: str) -> None:
        """The record stands behind the figure; entries of one record in a row are noted once."""
        if not self.records or self.records[-1] != ref:
            self.records.append(ref)

    def pay(self, usd: Decimal, ref: str) -> None:
        """Adds an amount already rounded to cents."""
        self.usd += usd
        self.note(ref)


class Family(dict[str | int, Cell]):
    """The cells whose ids begin alike, by the code that ends them."""

    def __missing__(self, code: str | int) -> Cell:
        cell = self[code] = Cell()
        return cell


class Tally(dict[str, Family]):
    """Families by the beginning of their ids; a fixed id is a family of one."""

    def __missing__(self, beginning: str) -> Family:
        family = self[beginning] = Family()
        return family

    def one(self, figure_id: str) -> Cell:
        """The cell of a fixed id."""
        return self[figure_id][""]

    def figures(self, *, always: Iterable[str] = (), repeats: Mapping[str, str] = NO_REPEATS) -> list[Figure]:
        """Every figure with a cell, and those of `always`, in the order of the report.

        `repeats` names figures that have the records, and the amount, of another.
        """
        cells = {f"{start}{code}": cell for start, family in self.items() for code, cell in family.items()}
        # frozen once, so that figures with the same records share them
        frozen = {figure_id: tuple(cell.records) for figure_id, cell in cells.items()}
        nothing = Cell()
        made = []
        for figure_id in sorted({*cells, *always}, key=order):
            unit, definition = describe(figure_id)
            source = repeats.get(figure_id, figure_id)
            records = frozen.get(source, ())
            value = cells.get(figure_id, nothing).value
            if value is None:
                value = len(records) if unit == "count" else cells.get(source, nothing).usd
            made.append(Figure(figure_id, value, unit, definition, records))
        return made


def order(figure_id: str) -> tuple[int, str]:
    """Sorts ids by their family in the order of the report, then by their letters."""
    return _ORDER.index(figure_id.partition(".")[0]), figure_id
