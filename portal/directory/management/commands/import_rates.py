"""Enters rates of exchange from a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.actor import SYSTEM
from portal.directory.services import FaultyRows, import_rates_csv


class Command(BaseCommand):
    help = (
        "Enters rates of exchange from a CSV file with the columns currency, date, per_usd (units for one "
        "United States dollar) and source. All or nothing; every fault is named by its line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check the file and enter nothing")

    def handle(self, *_args: Any, file: Path, dry_run: bool, **_options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        try:
            read = import_rates_csv(content, actor=SYSTEM, dry_run=dry_run)
        except FaultyRows as refused:
            raise CommandError("\n".join(f"{file}: {fault}" for fault in refused.faults)) from None
        verb = "would be entered" if dry_run else "entered"
        self.stdout.write(f"{read.entered} rates {verb}, {read.unchanged} unchanged")
