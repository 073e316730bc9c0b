"""What is checked before a report is cleared; each finding names the section and what to do."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from reports import fonts
from reports.compose.naming import HiddenNames
from reports.document import (
    NIL,
    BarTable,
    Block,
    Cell,
    Document,
    Mark,
    Paragraph,
    Runs,
    Table,
    Value,
    all_sections,
    headline,
    parts,
    plain,
    runs_of,
    text_of,
    word_count,
)
from reports.figures import Figure, public
from reports.reading import Reading, Snapshot

WORD_LIMITS = {"report": 8500, "section": 900}

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` names the check; an error bars clearance, a warning is for the officer to judge."""

    code: str
    severity: Severity
    section: str
    message: str
    to_do: str


@dataclass(frozen=True, slots=True)
class _Case:
    snapshot: Snapshot
    figures: Sequence[Figure]
    document: Document
    records: Reading


def check(snapshot: Snapshot, figures: Sequence[Figure], document: Document) -> list[Finding]:
    """Every finding on a document composed from `snapshot` and `figures`, in the order of the checks."""
    case = _Case(snapshot, figures, document, Reading(snapshot))
    return [finding for look in CHECKS for finding in look(case)]


def _totals(case: _Case) -> Iterator[Finding]:
    for section, block in parts(case.document):
        if isinstance(block, Paragraph):
            continue
        for column, total, sum_of_parts in _sums(block):
            if total != sum_of_parts:
                yield Finding(
                    "totals",
                    "error",
                    section,
                    _("%(table)s, column %(column)s: the parts add up to %(sum)s, the total says %(total)s.")
                    % {"table": block.label, "column": column, "sum": sum_of_parts, "total": total},
                    _("Do not issue the report; have the figures and the snapshot examined."),
                )


def _sums(block: Table | BarTable) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Column, its total, the sum of its parts, of each column that has a total."""
    if isinstance(block, BarTable):
        if block.total is not None:
            added = sum((Decimal(bar.cell.value or 0) for bar in block.bars), Decimal(0))
            yield block.heads[1], Decimal(block.total.cell.value or 0), added
        return
    totals = [row for row in block.rows if row.kind == "total"]
    for place, column in enumerate(block.columns):
        if column.adds and totals:
            values = (row.cells[place].value or 0 for row in block.rows if row.kind == "part")
            added = sum((Decimal(value) for value in values), Decimal(0))
            yield column.label, Decimal(totals[0].cells[place].value or 0), added


def _same_values(case: _Case) -> Iterator[Finding]:
    known = {figure.id: figure.value for figure in public(case.snapshot, list(case.figures))}
    seen: defaultdict[str, dict[int | Decimal, str]] = defaultdict(dict)
    for section, figure_id, value, words in _values(case.document):
        seen[figure_id].setdefault(value.copy_abs() if isinstance(value, Decimal) else abs(value), section)
        if not _reads(words, value):
            yield Finding(
                "values",
                "error",
                section,
                _("The figure %(id)s is %(value)s and reads %(words)s.")
                % {"id": figure_id, "value": value, "words": words},
                _("Do not issue the report; have its texts examined."),
            )
    for figure_id, values in seen.items():
        wanted = known.get(figure_id)
        if len(values) > 1 or (wanted is not None and abs(wanted) not in values):
            yield Finding(
                "values",
                "error",
                ", ".join(values.values()),
                _("The figure %(id)s stands with the values %(values)s.")
                % {"id": figure_id, "values": ", ".join(str(value) for value in values)},
                _("Generate the report again from its snapshot."),
            )


def _values(document: Document) -> Iterator[tuple[str, str, int | Decimal, str]]:
    """Section, figure, value and words of every value that stands in the document."""
    for section, block in parts(document):
        for runs in runs_of(block):
            for run in runs:
                if isinstance(run, Value):
                    yield section, run.figure, run.value, run.text
        for cell in _cells(block):
            if cell.figure is not None and cell.value is not None:
                yield section, cell.figure, cell.value, plain(cell.runs)


def _cells(block: Block) -> Iterator[Cell]:
    if isinstance(block, Table):
        for row in block.rows:
            yield from row.cells
    elif isinstance(block, BarTable):
        yield from (bar.cell for bar in block.bars)
        if block.total:
            yield block.total.cell


def _reads(words: str, value: int | Decimal) -> bool:
    """Whether digits in the words are those of the value, to the dollar in text; words alone pass."""
    digits = re.sub(r"[^\d.]", "", words.replace(",", "")).strip(".")
    if not digits:
        return words != NIL or not value
    return abs(Decimal(digits) - abs(Decimal(value))) <= (Decimal("0.5") if "." not in digits else 0)


def _paragraphs(case: _Case) -> Iterator[Finding]:
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


def _length(case: _Case) -> Iterator[Finding]:
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


def _languages(case: _Case) -> Iterator[Finding]:
    for narrative in case.snapshot.get("narratives", ()):
        others = [
            other
            for other in case.snapshot["narratives"]
            if all(other.get(key) == narrative.get(key) for key in ("paragraph", "organisation", "state"))
        ]
        if others[0] is narrative and case.document.language not in {o["language"] for o in others}:
            yield Finding(
                "languages",
                "warning",
                _("Information received on paragraph %(number)s") % {"number": narrative["paragraph"]},
                _("The text of %(sender)s is in %(language)s only and is printed so.")
                % {"sender": _sender(case, narrative), "language": narrative["language"]},
                _("Enter a translation, or leave the mark that says so."),
            )


def _sender(case: _Case, narrative: Snapshot) -> str:
    if "state" in narrative:
        return str(case.snapshot["states"][narrative["state"]]["names"]["en"])
    organisation = case.records.organisations.get(narrative.get("organisation", ""))
    return str(next(iter(organisation["names"].values()))) if organisation else _("the secretariat")


def _state_names(case: _Case) -> Iterator[Finding]:
    for code, state in case.snapshot["states"].items():
        if case.document.language not in state["names"]:
            yield Finding(
                "state-names",
                "error",
                _("Annex I"),
                _("The State %(code)s has no name in the language of the document.") % {"code": code},
                _("Enter the name in the directory and freeze again."),
            )


_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<![\w.])\+\d[\d ()-]{7,}\d")


def _personal_data(case: _Case) -> Iterator[Finding]:
    for section, text in _texts(case.document):
        for found in _CONTACT.findall(text):
            yield Finding(
                "personal-data",
                "error",
                section,
                _("The text holds an address or number of a person: %(found)s.") % {"found": found},
                _("Ask the sender for a text without it."),
            )


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    for section, block in parts(document):
        yield from ((section, plain(runs)) for runs in runs_of(block))
    yield from ((document.labels.footnotes, plain(note.runs)) for note in document.footnotes)


def _confidential(case: _Case) -> Iterator[Finding]:
    hidden = HiddenNames(case.records)
    unnamed = [request for request in case.snapshot["requests"] if not request["named"]]
    titles = {request["title"] for request in unnamed if len(request["title"].split()) > 2}  # noqa: PLR2004 - a phrase of its own
    titles -= {request["title"] for request in case.snapshot["requests"] if request["named"]}
    refs = {request["ref"] for request in unnamed} | {n["ref"] for r in unnamed for n in r["needs"]}
    for section, text in _texts(case.document):
        found = [*hidden.found_in(text), *(title for title in titles if title in text)]
        yield from (_named(section, name) for name in found)
    for definition in case.document.definitions:
        for ref in sorted(refs.intersection(definition.records)):
            yield _named(case.document.labels.definitions, ref)
    for narrative in case.snapshot.get("narratives", ()):
        for name in hidden.found_in(narrative["text"]):
            yield Finding(
                "confidential",
                "warning",
                _("Information received on paragraph %(number)s") % {"number": narrative["paragraph"]},
                _("The text names %(name)s, which has not agreed to be named; it was left out.")
                % {"name": name},
                _("Ask for consent, or for a text without the name."),
            )


def _named(section: str, name: str) -> Finding:
    return Finding(
        "confidential",
        "error",
        section,
        _("%(name)s stands in the document without consent.") % {"name": name},
        _("Do not issue the report; take the name out or ask for consent."),
    )


def _unconfirmed(case: _Case) -> Iterator[Finding]:
    figure = next((f for f in case.figures if f.id == "deliveries.unconfirmed"), None)
    told = {figure_id for _section, figure_id, _value, _words in _values(case.document)}
    if figure is not None and figure.value and figure.id not in told:
        yield Finding(
            "unconfirmed",
            "error",
            _("Requests for assistance and how they were met"),
            _("Deliveries that are not confirmed are not named as such."),
            _("Add the sentence on unconfirmed deliveries to the outline of the report."),
        )


def _rates(case: _Case) -> Iterator[Finding]:
    values = [pledge.value for pledge in case.records.pledges.values()]
    values += [delivery.value for delivery in case.records.deliveries]
    missing = {value.missing_rate for value in values if value} - {""}
    for message in sorted(missing):
        yield Finding(
            "rates",
            "error",
            _("Annex III"),
            message,
            _("Enter the rate of exchange and freeze again."),
        )


def _footnotes(case: _Case) -> Iterator[Finding]:
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


def _inputs(case: _Case) -> Iterator[Finding]:
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


def _unplaced(case: _Case) -> Iterator[Finding]:
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


def _hash(case: _Case) -> Iterator[Finding]:
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


def _house_style(case: _Case) -> Iterator[Finding]:
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


def _first_page(case: _Case) -> Iterator[Finding]:
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


def _characters(case: _Case) -> Iterator[Finding]:
    for character in fonts.uncovered(text_of(case.document)):
        yield Finding(
            "characters",
            "error",
            _("Body of the report"),
            _("No font has the character U+%(code)s; it is printed by its number.")
            % {"code": f"{ord(character):04X}"},
            _("Replace it in the text, or install a font that has it."),
        )


Check = Callable[[_Case], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    _totals,
    _same_values,
    _paragraphs,
    _length,
    _languages,
    _state_names,
    _personal_data,
    _confidential,
    _unconfirmed,
    _rates,
    _footnotes,
    _inputs,
    _unplaced,
    _hash,
    _house_style,
    _first_page,
    _characters,
)

__all__ = ["CHECKS", "WORD_LIMITS", "Finding", "check"]
