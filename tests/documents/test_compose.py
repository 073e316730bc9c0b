"""What the report says: figures, who is named, nothing of nothing, samples."""

import re
from decimal import Decimal
from typing import Any

import pytest

from reports.checks import check
from reports.compose import LanguageMissing, compose
from reports.document import (
    BarTable,
    Document,
    Paragraph,
    Table,
    Value,
    all_sections,
    parts,
    plain,
    runs_of,
    text_of,
    word_count,
)
from reports.figures import Figure, compute, public
from tests.documents import snapshots
from tests.documents.snapshots import Snapshot, composed


def text(document: Document) -> str:
    return "\n".join(text_of(document))


def paragraphs(document: Document) -> list[Paragraph]:
    return [
        block
        for section in all_sections(document)
        for block in section.blocks
        if isinstance(block, Paragraph)
    ]


def table(document: Document, name: str) -> Table:
    return next(b for _, b in parts(document) if isinstance(b, Table) and b.anchor == f"table-{name}")


def row(found: Table, label: str) -> list[str]:
    cells = next(r.cells for r in found.rows if plain(r.cells[0].runs) == label)
    return [plain(cell.runs) for cell in cells[1:]]


def test_the_sections_are_those_of_the_report(document: Document) -> None:
    assert [(s.heading.label, s.heading.text) for s in document.sections] == [
        ("I.", "Introduction"),
        ("II.", "Requests for assistance and how they were met"),
        ("III.", "Action by paragraph of the resolution"),
        ("IV.", "Impact as assessed by transit States (paragraph 9)"),
        ("V.", "Resources (paragraph 11)"),
        ("VI.", "Conclusions and recommendations"),
    ]
    action = document.sections[2]
    assert [part.answers for part in action.sections] == [(n,) for n in range(1, 9)]
    assert [part.heading.label for part in action.sections] == [f"{letter}." for letter in "ABCDEFGH"]
    assert [annex.heading.label for annex in document.annexes] == [
        "Annex",
        "Annex I",
        "Annex II",
        "Annex III",
    ]


def test_paragraphs_are_numbered_throughout_and_the_summary_is_not(document: Document) -> None:
    numbers = [paragraph.number for paragraph in paragraphs(document)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {paragraph.number for paragraph in document.summary} == {None}
    for annex in document.annexes:
        own = [block.number for block in annex.blocks if isinstance(block, Paragraph)]
        assert own == list(range(1, len(own) + 1))


def test_every_heading_that_has_an_a_has_a_b(document: Document) -> None:
    for section in document.sections:
        assert len(section.sections) != 1


def test_the_first_page(document: Document, sample: Snapshot) -> None:
    page = document.first_page
    assert (page.organization, page.organ) == ("United Nations", "Economic and Social Council")
    assert page.symbol == "E/CN.7/2019/…"
    assert (page.distribution, page.date, page.original) == (
        "Distr.: General",
        "31 December 2018",
        "Original: English",
    )
    lines = page.sessions[0]
    assert (lines.body, lines.session, lines.venue) == (
        "Commission on Narcotic Drugs", "Sixty-second session", "Vienna, 14–22 March 2019",
    )  # fmt: skip
    assert lines.agenda == "Item 6 of the provisional agenda"
    assert page.title == sample["resolution"]["title"]["en"]
    assert page.subtitle == "Report of the Executive Director"
    assert [plain(star) for star in page.stars] == ["E/CN.7/2019/1."]


@pytest.mark.parametrize(
    ("item", "agenda", "words"),
    [
        ("9", "Item 9 of the provisional agenda", ""),
        ("Item 9 (b): Follow-up", "Item 9 (b) of the provisional agenda", "Follow-up"),
        ("10. Other business", "Item 10 of the provisional agenda", "Other business"),
        (None, "Item … of the provisional agenda", ""),
    ],
)
def test_agenda_items(item: str | None, agenda: str, words: str) -> None:
    snapshot = snapshots.empty()
    if item:
        snapshot["session"]["agenda_item"] = item
    lines = composed(snapshot).first_page.sessions[0]
    assert (lines.agenda, lines.item) == (agenda, words)


def test_every_public_figure_that_counts_stands_in_the_document(
    document: Document, sample: Snapshot, figures: list[Figure]
) -> None:
    told = {definition.id for definition in document.definitions}
    kept_apart = re.compile(
        r"pledges\.value_usd\.by_paragraph\.|contributions\.net_usd|needs\.by_paragraph\."
    )
    expected = {f.id for f in public(sample, figures) if f.value and not kept_apart.match(f.id)}
    assert expected <= told


def test_values_are_those_of_the_figures(document: Document, sample: Snapshot, figures: list[Figure]) -> None:
    known = {figure.id: figure.value for figure in public(sample, figures)}
    checked = 0
    for _, block in parts(document):
        for runs in runs_of(block):
            for run in runs:
                if isinstance(run, Value) and run.figure in known:
                    assert run.value == known[run.figure]
                    checked += 1
    assert checked > 100


def test_a_sentence_appears_only_where_its_figure_is_not_empty() -> None:
    words = text(composed(snapshots.empty()))
    assert not re.search(r"(?<![\d.,])0 (?!per)|\bzero\b|\$0\b", words)
    assert "No request for assistance was received through the portal in the reporting period." in words
    assert "A further" not in words


def test_an_empty_period_still_gives_a_document_that_answers_every_paragraph() -> None:
    document = composed(snapshots.empty())
    answered = {number for section in all_sections(document) for number in section.answers}
    assert answered == set(range(1, 12))
    assert len(table(document, "matrix").rows) == 11


def test_the_report_of_many_requests_stays_within_its_limit() -> None:
    document = composed(snapshots.large(400))
    assert word_count(document) < 8500
    assert len(table(document, "states").rows) < 200


# -- who is named


def _without_consent(snapshot: Snapshot, state: str) -> None:
    for request in snapshot["requests"]:
        if state in (request["state"], *request["co_requesters"]):
            request["named"] = False


def test_a_state_without_consent_appears_nowhere(sample: Snapshot) -> None:
    snapshot = snapshots.sample()
    before = table(composed(snapshot), "states")
    assert row(before, "Nepal")
    _without_consent(snapshot, "NPL")
    snapshot["narratives"].append(
        {"paragraph": 2, "language": "en", "state": "NPL", "text": "Nepal trained officers."}
    )
    snapshot["narratives"].append(
        {"paragraph": 2, "language": "en", "state": "NPL", "text": "Officers were trained."}
    )
    document = composed(snapshot)
    assert "Nepal" not in text(document)
    after = table(document, "states")
    assert [plain(cell.runs) for cell in after.rows[-1].cells[1:]] == [
        plain(cell.runs) for cell in before.rows[-1].cells[1:]
    ]
    refs = {r["ref"] for r in snapshot["requests"] if not r["named"]}
    assert not refs & {ref for definition in document.definitions for ref in definition.records}


def test_a_state_without_consent_may_be_named_as_a_donor() -> None:
    snapshot = snapshots.sample()
    donor = next(
        o for o in snapshot["organisations"] if o["kind"] == "government" and o.get("state") == "JPN"
    )
    request = snapshot["requests"][-1]
    request.update(state="JPN", co_requesters=[], named=False)
    document = composed(snapshot)
    assert row(table(document, "pledges"), "Japan")
    assert not any(plain(r.cells[0].runs) == "Japan" for r in table(document, "states").rows)
    assert donor["ref"]


def test_an_input_of_a_state_without_consent_is_printed_without_its_name() -> None:
    snapshot = snapshots.sample()
    _without_consent(snapshot, "NPL")
    snapshot["narratives"] = [
        {"paragraph": 2, "language": "en", "state": "NPL", "text": "Officers were trained."}
    ]
    words = text(composed(snapshot))
    assert "A State that did not agree to be named provided the following information:" in words
    assert "Officers were trained." in words


def test_anonymous_donors_stand_under_others() -> None:
    snapshot = snapshots.sample()
    before = table(composed(snapshot), "pledges")
    given = row(before, "Italy")
    assert Decimal(given[1].replace(",", "")) > 0
    for pledge in snapshot["pledges"]:
        if pledge["donor"] == "org:ita":
            pledge["anonymous"] = True
    contributions = [c for c in snapshot["contributions"] if c["donor"] != "org:ita"]
    snapshot["contributions"] = contributions
    document = composed(snapshot)
    after = table(document, "pledges")
    assert "Italy" not in text(document)
    assert row(after, "Total") == row(before, "Total")
    assert row(after, "Other donors") != row(before, "Other donors")


def test_loans_announcements_and_pledges_without_value_are_told_apart() -> None:
    snapshot = snapshots.sample()
    words = text(composed(snapshot))
    assert "Loans stand apart: five loans, valued at $" in words
    assert "announced pledges count in no figure" in words
    assert (
        "No value was given for one of those pledges, which counts in numbers and adds nothing to the values."
        in words
    )
    loans = row(table(composed(snapshot), "pledges"), "Total")[3]
    figure = next(f for f in compute(snapshot) if f.id == "pledges.loans_usd")
    assert Decimal(loans.replace(",", "")) == figure.value


def test_unconfirmed_deliveries_are_named_as_such(document: Document) -> None:
    assert (
        "16 deliveries were reported by donors and were not confirmed, or disputed, at the cut-off date"
        in text(document)
    )


# -- inputs


def test_inputs_are_reproduced_as_received_and_marked_by_language(document: Document) -> None:
    received = [paragraph for paragraph in paragraphs(document) if paragraph.received]
    assert received
    notes = {note.number: plain(note.runs) for note in document.footnotes}
    for paragraph in received:
        mark = paragraph.runs[-1]
        assert "eproduced as received" in notes[mark.number] or "reproduced as received" in notes[mark.number]  # type: ignore[union-attr]
    french = next(p for p in received if plain(p.runs).startswith("Benin"))
    assert plain(french.received[0]).startswith("[Text in French only.] ")
    assert french.received[0][-1].language == "fr"  # type: ignore[union-attr]


def test_a_text_in_the_language_of_the_document_is_preferred() -> None:
    snapshot = snapshots.empty()
    common: dict[str, Any] = {"paragraph": 3, "state": "BEN"}
    snapshot["narratives"] = [
        {**common, "language": "fr", "text": "Bonjour."},
        {**common, "language": "en", "text": "Good day."},
    ]
    words = text(composed(snapshot))
    assert "Good day." in words
    assert "Bonjour" not in words


# -- samples


def test_a_sample_says_so(document: Document) -> None:
    assert document.sample == "Sample: invented records"
    assert "not a document of the United Nations" in plain(document.sample_notice)


def test_real_cases_are_called_illustrations_with_their_sources(document: Document) -> None:
    words = text(document)
    assert re.search(
        r"The records include \d+ real cases from published documents, given as an illustration only", words
    )
    assert (
        "Guinea-Bissau: Three-year plan against drug trafficking (Lisbon conference, 2007). Illustrative: AFP"
        in words
    )


def test_a_document_of_real_records_does_not() -> None:
    snapshot = {**snapshots.empty(), "sample": False}
    document = composed(snapshot)
    assert document.sample == ""
    assert document.sample_notice == ()


# -- other things


def test_the_same_snapshot_gives_the_same_document(sample: Snapshot, document: Document) -> None:
    assert composed(snapshots.sample()) == document


def test_the_order_of_the_figures_does_not_matter(
    sample: Snapshot, figures: list[Figure], document: Document
) -> None:
    assert composed(sample, figures[::-1]) == document


def test_a_language_without_texts_is_an_error(sample: Snapshot) -> None:
    with pytest.raises(LanguageMissing):
        compose(sample, [], language="xx", snapshot_hash="")


def test_a_cut_off_after_the_period_shows_what_moved_since() -> None:
    snapshot = snapshots.sample()
    snapshot["period"]["to"] = "2018-06-30"
    document = composed(snapshot)
    assert row(table(document, "statement"), "Net movement after the period") != ["–"]
    total = sum(
        (Decimal(r.cells[1].value or 0) for r in table(document, "statement").rows if r.kind == "part"),
        Decimal(0),
    )
    assert total == table(document, "statement").rows[-1].cells[1].value


def test_charts_are_tables_of_their_data(document: Document) -> None:
    charts = [block for _, block in parts(document) if isinstance(block, BarTable)]
    assert [chart.label for chart in charts] == ["Figure I", "Figure II"]
    for chart in charts:
        assert max(bar.share for bar in chart.bars) == 100
        assert all(plain(bar.cell.runs) for bar in chart.bars)


def test_another_resolution_and_session_run_through_the_same_code() -> None:
    snapshot = snapshots.sample()
    snapshot["resolution"] = {
        "symbol": "61/9",
        "title": {"en": "Another matter"},
        "paragraphs": [{"number": number, "summary": {"en": f"Do thing {number}."}} for number in (1, 2, 3)],
    }
    snapshot["session"].update(number=63, opens="2020-03-02", closes="2020-03-06")
    snapshot["narratives"] = [n for n in snapshot["narratives"] if n["paragraph"] <= 3]
    document = composed(snapshot)
    assert document.first_page.symbol == "E/CN.7/2020/…"
    assert document.first_page.title == "Another matter"
    assert document.first_page.sessions[0].session == "Sixty-third session"
    assert [part.heading.text for part in document.sections[2].sections] == [
        "Paragraph 1",
        "Paragraph 2",
        "Paragraph 3",
    ]
    assert "60/2" not in text(document)
    assert {
        f.code
        for f in check(snapshot, public(snapshot, compute(snapshot)), document)
        if f.severity == "error"
    } == set()


def test_a_resolution_may_bring_its_own_outline() -> None:
    snapshot = snapshots.empty()
    own = {
        "summary": [["summary.none"]],
        "sections": [{"id": "only", "heading": "requests.heading", "blocks": [{"p": ["requests.none"]}]}],
        "annexes": [{"id": "method", "heading": "annex.method.heading", "numbered": True}],
    }
    snapshot["resolution"]["outline"] = own
    document = composed(snapshot)
    assert [section.heading.text for section in document.sections] == [
        "Requests for assistance and how they were met"
    ]
    assert [annex.heading.label for annex in document.annexes] == ["Annex I"]


def test_the_section_of_the_annual_report_has_at_most_900_words_and_one_table(sample: Snapshot) -> None:
    for snapshot in (sample, snapshots.empty(), snapshots.large(60)):
        document = composed(snapshot, shape="section")
        assert word_count(document) <= 900
        assert sum(not isinstance(block, Paragraph) for _, block in parts(document)) <= 1
        assert document.annexes == ()
        assert {
            f.code
            for f in check(snapshot, public(snapshot, compute(snapshot)), document)
            if f.severity == "error"
        } == set()
    values = {
        run.figure: run.value
        for p in paragraphs(composed(sample))
        for run in p.runs
        if isinstance(run, Value)
    }
    for paragraph in paragraphs(composed(sample, shape="section")):
        for run in paragraph.runs:
            if isinstance(run, Value) and run.figure in values:
                assert run.value == values[run.figure]
