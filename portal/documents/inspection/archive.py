"""A ZIP archive that is what it says it is: nothing before, between or behind its parts, and no more than it holds."""

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .rejected import Rejected

MOST_PARTS = 2_000
LARGEST_PART = 64 * 2**20
MOST_UNPACKED = 128 * 2**20
HIGHEST_RATIO = 250  # of what is unpacked to what is packed, for parts of some size
_SMALL = 2**20
_CHUNK = 1 << 16
_END = struct.Struct("<4s4H2IH")
_LOCAL = struct.Struct("<4s5H3I2H")
_PACKED_AGAIN = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_OBJECTS = (b"\xd0\xcf\x11\xe0", b"%PDF-")
_TORN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError)


def opened(path: str) -> zipfile.ZipFile:
    """The archive, once its list of parts is known to be harmless. Raises Rejected."""
    _end(path)
    try:
        found = zipfile.ZipFile(path)
    except (*_TORN, UnicodeDecodeError):
        raise Rejected("damaged") from None
    try:
        _parts(path, found)
    except Rejected:
        found.close()
        raise
    return found


def _end(path: str) -> None:
    """The end record stands at the very end and counts no more parts than are read."""
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        if size < _END.size:
            raise Rejected("damaged")
        file.seek(size - _END.size)
        mark, _disk, _of, _here, parts, length, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or comment:
        raise Rejected("mixed" if zipfile.is_zipfile(path) else "damaged")
    if parts > MOST_PARTS:
        raise Rejected("explosive")
    if start + length + _END.size != size:
        raise Rejected("mixed")


def _parts(path: str, archive: zipfile.ZipFile) -> None:
    parts = sorted(archive.infolist(), key=lambda part: part.header_offset)
    if not parts:
        raise Rejected("damaged")
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names):
        raise Rejected("mixed")
    if any(part.flag_bits & 0x41 for part in parts):
        raise Rejected("encrypted")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Rejected("explosive")
    with Path(path).open("rb") as file:
        free = 0
        for part in parts:
            free = _part(file.fileno(), part, free)
        if free > archive.start_dir:
            raise Rejected("explosive")


def _part(descriptor: int, part: zipfile.ZipInfo, free: int) -> int:
    """Where a part ends, once its own header is known to agree and it overlaps none before it."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Rejected("damaged")
    where = PurePosixPath(part.filename)
    if where.is_absolute() or ".." in where.parts or "\\" in part.filename or ":" in part.filename:
        raise Rejected("damaged")
    if part.header_offset < free:
        raise Rejected("explosive")
    if part.header_offset > free + 64:  # a signature with lengths may stand between
        raise Rejected("mixed")
    if part.file_size > LARGEST_PART or (
        part.file_size > _SMALL and part.file_size > HIGHEST_RATIO * max(1, part.compress_size)
    ):
        raise Rejected("explosive")
    head = os.pread(descriptor, _LOCAL.size, part.header_offset)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise Rejected("damaged")
    *_, name, extra = _LOCAL.unpack(head)
    return int(part.header_offset + _LOCAL.size + name + extra + part.compress_size)


def chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part, piece by piece; never more than its entry says. Raises Rejected."""
    try:
        with archive.open(part) as stream:
            first = True
            while piece := stream.read(_CHUNK):
                if first:
                    _is_no_file(piece)
                    first = False
                yield piece
    except RuntimeError:
        raise Rejected("encrypted") from None
    except _TORN:
        raise Rejected("damaged") from None


def _is_no_file(piece: bytes) -> None:
    if piece.startswith(_PACKED_AGAIN):
        raise Rejected("nested")
    if piece.startswith(_PROGRAMS):
        raise Rejected("active")
    if piece.startswith(_OBJECTS):
        raise Rejected("embedded")
