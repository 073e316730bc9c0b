"""Where files are kept: under an opaque name in the portal's storage, a folder or a bucket."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage

FOLDER = "documents"
CHUNK = 1 << 16


def put(file: Any) -> str:
    """Keeps a file; gives its key. Whole once this returns."""
    name = uuid4().hex
    file.seek(0)
    return default_storage.save(f"{FOLDER}/{name[:2]}/{name}", File(file))


def opened(key: str) -> Any:
    """The file of a key, open for reading. Raises OSError where it is not there."""
    return default_storage.open(key)


def pieces(file: Any) -> Iterator[bytes]:
    """The content of an open file, piece by piece, from its beginning."""
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece


def remove(*keys: str) -> None:
    """Takes files away; one that is gone already is no matter."""
    for key in keys:
        with contextlib.suppress(FileNotFoundError):
            default_storage.delete(key)


def kept_before(moment: datetime) -> Iterator[list[str]]:
    """Keys of all files that were there before a moment, folder by folder."""
    for number in range(256):
        folder = f"{FOLDER}/{number:02x}"
        try:
            _folders, names = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        found = []
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                if default_storage.get_modified_time(f"{folder}/{name}") < moment:
                    found.append(f"{folder}/{name}")
        if found:
            yield found
