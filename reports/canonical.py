"""Canonical bytes, their hash, and their compressed form, the same for the same records."""

import gzip
import io
import zlib

from portal.core.canonical import canonical_bytes, sha256

__all__ = ["Oversized", "canonical_bytes", "compress", "decompress", "sha256"]


class Oversized(ValueError):
    """What was compressed is larger than it may be."""


def compress(content: bytes) -> bytes:
    """Gzip without a time or a name in it: the same content gives the same bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as stream:
        stream.write(content)
    return packed.getvalue()


def decompress(packed: bytes, *, limit: int) -> bytes:
    """The content of a gzip file of one or more members.

    Raises Oversized, having unpacked no more than `limit` bytes and one, and ValueError for what is no
    whole gzip file.
    """
    content = bytearray()
    rest = packed
    while rest:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            content += member.decompress(rest, limit - len(content) + 1)
        except zlib.error as error:
            raise ValueError("not a gzip file") from error
        if len(content) > limit:
            raise Oversized(f"unpacks to more than {limit} bytes")
        if not member.eof:
            raise ValueError("the gzip file is cut off")
        rest = member.unused_data
    return bytes(content)
