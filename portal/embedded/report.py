"""`make report`: a dossier in, the session's report out, with a database of its own that is thrown away."""

import contextlib
import fcntl
import glob
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

from portal.core.worker import worker_command
from portal.embedded import places
from portal.embedded.children import ROOT, Group, module
from portal.embedded.console import Ended, complain, given, heed, listen, only_hurry, say
from portal.embedded.errors import EmbeddedError
from portal.embedded.lifecycle import services
from portal.embedded.locks import held, try_lock
from portal.embedded.scratch import scratch_folder
from reports import built

USAGE = (
    "use make report DOSSIER=f.json OUT=dir "
    "[SESSION=62] [LANGUAGES=en,fr] [FORMATS=pdf,json] [CUTOFF=2018-12-31]"
)
SESSION = "62"
# What an earlier report may have left in OUT; anything else there is not ours.
FILES = (
    "manifest.json",
    "snapshot.json.gz",
    "figures.json",
    "figures-public.json",
    "activities.iati.xml",
    "report.*.pdf",
    "report.*.docx",
    "report.*.html",
    "report.*.json",
    "report.*.xlsx",
    "report.*.akn.xml",
    "section.*.docx",
)
MANIFEST = "manifest.json"
STAGING = ".unfinished"
# The settings of a portal that may run on this machine are not those of the scratch one.
NOT_OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "STORAGE_URL",
    "EMAIL_URL",
    "CLAMAV_URL",
    "ALLOWED_HOSTS",
    "SITE_URL",
)


class MisuseError(Exception):
    """The command was called wrongly: status 2."""


def _base(dossier: str) -> Path:
    """What relative paths are relative to: the project, where `make` runs.

    With `make -C` the dossier may lie where the caller stands; then the caller's folder it is, for both paths.
    """
    caller = Path(given("PWD", str(ROOT)))
    return caller if not (ROOT / dossier).exists() and (caller / dossier).exists() else ROOT


def arguments() -> tuple[Path, Path, list[str]]:
    """Dossier, output folder and the options of `generate_report`, from the environment.

    Raises `MisuseError`.
    """
    if not given("DOSSIER"):
        raise MisuseError(f"DOSSIER is missing; {USAGE}")
    if not given("OUT"):
        raise MisuseError(f"OUT is missing; {USAGE}")
    dossier_given, out_given = Path(given("DOSSIER")).expanduser(), Path(given("OUT")).expanduser()
    base = _base(str(dossier_given))
    dossier, out = (base / dossier_given).absolute(), (base / out_given).resolve()
    if not dossier.exists():
        raise MisuseError(f"DOSSIER={given('DOSSIER')}: there is no such file")
    if not dossier.is_file() or not os.access(dossier, os.R_OK):
        raise MisuseError(f"DOSSIER={given('DOSSIER')} is not a file that can be read")
    if out.exists() and not out.is_dir():
        raise MisuseError(f"OUT={given('OUT')} is a file, not a folder")
    _check_options()
    options = ["--session", given("SESSION", SESSION)]
    for name, option in (("LANGUAGES", "--languages"), ("FORMATS", "--formats"), ("CUTOFF", "--cutoff")):
        if value := given(name):
            options += [option, value]
    return dossier, out, options


def _check_options() -> None:
    """What can be said of the options before anything is started; MisuseError where one is wrong."""
    if not given("SESSION", SESSION).isdecimal():
        raise MisuseError(f"SESSION={given('SESSION')} is not the number of a session")
    if value := given("CUTOFF"):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise MisuseError(f"CUTOFF={value} is no day; use YYYY-MM-DD") from None
    for name, known in (("LANGUAGES", built.LANGUAGES), ("FORMATS", built.FORMATS)):
        asked = {part.strip() for part in given(name).split(",") if part.strip()}
        if unknown := sorted(asked - set(known)):
            raise MisuseError(f"{name}: {', '.join(unknown)} cannot be made; there is: {', '.join(known)}")


@contextlib.contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """A folder beside OUT, on the same file system, in which the report is made."""
    try:
        missing = [folder for folder in (out.parent, *out.parent.parents) if not folder.exists()]
        out.parent.mkdir(parents=True, exist_ok=True)
        for left in out.parent.glob(f".{glob.escape(out.name)}.*{STAGING}"):
            if not held(left / "lock"):  # its owner was killed
                shutil.rmtree(left, ignore_errors=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=STAGING, dir=out.parent))
        lock = try_lock(beside / "lock")
    except OSError as error:
        raise EmbeddedError(f"OUT={out} cannot be written: {error.strerror}") from None
    try:
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        for folder in missing:  # made for nothing, if the report failed
            with contextlib.suppress(OSError):
                folder.rmdir()


def deliver(made: Path, out: Path) -> None:
    """Moves the finished files into place; the manifest, which names the others, comes last.

    A new OUT appears whole. In one that exists the files of an earlier report are replaced or removed, and
    all others stay.
    """
    umask = os.umask(0)
    os.umask(umask)
    made.chmod(0o777 & ~umask)
    if not out.exists():
        made.rename(out)
        return
    with _alone(out):
        _replace(made, out)


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One delivery at a time, so that OUT never holds a mixture of two reports."""
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(made: Path, out: Path) -> None:
    names = sorted((path.name for path in made.iterdir()), key=lambda name: (name == MANIFEST, name))
    (out / MANIFEST).unlink(missing_ok=True)
    for old in out.iterdir():
        if old.name not in names and old.is_file() and any(fnmatch(old.name, form) for form in FILES):
            old.unlink()
    for name in names:
        (made / name).replace(out / name)


def _environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    # Temporary files too are thrown away with the folder, whatever way the processes end.
    temporary = data_dir / "tmp"
    temporary.mkdir(mode=0o700)
    return kept | {"DATA_DIR": str(data_dir), "TMPDIR": str(temporary), "DB_DURABLE": "0", "SAMPLE": "0"}


def _report(dossier: Path, out: Path, options: list[str]) -> int:
    for name in NOT_OURS:
        os.environ.pop(name, None)
    with contextlib.ExitStack() as stack:
        beside = stack.enter_context(_staging(out))
        made = beside / "report"
        data_dir = stack.enter_context(scratch_folder())
        where = places.places(data_dir)
        stack.enter_context(services(data_dir, durable=False, watch=True, with_parent=True))
        group = Group(where.locks / "children", where.logs, complain)
        group.open()
        stack.callback(group.close, hurry=lambda: True)  # all that they hold is thrown away
        stack.callback(only_hurry)
        environment = _environment(data_dir)
        for number in range(min(os.cpu_count() or 1, 8)):
            name = f"worker-{number + 1}"
            group.start(name, worker_command(name, loglevel="WARNING"), environment)
        steps = [
            ["migrate"],
            ["import_dossier", str(dossier)],
            ["worker"],
            ["generate_report", *options, "-o", str(made)],
        ]
        command = module("portal.embedded.steps", json.dumps(steps), str(made), str(out))
        status = group.run(command, environment, each=heed)
        if status:
            return status if status > 0 else 128 - status
        deliver(made, out)
    say(f"report in {out}")
    return 0


def main() -> int:
    """Makes the report; status 2 for a wrong call, otherwise not 0 where anything failed."""
    try:
        listen()
        return _report(*arguments())
    except MisuseError as error:
        complain(str(error))
        return 2
    except Ended as ended:
        complain("interrupted; nothing was written")
        return 128 + ended.number
    except (EmbeddedError, TimeoutError) as error:
        complain(str(error))
        return 1
    except OSError as error:
        complain(f"{error.filename or 'system'}: {error.strerror}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
