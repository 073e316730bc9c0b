from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.actor import SYSTEM
from portal.core.errors import DomainError
from reports import making, services
from reports.enums import JobStatus


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day; use YYYY-MM-DD") from None


def _codes(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Command(BaseCommand):
    help = (
        "Freezes the records of a session and makes its report: figures, documents, and the package of both."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--session", type=int, required=True, help="number of the session, such as 62")
        parser.add_argument(
            "--languages", type=_codes, help="such as en,fr; all that are built where not given"
        )
        parser.add_argument(
            "--formats", type=_codes, help="such as pdf,json; all that are built where not given"
        )
        parser.add_argument(
            "--cutoff", type=_day, help="YYYY-MM-DD; the last day of the period where not given"
        )
        parser.add_argument("-o", "--output", type=Path, help="folder for the package")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            job = services.start_report(
                services.session_of(options["session"]),
                actor=SYSTEM,
                cut_off=options["cutoff"],
                languages=options["languages"],
                formats=options["formats"],
            )
        except DomainError as error:
            raise CommandError("\n".join(refusal.reason for refusal in error.refusals)) from None
        with making.worker():
            job = making.wait(job, self.stdout.write)
        if job.status == JobStatus.FAILED:
            raise CommandError(f"the report could not be made: {job.message}")
        for finding in job.findings:
            self.stdout.write(f"check, {finding['severity']}: {finding['section']}: {finding['message']}")
        if options["output"]:
            for path in making.write_package(job, options["output"]):
                self.stdout.write(str(path))
