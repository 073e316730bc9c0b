"""Sets up what a `make` target needs: the virtual environment from the lock, system packages, and the compiled
translations.

    python3 tools/setup.py [pango] [chromium] [driver] [poppler]

Nothing is done, at once, when all is there. System packages are installed as root on Debian or Ubuntu;
elsewhere one line names the command. Only the standard library of the system's Python is used.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "tools" / "uv.lock.txt"
STAMP = VENV / ".installed"
NEWEST_UNSUPPORTED = (3, 10)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """Ends with one line."""
    say(text)
    raise SystemExit(1)


# --- system packages


def _library(*names: str) -> bool:
    # Loaded, not looked up in a package list: it may have come from anywhere.
    for name in names:
        with contextlib.suppress(OSError):
            ctypes.CDLL(name)
            return True
    return False


def _program(*names: str) -> bool:
    return any(shutil.which(name) for name in names)


def _pango() -> bool:
    return _library("libpango-1.0.so.0", "libpango-1.0.dylib") and _library(
        "libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"
    )


def _chromium() -> bool:
    given = os.environ.get("CHROMIUM")
    return bool(given and shutil.which(given)) or _program("chromium", "chromium-browser", "google-chrome")


def _has_ensurepip() -> bool:
    check = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


# what: (is it there?, Debian's packages, what it is for)
NEEDS = {
    "pango": (_pango, ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"], "PDF needs Pango"),
    "chromium": (_chromium, ["chromium"], "browser tests need Chromium"),
    "driver": (
        lambda: _library("libatomic.so.1", "libSystem.dylib"),
        ["libatomic1"],
        "the driver of the browser tests needs libatomic",
    ),
    "poppler": (
        lambda: _program("pdftotext"),
        ["poppler-utils"],
        "tests need Poppler",
    ),
    "venv": (_has_ensurepip, ["python3-venv"], "a virtual environment needs python3-venv"),
}


def _debian() -> bool:
    return shutil.which("apt-get") is not None


def _apt(packages: list[str]) -> bool:
    say(f"installing {' '.join(packages)} ...")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    lock = ["-o", "DPkg::Lock::Timeout=600"]
    last = ""
    for command in (
        ["apt-get", *lock, "-qq", "update"],
        ["apt-get", *lock, "-qq", "-y", "install", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        last = done.stderr or done.stdout
    # An update that fails for one source may still have brought what is wanted, so only the end counts.
    if done.returncode != 0:
        say("\n".join(last.splitlines()[-5:]))
    return done.returncode == 0


def system(wanted: list[str]) -> None:
    """Makes sure of the named needs. Ends with one line where one is missing and cannot be installed."""
    missing = [name for name in wanted if not NEEDS[name][0]()]
    if not missing:
        return
    packages = [package for name in missing for package in NEEDS[name][1]]
    if os.geteuid() == 0 and _debian() and _apt(packages):
        missing = [name for name in missing if not NEEDS[name][0]()]
        if not missing:
            return
    why = ", ".join(NEEDS[name][2] for name in missing)
    if not _debian():
        stop(f"{why}: install what Debian calls {' '.join(packages)}, then try again")
    sudo = "" if os.geteuid() == 0 else "sudo "
    install = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    stop(f"{why}: run `{sudo}sh -c 'apt-get update && {install}'`, then try again")


# --- the virtual environment


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two `make` on a fresh clone set up one after the other."""
    with (ROOT / ".venv.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wanted() -> str:
    parts = [LOCK.read_bytes(), UV_LOCK.read_bytes(), str(VENV).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == _wanted() and PYTHON.exists()


def _quiet(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)


def _works() -> bool:
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; print(sys.prefix); print(sys.version)"
    done = _quiet([str(PYTHON), "-c", probe])
    return done.returncode == 0 and done.stdout == f"{VENV}\n{sys.version}\n"


def uv_environment() -> dict[str, str]:
    """Tells uv what pip knows; it reads no configuration of pip's (indexes, certificates)."""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    environment = dict(os.environ) | {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
        # pip looks in every index; the hashes of the lock say which file is meant, wherever it is found
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    for line in _quiet([str(PYTHON), "-m", "pip", "config", "list"]).stdout.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name:
            environment.setdefault(name, value.strip().strip("'\""))
    return environment


def _install() -> None:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if _quiet([*pip, "--require-hashes", "-r", str(UV_LOCK)]).returncode == 0:
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
        done = _quiet([*uv, "--require-hashes", "-r", str(LOCK)], uv_environment())
        if done.returncode == 0:
            return
        say("uv could not install the lock; pip does it, which takes longer")
    done = _quiet([*pip, "--require-hashes", "-r", str(LOCK)])
    if done.returncode != 0:
        say("\n".join((done.stderr or done.stdout).splitlines()[-8:]))
        stop("the requirements could not be installed")


def environment() -> None:
    """Makes `.venv` as the lock says, unless it is."""
    if _installed():
        return
    with _alone():
        if _installed():
            return
        if not LOCK.exists():
            stop("requirements.lock is missing")
        if not _works():
            system(["venv"])
            say("making the virtual environment ...")
            done = _quiet([sys.executable, "-m", "venv", "--clear", str(VENV)])
            if done.returncode != 0:
                stop(f"the virtual environment cannot be made: {(done.stderr or done.stdout).strip()[-300:]}")
        say("installing the requirements ...")
        STAMP.unlink(missing_ok=True)
        _install()
        STAMP.write_text(_wanted())


# --- the translations


def _uncompiled() -> bool:
    for file in (ROOT / "portal" / "locale").glob("*/LC_MESSAGES/*.po"):
        made = file.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < file.stat().st_mtime:
            return True
    return False


def catalogues() -> None:
    """Compiles the translations that have changed."""
    if not _uncompiled():
        return
    done = _quiet([str(PYTHON), str(ROOT / "tools" / "messages.py"), "compile"])
    if done.returncode != 0:
        say("\n".join(done.stderr.splitlines()[-5:]))
        stop("the translations could not be compiled")


def main() -> None:
    if sys.version_info[:2] <= NEWEST_UNSUPPORTED:
        found = ".".join(map(str, sys.version_info[:2]))
        stop(f"Python 3.11 or later is needed, this is {found}: name another with PYTHON=python3.11")
    if unknown := set(sys.argv[1:]) - set(NEEDS):
        stop(f"unknown: {', '.join(sorted(unknown))}")
    try:
        system([*sys.argv[1:], *([] if PYTHON.exists() else ["venv"])])
        environment()
        catalogues()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
