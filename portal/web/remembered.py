"""What is costly to find out and the same until something happens: kept in the process for a minute at most.

Everything that happens leaves an event, so what was found is good while the last event is the same. What lapses by
time alone, such as a grant, is found out within the minute.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from portal.audit.selectors import last_event

T = TypeVar("T")
SECONDS = 60
MOST = 256

_kept: OrderedDict[Hashable, tuple[int, float, object]] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, find: Callable[[], T]) -> T:
    """What `find` gives; what it gave before where nothing has happened since. Costs one short query."""
    event, now = last_event(), time.monotonic()
    with _lock:
        found = _kept.get(key)
    if found is not None and found[0] == event and now - found[1] < SECONDS:
        return found[2]  # type: ignore[return-value]
    value = find()
    with _lock:
        _kept[key] = (event, now, value)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return value
