"""From a frozen snapshot to the bytes of one document; no database."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from reports.canonical import compress
from reports.figures import PublicFigures, figures_of, public_of
from reports.package import FIGURES, PUBLIC, SNAPSHOT, figures_bytes, figures_read
from reports.reading import Reading

Json = dict[str, Any]

# made once, in no language
COMMON = (("figures", FIGURES), ("public", PUBLIC), ("snapshot", SNAPSHOT))
COMMON_KINDS = frozenset(kind for kind, _ in COMMON)


def planned(languages: Sequence[str], formats: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(language, format, file name) of every document of a job; the figures and the snapshot always."""
    for kind, name in COMMON:
        yield "", kind, name
    for kind in formats:
        if kind in DOCUMENTS:
            for language in languages:
                yield language, kind, f"report.{language}.{kind}"


def count(snapshot: Json, sha256: str) -> tuple[bytes, bytes]:
    """`figures.json` and `figures-public.json` of a snapshot, in gzip; computed once, when it is taken.

    Raises MissingRate where a figure cannot be computed.
    """
    reading = Reading(snapshot)
    figures = figures_of(reading)
    both = (figures, public_of(reading, figures))
    complete, public = (
        compress(figures_bytes(those, snapshot_hash=sha256, as_of=snapshot["cut_off"])) for those in both
    )
    return complete, public


@dataclass(frozen=True)
class Frozen:
    """A snapshot and its figures, each as they are kept: in gzip."""

    sha256: str
    content: bytes
    figures: bytes
    public: bytes

    @cached_property
    def snapshot(self) -> Json:
        records: Json = json.loads(gzip.decompress(self.content))
        return records

    @cached_property
    def shown(self) -> PublicFigures:
        """The figures that anyone may read."""
        return PublicFigures(figures_read(gzip.decompress(self.public)))


def make(language: str, kind: str, frozen: Frozen) -> bytes:
    """Bytes of one document; the same for the same snapshot."""
    if kind == "snapshot":
        return frozen.content
    if kind in COMMON_KINDS:
        return gzip.decompress(frozen.figures if kind == "figures" else frozen.public)
    return DOCUMENTS[kind](_composed(frozen, language))


def findings(languages: Sequence[str], frozen: Frozen) -> list[Json]:
    """What the checks before clearance find in each language: code, severity, section, message, to_do."""
    from reports.checks import check  # noqa: PLC0415

    return [
        {"language": language, **asdict(finding)}
        for language in languages
        for finding in check(frozen.snapshot, frozen.shown, _composed(frozen, language))
    ]


def _composed(frozen: Frozen, language: str) -> Any:
    from reports.compose import compose  # noqa: PLC0415 - heavy, and wanted by workers alone

    return compose(frozen.snapshot, frozen.shown, language=language, snapshot_hash=frozen.sha256)


def _pdf(document: Any) -> bytes:
    from reports.render.pdf import render_pdf  # noqa: PLC0415

    return render_pdf(document)


def _html(document: Any) -> bytes:
    from reports.render.html import render_html  # noqa: PLC0415

    return render_html(document)


DOCUMENTS: dict[str, Callable[[Any], bytes]] = {"pdf": _pdf, "html": _html}
