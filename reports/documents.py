"""From a frozen snapshot to the bytes of one document; no database."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from reports.figures import compute, public
from reports.package import FIGURES, PUBLIC, SNAPSHOT, figures_bytes

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


def make(language: str, kind: str, sha256: str, packed: bytes) -> bytes:
    """Bytes of one document; the same for the same snapshot."""
    if kind == "snapshot":
        return packed
    snapshot: Json = json.loads(gzip.decompress(packed))
    figures = compute(snapshot)
    if kind in {"figures", "public"}:
        shown = figures if kind == "figures" else public(snapshot, figures)
        return figures_bytes(shown, snapshot_hash=sha256, as_of=snapshot["cut_off"])
    from reports.compose import compose  # noqa: PLC0415 - the renderers are heavy and wanted by workers alone

    return DOCUMENTS[kind](compose(snapshot, figures, language=language, snapshot_hash=sha256))


def findings(languages: Sequence[str], sha256: str, packed: bytes) -> list[Json]:
    """What the checks before clearance find in each language: code, severity, section, message, to_do."""
    from reports.checks import check  # noqa: PLC0415
    from reports.compose import compose  # noqa: PLC0415

    snapshot: Json = json.loads(gzip.decompress(packed))
    figures = compute(snapshot)
    return [
        {"language": language, **asdict(finding)}
        for language in languages
        for finding in check(
            snapshot, figures, compose(snapshot, figures, language=language, snapshot_hash=sha256)
        )
    ]


def _pdf(document: Any) -> bytes:
    from reports.render.pdf import render_pdf  # noqa: PLC0415

    return render_pdf(document)


def _html(document: Any) -> bytes:
    from reports.render.html import render_html  # noqa: PLC0415

    return render_html(document)


DOCUMENTS: dict[str, Callable[[Any], bytes]] = {"pdf": _pdf, "html": _html}
