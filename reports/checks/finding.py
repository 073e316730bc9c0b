"""What a check is asked about, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reports.document import Document, parts, plain, runs_of
from reports.figures import PublicFigures
from reports.reading import Reading, Snapshot

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` names the check; an error bars clearance, a warning is for the officer to judge."""

    code: str
    severity: Severity
    section: str
    message: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Case:
    """A document with the figures and records that it was composed from."""

    snapshot: Snapshot
    figures: PublicFigures
    document: Document
    records: Reading


def texts(document: Document) -> Iterator[tuple[str, str]]:
    """Section and words of every text of the document, its footnotes too."""
    for section, block in parts(document):
        yield from ((section, plain(runs)) for runs in runs_of(block))
    yield from ((document.labels.footnotes, plain(note.runs)) for note in document.footnotes)
