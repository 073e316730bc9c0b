"""What time it is. Times are UTC and a day is a UTC day (rule 16); tests freeze the clock here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time

# the United Nations International Drug Control Programme was founded on this day (General Assembly resolution
# 45/179): no step of work that UNODC carries on is older, and a day before it was mistyped
EARLIEST = date(1990, 12, 21)

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment in UTC, to the second."""
    return _frozen.get() or datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """The present UTC day."""
    return now().date()


def day(moment: datetime) -> date:
    """UTC day of a moment."""
    return moment.astimezone(UTC).date()


def start(of: date) -> datetime:
    """The moment at which a UTC day begins."""
    return datetime.combine(of, time.min, UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Holds the clock at a moment."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
