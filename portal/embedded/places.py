"""Where the embedded services keep their data and where they answer."""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portal.embedded.errors import EmbeddedError

# A socket's whole path is limited to some hundred bytes, so the folder of the sockets is a short one that
# follows from the data folder's path. It is made 0700 and refused when somebody else owns it.
SOCKET_ROOT = Path("/tmp")  # noqa: S108
DATABASE = ROLE = "portal"


@dataclass(frozen=True)
class Addresses:
    """The two addresses that settings need."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Places:
    """Every path that belongs to one data folder."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def password(self) -> Path:
        return self.data_dir / "postgres-password"

    @property
    def logs(self) -> Path:
        return self.data_dir / "log"

    @property
    def locks(self) -> Path:
        return self.data_dir / "locks"

    @property
    def sockets(self) -> Path:
        mark = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return SOCKET_ROOT / f"assistance-{mark}"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def postgres_lock(self) -> Path:
        return self.sockets / ".s.PGSQL.5432.lock"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"


def places(data_dir: Path) -> Places:
    """The places of a data folder, which need not exist; a link and the folder it names are the same."""
    return Places(Path(data_dir).expanduser().resolve())


def make_data_dir(where: Places) -> None:
    """Makes the data folder with its logs and locks, closed to other accounts.

    Raises `EmbeddedError` where that is not allowed.
    """
    try:
        if not where.data_dir.exists():
            where.data_dir.mkdir(parents=True, exist_ok=True)
            # The servers' own folders below are private; root's servers run as another account and must pass.
            where.data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (where.logs, where.locks):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"the data folder {where.data_dir} cannot be used: {error.strerror}") from None


def password(where: Places) -> str:
    """Password of the portal's database role, made on first use and readable by this account only."""
    with contextlib.suppress(FileNotFoundError):
        return where.password.read_text()
    make_data_dir(where)
    fresh = where.password.with_name(f"postgres-password.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(24))
    # Of two processes that come first at once, one wins and both read the same.
    with contextlib.suppress(FileExistsError):
        where.password.hardlink_to(fresh)
    fresh.unlink()
    return where.password.read_text()


def addresses(data_dir: Path) -> Addresses:
    """Addresses of the embedded services of a data folder; starts nothing and never fails.

    Without a right to read or make the password file the address carries no password, so that commands that
    need no database still run.
    """
    where = places(data_dir)
    secret = ""
    with contextlib.suppress(OSError, EmbeddedError):
        secret = f":{password(where)}"
    host = quote(str(where.sockets), safe="")
    return Addresses(
        database_url=f"postgresql://{ROLE}{secret}@{host}/{DATABASE}",
        redis_url=f"unix://{quote(str(where.valkey_socket))}?db=0",
    )


def broker_url(redis_url: str) -> str:
    """The same address for Celery, which calls a Unix socket `redis+socket:` and takes no `db` there."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://").partition("?")[0]
    return redis_url
