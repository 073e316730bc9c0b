"""A language that nobody speaks, in which every text stands in marks: what stands outside is in no catalogue.

Its catalogue is made from the tree's texts and from those of the libraries when a test asks for it; the portal
itself knows nothing of it.
"""

import json
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.languages.catalogues import forms, tool

CODE = "xx"
PLACE = re.compile(r"(%\(\w+\)[sd]|%%|\{\w*\})")
ACCENTED = str.maketrans("aeiouyncAEIOUN", "áéíóúýñçÁÉÍÓÚÑ")
OPEN, CLOSE = "⟦", "⟧"
MARKED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def pseudo(text):
    """A text in marks, longer by its accents and still readable; placeholders are kept."""
    parts = PLACE.split(text)
    parts[::2] = [part.translate(ACCENTED) for part in parts[::2]]
    return OPEN + "".join(parts) + CLOSE


def _libraries():
    """The catalogues of what the portal is made with, as far as Django reads them."""
    import django  # noqa: PLC0415

    yield Path(django.__file__).parent / "conf" / "locale"
    for app in apps.get_app_configs():
        yield Path(app.path) / "locale"


def write(folder):
    """Writes the compiled catalogue where Django finds it."""
    texts = list(tool().template())
    for place in _libraries():
        file = place / "en" / "LC_MESSAGES" / "django.po"
        if file.exists():
            texts += tool().read(file)
    catalog = Catalog(charset="utf-8")
    for message in texts:
        if message.id:
            made = tuple(map(pseudo, forms(message.id)))
            catalog.add(message.id, made if len(made) > 1 else made[0], context=message.context)
    target = folder / CODE / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    out = BytesIO()
    write_mo(out, catalog)
    # gettext's own rule for two forms
    target.write_bytes(out.getvalue())
    return folder


# -- what may stand outside the marks

LANGUAGES = {name for _code, name in settings.LANGUAGES}
PLAIN = re.compile(
    r"""
    https?://\S+ | \S+@\S+ | [\w.-]+\.(?:json|pdf|docx|html|xlsx|xml|csv)(?:\.gz)?\b   # addresses, files
    | \b[A-Z]{2}-\d{4}[-\w/.]* | \bD-[0-9A-Z]{6}\b                                     # references
    | \b[0-9a-f]{8,}\b                                                                 # hashes
    | \b\d{4}\ M\d\d\ \d+ | \bM\d\d\b                                                  # dates of no language
    | \b[A-Z0-9]{1,5}(?:[-/.][A-Z0-9]+)*\b                                             # codes: USD, AFG, E/CN.7
    """,
    re.VERBOSE,
)
LETTERS = re.compile(r"[^\W\d_]{2,}")


def values():
    """What people have entered, and names and labels that the database has in six languages."""
    found = set(LANGUAGES)
    for model in apps.get_models():
        if model._meta.app_label in {"audit", "contenttypes", "sessions", "auth"}:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.JSONField):
                for value in model.objects.values_list(field.name, flat=True):
                    found |= _named(value)
            elif isinstance(field, models.CharField | models.TextField) and not field.choices:
                # a code is small letters only: it is never shown
                given = model.objects.values_list(field.name, flat=True).distinct()
                found |= {text for text in given if text and re.search("[A-Z ]", text)}
    return found


def _named(value):
    value = json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value
    if isinstance(value, dict) and set(value) <= {"ar", "zh", "en", "fr", "ru", "es"}:
        return set(value.values())
    return set()


def unmarked(text, known):
    """The words of a text that stand in no marks and are no value."""
    text = re.sub("[\u2066-\u2069]", "", text)
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    if not LETTERS.search(PLAIN.sub(" ", text)):
        return []
    for value in known:
        if value in text:
            text = text.replace(value, " ")
    return LETTERS.findall(PLAIN.sub(" ", text))


class Page(HTMLParser):
    """What a person reads or hears of a page; and its links and forms."""

    SHOWN = {"alt", "title", "aria-label", "aria-description", "placeholder", "label", "data-label"}
    APART = {
        "p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "label", "legend", "option", "button", "div",
        "title", "a", "caption", "summary", "main", "form", "fieldset", "section", "nav", "strong", "ul", "ol",
    }  # fmt: skip
    EMPTY = {"meta", "link", "br", "input", "img", "hr", "col", "wbr"}

    def __init__(self, text):
        super().__init__()
        self.texts, self.links, self.forms = [], [], []
        self.open, self.kept = [], ""
        self.feed(text)
        self.close()
        self.take()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag in self.APART:
            self.take()
        self.texts += [given[name] for name in self.SHOWN if given.get(name)]
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.texts.append(given.get("value", ""))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append((given.get("method", "get"), given.get("action", "")))

    def handle_endtag(self, tag):
        if tag in self.APART:
            self.take()
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.kept += data

    def take(self):
        text = " ".join(self.kept.split())
        self.kept = ""
        if text:
            self.texts.append(text)
