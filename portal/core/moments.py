"""How a moment is written in a dossier: a UTC day, or a UTC timestamp ending in Z."""

from datetime import UTC, date, datetime


def parse(text: str) -> datetime:
    """Moment of `YYYY-MM-DD`, `YYYY-MM-DDThh:mmZ` or `YYYY-MM-DDThh:mm:ssZ`; a day is its first second.

    Raises ValueError for a day or time that does not exist.
    """
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def written(moment: datetime) -> str:
    """Canonical form: the day alone where the moment is the day's first second."""
    moment = moment.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date().isoformat()
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
