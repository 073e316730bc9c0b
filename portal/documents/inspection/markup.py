"""XML read as it streams by: no document type, no entity, and never more of it in memory than a piece."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from .rejected import Rejected

DEEPEST = 300
LONGEST = 4 * 2**20  # bytes of one tag or one run of text

Start = Callable[[str, dict[str, str]], None]


def read(
    pieces: Iterable[bytes], start: Start | None = None, text: Callable[[str], None] | None = None
) -> None:
    """Hands every element (its local name, its attributes) to `start`, every text to `text`.

    Raises Rejected: entities, explosive, damaged, and what the two raise.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def refuse(*_given: Any) -> Any:
        raise Rejected("entities")

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Rejected("explosive")
        if start is not None:
            start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > LONGEST:
                raise Rejected("explosive")
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Rejected("damaged") from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
