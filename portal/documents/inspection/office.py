"""Documents and workbooks of office programs: Office Open XML (DOCX, XLSX) and OpenDocument (ODT, ODS)."""

import re
import zipfile
from collections.abc import Callable

from . import archive, markup
from .rejected import Rejected

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
TYPES = "[Content_Types].xml"
MIMETYPE, MANIFEST = "mimetype", "META-INF/manifest.xml"
# the content type of a package's main part, and what the package is
MAIN = {
    f"{_OOXML}.wordprocessingml.document.main+xml": f"{_OOXML}.wordprocessingml.document",
    f"{_OOXML}.spreadsheetml.sheet.main+xml": f"{_OOXML}.spreadsheetml.sheet",
}
OPEN_DOCUMENT = {f"{_ODF}.text", f"{_ODF}.spreadsheet"}
_ACTIVE_TYPE = re.compile(
    "macroEnabled|vbaProject|vbaData|activeX|oleObject|macrosheet|dialogsheet|attachedToolbars", re.IGNORECASE
)
_ACTIVE_PART = re.compile(
    r"vba(project|data)|activex/|macrosheets/|dialogsheets/|\.(exe|dll|js|vbs|hta|jar)$", re.IGNORECASE
)
_BASIC = re.compile(r"^(basic|scripts|dialogs)/", re.IGNORECASE)
_FIELD = re.compile(r"\bDDE(AUTO)?\b")
_MOST_NAME = 2**16


def media_of(path: str) -> str:
    """The media type of an archive that is a document or a workbook. Raises Rejected."""
    with archive.opened(path) as found:
        names = set(found.namelist())
        if TYPES in names:
            return _ooxml(found)
        if MIMETYPE in names:
            said = b"".join(archive.chunks(found, _small(found, MIMETYPE))).decode("ascii", "replace").strip()
            if said in OPEN_DOCUMENT and found.infolist()[0].filename == MIMETYPE:
                return said
    raise Rejected("unknown")


def _small(found: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    part = found.getinfo(name)
    if part.file_size > _MOST_NAME:
        raise Rejected("explosive")
    return part


def _ooxml(found: zipfile.ZipFile) -> str:
    """What the package is, by the type of its main part; macros are named there too."""
    mains: set[str] = set()
    names = set(found.namelist())

    def start(_name: str, said: dict[str, str]) -> None:
        kind = said.get("ContentType", "")
        if _ACTIVE_TYPE.search(kind):
            raise Rejected("active")
        if kind in MAIN and said.get("PartName", "").lstrip("/") in names:
            mains.add(MAIN[kind])

    markup.read(archive.chunks(found, found.getinfo(TYPES)), start)
    if len(mains) != 1:
        raise Rejected("unknown")
    return mains.pop()


def look_ooxml(path: str) -> None:
    """Raises Rejected: active, external, entities, explosive, nested, embedded, damaged."""
    with archive.opened(path) as found:
        for part in found.infolist():
            if _ACTIVE_PART.search(part.filename):
                raise Rejected("active")
            if part.filename.lower().endswith(".rels"):
                markup.read(archive.chunks(found, part), _relation)
            elif part.filename.lower().endswith(".xml"):
                _read_body(found, part)
            else:
                _pass(found, part)


def _relation(name: str, said: dict[str, str]) -> None:
    """A link that a reader may follow or not is no matter; what the program fetches by itself is."""
    outside = said.get("TargetMode", "").lower() == "external"
    if name == "Relationship" and outside and not said.get("Type", "").endswith("/hyperlink"):
        raise Rejected("external")


def _read_body(found: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    inside = ""

    def start(name: str, said: dict[str, str]) -> None:
        nonlocal inside
        inside = name
        if name in {"ddeLink", "oleLink"} or _FIELD.search(said.get("instr", "")):
            raise Rejected("active")

    def text(words: str) -> None:
        if inside == "instrText" and _FIELD.search(words):
            raise Rejected("active")

    markup.read(archive.chunks(found, part), start, text)


def _pass(found: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A part that is no XML, unpacked to its end: it must be whole, and no file of its own."""
    for _piece in archive.chunks(found, part):
        pass


def look_odf(path: str) -> None:
    """Raises Rejected: encrypted, active, entities, explosive, nested, embedded, damaged."""
    with archive.opened(path) as found:
        names = set(found.namelist())
        if MANIFEST not in names or "content.xml" not in names:
            raise Rejected("damaged")
        for part in found.infolist():
            if part.is_dir():
                continue
            if _BASIC.match(part.filename) or _ACTIVE_PART.search(part.filename):
                raise Rejected("active")
            if part.filename.lower().endswith((".xml", ".rdf")):
                markup.read(archive.chunks(found, part), _harmless(part.filename))
            else:
                _pass(found, part)


def _harmless(name: str) -> Callable[[str, dict[str, str]], None]:
    def start(element: str, said: dict[str, str]) -> None:
        if name == MANIFEST and element == "encryption-data":
            raise Rejected("encrypted")
        if element in {"event-listener", "script", "applet", "plugin", "dde-source", "dde-connection-decl"}:
            raise Rejected("active")
        if element == "object-ole" or (element == "template" and said.get("href")):
            raise Rejected("embedded" if element == "object-ole" else "external")

    return start
