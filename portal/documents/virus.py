"""A ClamAV daemon, asked by its INSTREAM command over TCP or a Unix socket."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SECONDS = 30  # for each answer of the daemon
CHUNK = 1 << 16
LONGEST_ANSWER = 4096


class Unreachable(Exception):
    """The daemon did not answer, or not with a finding."""


@dataclass(frozen=True)
class Finding:
    """What the daemon said; `virus` is the name of what it found, empty for nothing."""

    virus: str


def scan(address: str, pieces: Iterable[bytes]) -> Finding:
    """What a daemon finds in a file. Raises Unreachable."""
    try:
        with _connected(address) as daemon:
            daemon.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), CHUNK):
                    part = piece[start : start + CHUNK]
                    daemon.sendall(struct.pack(">I", len(part)) + part)
            daemon.sendall(struct.pack(">I", 0))
            said = _answer(daemon)
    except OSError as error:
        raise Unreachable(str(error)) from error
    if said.endswith(" FOUND"):
        return Finding(said.removesuffix(" FOUND").removeprefix("stream: "))
    if said.endswith(" OK"):
        return Finding("")
    raise Unreachable(said or "no answer")


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            daemon.settimeout(SECONDS)
            daemon.connect(unquote(parts.path))
        except OSError:
            daemon.close()
            raise
        return daemon
    return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), SECONDS)


def _answer(daemon: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        piece = daemon.recv(CHUNK)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
