"""What is checked before a report is cleared; each finding names the section and what to do."""

from collections.abc import Callable, Iterator

from reports.checks import form, names, numbers
from reports.checks.finding import Case, Finding
from reports.document import Document
from reports.figures import PublicFigures
from reports.reading import Reading, Snapshot

__all__ = ["CHECKS", "Finding", "check"]

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    numbers.totals,
    numbers.same_values,
    form.paragraphs,
    form.length,
    names.languages,
    names.state_names,
    names.personal_data,
    names.confidential,
    numbers.unconfirmed,
    numbers.rates,
    form.footnotes,
    form.inputs,
    form.unplaced,
    form.snapshot_hash,
    form.house_style,
    form.first_page,
    form.characters,
)


def check(snapshot: Snapshot, figures: PublicFigures, document: Document) -> list[Finding]:
    """Every finding on a document composed from `snapshot` and `figures`, in the order of the checks."""
    case = Case(snapshot, figures, document, Reading(snapshot))
    return [finding for look in CHECKS for finding in look(case)]
