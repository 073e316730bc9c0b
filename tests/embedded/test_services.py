"""First start, clean stop, what the servers allow, and where they may stand."""

import os
import stat
from pathlib import Path

import psycopg2
import pytest
import redis

from portal.embedded import EmbeddedError, addresses, binaries, broker_url, places, services
from portal.embedded.account import Account
from tests.embedded.conftest import alive, ask


def test_rows_and_messages_are_kept_and_nothing_is_left_running(folder: Path) -> None:
    with services(folder) as running:
        ask(folder, "create table kept (n int); insert into kept values (1), (2)")
        redis.Redis.from_url(running.addresses.redis_url).rpush("queue", "a", "b")
        assert running.addresses == addresses(folder)
    assert not alive(folder, "postgres")
    assert not alive(folder, "valkey")
    assert not places.places(folder).sockets.exists()
    with services(folder) as running:
        assert ask(folder, "select n from kept order by n") == [(1,), (2,)]
        assert redis.Redis.from_url(running.addresses.redis_url).lrange("queue", 0, -1) == [b"a", b"b"]


def test_the_database_knows_letters_and_has_the_extensions(folder: Path) -> None:
    with services(folder):
        assert ask(
            folder, "select datlocprovider, datlocale, pg_encoding_to_char(encoding) from pg_database"
        ) == [("b", "C.UTF-8", "UTF8")] * len(ask(folder, "select 1 from pg_database"))
        for name in ("pg_trgm", "unaccent", "btree_gist", "btree_gin", "citext"):
            ask(folder, f"create extension {name}")  # by the portal's own role, which is no superuser
        assert ask(folder, "select upper('é'), unaccent('é'), array_length(show_trgm('联合国'), 1)") == [
            ("É", "e", 4)
        ]
        assert ask(folder, "select rolsuper, rolcreatedb from pg_roles where rolname = current_user") == [
            (False, True)
        ]
        assert ask(folder, "show timezone") == [("UTC",)]


def test_only_this_account_and_only_with_the_password(folder: Path) -> None:
    with services(folder) as running:
        where = places.places(folder)
        assert stat.S_IMODE(where.password.stat().st_mode) == 0o600
        assert stat.S_IMODE(where.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE(where.cluster.stat().st_mode) == 0o700
        assert ask(folder, "show listen_addresses") == [("",)]
        assert redis.Redis.from_url(running.addresses.redis_url).config_get("port") == {"port": "0"}
        wrong = running.addresses.database_url.replace(where.password.read_text(), "wrong")
        for url in (
            wrong,
            wrong.replace("portal:wrong", "portal"),
            wrong.replace("portal:wrong", "postgres"),
        ):
            with pytest.raises(psycopg2.OperationalError, match=r"password|rejects"):
                psycopg2.connect(url)


def test_two_side_by_side(folder: Path) -> None:
    other = folder.with_name("other")
    with services(folder), services(other):
        ask(folder, "create table here (n int)")
        assert ask(other, "select to_regclass('here')") == [(None,)]


@pytest.mark.parametrize(
    "name",
    ["/".join(["long" * 20] * 4), "with space 'and' \"marks\" & é 国 %2F"],
    ids=["long", "odd letters"],
)
def test_any_path_will_do(folder: Path, name: str) -> None:
    there = folder / name
    with services(there) as running:
        assert ask(there, "select 1") == [(1,)]
        assert redis.Redis.from_url(running.addresses.redis_url).ping()


def test_a_folder_below_a_closed_one(folder: Path) -> None:
    """As under root's home: the servers' account may not even pass through the parents."""
    folder.mkdir()
    folder.chmod(0o700)
    there = folder / "below"
    for _ in range(2):
        with services(there) as running:
            ask(there, "create table if not exists t (n int)")
            assert redis.Redis.from_url(running.addresses.redis_url).ping()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_and_its_folder_are_one(folder: Path) -> None:
    folder.mkdir()
    link = folder.with_name("link")
    link.symlink_to(folder)
    assert addresses(link) == addresses(folder)


def test_addresses_start_nothing_and_stay_the_same(folder: Path) -> None:
    first = addresses(folder)
    assert addresses(folder) == first
    assert not places.places(folder).cluster.exists()
    assert not alive(folder)
    with services(folder):
        assert addresses(folder) == first


def test_addresses_of_a_folder_that_cannot_be() -> None:
    found = addresses(Path("/dev/null/data"))
    assert found.database_url.startswith("postgresql://portal@")
    with (
        pytest.raises(EmbeddedError, match="/dev/null/data cannot be used"),
        services(Path("/dev/null/data")),
    ):
        pass


def test_what_is_given_is_not_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    with services(folder):
        assert alive(folder, "valkey")
        assert not alive(folder, "postgres")
        assert not places.places(folder).cluster.exists()
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with services(folder.with_name("none")):
        assert not alive(folder.with_name("none"), "valkey")


def test_sockets_that_others_can_reach_are_refused(folder: Path) -> None:
    where = places.places(folder)
    where.sockets.mkdir()
    (where.sockets / "planted").touch()
    where.sockets.chmod(0o777)
    try:
        with pytest.raises(EmbeddedError, match="is not a private folder"), services(folder):
            pass
    finally:
        (where.sockets / "planted").unlink()
        where.sockets.rmdir()


def test_a_spoilt_database_is_a_clear_error(folder: Path) -> None:
    with services(folder):
        pass
    where = places.places(folder)
    (where.cluster / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(EmbeddedError, match=r"(?s)PostgreSQL does not start.*pg_control"), services(folder):
        pass
    (where.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 17"), services(folder):
        pass
    assert not alive(folder, "valkey")


def test_a_first_start_that_was_killed_begins_again(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with services(folder):
        assert ask(folder, "select 1") == [(1,)]
    assert not half.exists()


def test_broker_address() -> None:
    assert broker_url("unix:///tmp/a%20b/valkey.sock?db=0") == "redis+socket:///tmp/a%20b/valkey.sock"
    assert broker_url("rediss://user:pass@host:1/2") == "rediss://user:pass@host:1/2"


def test_programs_that_the_account_cannot_reach_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment below a closed home; the copy is complete, runs, and is not made twice."""
    me = Account(os.geteuid(), os.getegid(), drop=False)
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("portal.embedded.binaries.COPIES", copies)
    real = binaries.runs

    def only_copies(account: Account, program: Path) -> bool:
        return program.is_relative_to(copies) and real(account, program)

    monkeypatch.setattr("portal.embedded.binaries.runs", only_copies)
    for find in (binaries.postgres_bin, binaries.valkey_server):
        first = find(me)
        assert first.is_relative_to(copies)
        assert find(me) == first
    assert len(list(copies.iterdir())) == 2
