"""Photographs: whole, and not larger when unpacked than a camera makes them."""

import struct
import warnings
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from .rejected import Rejected

MOST_PIXELS = 60_000_000
_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError)


def _opened(path: str, kind: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            found = Image.open(path, formats=[kind])
    except Image.DecompressionBombError:
        raise Rejected("pixels") from None
    except _UNREADABLE:
        raise Rejected("damaged") from None
    if found.width * found.height > MOST_PIXELS:
        found.close()
        raise Rejected("pixels")
    return found


def look_jpeg(path: str) -> None:
    """Raises Rejected: damaged, pixels. Decoded at an eighth of its size, which finds what is cut off."""
    with _opened(path, "JPEG") as image:
        # a library that draws pictures may have told Pillow, for the whole process, to bear with what is cut off
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            image.draft("L", (1, 1))
            image.load()
        except _UNREADABLE:
            raise Rejected("damaged") from None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def look_png(path: str) -> None:
    """Raises Rejected: damaged, pixels, mixed. Every part against its checksum, and nothing behind the last."""
    with _opened(path, "PNG") as image:
        try:
            image.verify()
        except _UNREADABLE:
            raise Rejected("damaged") from None
    with Path(path).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(8)
        while True:
            head = file.read(8)
            if len(head) < 8:  # noqa: PLR2004 - length and name of a part
                raise Rejected("damaged")
            length, name = struct.unpack(">I4s", head)
            end = file.seek(length + 4, 1)
            if name == b"IEND":
                break
    if end != size:
        raise Rejected("mixed" if end < size else "damaged")
