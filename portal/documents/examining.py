"""Looking through a file that was received: what it is, whether it is harmless, what the virus scanner says."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.documents import files, virus
from portal.documents.enums import LONGEST_NAME, Scan
from portal.documents.inspection import BY_NAME, Rejected

logger = logging.getLogger(__name__)
# last on the path: modules of this folder bear names of the standard library
APART = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_module('inspection', run_name='__main__')"
)
LONGEST_INSPECTION = 120  # seconds
LONGEST_ENDING = 10


@dataclass(frozen=True)
class Examined:
    """A file that can be kept, unless a virus was found in it: what it is, and what the scanner said."""

    file: Any
    name: str
    type: str
    size: int
    sha256: str
    scan: Scan
    virus: str = ""


def plain_name(given: str) -> str:
    """A file's name as given, without folders and without what cannot be seen, and not too long."""
    name = "".join(c for c in given.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()
    stem, dot, ending = name.rpartition(".")
    if len(ending) > LONGEST_ENDING:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(dot + ending)]}{dot}{ending}"


def look_through(file: Any) -> Examined:
    """What a `receiving.Received` is. Raises Rejected."""
    name = plain_name(file.name or "")
    if file.too_large:
        raise Rejected("too_large")
    if not file.size:
        raise Rejected("empty")
    kind = inspect_apart(file.path, name)
    said, found = scan(file)
    return Examined(file, name, kind, file.size, file.sha256, said, found)


def inspect_apart(path: str, name: str) -> str:
    """The media type of a file, found by a process of its own with little memory and time. Raises Rejected."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", APART, str(Path(__file__).parent), path, name],
            env={"LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_INSPECTION,
        )
    except subprocess.TimeoutExpired:
        raise Rejected("explosive") from None
    if done.stdout in BY_NAME.values():
        return done.stdout
    if done.stdout.startswith("-"):
        raise Rejected(done.stdout[1:])
    logger.warning("the inspection of a file ended with %s: %s", done.returncode, done.stderr[-500:])
    raise Rejected("damaged")


def scan(file: Any) -> tuple[Scan, str]:
    """What the scanner says of an open file, and the virus that it names; WAITING where it cannot be asked."""
    if not settings.CLAMAV_URL:
        return Scan.NONE, ""
    try:
        found = virus.scan(settings.CLAMAV_URL, files.pieces(file)).virus
    except virus.Unreachable as error:
        logger.warning("the virus scanner cannot be asked: %s", error)
        return Scan.WAITING, ""
    return (Scan.INFECTED if found else Scan.CLEAN), found
