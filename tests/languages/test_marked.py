"""What people read is marked for translation: looked for in templates and in Python as they are written.

What is put together while the portal runs, `test_pseudo.py` finds.
"""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.template.base import Lexer, TokenType

from tests.languages.catalogues import ROOT, tool

# the report's own pages are written in its own texts (reports/compose/texts)
TEMPLATES = [
    file
    for file in tool().sources()
    # so are the pages for programmers, in English
    if file.suffix != ".py" and not {"document", "api"} & set(file.parts)
]
# invents records: their texts are data
PYTHON = [file for file in tool().sources() if file.suffix == ".py" and file.name != "scale.py"]
# here it describes a column or a parameter to programmers, in English
FOR_PROGRAMMERS = ("help_text", {"models", "api"})
SHOWN = {"alt", "title", "aria-label", "aria-description", "placeholder", "label", "data-label", "summary"}
# the same in every language
ALIKE = re.compile(r"\b(UTC|CSV|XLSX|DOCX|JSON|PDF|SHA-256|Valkey|PostgreSQL)\b")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def named(file):
    return file.relative_to(ROOT).as_posix()


class Bare(HTMLParser):
    """What a template holds for a person to read or hear, outside its tags."""

    def __init__(self):
        super().__init__()
        self.texts = []
        self.inside = []

    def handle_starttag(self, tag, attributes):
        self.inside.append(tag)
        given = dict(attributes)
        for name, value in attributes:
            if name in SHOWN or (name == "value" and given.get("type") in {"submit", "button"}):
                self.texts.append(value or "")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"style", "script", "code"} & set(self.inside):
            self.texts.append(data)

    @classmethod
    def of(cls, template):
        kept, translating = [], False
        for token in Lexer(template).tokenize():
            if token.token_type is TokenType.BLOCK:
                name = token.contents.split()[0]
                if name in {"blocktranslate", "blocktrans", "comment"}:
                    translating = True
                elif name in {"endblocktranslate", "endblocktrans", "endcomment"}:
                    translating = False
            elif token.token_type is TokenType.TEXT and not translating:
                kept.append(token.contents)
        found = cls()
        found.feed("".join(kept))
        found.close()
        return found


def bare_words(text):
    """Words that a template holds outside its tags."""
    return LETTERS.findall(ALIKE.sub("", " ".join(Bare.of(text).texts)))


def bare_signs(text):
    """Signs that a template puts between pieces of text, outside its tags."""
    return re.findall(r"[,:;?!]", " ".join(Bare.of(text).texts))


@pytest.mark.parametrize("file", TEMPLATES, ids=named)
def test_a_template_holds_no_bare_words(file):
    assert bare_words(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=named)
def test_signs_between_pieces_are_the_language_s(file):
    """`{% sign ":" %}` is spaced in French; a comma is another in Arabic."""
    if file.name == "passkey_scripts.html":  # holds JSON
        return
    assert bare_signs(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<p>{% translate "A" %}: {{ x }}</p>', [":"]),
        ("{{ x }}, {{ y }}; {{ z }}", [",", ";"]),
        ('<p class="a:b">{% sign ":" %} {{ time }}</p>', []),
    ],
)
def test_bare_signs_are_found(template, found):
    assert bare_signs(template) == found


@pytest.mark.parametrize("file", TEMPLATES, ids=named)
def test_texts_over_several_lines_are_trimmed(file):
    for token in Lexer(file.read_text(encoding="utf-8")).tokenize():
        if token.token_type is TokenType.BLOCK and token.contents.startswith("blocktrans"):
            assert token.contents.startswith("blocktranslate"), "say blocktranslate, not blocktrans"
    if "blocktranslate" in file.read_text(encoding="utf-8"):
        opened = re.findall(
            r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate",
            file.read_text(encoding="utf-8"),
            re.DOTALL,
        )
        assert [text for head, text in opened if "\n" in text and "trimmed" not in head] == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<p title="{% translate "A" %}">{{ x }}</p>', []),
        ("<p>Hello {{ x }}</p>", ["Hello"]),
        ('<img alt="A flag">', ["flag"]),
        ('<input placeholder="Search here">', ["Search", "here"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ("{% blocktranslate %}Hello{% endblocktranslate %}<b>now</b>", ["now"]),
        ('<a class="word" href="/word/" data-label="{{ y }}">12 %</a>', []),
        ("<style>body {}</style>", []),
    ],
)
def test_bare_words_are_found(template, found):
    assert bare_words(template) == found


# -- Python

MARKS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}
# what these are called with, a person reads
TELLS = {
    "Refusal", "Absent", "Refused", "NotAllowed", "Conflict", "NotVisible", "ValidationError", "Notice",
    "success", "info", "warning",
}  # fmt: skip
READ = {
    "label", "labels", "hint", "help_text", "title", "lead", "empty", "verbose_name", "verbose_name_plural",
    "empty_label", "legend", "question", "caption",
}  # fmt: skip


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def spells(node):
    """Whether an expression is words written there and then."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(re.search(r"[A-Za-z]{2,} |^[A-Z][a-z]+", node.value))
    if isinstance(node, ast.JoinedStr):
        return any(spells(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return spells(node.left) or (isinstance(node.op, ast.Add) and spells(node.right))
    if isinstance(node, ast.IfExp):
        return spells(node.body) or spells(node.orelse)
    if isinstance(node, ast.Call) and called(node) == "format" and isinstance(node.func, ast.Attribute):
        return spells(node.func.value)
    return False


def marked(node):
    return isinstance(node, ast.Call) and called(node) in MARKS


def marked_in(node):
    return marked(node.left) or marked(node.right)


def aliases(tree):
    """What each mark is imported as: name here -> name there."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }


def now(node, inside=False):
    """Calls that run while the module is loaded."""
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            within = child in node.body or inside
        else:
            within = inside or isinstance(node, ast.Lambda)
        if isinstance(child, ast.Call) and not within:
            yield child
        yield from now(child, within)


def faults(source):
    """What is not marked, or marked so that it cannot be translated."""
    tree = ast.parse(source)
    names = aliases(tree)
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call) and called(node) in MARKS & set(names) | {"_"} & set(names):
            texts = node.args[:2] if "n" in names[called(node)][:1] else node.args[:1]
            if not all(isinstance(text, ast.Constant) for text in texts):
                found.append((line, "a mark takes a text as it is written, nothing computed"))
        elif isinstance(node, ast.Call):
            logged = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "log"
            # a message is told to a request; a refusal's second argument names a field
            said = node.args[1:2] if called(node) in {"success", "info", "warning"} else node.args[:1]
            if called(node) in TELLS and not logged and any(map(spells, said)):
                found.append((line, "told and not marked"))
            found += [
                (line, f"{word.arg} is read and not marked")
                for word in node.keywords
                if word.arg in READ and spells(word.value)
            ]
        elif isinstance(node, ast.JoinedStr):
            if any(isinstance(part, ast.FormattedValue) and marked(part.value) for part in node.values):
                found.append((line, "a sentence is put together from pieces"))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and marked_in(node):
            found.append((line, "a sentence is put together from pieces"))
    found += [
        (1, f"{there} is called {here}") for here, there in names.items() if here not in MARKS | {there}
    ]
    found += [
        (call.lineno, "translated once for all while the module is loaded: use the lazy form")
        for call in now(tree)
        if names.get(called(call)) in AT_ONCE
    ]
    return found


@pytest.mark.parametrize("file", PYTHON, ids=named)
def test_what_python_tells_people_is_marked(file):
    word, files = FOR_PROGRAMMERS
    found = faults(file.read_text(encoding="utf-8"))
    told = [one for one in found if not one[1].startswith(word) or not files & {*file.parts, file.stem}]
    assert told == []


HEAD = "from django.utils.translation import gettext as _, ngettext, gettext_lazy\n"


@pytest.mark.parametrize(
    "written",
    [
        "def f(): return Refusal('give the reason')",
        "def f(): raise Refused(f'not {x} at all')",
        "def f(): raise NotAllowed('this is not %s' % x)",
        "c = Text(label='Name')",
        "def f(): messages.success(request, 'Saved it')",
        "def f(): return _(x)",
        "def f(): return _(f'for {x}')",
        "def f(): return ngettext(a, b, 3)",
        "def f(): return _('a') + x",
        "def f(): return f'{_(\"a\")} b'",
        "TITLE = _('Once')",
        "class A:\n    title = _('Once')",
        "def f(x=_('Once')): pass",
        "from django.utils.translation import gettext as said",
    ],
)
def test_what_is_not_marked_is_found(written):
    assert len(faults(HEAD + written)) == 1


@pytest.mark.parametrize(
    "written",
    [
        "TITLE = gettext_lazy('Each time')",
        "TITLE = lambda: _('Each time')",
        "def f(): return Refusal(_('give the reason'), 'reason')",
        "def f(): return Column('key', label=gettext_lazy('Name'))",
        "def f(): return ngettext('a', 'b', 3) % {'x': y}",
    ],
)
def test_what_is_marked_is_not(written):
    assert faults(HEAD + written) == []
