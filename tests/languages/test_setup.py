"""A fresh clone has no compiled catalogues: `make` compiles them, and again where a translation has changed."""

import importlib.util
import os
import shutil

from tests.languages.catalogues import ROOT


def test_what_is_missing_or_old_is_compiled(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("portal_setup", ROOT / "tools" / "setup.py")
    setup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(setup)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "messages.py", tmp_path / "tools")
    kept = shutil.ignore_patterns("*.mo*")
    shutil.copytree(ROOT / "portal" / "locale", tmp_path / "portal" / "locale", ignore=kept)
    monkeypatch.setattr(setup, "ROOT", tmp_path)

    setup.catalogues()
    made = {file: file.read_bytes() for file in tmp_path.rglob("*.mo")}
    assert len(made) == len(list(tmp_path.rglob("*.po"))) == 5

    french = tmp_path / "portal" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    french.write_text(french.read_text().replace('msgstr "Besoins"', 'msgstr "Besoins !"'))
    later = french.with_suffix(".mo").stat().st_mtime + 5
    os.utime(french, (later, later))
    assert setup._uncompiled()
    setup.catalogues()
    assert [file for file in made if file.read_bytes() != made[file]] == [french.with_suffix(".mo")]
