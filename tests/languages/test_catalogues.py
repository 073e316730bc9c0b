"""The catalogues hold what the tree says, are compiled, and are translated in full and in order."""

import gettext
import re
from io import BytesIO

import pytest
from babel import Locale
from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tests.languages.catalogues import COMPLETE, forms, tool

LANGUAGES = sorted(tool().PLURALS)
PLACE = re.compile(r"%\((\w+)\)[sd]")
ISOLATED = re.compile("\u2068%\\((\\w+)\\)s\u2069")
# what may be left out where the number is said in words: none, one, two
SPOKEN = 3


def entries(language):
    return [message for message in tool().read(tool().po(language)) if message.id]


def texts_of(compiled):
    found = read_mo(BytesIO(compiled))
    return found.plural_forms, {(m.context, str(m.id)): m.string for m in found if m.id}


def pairs(language):
    """(text, the form of its translation, its number) of what is translated."""
    for message in entries(language):
        for number, string in enumerate(filter(None, forms(message.string))):
            yield forms(message.id)[min(number, len(forms(message.id)) - 1)], string, number


def test_every_language_of_the_site_has_a_catalogue_or_is_the_source():
    assert {*LANGUAGES, "en"} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_current(language):
    """`make messages` would change nothing."""
    given = tool().po(language)
    assert tool().merged(language, tool().template(), tool().read(given)) == given.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    """`make` compiles what has changed before it does anything else."""
    given = tool().po(language)
    assert texts_of(given.with_suffix(".mo").read_bytes()) == texts_of(tool().compiled(given))


def test_a_new_text_makes_a_catalogue_stale(tmp_path):
    for place in tool().PLACES:
        (tmp_path / place).mkdir()
    (tmp_path / "portal" / "one.py").write_text('from x import gettext as _\n_("A new text")\n')
    (tmp_path / "templates" / "two.html").write_text(
        "{% load i18n %}\n  <p title=\"{% translate 'A title' %}\">\n"
        "    {% blocktranslate count n=rows trimmed %}\n      {{ n }} row\n    {% plural %}\n"
        "      {{ n }} rows\n    {% endblocktranslate %}</p>\n"
        '{% translate "Closed" context "what happened" %}{{ x|default:_("none") }}\n'
    )
    found = {(m.context, m.id) for m in tool().template(tmp_path) if m.id}
    assert found == {
        (None, "A new text"),
        (None, "A title"),
        (None, ("%(n)s row", "%(n)s rows")),
        ("what happened", "Closed"),
        (None, "none"),
    }
    for language in LANGUAGES:
        given = tool().po(language)
        assert tool().merged(language, tool().template(tmp_path), tool().read(given)) != given.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_unicode_cldr(language):
    """Each number takes the form of its category, and the categories stand in CLDR's order."""
    order = ["zero", "one", "two", "few", "many", "other"]
    rule = Locale.parse(language).plural_form
    said = tool().PLURALS[language]
    categories = sorted({rule(n) for n in range(300)}, key=order.index)
    form = gettext.c2py(re.search("plural=(.*);", said)[1])
    assert int(re.search(r"nplurals=(\d)", said)[1]) == len(categories)
    for n in range(300):
        assert categories[form(n)] == rule(n), n
    for message in entries(language):
        if isinstance(message.id, tuple):
            assert len(forms(message.string)) == len(categories), message.id


@pytest.mark.parametrize("language", COMPLETE)
def test_everything_is_translated_and_nothing_is_guessed(language):
    missing = [message.id for message in tool().untranslated(tool().read(tool().po(language)))]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_text(language):
    for message in entries(language):
        plural = isinstance(message.id, tuple)
        wanted = set(PLACE.findall(forms(message.id)[-1]))
        for number, string in enumerate(forms(message.string)):
            if not string:
                continue
            found = set(PLACE.findall(string))
            assert found <= wanted, message.id
            lost = wanted - found
            # in Arabic "one", "two" and "none" are said in words
            spoken = language == "ar" and plural and number < SPOKEN
            assert not lost or (spoken and len(lost) == 1), message.id
            kinds = set(re.findall(r"%\(\w+\)[sd]", string))
            assert kinds <= set(re.findall(r"%\(\w+\)[sd]", " ".join(forms(message.id)))), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_stands_without_blanks_around_it(language):
    for text, string, _number in pairs(language):
        assert text == text.strip(), text
        assert "\n" not in text, f"{text!r}: say {{% blocktranslate trimmed %}}"
        assert string.strip(" \n") == string, text


# -- French


def test_french_is_spaced_as_french_is():
    for text, string, _number in pairs("fr"):
        bare = re.sub(r"%\(\w+\)[sd]|[a-z]+:(?=[…/\d\w])", "", string)
        # a sign that is named or a code is not punctuation
        bare = re.sub(r". _ : -,|\{ … \}|\d\d:\d\d(:\d\d)?|https?:", "", bare)
        assert not re.search(r"(?<![\u00a0\u202f]):(?!//)", bare), text
        assert not re.search(r"(?<!\u202f)[;?!]", bare.lstrip(";")), text
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", bare), text
        assert not re.search("['\"“”]", bare), text


# -- Arabic

ARABIC = re.compile("[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]+")


def test_arabic_is_written_in_arabic():
    for text, string, _number in pairs("ar"):
        bare = PLACE.sub("", string)
        source = PLACE.sub("", text)
        if not re.search("[A-Za-z]{2}", source):
            continue
        assert ARABIC.search(bare), text
        assert set(LATIN.findall(bare)) <= set(LATIN.findall(source)) | {"YYYY", "MM", "DD"}, text


def test_arabic_has_arabic_punctuation_and_western_digits():
    for text, string, _number in pairs("ar"):
        bare = re.sub(r"\. _ : -", "", string)
        assert not re.search("[,;?]", bare), text
        assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", string), text


def test_values_in_arabic_stand_isolated():
    """A reference or a Latin name in a sentence would else be put in another order."""
    for text, string, _number in pairs("ar"):
        named = set(re.findall(r"%\((\w+)\)s", string))
        assert {name for name in named if not name.startswith(("url", "link", "address"))} <= set(
            ISOLATED.findall(string)
        ), text


# -- what the portal says with them


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Requests for assistance"),
        ("fr", "Demandes d’assistance"),
        ("ar", "طلبات المساعدة"),
    ],
)
def test_the_portal_speaks_them(language, said):
    with override(language):
        assert _("Requests for assistance") == said


@pytest.mark.parametrize("language", ["zh", "ru", "es"])
def test_what_is_not_translated_yet_is_said_in_english(language):
    message = next(m for m in entries(language) if isinstance(m.id, str) and not m.string and not m.context)
    with override(language):
        assert _(message.id) == message.id
