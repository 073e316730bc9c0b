"""Checks a report's package from its own files alone, for a stranger: no database, no network, no trust.

Nothing in a package is believed before it is checked, and nothing in it makes the check fail: what is
missing, broken or hostile is a finding in words.
"""

import json
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from reports.canonical import Oversized, canonical_bytes, decompress, sha256
from reports.figures import compute, public
from reports.figures.totals import imbalances
from reports.package.contents import FIGURES, MANIFEST, PUBLIC, SNAPSHOT, figures_bytes, file_hash

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
# The second keeps the rate with each amount; what was handed over before stays as it was.
FORMATS = ("assistance-snapshot/1", "assistance-snapshot/2")
_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_IDS = 10
_MOST_LETTERS = 200
_MANIFEST_LIMIT = 4 << 20
# What reading a snapshot may raise that does not hold what one holds.
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, with which file of the package."""

    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}"


@dataclass(slots=True)
class _Package:
    directory: Path
    limit: int
    findings: list[Finding] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)

    def find(self, file: str, problem: str) -> None:
        self.findings.append(Finding(_plain(file), problem))


def verify(directory: Path | str, *, limit: int = 1 << 30) -> list[Finding]:
    """Findings on the package in `directory`, none where all is well.

    Checked are the manifest against the files (presence, size, SHA-256), the snapshot against its hash,
    the figures, which are computed again and must be the same bytes, and the totals of both sets of
    figures. No file is unpacked beyond `limit` bytes and none outside the folder is opened.
    """
    package = _Package(Path(directory), limit)
    try:
        if not package.directory.is_dir():
            package.find(str(directory), _("is not a folder"))
        elif _manifest(package):
            _files(package)
            _contents(package)
    except OSError as error:
        package.find(str(directory), _("cannot be read: %(reason)s") % {"reason": error.strerror or error})
    return package.findings


# -- the manifest and the files that it names


def _manifest(package: _Package) -> bool:
    content = _read(package, MANIFEST, _MANIFEST_LIMIT)
    manifest = None if content is None else _parsed(package, MANIFEST, content)
    if manifest is None:
        return False
    if not isinstance(manifest.get("files"), list):
        package.find(MANIFEST, _("does not list the files of a report"))
        return False
    package.manifest = manifest
    return True


def _files(package: _Package) -> None:
    for entry in package.manifest["files"]:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            package.find(MANIFEST, _("lists a file whose name is not that of a file of the package"))
        elif name in package.listed:
            package.find(name, _("is listed twice in the manifest"))
        elif name == MANIFEST:
            package.find(name, _("lists itself"))
        else:
            package.listed.add(name)
            _file(package, name, entry)
    for name in (SNAPSHOT, FIGURES, PUBLIC):
        if name not in package.listed:
            package.find(name, _("is not listed in the manifest"))
    for path in sorted(package.directory.iterdir()):
        if path.name not in {*package.listed, MANIFEST, SNAPSHOT, FIGURES, PUBLIC}:
            package.find(path.name, _("lies in the folder but is not listed in the manifest"))


def _file(package: _Package, name: str, entry: dict[str, Any]) -> None:
    size = _size(package, name)
    if size is None:
        return
    if not isinstance(entry.get("format"), str) or not isinstance(entry.get("language", ""), str):
        package.find(name, _("is listed without its format or language"))
    if entry.get("size") != size or isinstance(entry["size"], bool):
        package.find(name, _("has another size than the manifest says"))
    elif entry.get("sha256") != file_hash(package.directory / name):
        package.find(name, _("has another SHA-256 than the manifest says"))


def _size(package: _Package, name: str) -> int | None:
    """The size of a plain file of the folder; a link could lead out of it and is not followed."""
    try:
        status = (package.directory / name).lstat()
    except FileNotFoundError:
        package.find(name, _("is missing"))
        return None
    if not stat.S_ISREG(status.st_mode):
        package.find(name, _("is not a plain file"))
        return None
    return status.st_size


def _read(package: _Package, name: str, limit: int) -> bytes | None:
    size = _size(package, name)
    if size is None:
        return None
    if size > limit:
        package.find(name, _("is larger than %(limit)s bytes and was not read") % {"limit": limit})
        return None
    return (package.directory / name).read_bytes()


def _parsed(package: _Package, name: str, content: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        package.find(name, _("is not JSON: %(reason)s") % {"reason": _plain(error)})
        return None
    if not isinstance(parsed, dict):
        package.find(name, _("is not an object of JSON"))
        return None
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


# -- the snapshot and what is computed from it


def _contents(package: _Package) -> None:
    snapshot, snapshot_hash = _snapshot(package)
    if snapshot is None:
        return
    _agreement(package, snapshot, snapshot_hash)
    try:
        figures = compute(snapshot)
        made = {FIGURES: figures, PUBLIC: public(snapshot, figures)}
        expected = {
            name: figures_bytes(those, snapshot_hash=snapshot_hash, as_of=snapshot["cut_off"])
            for name, those in made.items()
        }
    except _UNREADABLE as error:
        reason = f"{type(error).__name__}: {error}"
        package.find(SNAPSHOT, _("gives no figures: %(reason)s") % {"reason": _plain(reason)})
        return
    whole = snapshot["period"]["to"] == snapshot["cut_off"]
    for name, content in expected.items():
        _figures(package, name, content, whole=whole)


def _snapshot(package: _Package) -> tuple[dict[str, Any] | None, str]:
    packed = _read(package, SNAPSHOT, package.limit)
    if packed is None:
        return None, ""
    try:
        content = decompress(packed, limit=package.limit)
    except Oversized:
        package.find(SNAPSHOT, _("unpacks to more than %(limit)s bytes") % {"limit": package.limit})
        return None, ""
    except ValueError as error:
        package.find(SNAPSHOT, _("cannot be unpacked: %(reason)s") % {"reason": _plain(error)})
        return None, ""
    snapshot = _parsed(package, SNAPSHOT, content)
    if snapshot is None:
        return None, ""
    if snapshot.get("format") not in FORMATS:
        package.find(SNAPSHOT, _("is not a snapshot of this portal"))
        return None, ""
    if not _is_canonical(snapshot, content):
        package.find(SNAPSHOT, _("is not written in the canonical form"))
    return snapshot, sha256(content)


def _is_canonical(snapshot: dict[str, Any], content: bytes) -> bool:
    try:
        return canonical_bytes(snapshot) == content
    except (UnicodeEncodeError, RecursionError):
        return False


def _agreement(package: _Package, snapshot: dict[str, Any], snapshot_hash: str) -> None:
    """What the manifest says of the snapshot against the snapshot."""
    stated = package.manifest.get("snapshot")
    if not _is_hash(stated) or stated != snapshot_hash:
        package.find(SNAPSHOT, _("has another hash than the manifest says"))
    said = {
        "session": _at(snapshot, "session", "number"),
        "body": _at(snapshot, "session", "body"),
        "resolution": _at(snapshot, "resolution", "symbol"),
        "period": {"from": _at(snapshot, "period", "from"), "to": _at(snapshot, "period", "to")},
        "cut_off": snapshot.get("cut_off"),
        "sample": snapshot.get("sample"),
    }
    for key, value in said.items():
        if package.manifest.get(key) != value:
            package.find(MANIFEST, _("says another %(key)s than the snapshot") % {"key": key})
    if not _is_hash(package.manifest.get("audit_root")):
        package.find(MANIFEST, _("does not give the root of the event chains"))


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _at(snapshot: dict[str, Any], key: str, inner: str) -> Any:
    value = snapshot.get(key)
    return value.get(inner) if isinstance(value, dict) else None


# -- figures and totals


def _figures(package: _Package, name: str, expected: bytes, *, whole: bool) -> None:
    content = _read(package, name, package.limit)
    if content is None:
        return
    if content == expected:
        stated = json.loads(content)
    else:
        stated = _parsed(package, name, content)
        if stated is None:
            return
        _differences(package, name, stated, json.loads(expected))
    _totals(package, name, stated, whole=whole)


def _differences(package: _Package, name: str, stated: dict[str, Any], expected: dict[str, Any]) -> None:
    """Names the figures that are not what the snapshot gives."""
    found, right = dict(_rows(stated)), dict(_rows(expected))
    wrong = [i for i in (*right, *(i for i in found if i not in right)) if found.get(i) != right.get(i)]
    for figure_id in wrong[:_MOST_IDS]:
        mine, theirs = right.get(figure_id, {}).get("value"), found.get(figure_id, {}).get("value")
        if figure_id not in right:
            problem = _("states the figure %(id)s, which the snapshot does not give")
        elif figure_id not in found:
            problem = _("lacks the figure %(id)s, which is %(right)s")
        elif mine != theirs:
            problem = _("states %(stated)s for the figure %(id)s, which is %(right)s")
        else:
            problem = _("states another unit, definition or list of records for the figure %(id)s")
        words = {"id": _plain(figure_id), "right": mine, "stated": _plain(theirs)}
        package.find(name, problem % words)
    if len(wrong) > _MOST_IDS:
        package.find(name, _("differs in %(number)s more figures") % {"number": len(wrong) - _MOST_IDS})
    if not wrong:
        package.find(name, _("is not, byte for byte, what the snapshot gives"))


def _rows(stated: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = stated.get("figures")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and isinstance(row.get("id"), str):
            yield row["id"], row


def _totals(package: _Package, name: str, stated: dict[str, Any], *, whole: bool) -> None:
    values = dict(_numbers(_rows(stated)))
    for each in imbalances(values, closed_at_cut_off=whole):
        words = {"total": each.total, "stated": each.stated, "parts": each.parts, "found": each.found}
        package.find(name, _("%(total)s is %(stated)s, but %(parts)s comes to %(found)s") % words)


def _numbers(rows: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, Decimal]]:
    for figure_id, row in rows:
        value = row.get("value")
        if isinstance(value, int | str) and re.fullmatch(r"-?\d{1,30}(\.\d{1,4})?", str(value)):
            yield figure_id, Decimal(str(value))


def _plain(text: object) -> str:
    """Foreign words fit to be shown on a terminal: short, on one line, without control characters."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    return shown if len(shown) <= _MOST_LETTERS else f"{shown[:_MOST_LETTERS]}…"
