"""Checks before clearance: clean where all is well, and each finds what it is for."""

from dataclasses import replace
from typing import Any

import pytest

from reports.checks import check
from reports.document import (
    Cell,
    Document,
    Paragraph,
    Section,
    Table,
    Text,
    Value,
)
from reports.figures import Figure, compute, public
from reports.reading import Reading
from tests.documents import snapshots
from tests.documents.snapshots import Snapshot, composed
from tests.reports.dossiers import random_dossier


def codes(snapshot: Snapshot, document: Document, severity: str = "error") -> set[str]:
    return {
        f.code
        for f in check(snapshot, public(snapshot, compute(snapshot)), document)
        if f.severity == severity
    }


def body(document: Document, **blocks: Any) -> Document:
    """The document with other blocks in the first part of its first section."""
    first = document.sections[0]
    part = first.sections[0]
    changed: Section = replace(part, **blocks)
    return replace(
        document, sections=(replace(first, sections=(changed, *first.sections[1:])), *document.sections[1:])
    )


def with_words(document: Document, words: str) -> Document:
    blocks = document.sections[0].sections[0].blocks
    return body(document, blocks=(*blocks, Paragraph(99, (Text(words),))))


def silent(snapshot: Snapshot) -> dict[str, Any]:
    """A request of a State that may not be named for any."""
    states = Reading(snapshot).silent_states
    return next(request for request in snapshot["requests"] if request["state"] in states)


def test_the_sample_has_no_error(sample: Snapshot, figures: list[Figure], document: Document) -> None:
    findings = check(sample, public(sample, figures), document)
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert {finding.code for finding in findings} == {"languages", "first-page"}
    assert all(finding.section and finding.message and finding.to_do for finding in findings)


@pytest.mark.parametrize("seed", range(6))
def test_random_dossiers_have_no_error(seed: int) -> None:
    snapshot = snapshots.frozen(random_dossier(seed, 20, timestamps=False))
    assert codes(snapshot, composed(snapshot)) == set()


def test_an_empty_snapshot_has_no_error() -> None:
    snapshot = snapshots.empty()
    assert codes(snapshot, composed(snapshot)) == set()


def test_a_sum_that_does_not_close(sample: Snapshot, document: Document) -> None:
    def break_table(block: Any) -> Any:
        if isinstance(block, Table) and block.anchor == "table-states":
            first = block.rows[0]
            cells = (*first.cells[:2], Cell((Text("99"),), 99), *first.cells[3:])
            return replace(block, rows=(replace(first, cells=cells), *block.rows[1:]))
        return block

    annexes = tuple(
        replace(annex, blocks=tuple(break_table(block) for block in annex.blocks))
        for annex in document.annexes
    )
    assert codes(sample, replace(document, annexes=annexes)) == {"totals"}


def test_a_figure_with_two_values(sample: Snapshot, document: Document) -> None:
    wrong = Paragraph(99, (Value("55", "requests.received", 55),))
    assert codes(sample, body(document, blocks=(wrong,), answers=(10,))) >= {"values"}


def test_words_that_do_not_say_the_value(sample: Snapshot, document: Document) -> None:
    wrong = Paragraph(99, (Value("53", "requests.received", 54),))
    assert "values" in codes(sample, body(document, blocks=(wrong,), answers=(10,)))


def test_a_paragraph_without_answer(sample: Snapshot, document: Document) -> None:
    assert codes(sample, replace(document, sections=document.sections[:-2])) >= {"paragraphs"}


def test_a_report_that_is_too_long(sample: Snapshot, document: Document) -> None:
    assert codes(sample, with_words(document, "word " * 8500)) == {"length"}


@pytest.mark.parametrize("words", ["Write to someone@example.org.", "Call +43 1 26060 0000."])
def test_personal_data(sample: Snapshot, document: Document, words: str) -> None:
    assert codes(sample, with_words(document, words)) == {"personal-data"}


def test_the_name_of_a_state_without_consent(sample: Snapshot, document: Document) -> None:
    hidden = silent(sample)
    name = sample["states"][hidden["state"]]["names"]["en"]
    assert codes(sample, with_words(document, f"A course was held in {name}.")) == {"confidential"}
    assert codes(sample, with_words(document, f"It was called {hidden['title']}.")) == {"confidential"}


def test_a_narrative_that_was_left_out_is_told() -> None:
    snapshot = snapshots.sample()
    hidden = silent(snapshot)
    name = snapshot["states"][hidden["state"]]["names"]["fr"]
    snapshot["narratives"].append(
        {"paragraph": 4, "language": "fr", "organisation": "org:unodc", "text": f"Pays : {name}."}
    )
    document = composed(snapshot)
    assert codes(snapshot, document) == set()
    assert "confidential" in codes(snapshot, document, "warning")


def test_unconfirmed_deliveries_that_are_not_named(sample: Snapshot, document: Document) -> None:
    sections = tuple(s for s in document.sections if s.heading.anchor not in ("requests", "conclusions"))
    annexes = tuple(a for a in document.annexes if a.heading.anchor != "annex-method")
    found = codes(sample, replace(document, sections=sections, annexes=annexes))
    assert found >= {"unconfirmed", "hash"}


def test_a_missing_rate(figures: list[Figure], document: Document) -> None:
    snapshot = snapshots.sample()
    declined = next(p for p in snapshot["pledges"] if "declined" in p["dates"])
    declined["value"] = {"amount": "5", "currency": "CHF"}
    assert {
        f.code for f in check(snapshot, public(snapshot, figures), document) if f.severity == "error"
    } == {"rates"}


def test_footnotes_that_do_not_resolve(sample: Snapshot, document: Document) -> None:
    assert codes(sample, replace(document, footnotes=document.footnotes[:-1])) == {"footnotes"}


def test_an_input_without_its_note(sample: Snapshot, document: Document) -> None:
    blocks = document.sections[0].sections[0].blocks
    quoted = Paragraph(99, (Text("It said:"),), received=((Text("Yes."),),))
    assert codes(sample, body(document, blocks=(*blocks, quoted))) == {"inputs"}


def test_another_hash(sample: Snapshot, document: Document) -> None:
    assert codes(sample, replace(document, snapshot="0" * 64)) == {"hash"}


def test_house_style(sample: Snapshot, document: Document) -> None:
    assert "house-style" in codes(sample, with_words(document, "It rose by 5%."), "warning")
    assert "house-style" in codes(sample, with_words(document, "On the 5th of May."), "warning")


def test_a_character_that_no_font_has(sample: Snapshot, document: Document) -> None:
    assert codes(sample, with_words(document, "\U0001f600")) == {"characters"}


def test_a_state_without_a_name_in_the_language(document: Document) -> None:
    snapshot = snapshots.sample()
    del snapshot["states"]["NPL"]["names"]["en"]
    assert "state-names" in codes(snapshot, document)
