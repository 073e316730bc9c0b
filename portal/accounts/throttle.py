"""How often sign-in may fail: counted in the cache, by person and by address."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

WINDOW = 15 * 60  # seconds
LIMITS = {"person": 5, "address": 30}


def _keys(email: str, address: str) -> dict[str, str]:
    # hashed: what people type stands nowhere in clear
    digest = {"person": email.strip().lower(), "address": address}
    return {
        name: f"sign-in:{name}:{hashlib.sha256(value.encode()).hexdigest()}" for name, value in digest.items()
    }


def blocked(email: str, address: str) -> bool:
    """Whether too many attempts have failed lately. A cache that does not answer keeps nobody out."""
    try:
        counts = cache.get_many(_keys(email, address).values())
    except RedisError:
        log.exception("sign-ins are not throttled: the cache does not answer")
        return False
    return any(counts.get(key, 0) >= LIMITS[name] for name, key in _keys(email, address).items())


def failed(email: str, address: str) -> None:
    """Counts an attempt that failed."""
    try:
        for key in _keys(email, address).values():
            cache.add(key, 0, WINDOW)
            cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the count ran out between the two
        log.exception("a failed sign-in was not counted")


def succeeded(email: str, address: str) -> None:
    """Forgets the failures of a person who is in."""
    try:
        cache.delete(_keys(email, address)["person"])
    except RedisError:
        log.exception("failed sign-ins were not forgotten")
