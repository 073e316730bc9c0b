"""The catalogues of translations: collected from templates and Python, and compiled for the running portal.

    python tools/messages.py collect     every text of the tree into portal/locale/<language>/…/django.po
    python tools/messages.py compile     each .po that is newer than its .mo

Babel reads and writes the catalogues, so no program of the operating system is needed. A catalogue names no
places in the source: it changes when a text changes, and not when a line moves.
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "portal" / "locale"
# where texts that people read are written; templates stand beside them
PLACES = ("portal", "requests_app", "donors", "reports", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# languages of the site with their plural forms (those of the Unicode CLDR for whole numbers)
PLURALS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "zh": "nplurals=1; plural=0;",
}


def sources(root: Path = ROOT) -> list[Path]:
    """Python and templates that may hold texts, by name."""
    return sorted(
        file
        for place in PLACES
        for file in (root / place).rglob("*")
        if file.suffix in {".py", ".html", ".txt"} and not {"migrations", "data", "texts"} & set(file.parts)
    )


def _python(file: Path) -> bytes:
    """What Babel's extractor reads: a template as the Python that Django makes of it."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        made = templatize(text, origin=str(file))
        # what is left of mark-up is no Python block
        text = "\n".join(line.lstrip() for line in made.splitlines())
    return text.encode()


def texts(root: Path = ROOT) -> Iterator[tuple[Any, str | None, list[str]]]:
    """Every marked text: message or (singular, plural), its context, and comments for translators."""
    for file in sources(root):
        found = extract("python", BytesIO(_python(file)), KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in found:
            yield message, context, comments


def template(root: Path = ROOT) -> Catalog:
    """All texts of the tree, untranslated."""
    catalog = Catalog(charset="utf-8")
    for message, context, comments in texts(root):
        catalog.add(message, context=context, auto_comments=comments)
    return catalog


def po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, abort_invalid=True)


def header(language: str) -> str:
    """The head of a catalogue, in which nothing changes by itself."""
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n\n'
    )


def merged(language: str, wanted: Catalog, given: Catalog) -> bytes:
    """A catalogue with the wanted texts and the translations that are given, nothing guessed."""
    made = Catalog(locale=language, charset="utf-8")
    for message in wanted:
        if not message.id:
            continue
        known = given.get(message.id, message.context)
        string = known.string if known is not None and type(known.id) is type(message.id) else None
        made.add(message.id, string, context=message.context, auto_comments=message.auto_comments)
    out = BytesIO()
    write_po(out, made, width=109, no_location=True, omit_header=True, sort_output=True)
    return header(language).encode() + out.getvalue()


def collect() -> None:
    """Brings every catalogue up to the texts of the tree."""
    wanted = template()
    for language in PLURALS:
        file = po(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        given = read(file) if file.exists() else Catalog(locale=language)
        _replace(file, merged(language, wanted, given))
        print(f"{language}: {len(untranslated(read(file)))} of {len(wanted)} texts to translate")


def untranslated(catalog: Catalog) -> list[Message]:
    """Texts without a translation, or with one that is only guessed."""
    return [m for m in catalog if m.id and (m.fuzzy or not all(_strings(m)))]


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def compiled(file: Path) -> bytes:
    """A catalogue as Django reads it."""
    out = BytesIO()
    write_mo(out, read(file))
    return out.getvalue()


def compile_stale() -> list[Path]:
    """Compiles what is not compiled yet, or has changed since."""
    made = []
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = file.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < file.stat().st_mtime:
            _replace(target, compiled(file))
            made.append(target)
    return made


def _replace(target: Path, content: bytes) -> None:
    # whole or not at all: somebody may be reading it
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)


def main() -> None:
    match sys.argv[1:]:
        case ["collect"]:
            collect()
            compile_stale()
        case ["compile"]:
            compile_stale()
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
