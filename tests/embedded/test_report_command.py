"""`make report` around the report itself: calls, broken dossiers, interruption, and OUT."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from portal.embedded.children import ROOT
from portal.embedded.report import MisuseError, arguments, deliver
from portal.embedded.scratch import PREFIX
from tests.embedded.conftest import eventually


def environment(**values: str) -> dict[str, str]:
    names = ("DOSSIER", "OUT", "SESSION", "LANGUAGES", "FORMATS", "CUTOFF", "DATA_DIR")
    return {name: value for name, value in os.environ.items() if name not in names} | values


def report(**values: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.embedded.report"],
        cwd=ROOT,
        env=environment(**values),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, to see that nothing stays in it."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "DOSSIER is missing; use make report DOSSIER="),
        ({"DOSSIER": "", "OUT": "x"}, "DOSSIER is missing"),
        ({"DOSSIER": "manage.py"}, "OUT is missing"),
        ({"DOSSIER": "no such file.json", "OUT": "x"}, "DOSSIER=no such file.json: there is no such file"),
        ({"DOSSIER": "portal", "OUT": "x"}, "DOSSIER=portal is not a file that can be read"),
        ({"DOSSIER": "manage.py", "OUT": "manage.py"}, "OUT=manage.py is a file, not a folder"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    values: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DOSSIER", "OUT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(MisuseError, match=re.escape(says)):
        arguments()


def test_a_wrong_call_is_status_2_and_one_line() -> None:
    process = report(OUT="x")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err.startswith("DOSSIER is missing; use make report DOSSIER=")
    assert err.count("\n") == 1


def test_a_broken_dossier_leaves_everything_as_it_was(tmp_path: Path, scratch: Path) -> None:
    dossier = tmp_path / "broken one.json"
    dossier.write_text('{"format": "something else", "requests": [{}]}')
    out = tmp_path / "parent" / "out"
    process = report(DOSSIER=str(dossier), OUT=str(out))
    _, err = process.communicate(timeout=120)
    assert process.returncode not in {0, 2}
    assert "requests[0]" in err
    assert "Traceback" not in err
    assert not out.parent.exists()
    assert list(scratch.iterdir()) == []


def test_an_interruption_leaves_nothing(tmp_path: Path, scratch: Path) -> None:
    dossier = tmp_path / "dossier.json"
    dossier.write_text("{}")
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("earlier")
    process = report(DOSSIER=str(dossier), OUT=str(out))
    eventually(lambda: any(scratch.glob(f"{PREFIX}*/locks/children")), within=60)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, err
    assert "interrupted; nothing was written" in err
    assert list(scratch.iterdir()) == []
    assert [(path.name, path.read_text()) for path in out.iterdir()] == [("manifest.json", "earlier")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dossier.json", "out", "tmp"]


def made_in(folder: Path, *names: str) -> Path:
    folder.mkdir(mode=0o700)
    for name in names:
        (folder / name).write_text("new")
    return folder


def test_a_new_out_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    deliver(made_in(tmp_path / "made", "manifest.json", "report.en.pdf"), out)
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "report.en.pdf"]


def test_in_an_old_out_only_the_report_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    made_in(
        out, "manifest.json", "report.fr.pdf", "section.fr.docx", "report.en.pdf", "notes.txt", "report.pdf"
    )
    (out / "folder").mkdir()
    for path in out.iterdir():
        if path.is_file():
            path.write_text("old")
    deliver(made_in(tmp_path / "made", "manifest.json", "report.en.pdf", "figures.json"), out)
    assert {path.name: path.read_text() for path in out.iterdir() if path.is_file()} == {
        "manifest.json": "new",
        "report.en.pdf": "new",
        "figures.json": "new",
        "notes.txt": "old",
        "report.pdf": "old",
    }
    assert (out / "folder").is_dir()
