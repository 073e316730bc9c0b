"""`manage.py import_dossier FILE [--dry-run]`"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.dossier.importing import import_dossier
from portal.dossier.progress import Progress
from portal.dossier.read import Limits


class Command(BaseCommand):
    """Exit status 0 when all is stored (or, on a dry run, would be), otherwise 1 with every error on stderr."""

    help = (
        "Imports an assistance dossier: all or nothing, and again without harm. What is wrong stands on the "
        "error output, one line for each place: path, colon, reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to store it."""
        parser.add_argument("file", metavar="FILE", type=Path, help="the dossier, UTF-8 JSON")
        parser.add_argument(
            "--dry-run", action="store_true", help="check and replay everything, store nothing"
        )
        parser.add_argument(
            "--max-bytes",
            type=int,
            default=Limits.file_bytes,
            help="refuse a larger file (default: %(default)s bytes)",
        )

    def handle(self, *_args: Any, file: Path, dry_run: bool, max_bytes: int, **options: Any) -> None:
        """Import and report."""
        with Progress(self.stdout, quiet=options["verbosity"] == 0) as progress:
            imported = import_dossier(
                file, dry_run=dry_run, told=progress.told, limits=Limits(file_bytes=max_bytes)
            )
        if imported.problems:
            for line in imported.problems.lines(name=str(file)):
                sys.stderr.write(line.encode("utf-8", "replace").decode() + "\n")
            sys.stderr.flush()
            raise CommandError(
                _("%(file)s: %(count)d errors; nothing was stored")
                % {"file": file, "count": len(imported.problems)}
            )
        counts = ", ".join(f"{count} {name}" for name, count in imported.records.items())
        if options["verbosity"]:
            said = _("would be stored: %(counts)s") if dry_run else _("stored: %(counts)s")
            self.stdout.write(said % {"counts": counts or _("nothing")})
