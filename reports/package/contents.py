"""The files of a report as they are handed over: what they are called and what the manifest says of them.

`manifest.json` names every other file with its size and SHA-256; `snapshot.json.gz` holds the frozen
records, `figures.json` the complete figures and `figures-public.json` those that name nobody who has not
agreed to it. The renditions lie beside them. `verification.py` checks it all without a database.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.figures import Figure, read_back, written
from reports.reading import Snapshot

MANIFEST = "manifest.json"
SNAPSHOT = "snapshot.json.gz"
FIGURES = "figures.json"
PUBLIC = "figures-public.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file beside the manifest; `size` in bytes, `sha256` in hexadecimal, no language where it has none."""

    name: str
    format: str
    size: int
    sha256: str
    language: str | None = None


def figures_bytes(figures: Iterable[Figure], *, snapshot_hash: str, as_of: str) -> bytes:
    """figures.json or figures-public.json: JSON with one figure a line, the same for the same figures."""
    head = f'{{"snapshot":{_json(snapshot_hash)},"as_of":{_json(as_of)},"figures":['
    rows = ",".join(f"\n{_json(_row(figure))}" for figure in figures)
    return f"{head}{rows}\n]}}\n".encode()


def figures_read(content: bytes) -> list[Figure]:
    """The figures of such a file of this portal's own."""
    return [
        Figure(row["id"], read_back(row["value"]), row["unit"], row["definition"], tuple(row["records"]))
        for row in json.loads(content)["figures"]
    ]


def manifest_bytes(
    snapshot: Snapshot, *, snapshot_hash: str, audit_root: str, files: Sequence[PackagedFile]
) -> bytes:
    """manifest.json for a package of these files, which are put in the order of their names.

    `audit_root` is the hash over the heads of all chains when the snapshot was taken; it stands here and not
    in the snapshot, so that the same records give the same snapshot.
    """
    manifest = {
        "format": "assistance-report/1",
        "session": snapshot["session"]["number"],
        "body": snapshot["session"]["body"],
        "resolution": snapshot["resolution"]["symbol"],
        "period": {"from": snapshot["period"]["from"], "to": snapshot["period"]["to"]},
        "cut_off": snapshot["cut_off"],
        "snapshot": snapshot_hash,
        "audit_root": audit_root,
        "sample": snapshot["sample"],
        "files": [
            {
                "name": file.name,
                **({"language": file.language} if file.language else {}),
                "format": file.format,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in sorted(files, key=lambda file: file.name)
        ],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def write_manifest(
    directory: Path,
    snapshot: Snapshot,
    *,
    snapshot_hash: str,
    audit_root: str,
    files: Sequence[PackagedFile],
) -> None:
    """Writes the manifest, last of all files of the package."""
    content = manifest_bytes(snapshot, snapshot_hash=snapshot_hash, audit_root=audit_root, files=files)
    write_whole(directory / MANIFEST, content)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is either there whole or not there; the folder must exist."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def file_hash(path: Path) -> str:
    """SHA-256 of a file of any size, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _row(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.id,
        "value": written(figure),
        "unit": figure.unit,
        "definition": figure.definition,
        "records": list(figure.records),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
