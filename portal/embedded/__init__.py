"""The embedded PostgreSQL and Valkey: real servers in the data folder, started when they are needed.

- `addresses(data_dir)` says where they answer, without starting anything;
- `services(data_dir)` starts what is not running and, when nobody needs it any more, stops it;
- `broker_url(redis_url)` writes an address of Valkey the way Celery reads it.

Production uses none of this: `DATABASE_URL` and `REDIS_URL` take the place of the embedded servers.
"""

from portal.embedded.errors import EmbeddedError
from portal.embedded.lifecycle import Services, services
from portal.embedded.places import Addresses, addresses, broker_url

__all__ = ["Addresses", "EmbeddedError", "Services", "addresses", "broker_url", "services"]
