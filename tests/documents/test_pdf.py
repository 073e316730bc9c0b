"""The printed document, read back: its words and figures, its tags, its fonts, its pages."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Object

from reports import fonts
from reports.document import (
    Document,
    Paragraph,
    Table,
    Text,
    all_sections,
    headline,
    parts,
    plain,
)
from reports.figures import Figure, public
from reports.render.pdf import render_pdf
from tests.documents import snapshots
from tests.documents.snapshots import Snapshot, composed


@pytest.fixture(scope="module")
def file(pdf: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(pdf) as opened:
        yield opened


def elements(file: pikepdf.Pdf) -> Iterator[Object]:
    stack = [file.Root.StructTreeRoot.K[0]]
    while stack:
        element = stack.pop()
        yield element
        kids = element.get("/K", [])
        found = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        stack.extend(kid for kid in reversed(found) if isinstance(kid, Dictionary) and "/S" in kid)


def kinds(file: pikepdf.Pdf) -> Counter[str]:
    return Counter(str(element.S) for element in elements(file))


# -- words and figures


def test_money_of_every_public_figure_stands_in_the_text(
    pdf_text: str, sample: Snapshot, figures: list[Figure]
) -> None:
    missing = [
        figure.id
        for figure in public(sample, figures)
        if figure.unit == "usd" and figure.value and f"{abs(figure.value):,.2f}" not in pdf_text
    ]
    assert missing == []


def test_counts_stand_in_the_rows_of_their_tables(pdf_text: str, document: Document) -> None:
    """Each row of each table of numbers is printed on one line, its cells in order."""
    checked = 0
    for _, block in parts(document):
        if isinstance(block, Table) and block.anchor in ("table-regions", "table-forms", "table-paragraphs"):
            for row in block.rows:
                line = " ".join(plain(cell.runs) for cell in row.cells)
                assert line in pdf_text
                checked += 1
    assert checked > 20


def test_every_paragraph_is_printed(pdf_text: str, document: Document) -> None:
    squeezed = re.sub(r"\W+", "", pdf_text)
    for section in all_sections(document):
        for block in section.blocks:
            if isinstance(block, Paragraph):
                first = next(run.text for run in block.runs if isinstance(run, Text))
                assert re.sub(r"\W+", "", f"{block.number}{first[:40]}") in squeezed


def test_every_page_after_the_first_has_its_heads(pdf_pages: list[str], document: Document) -> None:
    total = len(pdf_pages)
    assert total > 10
    for number, words in enumerate(pdf_pages, start=1):
        assert document.sample in words
        assert document.first_page.symbol in words
        assert document.first_page.job_number in words
        assert (f"{number}/{total}" in words) == (number > 1)


def test_the_first_page_has_the_parts_of_an_issued_document(pdf_pages: list[str]) -> None:
    expected = (
        "United Nations", "E/CN.7/2019/…", "Economic and Social Council", "Distr.: General", "31 December 2018",
        "Original: English", "Commission on Narcotic Drugs", "Sixty-second session", "Vienna, 14–22 March 2019",
        "Item 6 of the provisional agenda", "Report of the Executive Director", "Summary", "E/CN.7/2019/1.", "V.19-",
    )  # fmt: skip
    for words in expected:
        assert words in pdf_pages[0]


def test_footnotes_stand_on_the_page_of_their_call(pdf_pages: list[str]) -> None:
    page = next(" ".join(words.split()) for words in pdf_pages if "Treaty Series" in words)
    assert "article 10 of the United Nations Convention" in page


def test_the_hash_can_be_copied(pdf_text: str, document: Document) -> None:
    assert document.snapshot in pdf_text


# -- structure


def test_what_the_file_says_of_itself(file: pikepdf.Pdf, document: Document) -> None:
    root = file.Root
    assert str(root.Lang) == "en"
    assert bool(root.MarkInfo.Marked)
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with file.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == document.metadata.title
    assert str(file.docinfo["/Author"]) == "United Nations Office on Drugs and Crime"
    assert str(file.docinfo["/CreationDate"]).startswith("D:20181231")
    for page in file.pages:
        assert page.Tabs == "/S"


def test_headings_are_tagged_at_their_level(file: pikepdf.Pdf, document: Document) -> None:
    found = kinds(file)
    sections = list(all_sections(document))
    assert found["/H1"] == 1
    assert found["/H3"] == sum(section.heading.level == 2 for section in sections)
    # the summary, the contents, the sections, the annexes
    assert found["/H2"] == 2 + sum(section.heading.level == 1 for section in sections) + len(document.annexes)


def test_the_outline_leads_to_every_section(file: pikepdf.Pdf, document: Document) -> None:
    with file.open_outline() as outline:
        titles: list[str] = []
        stack = list(outline.root)
        while stack:
            item = stack.pop(0)
            titles.append(" ".join(item.title.split()))
            stack = [*item.children, *stack]
    for section in all_sections(document):
        assert headline(section.heading) in titles


def test_tables_have_captions_heads_and_scopes(file: pikepdf.Pdf, document: Document) -> None:
    found = kinds(file)
    tables = sum(not isinstance(block, Paragraph) for _, block in parts(document))
    assert found["/Caption"] == tables
    assert found["/Table"] >= tables
    ids: list[str] = []
    for element in elements(file):
        if str(element.S) == "/TH":
            assert str(element.A.Scope) in ("/Row", "/Column")
            ids.append(str(element.ID))
    assert len(ids) == len(set(ids))
    heads = set(ids)
    for element in elements(file):
        if str(element.S) == "/TD":
            assert {str(head) for head in element.A.Headers} <= heads


def test_footnotes_are_notes_beside_their_calls(file: pikepdf.Pdf, document: Document) -> None:
    notes = [element for element in elements(file) if str(element.S) == "/Note"]
    assert len(notes) == len(document.footnotes) + len(document.first_page.stars)
    assert len({str(note.ID) for note in notes}) == len(notes)
    for note in notes:
        siblings = [kid for kid in note.P.K if isinstance(kid, Dictionary) and "/S" in kid]
        place = next(i for i, kid in enumerate(siblings) if kid.objgen == note.objgen)
        assert str(siblings[place - 1].S) == "/Link"


def test_every_link_has_its_annotation_and_every_annotation_a_description(file: pikepdf.Pdf) -> None:
    annotations = [annotation for page in file.pages for annotation in page.get("/Annots", [])]
    assert annotations
    assert all("/Contents" in annotation for annotation in annotations)
    assert kinds(file)["/Link"] == len(annotations)


def test_running_heads_are_artifacts_and_all_other_content_is_held(file: pikepdf.Pdf) -> None:
    held = {element.objgen for element in elements(file)}
    entries = list(file.Root.StructTreeRoot.ParentTree.Nums)
    parents = {int(key): value for key, value in zip(entries[::2], entries[1::2], strict=True)}
    for page in file.pages:
        content = page.obj.Contents.read_bytes()
        assert content.count(b"/Pagination") >= 2
        for number in re.findall(rb"<</MCID (\d+)>>", content):
            assert parents[int(page.obj.StructParents)][int(number)].objgen in held


def test_there_are_no_pictures_and_everything_is_tagged(file: pikepdf.Pdf) -> None:
    assert kinds(file)["/Figure"] == 0
    for page in file.pages:
        assert not page.get("/Resources", {}).get("/XObject")
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
            if operator in ("Tj", "TJ"):
                assert depth > 0


def test_fonts_are_ours_and_embedded(pdf: Path) -> None:
    done = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True)
    rows = done.stdout.decode().splitlines()[2:]
    assert rows
    families = {family.replace(" ", "-") for family in fonts.FAMILIES}
    for row in rows:
        name, embedded, subset, unicode_map = re.match(  # type: ignore[union-attr]
            r"\w{6}\+(\S+).*?(yes|no) (yes|no) (yes|no)\s", row
        ).groups()
        assert any(name.startswith(family) for family in families)
        assert (embedded, subset, unicode_map) == ("yes", "yes", "yes")


# -- pages


def test_no_heading_and_no_caption_ends_a_page(pdf_pages: list[str], document: Document) -> None:
    heads = {headline(section.heading) for section in all_sections(document)}
    captions = {block.title for _, block in parts(document) if not isinstance(block, Paragraph)}
    for words in pdf_pages[2:]:
        lines = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
        text = [line for line in lines[1:-1] if not re.match(r"^\d+ ", line)]
        assert text[-1] not in heads | captions


def test_wide_tables_turn_their_page(file: pikepdf.Pdf) -> None:
    turned = [page for page in file.pages if page.MediaBox[2] > page.MediaBox[3]]
    assert 1 <= len(turned) < len(file.pages) / 2


# -- the same again, and what is not there


def test_the_same_snapshot_gives_the_same_bytes(sample: Snapshot) -> None:
    first = render_pdf(composed(sample, shape="section"))
    assert render_pdf(composed(snapshots.sample(), shape="section")) == first


def test_words_of_other_scripts_are_printed_and_unknown_signs_named(
    tmp_path: Path,
) -> None:
    snapshot = snapshots.empty()
    said = {
        "ar": "يرجى دعم الحدود",
        "zh": "加强边境管理",
        "ru": "Поддержка границ",
        "en": "A sign \U0001f600 here.",
    }
    snapshot["narratives"] = [
        {"paragraph": 3, "language": language, "state": state, "text": words}
        for (language, words), state in zip(said.items(), ("EGY", "CHN", "BLR", "NPL"), strict=True)
    ]
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(composed(snapshot)))
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
    for words in (*said["ar"].split(), said["zh"], said["ru"], "A sign [U+1F600] here."):
        assert words in text
