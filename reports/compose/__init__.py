"""From a snapshot and its figures to a document in one language. Pure: no database, no clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reports.compose import annexes, front, outline
from reports.compose.facts import Facts
from reports.compose.measures import Measures
from reports.compose.style import Style
from reports.compose.tables import BODY
from reports.compose.texts import LanguageMissing, languages, texts
from reports.compose.writer import Writer
from reports.document import (
    Annex,
    BarTable,
    Cell,
    Definition,
    Document,
    Heading,
    Paragraph,
    Runs,
    Shape,
    Table,
    Value,
    parts,
    runs_of,
)
from reports.figures import PublicFigures, written
from reports.reading import Reading, Snapshot

__all__ = ["LanguageMissing", "compose", "languages"]


def compose(
    snapshot: Snapshot,
    figures: PublicFigures,
    *,
    language: str,
    snapshot_hash: str,
    issued: date | None = None,
    job_number: str | None = None,
    shape: Shape = "report",
) -> Document:
    """The report on `snapshot` in `language`, or the section of the annual report.

    Documents are public: `figures` are those that anyone may read, folded where nobody is named.
    `issued` is the date on the first page and in the files' properties, the cut-off date where it is not
    given. Raises LanguageMissing, and MissingRate where an amount has no rate.
    """
    writer = _writer(snapshot, figures, language, snapshot_hash)
    issued = issued or date.fromisoformat(snapshot["cut_off"])
    plan = outline.outline_for(snapshot["resolution"], shape)
    page = front.first_page(writer, issued=issued, job_number=job_number)
    line, notice = front.sample(writer)
    sections = outline.sections(writer, plan)
    document = Document(
        language=language,
        direction=writer.style.direction,
        metadata=front.metadata(writer, page, issued=issued),
        labels=front.labels(writer),
        first_page=page,
        summary=outline.summary(writer, plan),
        sections=sections,
        annexes=tuple(_annexes(writer, plan)),
        footnotes=tuple(writer.footnotes),
        definitions=(),
        snapshot=snapshot_hash,
        sample=line,
        sample_notice=notice,
        shape=shape,
    )
    return _defined(document, writer)


def _writer(snapshot: Snapshot, figures: PublicFigures, language: str, snapshot_hash: str) -> Writer:
    words = texts(language)
    style = Style(language, words.data)
    records = Reading(snapshot)
    measures = Measures(figures, records)
    facts = Facts(records=records, measures=measures, style=style, texts=words, snapshot_hash=snapshot_hash)
    return Writer(
        texts=words,
        style=style,
        records=records,
        measures=measures,
        facts=facts,
        makers={**BODY, **annexes.ANNEX},
    )


def _annexes(writer: Writer, plan: outline.Outline) -> Iterator[Annex]:
    number = 0
    roman = ("I", "II", "III", "IV", "V", "VI")
    for spec in plan["annexes"]:
        if spec["numbered"]:
            label = writer.text("annex.numbered.label", {"annex.number": roman[number]})
            number += 1
        else:
            label = writer.text("annex.matrix.label")
        heading = Heading(1, label, writer.text(spec["heading"]), f"annex-{spec['id']}")
        found = annexes.blocks(writer, spec["id"])
        if found:
            yield Annex(heading, found, wide=isinstance(found[0], Table) and found[0].wide)


def _defined(document: Document, writer: Writer) -> Document:
    """The document with the definition of every figure that stands in it."""
    used = sorted(set(_figure_ids(document)))
    definitions = []
    for figure_id in used:
        figure = writer.measures.get(figure_id)
        assert figure is not None, figure_id
        definitions.append(
            Definition(
                id=figure_id,
                value=str(written(figure)),
                unit=figure.unit,
                text=figure.definition,
                records=() if figure_id.startswith("derived.") else figure.records,
            )
        )
    return replace(document, definitions=tuple(definitions))


def _figure_ids(document: Document) -> Iterator[str]:
    for _, block in parts(document):
        for runs in runs_of(block):
            yield from _of_runs(runs)
        if not isinstance(block, Paragraph):
            yield from (cell.figure for cell in _cells(block) if cell.figure)
    for note in document.footnotes:
        yield from _of_runs(note.runs)


def _of_runs(runs: Runs) -> Iterator[str]:
    return (run.figure for run in runs if isinstance(run, Value))


def _cells(block: Table | BarTable) -> Iterator[Cell]:
    if isinstance(block, Table):
        for row in block.rows:
            yield from row.cells
        return
    yield from (bar.cell for bar in block.bars)
    if block.total:
        yield block.total.cell
