"""Starting, sharing and stopping the embedded services of a data folder.

Every process that uses them holds a shared lock as long as it does. The last to leave stops them; a process
that is killed leaves by the kernel's hand. Who comes while they run, for whatever reason, joins.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from portal.embedded.account import account_for
from portal.embedded.asking import State
from portal.embedded.errors import EmbeddedError
from portal.embedded.locks import exclusive, held, to_exclusive, try_lock
from portal.embedded.places import Addresses, Places, addresses, make_data_dir, places
from portal.embedded.postgres import postgres_server
from portal.embedded.server import Server, bring_up, reap, take_down
from portal.embedded.valkey import valkey_server

START = 60.0  # seconds for one server
TURN = 180.0  # seconds to wait for another process that starts or stops them
WATCH = 0.25  # seconds between two looks of the watch
ASK_EVERY = 12  # looks, after which the watch also asks


@dataclass
class Services:
    """The running services of one data folder."""

    data_dir: Path
    addresses: Addresses
    servers: list[Server]
    with_parent: bool
    restarted: list[str] = field(default_factory=list)  # what the watch had to start again, in order

    def ensure(self) -> list[str]:
        """Starts what does not answer; gives the names of what it started. Safe from several processes."""
        with _turn(places(self.data_dir)):
            return [s.name for s in self.servers if bring_up(s, wait=START, with_parent=self.with_parent)]

    def down(self, *, ask: bool = True) -> bool:
        """Whether one of the services is dead or, when asked, does not answer."""
        reap()
        return any(not held(s.lock) or (ask and s.ask() is not State.READY) for s in self.servers)


@contextlib.contextmanager
def _turn(where: Places) -> Iterator[None]:
    """One process at a time starts or stops services."""
    try:
        with exclusive(where.locks / "start", wait=TURN):
            yield
    except TimeoutError:
        raise EmbeddedError(
            f"another process has been starting or stopping the services of {where.data_dir} for {TURN:.0f} s"
        ) from None


def _own_sockets(where: Places, servers: list[Server]) -> None:
    """Makes the folder of the sockets; one that somebody else owns is refused."""
    account = servers[0].account
    with contextlib.suppress(FileExistsError):
        where.sockets.mkdir(mode=0o700)
        if account.drop:
            os.chown(where.sockets, account.uid, account.gid)
    found = where.sockets.lstat()
    if found.st_uid == 0 and account.drop and not any(where.sockets.iterdir()):
        os.chown(where.sockets, account.uid, account.gid)  # killed between the two steps above
        found = where.sockets.lstat()
    if where.sockets.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
        raise EmbeddedError(f"{where.sockets} is not a private folder of account {account.uid}: remove it")


def _servers(where: Places, *, postgres: bool, valkey: bool, durable: bool) -> list[Server]:
    account = account_for(where.cluster if postgres else where.valkey)
    found = []
    if postgres:
        found.append(postgres_server(where, account, durable=durable))
    if valkey:
        found.append(valkey_server(where, account))
    return found


def _watch(running: Services, stop: threading.Event) -> None:
    looks = 0
    while not stop.wait(WATCH):
        looks += 1
        with contextlib.suppress(EmbeddedError):  # the next look tries again
            if running.down(ask=looks % ASK_EVERY == 0):
                running.restarted += running.ensure()


@contextlib.contextmanager
def services(
    data_dir: Path,
    *,
    durable: bool | None = None,
    watch: bool = False,
    with_parent: bool = False,
) -> Iterator[Services]:
    """The embedded services, running inside the block.

    Starts what does not run (the first time it makes the database), waits until it answers, and stops it at
    the end if nobody else uses it. What `DATABASE_URL` or `REDIS_URL` names is not started here.

    `durable=False` (or `DB_DURABLE=0`) trades safety in a power cut for speed. `watch=True` starts again,
    from a thread, what dies inside the block. `with_parent=True` ends the servers also when this process is
    killed.

    Raises `EmbeddedError` when they cannot be started.
    """
    where = places(data_dir)
    if durable is None:
        durable = os.environ.get("DB_DURABLE", "1") != "0"
    wanted = _servers(
        where,
        postgres=not os.environ.get("DATABASE_URL"),
        valkey=not os.environ.get("REDIS_URL"),
        durable=durable,
    )
    running = Services(where.data_dir, addresses(where.data_dir), wanted, with_parent)
    if not wanted:
        yield running
        return
    make_data_dir(where)
    with _ending_in_order():
        yield from _use(where, wanted, running, watch=watch)


def _terminated(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """A command that is asked to end leaves the services as it would otherwise; who listens already still does."""
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if ours:
        signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _use(where: Places, wanted: list[Server], running: Services, *, watch: bool) -> Iterator[Services]:
    user: int | None = None
    stop, thread = threading.Event(), None
    try:
        with _turn(where):
            user = try_lock(where.locks / "users", shared=True)  # exclusive only ever inside a turn
            _own_sockets(where, wanted)
            for server in wanted:
                bring_up(server, wait=START, with_parent=running.with_parent)
        if watch:
            thread = threading.Thread(target=_watch, args=(running, stop), name="embedded-watch", daemon=True)
            thread.start()
        yield running
    finally:
        stop.set()
        if thread is not None:
            thread.join()
        if user is not None:
            _leave(where, wanted, user)


def _remove_sockets(where: Places) -> None:
    """Also what a killed server left; anything else in the folder is not ours."""
    for socket in (where.postgres_socket, where.postgres_lock, where.valkey_socket):
        with contextlib.suppress(OSError):
            socket.unlink()
    with contextlib.suppress(OSError):
        where.sockets.rmdir()


def _leave(where: Places, servers: list[Server], user: int) -> None:
    """Gives up the shared lock; the last one stops the services."""
    try:
        with _turn(where):
            if to_exclusive(user):
                for server in reversed(servers):
                    take_down(server)
                _remove_sockets(where)
    finally:
        os.close(user)
