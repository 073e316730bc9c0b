"""How often may be asked: counted in the cache by token, person or address, minute by minute."""

import hashlib
import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.accounts.gate import address

log = logging.getLogger(__name__)
MINUTE = 60


class PerMinute(BaseThrottle):
    """So many requests in one minute; a cache that does not answer keeps nobody out."""

    def allow_request(self, request: Request, view: Any) -> bool:
        known = request.user is not None
        who = f"person:{request.user.pk}" if known else f"address:{address(request)}"
        most = settings.API_PER_MINUTE["person" if known else "address"]
        minute = int(time.time()) // MINUTE
        key = f"api:{minute}:{hashlib.sha256(who.encode()).hexdigest()}"
        try:
            cache.add(key, 0, 2 * MINUTE)
            return bool(cache.incr(key) <= most)
        except (RedisError, ValueError):  # ValueError: the count ran out between the two
            log.exception("the API is not throttled: the cache does not answer")
            return True

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE
