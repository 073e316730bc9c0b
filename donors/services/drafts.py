"""What may still be rewritten, and the event of a change that is in the rows alone."""

from donors.models import Offer, Pledge
from donors.rules import drafts
from portal.audit.services import note
from portal.core.actor import Actor
from portal.core.errors import Conflict
from portal.core.unit import DIRECT


def still_draft(record: Offer | Pledge) -> None:
    """Raises Conflict for what was sent meanwhile."""
    reason = drafts.sent(record)
    if reason is not None:
        raise Conflict(reason)


def rows_revised(record: Offer | Pledge, actor: Actor) -> None:
    """A change that is in the rows alone that hang on a record."""
    record.version += 1
    DIRECT.save(record, ["version"])
    note(record, "revised", actor=actor, unit=DIRECT)
