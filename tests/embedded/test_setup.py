"""What is missing is installed, or named in one line with the one command: never passed over."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("portal_setup", ROOT / "tools" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A machine that has neither Pango nor Chromium."""
    for name in ("pango", "chromium"):
        monkeypatch.setitem(setup.NEEDS, name, (lambda: False, *setup.NEEDS[name][1:]))
    return setup


@pytest.mark.parametrize(
    ("debian", "says"),
    [
        (
            True,
            (
                "PDF needs Pango: run `sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends "
                "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0'`, then try again\n"
            ),
        ),
        (
            False,
            (
                "PDF needs Pango: install what Debian calls libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, "
                "then try again\n"
            ),
        ),
    ],
)
def test_an_ordinary_user_is_told_the_one_command(
    without: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    debian: bool,
    says: str,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(without, "_debian", lambda: debian)
    with pytest.raises(SystemExit) as ended:
        without.system(["pango"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == says


def test_root_installs_what_is_missing_and_sees_that_it_is_there(
    without: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []

    def install(packages: list[str]) -> bool:
        installed.extend(packages)
        for name in ("pango", "chromium"):
            monkeypatch.setitem(without.NEEDS, name, (lambda: True, *without.NEEDS[name][1:]))
        return True

    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(without, "_debian", lambda: True)
    monkeypatch.setattr(without, "_apt", install)
    without.system(["pango", "chromium"])
    assert installed == ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "chromium"]


def test_an_installation_that_brings_nothing_is_an_error(
    without: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(without, "_debian", lambda: True)
    monkeypatch.setattr(without, "_apt", lambda _packages: True)
    with pytest.raises(SystemExit):
        without.system(["chromium"])
    assert capsys.readouterr().err.startswith("browser tests need Chromium: run `sh -c 'apt-get update && ")


def test_a_library_counts_when_it_can_be_loaded(setup: ModuleType) -> None:
    assert setup._library("no-such-library.so.0", "libc.so.6")
    assert not setup._library("no-such-library.so.0")


def test_the_stamp_follows_the_lock(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, python = tmp_path / "lock", tmp_path / "python"
    python.touch()
    for name, path in (("LOCK", lock), ("STAMP", tmp_path / "stamp"), ("PYTHON", python)):
        monkeypatch.setattr(setup, name, path)
    lock.write_text("one==1")
    assert not setup._installed()
    setup.STAMP.write_text(setup._wanted())
    assert setup._installed()
    lock.write_text("one==2")
    assert not setup._installed()


def test_make_lists_its_targets() -> None:
    listed = subprocess.run(
        ["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    targets = {line.split()[1] for line in listed.splitlines()}
    assert targets >= {
        *("run", "report", "test", "check-reference", "audit", "bench"),
        *("lint", "messages", "lock", "clean", "help"),
    }


def test_an_absent_reference_is_an_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-C", str(ROOT), "check-reference", f"REFERENCE_DIR={tmp_path / 'none'}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert f"the reference folder {tmp_path / 'none'} is not there" in done.stderr
