"""Freezing: what had happened by the cut-off, as one canonical document (rule 10).

Everything is read in one REPEATABLE READ transaction. The state at the cut-off is replayed from what is
dated up to it: a pledge accepted the day after is still only offered, a need amended the day after still says
what it said. What happened before the cut-off and was recorded after it counts. Who may be named is asked when
the records are frozen: consent that was taken back is taken back. Same records, same bytes.
"""

from datetime import date

from portal.core import clock
from portal.core.db import repeatable_read
from reports.canonical import canonical_bytes, compress, sha256
from reports.compile import asking, giving
from reports.compile.frame import Frame, reference_data
from reports.compile.written import Json, day, given
from reports.models import Session

__all__ = ["FORMAT", "freeze", "packed", "read"]

FORMAT = "assistance-snapshot/2"


def freeze(session: Session, *, cut_off: date, sample: bool) -> Json:
    """The snapshot of a session's report as of the end of a UTC day; see docs/snapshot.md for its shape."""
    with repeatable_read():
        return read(session, cut_off=cut_off, sample=sample)


def packed(snapshot: Json) -> tuple[str, bytes]:
    """SHA-256 of a snapshot's canonical bytes, and those bytes in gzip, the same at every time."""
    content = canonical_bytes(snapshot)
    return sha256(content), compress(content)


def read(session: Session, *, cut_off: date, sample: bool) -> Json:
    """The snapshot, in the transaction of the caller."""
    frame = Frame(session, cut_off)
    last = min(clock.day(session.until), cut_off)
    resolution = session.resolution
    return {
        "format": FORMAT,
        "sample": sample,
        "cut_off": cut_off.isoformat(),
        "resolution": {name: getattr(resolution, name) for name in ("symbol", "year", "title", "paragraphs")},
        "session": _session(session),
        "period": {"from": day(session.start), "to": last.isoformat()},
        # in this order: what comes later refers to what came before
        "requests": list(asking.requests(frame)),
        "offers": list(giving.offers(frame)),
        "pledges": list(giving.pledges(frame)),
        "deliveries": list(giving.deliveries(frame)),
        "contributions": list(giving.contributions(frame)),
        "assessments": list(asking.assessments(frame)),
        "narratives": list(asking.narratives(frame)),
        **reference_data(frame),
    }


def _session(session: Session) -> Json:
    return {"body": session.body, "number": session.number} | given(
        venue=session.venue,
        opens=session.opens and day(session.opens),
        closes=session.closes and day(session.closes),
        agenda_item=session.agenda_item,
        symbol=session.symbol,
    )
