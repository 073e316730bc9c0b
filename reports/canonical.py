"""One way of writing data down, so that the same records are the same bytes and have the same hash."""

import gzip
import hashlib
import io
import json
import zlib
from typing import Any


class Oversized(ValueError):
    """What was compressed is larger than it may be."""


def canonical_bytes(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; TypeError or ValueError for what JSON cannot carry."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256(content: bytes) -> str:
    """The hash in lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


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
