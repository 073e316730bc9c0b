"""The document itself: complete, not too long, its notes called, in house style, printable."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from reports import fonts
from reports.checks.finding import Case, Finding
from reports.document import (
    Block,
    Mark,
    Paragraph,
    Runs,
    all_sections,
    headline,
    parts,
    plain,
    runs_of,
    text_of,
    word_count,
)

WORD_LIMITS = {"report": 8500, "section": 900}


def paragraphs(case: Case) -> Iterator[Finding]:
    answered = {number for section in all_sections(case.document) for number in section.answers}
    for paragraph in case.snapshot["resolution"]["paragraphs"]:
        if paragraph["number"] not in answered:
            yield Finding(
                "paragraphs",
                "error",
                _("Body of the report"),
                _("Paragraph %(number)s of the resolution is not answered.")
                % {"number": paragraph["number"]},
                _("Add a section on it to the outline of the report."),
            )


def length(case: Case) -> Iterator[Finding]:
    words, limit = word_count(case.document), WORD_LIMITS[case.document.shape]
    if words > limit:
        longest = max(all_sections(case.document), key=lambda s: sum(map(_words, s.blocks)), default=None)
        yield Finding(
            "length",
            "error",
            headline(longest.heading) if longest else "",
            _("The report has %(words)s words without its annexes; the limit is %(limit)s.")
            % {"words": words, "limit": limit},
            _("Shorten the narratives, beginning with the section named here, the longest."),
        )


def _words(block: Block) -> int:
    return sum(len(plain(runs).split()) for runs in runs_of(block))


def footnotes(case: Case) -> Iterator[Finding]:
    calls = [
        run.number
        for _section, block in parts(case.document)
        for runs in runs_of(block)
        for run in runs
        if isinstance(run, Mark)
    ]
    numbers = [note.number for note in case.document.footnotes]
    empty = [note.number for note in case.document.footnotes if not plain(note.runs).strip()]
    if calls != numbers or empty:
        yield Finding(
            "footnotes",
            "error",
            case.document.labels.footnotes,
            _("Footnotes %(notes)s are called as %(calls)s; without text: %(empty)s.")
            % {"notes": numbers, "calls": calls, "empty": empty},
            _("Generate the report again; if it remains, have its texts examined."),
        )


def inputs(case: Case) -> Iterator[Finding]:
    for section in all_sections(case.document):
        for block in section.blocks:
            if isinstance(block, Paragraph) and block.received and not _called(block.runs):
                yield Finding(
                    "inputs",
                    "error",
                    headline(section.heading),
                    _("Paragraph %(number)s reproduces a text without saying so.") % {"number": block.number},
                    _('Add the footnote "reproduced as received" to the message that introduces it.'),
                )


def unplaced(case: Case) -> Iterator[Finding]:
    """Narratives on paragraphs that the report has no section on would be lost without a word."""
    answered = {number for section in all_sections(case.document) for number in section.answers}
    for number in sorted({n["paragraph"] for n in case.snapshot.get("narratives", ())} - answered):
        yield Finding(
            "inputs",
            "error",
            _("Information received on paragraph %(number)s") % {"number": number},
            _("The report has no section on that paragraph, and the text is not printed."),
            _("Enter the text under another paragraph, or add a section to the outline."),
        )


def _called(runs: Runs) -> bool:
    return any(isinstance(run, Mark) for run in runs)


def snapshot_hash(case: Case) -> Iterator[Finding]:
    document = case.document
    if document.shape == "section":
        return  # the report that it is a section of has the method
    last = document.annexes[-1] if document.annexes else None
    printed = " ".join(plain(runs) for block in (last.blocks if last else ()) for runs in runs_of(block))
    if document.snapshot not in printed:
        yield Finding(
            "hash",
            "error",
            headline(last.heading) if last else _("Annex III"),
            _("The hash of the snapshot does not stand in annex III."),
            _("Generate the report again from its snapshot."),
        )


_PERCENT = re.compile(r"\d\s?%")
_ORDINAL_DATE = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b")


def house_style(case: Case) -> Iterator[Finding]:
    if case.document.language != "en":
        return
    for section, block in parts(case.document):
        if not isinstance(block, Paragraph):
            continue
        texts = [plain(block.runs), *(plain(item.runs) for item in block.items)]
        for text in texts:
            for pattern, advice in (
                (_PERCENT, _('Write "per cent".')),
                (_ORDINAL_DATE, _("Write dates as 31 December 2018.")),
            ):
                for found in pattern.findall(text):
                    yield Finding(
                        "house-style",
                        "warning",
                        section,
                        _("Not in house style: %(found)s.") % {"found": found},
                        advice,
                    )


def first_page(case: Case) -> Iterator[Finding]:
    page = case.document.first_page
    blanks = {
        _("symbol"): page.symbol,
        _("agenda item"): page.sessions[0].agenda if page.sessions else "",
        _("job number"): page.job_number,
    }
    for name, words in blanks.items():
        if "…" in words or not words:
            yield Finding(
                "first-page",
                "warning",
                _("First page"),
                _("The %(name)s is not entered.") % {"name": name},
                _("Enter it with the session, or when the documents service gives it."),
            )


def characters(case: Case) -> Iterator[Finding]:
    for character in fonts.uncovered(text_of(case.document)):
        yield Finding(
            "characters",
            "error",
            _("Body of the report"),
            _("No font has the character U+%(code)s; it is printed by its number.")
            % {"code": f"{ord(character):04X}"},
            _("Replace it in the text, or install a font that has it."),
        )
