"""How often signing in, codes and resets may be tried: counted in the cache, by person and by address."""

import hashlib
import logging

from django.core.cache import cache
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal.core.errors import Refused

log = logging.getLogger(__name__)

WINDOW = 15 * 60  # seconds
LIMITS = {"person": 5, "address": 30}


class TooMany(Refused):
    """Too many attempts have failed; the next one is not even looked at."""

    status = 429


def _keys(email: str, address: str, purpose: str) -> dict[str, str]:
    # hashed: what people type stands nowhere in clear
    digest = {"person": email.strip().lower(), "address": address}
    return {
        name: f"{purpose}:{name}:{hashlib.sha256(value.encode()).hexdigest()}"
        for name, value in digest.items()
    }


def blocked(email: str, address: str, purpose: str = "sign-in") -> bool:
    """Whether too many attempts have failed lately. A cache that does not answer keeps nobody out."""
    keys = _keys(email, address, purpose)
    try:
        counts = cache.get_many(keys.values())
    except RedisError:
        log.exception("attempts are not throttled: the cache does not answer")
        return False
    return any(counts.get(key, 0) >= LIMITS[name] for name, key in keys.items())


def admit(email: str, address: str, purpose: str = "sign-in") -> None:
    """Raises TooMany where too many attempts have failed lately."""
    if blocked(email, address, purpose):
        raise TooMany(_("too many attempts have failed. Wait fifteen minutes and try again"))


def failed(email: str, address: str, purpose: str = "sign-in") -> None:
    """Counts an attempt that failed."""
    try:
        for key in _keys(email, address, purpose).values():
            cache.add(key, 0, WINDOW)
            cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the count ran out between the two
        log.exception("a failed attempt was not counted")


def succeeded(email: str, address: str, purpose: str = "sign-in") -> None:
    """Forgets the failures of a person who is in."""
    try:
        cache.delete(_keys(email, address, purpose)["person"])
    except RedisError:
        log.exception("failed attempts were not forgotten")
