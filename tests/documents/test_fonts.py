"""Fonts come from the installed packages through a file of our own; a missing one is an error."""

import os
import subprocess
from pathlib import Path

import pytest

from reports import fonts


def test_the_configuration_names_only_our_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    path = fonts.configure(tmp_path / "fonts")
    assert os.environ["FONTCONFIG_FILE"] == str(path)
    text = path.read_text()
    assert all(f"<dir>{file.parent}</dir>" in text for file in fonts.files())
    before = path.stat().st_mtime_ns
    assert fonts.configure(tmp_path / "fonts") == path
    assert path.stat().st_mtime_ns == before


def test_the_folder_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    monkeypatch.setenv("FONT_CACHE_DIR", str(tmp_path / "here"))
    assert fonts.configure().parent == tmp_path / "here"


def test_a_missing_font_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_SOURCES", (("fontpkg_absent", "files", ("Absent.ttf",)),))
    fonts.files.cache_clear()
    try:
        with pytest.raises(fonts.FontMissing, match="install the package fontpkg-absent"):
            fonts.configure()
    finally:
        fonts.files.cache_clear()


def test_characters_without_a_glyph_are_found() -> None:
    assert fonts.uncovered(["Réunion – “États”", "Привет", "العربية", "加强边境"]) == []
    assert fonts.uncovered(["\u200f\u2060 \u00a0", "a\U0001f600b", "\U0001f600"]) == ["\U0001f600"]


def test_the_temporary_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    monkeypatch.delenv("FONT_CACHE_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = fonts.configure().parent
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0
    assert subprocess.run(["ls", folder], check=True, capture_output=True).stdout.split() == [b"fonts.conf"]
