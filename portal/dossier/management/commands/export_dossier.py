"""`manage.py export_dossier [-o FILE]`"""

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.core.db import repeatable_read
from portal.dossier.exporting import export_dossier
from portal.dossier.progress import Progress


class Command(BaseCommand):
    """Exit status 0 when the file stands whole; a file that stood before is replaced at the end or not at all."""

    help = "Exports the portal's records as an assistance dossier. The same records give the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="the file; standard output if none"
        )

    def handle(self, *_args: Any, output: Path | None, **options: Any) -> None:
        """Export to a file, or to standard output."""
        if output is None:
            stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", write_through=True)
            try:
                _export(stream)
            finally:
                stream.detach()
            return
        with Progress(self.stdout, quiet=options["verbosity"] == 0) as progress:
            try:
                counts = _to_file(output, progress)
            except OSError as error:
                raise CommandError(f"{error.filename or output}: {error.strerror}") from None
        if options["verbosity"]:
            written = ", ".join(f"{count} {name}" for name, count in counts.items()) or _("nothing")
            self.stdout.write(_("written to %(file)s: %(counts)s") % {"file": output, "counts": written})


def _export(stream: TextIO, progress: Progress | None = None) -> dict[str, int]:
    with repeatable_read():
        return export_dossier(stream, told=progress.counted if progress else None)


def _to_file(output: Path, progress: Progress) -> dict[str, int]:
    """Write beside the file and put it in place whole."""
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            counts = _export(stream, progress)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        beside.chmod(0o666 & ~umask)
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    return counts
