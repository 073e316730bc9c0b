"""The embedded PostgreSQL: first start, command, clean stop."""

import shutil
import signal
from pathlib import Path

from portal.embedded.account import Account, private_folder, reachable, run_as
from portal.embedded.asking import ask_postgres
from portal.embedded.binaries import postgres_bin
from portal.embedded.errors import EmbeddedError
from portal.embedded.places import DATABASE, ROLE, Places, password
from portal.embedded.server import Server

MAJOR = "18"
# A folder whose parents are closed to the servers' account is still its working directory, by this name.
HERE = "/proc/self/cwd"

# `builtin` C.UTF-8: the wheel has no ICU, and libc's C knows neither case nor letters beyond ASCII. Trigrams
# still ask libc what a letter is, so its character types are UTF-8 too.
INITDB = (
    "--username=postgres",
    "--auth=reject",  # replaced by HBA before the first start
    "--encoding=UTF8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
HBA = "local all all scram-sha-256\n"
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "random_page_cost": "1.1",
}
# For databases that are thrown away: a power cut may spoil them, a killed process may not.
SCRATCH = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
}


def _name(folder: Path, account: Account) -> str:
    return str(folder) if not account.drop or reachable(folder / "-", account) else HERE


def _initialise(where: Places, account: Account, programs: Path, *, durable: bool) -> None:
    """Makes the cluster beside its place and moves it there when complete: a kill leaves no half one."""
    fresh = where.cluster.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh, account)
    name = _name(fresh, account)
    secret = password(where)
    # PostgreSQL's single-user mode ends a statement at a semicolon before an empty line.
    statements = ";\n\n".join(
        (
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{secret}'",
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
            f"GRANT pg_read_all_settings, pg_monitor TO {ROLE}",
        )
    )
    for command, text in (
        ([str(programs / "initdb"), "-D", name, *INITDB, *([] if durable else ["--no-sync"])], ""),
        ([str(programs / "postgres"), "--single", "-j", "-D", name, "postgres"], statements + ";\n\n"),
    ):
        done = run_as(account, command, cwd=fresh, text=text)
        if done.returncode != 0 or "ERROR:" in done.stderr:
            last = "\n".join("  " + line for line in (done.stdout + done.stderr).splitlines()[-8:])
            last = last.replace(secret, "…")
            raise EmbeddedError(f"the database cannot be made in {where.cluster}:\n{last}")
    hba = fresh / "pg_hba.conf"
    hba.write_text(HBA)
    fresh.rename(where.cluster)


def _check_version(where: Places) -> None:
    found = (where.cluster / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise EmbeddedError(
            f"{where.cluster} was made by PostgreSQL {found}, this portal brings {MAJOR}: "
            "take a backup with the earlier portal and restore it here"
        )


def postgres_server(where: Places, account: Account, *, durable: bool) -> Server:
    """PostgreSQL of a data folder; `durable=False` is for databases that are thrown away."""

    def command() -> list[str]:
        programs = postgres_bin(account)
        if not (where.cluster / "PG_VERSION").exists():
            _initialise(where, account, programs, durable=durable)
        _check_version(where)
        options = OPTIONS | ({} if durable else SCRATCH) | {"unix_socket_directories": str(where.sockets)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", _name(where.cluster, account), *settings]

    return Server(
        name="PostgreSQL",
        account=account,
        folder=where.cluster,
        lock=where.locks / "postgres",
        log=where.logs / "postgres.log",
        main_pid_file=where.cluster / "postmaster.pid",
        other_pid_files=(where.postgres_lock,),
        ask=lambda: ask_postgres(where.postgres_socket),
        command=command,
        # fast: ends sessions and takes a checkpoint; immediate: recovers on the next start
        stop_signals=((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0)),
    )
