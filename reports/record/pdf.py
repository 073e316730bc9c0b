"""A record as tagged PDF/UA-1, with the fonts and the finish of the report."""

from functools import cache
from pathlib import Path

from django.template import Context, Engine, Library

from reports.record.content import Record, direction_of, texts
from reports.render.pdf import css_string, print_page

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "reports" / "record"

register = Library()


@register.simple_tag(takes_context=True)
def direction(context: Context, text: str) -> str:
    return direction_of(text, context["record"].direction)


def render_pdf(record: Record) -> bytes:
    """The same record gives the same bytes. Raises FontMissing."""
    page = _engine().get_template("record.html").render(Context({"record": record, "style": _style(record)}))
    return print_page(page, texts(record), language=record.language, dated=record.dated)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(FOLDER)], builtins=["reports.record.pdf"], autoescape=True)


def _style(record: Record) -> str:
    """The style with what stands at the head and foot of every page: the mark where reading begins."""
    heads = [css_string(record.mark), css_string(record.facts[0].lines[0])]
    if record.direction == "rtl":
        heads.reverse()
    sheet = (FOLDER / "record.css").read_text("utf-8")
    sheet = sheet.replace('"$left"', heads[0]).replace('"$right"', heads[1])
    widths = "".join(f".w-{share}{{inline-size:{share}%}}" for share in range(101))
    return sheet.replace("$page", _page_words(record.page)) + widths


def _page_words(words: str) -> str:
    """“Page %(page)s of %(pages)s” as CSS: strings between counters."""
    counters = {"%(page)s": "counter(page)", "%(pages)s": "counter(pages)"}
    parts = [words]
    for name in counters:
        parts = [piece for part in parts for piece in _split(part, name)]
    return " ".join(counters.get(part) or css_string(part) for part in parts if part)


def _split(text: str, name: str) -> list[str]:
    before, found, after = text.partition(name)
    return [before, found, after]
