"""Who acts, and for whom: what a service is given in place of an HTTP request."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    PERSON = "person"
    SYSTEM = "system"  # the portal's own scheduled moves
    IMPORT = "import"  # replays what happened elsewhere, with its own dates
    PUBLIC = "public"  # a visitor who is not signed in


@dataclass(frozen=True)
class Actor:
    """A person acting for one organisation, or the portal itself.

    `roles` are the role codes held in that organisation and no other; `state` is the ISO3 code where the
    organisation is a Government.
    """

    kind: Kind
    user: Any = None
    organisation: Any = None
    roles: frozenset[str] = field(default_factory=frozenset)
    state: str = ""
    language: str = "en"
    request_id: str = ""

    @property
    def is_import(self) -> bool:
        return self.kind is Kind.IMPORT


SYSTEM = Actor(Kind.SYSTEM)
IMPORT = Actor(Kind.IMPORT)
PUBLIC = Actor(Kind.PUBLIC, roles=frozenset({"public"}))
