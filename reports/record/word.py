"""A record in Word: styles of its own for headings and tables, languages, and both directions of writing."""

import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from portal.core.languages import LOCALES
from reports.record.content import Fact, Part, Record, Table, direction_of

TEXT_WIDTH = 170  # mm between the margins of a page
LABELS = 34  # per cent, the column of labels
FONTS = {"ascii": "Calibri", "hAnsi": "Calibri", "cs": "Arial", "eastAsia": "SimSun"}
# of the words in Latin or Cyrillic letters inside a line from right to left
_LEFT_TO_RIGHT = re.compile(
    r"[A-Za-z\u00c0-\u024f\u0400-\u04ff][\w.,:/@+-]*(?:\s[A-Za-z\u00c0-\u024f\u0400-\u04ff][\w.,:/@+-]*)*"
)
_UNPRINTABLE = frozenset(("Cc", "Cs", "Cn"))
_FIELDS = re.compile(r"(%\(pages?\)s)")
_FIELD_CODES = {"%(page)s": "PAGE", "%(pages)s": "NUMPAGES"}


def render_docx(record: Record) -> bytes:
    """The record as a Word document."""
    made = Document()
    _page(made, record)
    _styles(made, record)
    if record.draft:
        _paragraph(made.add_paragraph(style="Intense Quote"), record.mark, record)
    _paragraph(made.add_paragraph(style="Subtitle"), record.kind, record)
    _paragraph(made.add_paragraph(style="Title"), record.title, record, language=record.title_language)
    _facts(made, record.facts, record)
    for part in record.parts:
        _part(made, part, record)
    _paragraph(made.add_paragraph(style="Heading 1"), record.digest_title, record)
    _paragraph(made.add_paragraph(), record.digest, record)
    _paragraph(made.add_paragraph(), record.digest_words, record)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Any, record: Record) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - TEXT_WIDTH) / 2)
    if record.direction == "rtl":
        section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))  # noqa: SLF001
    head = section.header.paragraphs[0]
    _paragraph(head, f"{record.mark} – {record.facts[0].lines[0]}", record)
    foot = section.footer.paragraphs[0]
    _turned(foot, record.direction)
    for piece in filter(None, _FIELDS.split(record.page)):
        if piece in _FIELD_CODES:
            _field(foot, _FIELD_CODES[piece])
        else:
            _runs(foot, piece, record.direction, "")
    about = made.core_properties
    about.title, about.language = _printable(f"{record.kind} – {record.title}"), record.language
    about.author, about.comments = _printable(record.facts[0].lines[0]), ""
    about.created = about.modified = datetime.combine(record.dated, time.min)


def _styles(made: Any, record: Record) -> None:
    language = _tag(record.language)
    defaults = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = defaults.find(qn("w:lang"))
    for name, value in {"val": language, "eastAsia": "zh-CN", "bidi": "ar-SA"}.items():
        spoken.set(qn(f"w:{name}"), language if record.direction == "rtl" and name == "bidi" else value)
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Intense Quote"):
        style = made.styles[name]
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[theme]
        for kind, font in FONTS.items():
            fonts.set(qn(f"w:{kind}"), font)
    for name, points in {
        "Normal": 10.5,
        "Title": 20,
        "Subtitle": 12,
        "Heading 1": 14,
        "Heading 2": 12,
    }.items():
        _sized(made.styles[name], points)
    made.styles["Normal"].paragraph_format.space_after = Pt(3)


def _part(made: Any, part: Part, record: Record) -> None:
    _paragraph(made.add_paragraph(style=f"Heading {part.level}"), part.title, record)
    if part.facts:
        _facts(made, part.facts, record)
    if part.words:
        _paragraph(made.add_paragraph(), part.words, record)
    if part.table:
        _table(made, part.table, record)


def _facts(made: Any, facts: tuple[Fact, ...], record: Record) -> None:
    table = _new_table(made, len(facts), (LABELS, 100 - LABELS), record)
    for row, fact in zip(table.rows, facts, strict=True):
        label, value = row.cells
        _paragraph(label.paragraphs[0], fact.label, record, bold=True)
        for place, line in enumerate(fact.lines):
            paragraph = value.paragraphs[0] if place == 0 else value.add_paragraph()
            _paragraph(paragraph, line, record, language=fact.language)


def _table(made: Any, found: Table, record: Record) -> None:
    table = _new_table(made, len(found.rows) + 1, found.widths, record)
    for line, row in zip((found.heads, *found.rows), table.rows, strict=True):
        head = line is found.heads
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader" if head else "w:cantSplit"))  # noqa: SLF001
        for cell, text in zip(row.cells, line, strict=True):
            _paragraph(cell.paragraphs[0], text, record, bold=head, size=8.5)


def _new_table(made: Any, rows: int, widths: tuple[int, ...], record: Record) -> Any:
    table = made.add_table(rows, len(widths), style="Table Grid")
    table.autofit = False
    if record.direction == "rtl":
        # the schema has it right after the style
        table._tbl.tblPr.find(qn("w:tblStyle")).addnext(OxmlElement("w:bidiVisual"))  # noqa: SLF001
    for column, share in zip(table.columns, widths, strict=True):
        column.width = Mm(TEXT_WIDTH * share / 100)
        for cell in column.cells:
            cell.width = Mm(TEXT_WIDTH * share / 100)
    return table


def _paragraph(
    paragraph: Any, text: str, record: Record, *, language: str = "", bold: bool = False, size: float = 0
) -> None:
    direction = direction_of(text, record.direction)
    _turned(paragraph, direction)
    for run in _runs(paragraph, text, direction, language):
        run.bold = bold or None
        if bold:
            run.font.cs_bold = True
        if size:
            _sized(run, size)


def _turned(paragraph: Any, direction: str) -> None:
    if direction == "rtl":
        turned = OxmlElement("w:bidi")
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
        style = properties.find(qn("w:pStyle"))
        if style is not None:
            style.addnext(turned)
        else:
            properties.insert(0, turned)


def _runs(paragraph: Any, text: str, direction: str, language: str) -> list[Any]:
    made = []
    for piece, right_to_left in _pieces(_printable(text), direction):
        run = paragraph.add_run(piece)
        if right_to_left:
            run.font.rtl = True
        if language:
            spoken = OxmlElement("w:lang")
            kind = "bidi" if right_to_left else "eastAsia" if language == "zh" else "val"
            spoken.set(qn(f"w:{kind}"), _tag(language))
            run._r.get_or_add_rPr().append(spoken)  # noqa: SLF001
        made.append(run)
    return made


def _pieces(text: str, direction: str) -> Iterator[tuple[str, bool]]:
    """A line in pieces of one direction each."""
    if direction == "ltr":
        yield text, False
        return
    end = 0
    for found in _LEFT_TO_RIGHT.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], True
        yield found[0], False
        end = found.end()
    if text[end:]:
        yield text[end:], True


def _printable(text: str) -> str:
    """Without the characters that a Word file cannot hold."""
    return "".join(c for c in text if c == "\t" or unicodedata.category(c) not in _UNPRINTABLE)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001


def _sized(owner: Any, points: float) -> None:
    """The size of letters, of Arabic ones too."""
    owner.font.size = Pt(points)
    size = owner.element.rPr.find(qn("w:sz"))
    other = owner.element.rPr.find(qn("w:szCs"))
    if other is None:
        other = OxmlElement("w:szCs")
        size.addnext(other)
    other.set(qn("w:val"), size.get(qn("w:val")))


def _tag(language: str) -> str:
    """A language as Word names it: en-GB, zh-CN."""
    regions = {"ar": "ar-SA", "zh": "zh-CN", "fr": "fr-FR", "ru": "ru-RU", "es": "es-ES"}
    return regions.get(language, LOCALES.get(language, language).replace("_", "-"))
