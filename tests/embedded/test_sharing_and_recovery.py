"""Several processes on one folder; servers or their owners killed with -9: nothing lost, nothing left."""

import contextlib
import os
import shutil
import signal
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
import redis

from portal.embedded import places, services
from portal.embedded.account import NOBODY, Account
from portal.embedded.binaries import postgres_bin, valkey_server
from portal.embedded.locks import held, holders, signal_holders
from tests.embedded.conftest import Holder, alive, ask, connect, eventually, main_pid

Start = Callable[..., Holder]


def test_the_last_to_leave_stops_them(folder: Path, holder: Start) -> None:
    first, second = holder(), holder()
    postgres = main_pid(folder, "postgres")
    with services(folder):
        first.end()  # who started them leaves, and they stay
        assert main_pid(folder, "postgres") == postgres
    assert main_pid(folder, "postgres") == postgres
    second.end()
    assert not alive(folder, "postgres")
    assert not alive(folder, "valkey")


def test_services_survive_their_owner_and_are_taken_over(folder: Path, holder: Start) -> None:
    first = holder()
    postgres, valkey = main_pid(folder, "postgres"), main_pid(folder, "valkey")
    ask(folder, "create table kept as select 1 as n")
    first.kill()
    with services(folder):
        assert (main_pid(folder, "postgres"), main_pid(folder, "valkey")) == (postgres, valkey)
        assert ask(folder, "select n from kept") == [(1,)]
    assert not alive(folder, "postgres")
    assert not alive(folder, "valkey")


def test_scratch_services_end_with_their_owner(folder: Path, holder: Start) -> None:
    holder(with_parent=True).kill()
    eventually(lambda: not alive(folder, "postgres") and not alive(folder, "valkey"))
    shutil.rmtree(places.places(folder).sockets)


def test_eight_at_once_start_one_server(folder: Path) -> None:
    found: set[int] = set()
    ready = threading.Barrier(8)

    def one() -> None:
        with services(folder):
            ready.wait(60)
            found.add(main_pid(folder, "postgres"))
            ready.wait(60)

    threads = [threading.Thread(target=one, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert not alive(folder, "postgres")


class Writers:
    """Threads that insert until told to stop, and remember what the server acknowledged."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.stop = folder, threading.Event()
        self.acknowledged: list[int] = []
        self.threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _write(self, number: int) -> None:
        value = number
        while not self.stop.wait(0.05):  # a pause before each new connection, not between rows
            with contextlib.suppress(psycopg2.Error):
                connection = connect(self.folder)
                with contextlib.closing(connection), connection.cursor() as cursor:
                    while not self.stop.is_set():
                        value += len(self.threads)
                        cursor.execute("insert into written values (%s)", [value])
                        self.acknowledged.append(value)

    def end(self) -> set[int]:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return set(self.acknowledged)


@pytest.mark.parametrize("whom", ["the main process", "every process"])
def test_postgres_killed_under_writers_loses_nothing(folder: Path, whom: str) -> None:
    where = places.places(folder)
    with services(folder, watch=True) as running:
        ask(folder, "create table written (n int)")
        writers = Writers(folder, 4)
        eventually(lambda: len(writers.acknowledged) > 50)
        for again in (1, 2):
            if whom == "every process":
                signal_holders(where.locks / "postgres", signal.SIGKILL)
            else:
                os.kill(main_pid(folder, "postgres"), signal.SIGKILL)
            eventually(lambda again=again: running.restarted.count("PostgreSQL") == again)
            before = len(writers.acknowledged)
            eventually(lambda before=before: len(writers.acknowledged) > before + 50)
        acknowledged = writers.end()
        assert acknowledged <= {n for (n,) in ask(folder, "select n from written")}
        assert running.restarted.count("PostgreSQL") == 2


def test_a_busy_child_of_a_killed_postgres_does_not_bar_the_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It computes on without its main process; nobody else may use the folder until it is ended."""
    monkeypatch.setattr("portal.embedded.server.UNHEARD", 0.5)
    with services(folder) as running:
        connection = connect(folder)
        busy = threading.Thread(target=_compute, args=(connection,), daemon=True)
        busy.start()
        eventually(lambda: ask(folder, "select 1 from pg_stat_activity where query like '%busy%'") != [])
        child = connection.info.backend_pid
        os.kill(main_pid(folder, "postgres"), signal.SIGKILL)
        assert running.ensure() == ["PostgreSQL"]
        assert child not in holders(places.places(folder).locks / "postgres")
        assert ask(folder, "select 1") == [(1,)]
        busy.join()


def _compute(connection) -> None:
    with contextlib.suppress(psycopg2.Error), connection.cursor() as cursor:
        # One call that looks neither at its main process nor at signals to cancel for some seconds.
        cursor.execute("select count(*) as busy from generate_series(1, 200000000) g where g % 7 = 0")


def test_valkey_killed_loses_nothing(folder: Path) -> None:
    with services(folder) as running:
        client = redis.Redis.from_url(running.addresses.redis_url)
        for n in range(500):
            client.rpush("queue", n)
        os.kill(main_pid(folder, "valkey"), signal.SIGKILL)
        eventually(lambda: not held(places.places(folder).locks / "valkey"))
        assert running.ensure() == ["Valkey"]
        fresh = redis.Redis.from_url(running.addresses.redis_url)
        assert fresh.lrange("queue", 0, -1) == [str(n).encode() for n in range(500)]


def test_an_uncollected_dead_server_is_not_taken_for_a_living_one(folder: Path, holder: Start) -> None:
    """Its parent lives and has not collected it, so its number still exists."""
    first = holder()
    dead = main_pid(folder, "postgres")
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: not alive(folder))
    os.kill(dead, 0)
    with services(folder):
        assert ask(folder, "select 1") == [(1,)]
        assert main_pid(folder, "postgres") != dead
    first.end()
    assert not alive(folder)


def test_an_ordinary_user_needs_no_right_of_roots(folder: Path) -> None:
    home = folder.with_name("home")
    home.mkdir(mode=0o700)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _as_ordinary_user(home)
        except BaseException:  # noqa: BLE001 -- nothing of the test runner may go on in the child
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _as_ordinary_user(home: Path) -> int:
    """Becomes an ordinary user, when it is not one, and uses services of its own; 0 when all is well."""
    if os.geteuid() == 0:
        ordinary = Account(NOBODY, NOBODY, drop=True)
        os.environ["PGBIN"] = str(postgres_bin(ordinary))
        os.environ["VALKEY_SERVER"] = str(valkey_server(ordinary))
        os.chown(home, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    with services(home / "data") as running:
        assert ask(home / "data", "select 1") == [(1,)]
        assert redis.Redis.from_url(running.addresses.redis_url).ping()
        pid = main_pid(home / "data", "postgres")
        assert Path(f"/proc/{pid}").stat().st_uid == os.geteuid()
    assert not alive(home / "data")
    return 0
