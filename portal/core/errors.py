"""The four ways in which the portal says no; mapped once to pages and once to the API."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why something cannot be done, in words for a person; `field` names the fact that is at fault."""

    reason: str
    field: str = ""


class DomainError(Exception):
    """Base of the refusals; `refusals` is never empty."""

    status = 400

    def __init__(self, *refusals: Refusal | str) -> None:
        self.refusals = tuple(Refusal(r) if isinstance(r, str) else r for r in refusals)
        super().__init__("; ".join(r.reason for r in self.refusals))


class NotVisible(DomainError):
    """What the actor may not see answers exactly as what does not exist."""

    status = 404


class NotAllowed(DomainError):
    """Visible, but not for this actor to do."""

    status = 403


class Conflict(DomainError):
    """The record has moved meanwhile, or the move does not exist in its present state."""

    status = 409


class Refused(DomainError):
    """A rule does not hold; every reason is given at once."""

    status = 422

    @classmethod
    def when(cls, refusals: Iterable[Refusal]) -> None:
        """Raises itself if there is any refusal."""
        found = tuple(refusals)
        if found:
            raise cls(*found)
