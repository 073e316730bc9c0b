"""Template filters that draw words: values, references, titles, footnote calls."""

from dataclasses import replace

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reports.document import Document, Letter, Mark, Reference, Run, Runs, Text, Title, Value

register = template.Library()
_LONG_WORD = 40


@register.simple_tag(takes_context=True)
def words(context: template.Context, runs: Runs) -> SafeString:
    """Runs as they stand on paper (`medium` "print") or on a page, where values and notes are links."""
    drawn: list[str] = []
    for run, following in zip(runs, (*runs[1:], None), strict=True):
        if isinstance(run, Text) and isinstance(following, Mark):
            # The call stays on the line of the word before it, or of the end of a word longer than a line.
            before, space, last = run.text.rpartition(" ")
            if len(last) > _LONG_WORD:
                before, space, last = run.text[:-1], "", run.text[-1]
            drawn.append(_draw(replace(run, text=before + space), context) if before else "")
            drawn.append(
                f'<span class="nb">{_draw(replace(run, text=last), context)}{_draw(following, context)}</span>'
            )
        elif not (isinstance(run, Mark) and _bound(runs, run)):
            drawn.append(_draw(run, context))
    return mark_safe("".join(drawn))  # noqa: S308 - each piece is escaped where it is drawn


def _bound(runs: Runs, mark: Mark) -> bool:
    """Whether the mark was drawn with the word before it."""
    place = runs.index(mark)
    return place > 0 and isinstance(runs[place - 1], Text)


def _draw(run: Run, context: template.Context) -> SafeString:
    document: Document = context["document"]
    paper = context["medium"] == "print"
    if isinstance(run, Text):
        return _text(run, document)
    if isinstance(run, Mark):
        return _note(run, document, context) if paper else _call(run)
    if isinstance(run, Value) and not paper:
        return format_html('<a class="figure" href="#figure.{}">{}</a>', run.figure, run.text)
    pattern = {Letter: '<sup class="letter">{}</sup>', Reference: "<bdi>{}</bdi>", Title: "<i>{}</i>"}
    words_of = run.letter if isinstance(run, Letter) else run.text
    return format_html(pattern.get(type(run), "{}"), words_of)


def _text(run: Text, document: Document) -> SafeString:
    if run.language is None or run.language == document.language:
        return format_html("{}", run.text)
    direction = "rtl" if run.language == "ar" else "ltr"
    return format_html('<span lang="{}" dir="{}">{}</span>', run.language, direction, run.text)


def _note(run: Mark, document: Document, context: template.Context) -> SafeString:
    """A footnote where it is called: the call leads to it, the note floats to the foot of the page."""
    return paper_note(str(run.number), words(context, document.footnotes[run.number - 1].runs))


def paper_note(mark: str, said: SafeString) -> SafeString:
    """The call `mark` and its footnote."""
    name = "star" if mark == "*" else mark
    return format_html(
        '<a class="call" href="#note-{0}">{1}</a><span class="fn" id="note-{0}" data-mark="{1}">{2}</span>',
        name,
        mark,
        said,
    )


@register.simple_tag(takes_context=True)
def star(context: template.Context, runs: Runs) -> SafeString:
    """The asterisk of the first page with its note."""
    if context["medium"] == "print":
        return paper_note("*", words(context, runs))
    return mark_safe('<sup><a href="#star">*</a></sup>')


def _call(run: Mark) -> SafeString:
    return format_html('<sup><a id="call-{0}" href="#note-{0}" role="doc-noteref">{0}</a></sup>', run.number)


@register.simple_tag(takes_context=True)
def cell(context: template.Context, contents: object) -> SafeString:
    """A cell's words; on a page a cell of a figure links to its definition."""
    runs: Runs = getattr(contents, "runs", ())
    figure = getattr(contents, "figure", None)
    drawn = words(context, runs)
    if figure is None or context["medium"] == "print":
        return drawn
    return format_html('<a class="figure" href="#figure.{}">{}</a>', figure, drawn)


@register.filter
def classes(kind: str) -> str:
    """The class of a cell of a column: words or digits."""
    return "t" if kind == "text" else "d"


@register.filter
def at(sequence: tuple[object, ...], place: int) -> object:
    """The member at a place."""
    return sequence[place]
