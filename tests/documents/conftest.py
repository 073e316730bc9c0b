"""The sample's report, composed and rendered once for all tests that read it."""

import subprocess
from pathlib import Path

import pytest

from reports.document import Document
from reports.figures import Figure, compute
from reports.render.html import render_html
from reports.render.pdf import render_pdf
from tests.documents import snapshots


@pytest.fixture(scope="session")
def sample() -> snapshots.Snapshot:
    return snapshots.sample()


@pytest.fixture(scope="session")
def figures(sample: snapshots.Snapshot) -> list[Figure]:
    return compute(sample)


@pytest.fixture(scope="session")
def document(sample: snapshots.Snapshot, figures: list[Figure]) -> Document:
    return snapshots.composed(sample, figures)


@pytest.fixture(scope="session")
def pdf(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "report.en.pdf"
    path.write_bytes(render_pdf(document))
    return path


@pytest.fixture(scope="session")
def pdf_text(pdf: Path) -> str:
    """The words of the file in reading order, as pdftotext (poppler-utils) gives them, on one line."""
    return " ".join(_layout(pdf).split())


@pytest.fixture(scope="session")
def pdf_pages(pdf: Path) -> list[str]:
    return _layout(pdf).split("\f")[:-1]


def _layout(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture(scope="session")
def page(document: Document) -> bytes:
    return render_html(document)
