"""What the tests of documents share: a folder of their own, and files as the portal receives them."""

import hashlib
import io
import tempfile
from dataclasses import replace

import pytest

from portal.documents import services
from portal.documents.enums import Kind, Scan
from portal.documents.receiving import Received
from tests.attachments import samples

DESCRIBED = {"kind": Kind.LETTER, "title": "Letter", "language": "en", "donors_may_see": False}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where files are kept while a test runs."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "portal.core.storage.WholeFileStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    return tmp_path / "files"


def received(content: bytes, name: str) -> Received:
    """As the upload handler hands it on."""
    file = tempfile.NamedTemporaryFile(prefix="upload-")  # noqa: SIM115 - open as long as the upload
    file.write(content)
    file.flush()
    file.seek(0)
    found = Received(file=file, name=name, content_type="text/html", size=len(content))
    found.sha256 = hashlib.sha256(content).hexdigest()
    return found


def attached(
    request,
    actor,
    content: bytes | None = None,
    name: str = "letter.pdf",
    *,
    checked: bool = False,
    **described,
):
    """A document of a request, attached by an actor through the services; `checked`: by a scanner too."""
    content = samples.pdf() if content is None else content
    found = services.examine(received(content, name), request=request, actor=actor)
    if checked:
        found = replace(found, scan=Scan.CLEAN)
    return services.attach(request, found, described=DESCRIBED | described, actor=actor)


def kept_in(folder) -> set[str]:
    """Keys of the files that are there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def upload(content: bytes, name: str) -> io.BytesIO:
    """For the test client: a file to send."""
    file = io.BytesIO(content)
    file.name = name
    return file
