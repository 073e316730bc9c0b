"""The types that are taken, each known by how it begins and looked through by its own reader."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import images, office, pdf
from .rejected import Rejected

__all__ = ["BY_NAME", "TYPES", "Rejected", "inspect"]

_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
HEAD = 1024
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# what a browser, if it were asked to guess, would take for a page
_PAGE = (b"<script", b"<html", b"<!doctype html", b"<?php")
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Type:
    """A type of file: its media type, the endings of its name, how it begins and who looks through it."""

    media: str
    endings: tuple[str, ...]
    begins: bytes
    look: Callable[[str], None]


TYPES: tuple[Type, ...] = (
    Type("application/pdf", (".pdf",), b"%PDF-", pdf.look),
    Type("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff", images.look_jpeg),
    Type("image/png", (".png",), b"\x89PNG\r\n\x1a\n", images.look_png),
    Type(f"{_OOXML}.wordprocessingml.document", (".docx",), b"PK\x03\x04", office.look_ooxml),
    Type(f"{_OOXML}.spreadsheetml.sheet", (".xlsx",), b"PK\x03\x04", office.look_ooxml),
    Type(f"{_ODF}.text", (".odt",), b"PK\x03\x04", office.look_odf),
    Type(f"{_ODF}.spreadsheet", (".ods",), b"PK\x03\x04", office.look_odf),
)
BY_NAME = {ending: found.media for found in TYPES for ending in found.endings}


def inspect(path: str, name: str) -> str:
    """The media type of a file that is what its name says and harmless. Raises Rejected."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Rejected("empty")
    found = _by_content(path, head)
    if BY_NAME.get(Path(name).suffix.lower()) != found.media:
        raise Rejected("name")
    if not found.begins.startswith(b"PK"):
        _nothing_else(path, head, found)
    found.look(path)
    return found.media


def _by_content(path: str, head: bytes) -> Type:
    if head.startswith(b"PK\x03\x04"):
        media = office.media_of(path)
        return next(found for found in TYPES if found.media == media)
    for found in TYPES:
        if head.startswith(found.begins):
            return found
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and _holds(path, (_ENCRYPTED,)):
        raise Rejected("encrypted")
    raise Rejected("unknown")


def _nothing_else(path: str, head: bytes, found: Type) -> None:
    """A file that another program would take for something else is refused."""
    picture = found.media.startswith("image/")
    if zipfile.is_zipfile(path) or (picture and b"%PDF-" in head):
        raise Rejected("mixed")
    if any(mark in head.lower() for mark in _PAGE) or (picture and _holds(path, _PAGE)):
        raise Rejected("mixed")


def _holds(path: str, marks: tuple[bytes, ...]) -> bool:
    """Whether a file holds one of these marks anywhere, in whatever case its letters are."""
    marks = tuple(mark.lower() for mark in marks)
    overlap = max(map(len, marks))
    rest = b""
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            window = (rest + chunk).lower()
            if any(mark in window for mark in marks):
                return True
            rest = window[-overlap:]
    return False
