"""PDF: readable without a password, and nothing in it that acts."""

from pathlib import Path
from typing import Any

import pikepdf

from .rejected import Rejected

MOST_VALUES = 1_000_000
_TAIL = 2048
_DEEPEST = 100
_ACTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/RichMediaExecute"}
_ACTING_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMedia", "/RichMediaContent", "/RichMediaSettings"}
_UNREADABLE = (
    pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip
_EMBEDDING_KEYS = {"/EF", "/EmbeddedFiles"}


def look(path: str) -> None:
    """Raises Rejected: encrypted, damaged, active, embedded, mixed, explosive."""
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        _, mark, after = file.read().rpartition(b"%%EOF")
    if not mark:
        raise Rejected("damaged")
    if after.strip(b"\0 \t\r\n\f"):
        raise Rejected("mixed")
    try:
        with pikepdf.open(path, suppress_warnings=True) as document:
            _whole(document)
    except pikepdf.PasswordError:
        raise Rejected("encrypted") from None
    except _UNREADABLE:
        raise Rejected("damaged") from None


def _whole(document: pikepdf.Pdf) -> None:
    if document.is_encrypted:
        raise Rejected("encrypted")
    if not len(document.pages):
        raise Rejected("damaged")
    _walk(document)


def _walk(document: pikepdf.Pdf) -> None:
    """Every value of the file, object by object; a value that is an object of its own is met there."""
    met = 0
    for whole in document.objects:
        waiting: list[tuple[Any, int]] = [(whole, 0)]
        while waiting:
            value, depth = waiting.pop()
            met += 1
            if met > MOST_VALUES or depth > _DEEPEST:
                raise Rejected("explosive")
            waiting += [(inner, depth + 1) for inner in _inside(value)]


def _inside(value: Any) -> list[Any]:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        _harmless(value)
        found = [value.get(key) for key in value.keys()]  # noqa: SIM118 - not a mapping of Python's
    elif isinstance(value, pikepdf.Array):
        found = list(value)
    else:
        return []
    kinds = pikepdf.Dictionary | pikepdf.Array
    return [inner for inner in found if isinstance(inner, kinds) and not inner.is_indirect]


def _harmless(value: Any) -> None:
    keys = set(value.keys())
    if keys & _ACTING_KEYS or {str(value.get("/S", "")), str(value.get("/Subtype", ""))} & (
        _ACTS | {"/RichMedia"}
    ):
        raise Rejected("active")
    if keys & _EMBEDDING_KEYS or str(value.get("/Type", "")) == "/EmbeddedFile":
        raise Rejected("embedded")
