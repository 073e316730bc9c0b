from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.package import verify


class Command(BaseCommand):
    help = "Repeats the figures, hashes and totals of a report from its package alone; needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="folder that holds manifest.json")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify(options["directory"])
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"the package does not hold: {len(found)} findings")
        self.stdout.write("the package holds: hashes, figures and totals repeat")
