"""Whether a server is ready: by asking it, never by looking for its process."""

import enum
import socket
import struct
from pathlib import Path

from portal.embedded.errors import EmbeddedError
from portal.embedded.places import DATABASE, ROLE

PATIENCE = 2.0  # seconds for one answer


class State(enum.Enum):
    """What a server answered."""

    READY = "ready"
    BUSY = "busy"  # there, but starting, recovering, stopping or silent
    ABSENT = "absent"  # nobody listens


_STARTING = b"57P03"  # cannot_connect_now: starting up, recovering or shutting down
_PROTOCOL = 196608  # version 3.0


def _ask(path: Path, question: bytes) -> bytes | None:
    """First bytes of the answer; empty when it is silent, None when nobody listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(path))
            connection.sendall(question)
            return connection.recv(4096)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except PermissionError:
            raise EmbeddedError(f"{path} belongs to another account") from None
        except (TimeoutError, OSError):
            return b""


def ask_postgres(path: Path) -> State:
    """State of the PostgreSQL behind a socket, as `pg_isready` finds it."""
    body = b"".join(word.encode() + b"\0" for word in ("user", ROLE, "database", DATABASE)) + b"\0"
    answer = _ask(path, struct.pack("!ii", len(body) + 8, _PROTOCOL) + body)
    if answer is None:
        return State.ABSENT
    if not answer or (answer[:1] == b"E" and _STARTING in answer):
        return State.BUSY
    return State.READY


def ask_valkey(path: Path) -> State:
    """State of the Valkey behind a socket; while it loads its file it is busy."""
    answer = _ask(path, b"PING\r\n")
    if answer is None:
        return State.ABSENT
    return State.READY if answer.startswith(b"+PONG") else State.BUSY
