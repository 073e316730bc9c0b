"""The fonts of documents: full TrueType files from wheels, found through a fontconfig file of our own.

The same glyphs appear wherever a document is rendered. A missing font is an error, and a character that
no font has is named, never drawn as a box.
"""

import os
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from unicodedata import category
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

# package, folder in it, files that must be there
_SOURCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("fontpkg_noto_serif", "files", ("NotoSerif[wdth,wght].ttf", "NotoSerif-Italic[wdth,wght].ttf")),
    ("fontpkg_noto_sans", "files", ("NotoSans[wdth,wght].ttf", "NotoSans-Italic[wdth,wght].ttf")),
    ("fontpkg_amiri", "files", ("Amiri-Regular.ttf", "Amiri-Bold.ttf")),
    ("justmytype_intl_cjk", "fonts/ofl/notosanssc", ("NotoSansSC[wght].ttf",)),
)
FAMILIES = ("Noto Serif", "Noto Sans", "Amiri", "Noto Sans SC")
_ENVIRONMENT = "FONT_CACHE_DIR"


class FontMissing(RuntimeError):
    """A font of the documents is not installed; the message says which package brings it."""


@cache
def files() -> tuple[Path, ...]:
    """The font files, all of them; raises FontMissing."""
    found = []
    for package, folder, names in _SOURCES:
        spec = find_spec(package)
        places = list(spec.submodule_search_locations or ()) if spec else []
        for name in names:
            path = Path(places[0], folder, name) if places else None
            if path is None or not path.is_file():
                raise FontMissing(f"font {name} is missing: install the package {package.replace('_', '-')}")
            found.append(path)
    return tuple(found)


def configure(cache_dir: Path | None = None) -> Path:
    """Writes fonts.conf into `cache_dir` and points FONTCONFIG_FILE at it; returns its path.

    The folder is `cache_dir`, else FONT_CACHE_DIR, else one of this user's in the temporary folder.
    Must be called before the renderer looks for fonts; calling it again does nothing new.
    """
    folder = (cache_dir or _default_folder()).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    text = _configuration(folder)
    if not path.is_file() or path.read_text("utf-8") != text:
        # Another process may be doing the same: the file appears whole or not at all.
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as fresh:
            fresh.write(text)
        Path(fresh.name).replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)
    return path


def _default_folder() -> Path:
    given = os.environ.get(_ENVIRONMENT)
    if given:
        return Path(given)
    folder = Path(tempfile.gettempdir(), f"document-fonts-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise FontMissing(f"{folder} belongs to another user: set {_ENVIRONMENT} to a folder of your own")
    return folder


def _configuration(folder: Path) -> str:
    folders = sorted({str(path.parent) for path in files()})
    listed = "".join(f"  <dir>{escape(name)}</dir>\n" for name in folders)
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"{listed}  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n</fontconfig>\n"
    )


@cache
def _covered() -> frozenset[int]:
    found: set[int] = set()
    for path in files():
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)


def uncovered(texts: Iterable[str]) -> list[str]:
    """The characters of `texts` that no font has, each once, in order of their code points."""
    characters = set().union(*texts)
    # Letters of European languages are in every font: the fonts are opened only for others.
    rare = {c for c in characters if ord(c) > _LATIN and c not in _COMMON and category(c) not in _INVISIBLE}
    if not rare:
        return []
    known = _covered()
    return sorted(character for character in rare if ord(character) not in known)


_LATIN = 0x24F  # the end of Latin Extended-B
_COMMON = frozenset("–—‘’“”…•€")
_INVISIBLE = frozenset(("Cf", "Zs", "Zl", "Zp", "Cc"))
