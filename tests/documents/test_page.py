"""The public page and the document as JSON."""

import base64
import hashlib
from typing import Any

import pytest
from lxml import html

from reports.document import Document, Paragraph, all_sections, parts, plain
from reports.figures import Figure, public, written
from reports.render import render_html
from reports.render.html import style_hash
from tests.documents import snapshots
from tests.documents.snapshots import Snapshot, composed


@pytest.fixture(scope="module")
def tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page.decode())


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_it_is_one_page_in_its_language_without_any_address(tree: html.HtmlElement, page: bytes) -> None:
    assert (tree.get("lang"), tree.get("dir")) == ("en", "ltr")
    assert not tree.xpath("//script | //img | //link | //iframe | //@style | //@onclick")
    assert all(address.startswith("#") for address in tree.xpath("//@href | //@src"))
    assert b"http" not in page
    assert len(tree.xpath("//h1")) == 1


def test_identifiers_are_unique_and_every_link_leads_somewhere(tree: html.HtmlElement) -> None:
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in tree.xpath("//@href")} <= set(ids)


def test_it_has_the_words_of_the_document(tree: html.HtmlElement, document: Document) -> None:
    text = words(tree)
    for section in all_sections(document):
        assert section.heading.text in text
    for _, block in parts(document):
        if (
            isinstance(block, Paragraph)
            and block.number
            and not any(hasattr(run, "number") for run in block.runs)
        ):
            assert " ".join(plain(block.runs).split()) in text


def test_every_figure_links_to_its_definition(
    tree: html.HtmlElement, sample: Snapshot, figures: list[Figure]
) -> None:
    known = {f.id: f for f in public(sample, figures)}
    shown = {link.get("href").removeprefix("#figure."): link for link in tree.xpath("//a[@class='figure']")}
    assert len(shown) > 150
    for figure_id, link in shown.items():
        definition = tree.get_element_by_id(f"figure.{figure_id}").getnext()
        assert words(definition)
        if figure_id in known:
            assert words(definition).endswith(str(written(known[figure_id])))
            digits = words(link).replace(",", "").strip("$()")
            if known[figure_id].unit == "count" and digits.isdigit():
                assert int(digits) == known[figure_id].value


def test_tables_have_captions_and_scopes(tree: html.HtmlElement, document: Document) -> None:
    tables = tree.xpath("//table")
    assert len(tables) == sum(not isinstance(block, Paragraph) for _, block in parts(document))
    for table in tables:
        assert words(table.find("caption"))
        assert all(head.get("scope") in ("col", "row") for head in table.xpath(".//th"))


def test_texts_in_other_languages_say_so(tree: html.HtmlElement) -> None:
    assert {element.get("lang") for element in tree.xpath("//blockquote//*[@lang]")} == {
        "fr",
        "es",
        "ru",
        "ar",
    }
    assert tree.xpath("//blockquote//*[@lang='ar']/@dir") == ["rtl"]


def test_what_was_sent_in_cannot_become_markup() -> None:
    snapshot = snapshots.empty()
    text = '<script>alert(1)</script> & "quotes" {{ braces }} </style>'
    snapshot["narratives"] = [{"paragraph": 3, "language": "en", "state": "NPL", "text": text}]
    page = render_html(composed(snapshot)).decode()
    assert "<script>" not in page
    assert text in words(html.document_fromstring(page))


def test_its_style_may_be_allowed_by_hash(tree: html.HtmlElement, page: bytes) -> None:
    (style,) = tree.xpath("//style/text()")
    expected = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style_hash(page) == style_hash(page[:65_536]) == f"sha256-{expected}"
    assert style_hash(page.replace(b"{", b"{ ", 1)) != style_hash(page)


def test_the_same_snapshot_gives_the_same_page(page: bytes) -> None:
    assert render_html(composed(snapshots.sample())) == page
