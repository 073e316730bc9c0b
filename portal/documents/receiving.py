"""How a file comes in: streamed to a temporary file, hashed on the way, and dropped once it is too large.

Nothing of it is held in memory. What is too large is read to its end and thrown away, so that its form can say so.
"""

import hashlib
import tempfile
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from portal.documents.enums import LARGEST_FILE, LARGEST_SUM


class Received(UploadedFile):  # type: ignore[type-arg]  # not generic when it runs
    """A file that came whole; `too_large` where nothing of it was kept."""

    sha256 = ""

    @property
    def too_large(self) -> bool:
        return (self.size or 0) > LARGEST_FILE

    @property
    def path(self) -> str:
        """Where its content lies until it is closed."""
        return str(getattr(self.file, "name", ""))


class Receiver(FileUploadHandler):
    """Takes one file of a form."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django names it
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > LARGEST_SUM:
            raise RequestDataTooBig("more than any form of the portal brings")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file: Any = tempfile.NamedTemporaryFile(prefix="upload-")  # noqa: SIM115 - closed with the request
        self.hash = hashlib.sha256()
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size <= LARGEST_FILE:
            self.file.write(raw_data)
            self.hash.update(raw_data)
        else:
            self.file.truncate(0)

    def file_complete(self, file_size: int) -> Received:
        self.file.flush()
        self.file.seek(0)
        found = Received(
            file=self.file, name=self.file_name, content_type=self.content_type, size=self.size,
            charset=self.charset, content_type_extra=self.content_type_extra,
        )  # fmt: skip
        found.sha256 = self.hash.hexdigest()
        return found

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
