"""Where messages go when no mail server is named, and in a sample portal: files, one for each message."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Writes each message to `DATA_DIR/mail/<its Message-ID>.eml`, whole or not at all; again is the same file."""

    def __init__(self, *args: Any, file_path: str | Path | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(file_path or settings.MAIL_FOLDER)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            made = message.message()
            name = re.sub(r"[^A-Za-z0-9-]", "", str(made["Message-ID"]).partition("@")[0])
            part = self.folder / f".{name}.part"
            part.write_bytes(made.as_bytes())
            part.replace(self.folder / f"{name}.eml")
        return len(email_messages)
