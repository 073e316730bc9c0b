"""`manage.py seed_scale --requests N --pledges M --seed S`"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError
from django.utils.translation import gettext as _

from portal.dossier.progress import Progress
from portal.dossier.scale import Size, count_records, seed


class Command(BaseCommand):
    """Exit status 0 when all is stored, otherwise 1 and nothing is."""

    help = (
        "Fills a sample portal with invented records in great number, to measure with: three needs a request, "
        "pledges, deliveries, offers, contributions and assessments in every state. The same seed gives the same "
        "records. All or nothing. Only with SAMPLE=1, so that every page says that the records are invented."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, and from which seed."""
        parser.add_argument(
            "--requests", type=int, default=1000, metavar="N", help="requests (default: %(default)s)"
        )
        parser.add_argument(
            "--pledges", type=int, default=10000, metavar="M", help="pledges (default: %(default)s)"
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=1,
            metavar="S",
            help="what is drawn hangs on it (default: %(default)s)",
        )
        parser.add_argument(
            "--add", action="store_true", help="also where records stand already; they stay as they are"
        )

    def handle(self, *_args: Any, requests: int, pledges: int, seed: int, add: bool, **options: Any) -> None:
        """Draw and store."""
        if not settings.SAMPLE:
            raise CommandError(
                _("invented records belong in a portal that says so on every page: set SAMPLE=1")
            )
        if requests < 1 or pledges < 0 or not 0 <= seed < 10**9:
            raise CommandError(_("give at least one request, and a seed from 0 to 999999999"))
        found = count_records()
        if found and not add:
            raise CommandError(
                _("%(count)d records stand here already; to add to them: --add") % {"count": found}
            )
        with Progress(self.stdout, quiet=options["verbosity"] == 0) as progress:
            try:
                stored = _seed(Size(requests, pledges), seed, progress)
            except IntegrityError as error:
                raise CommandError(
                    _("the database refused a row, and nothing was stored: %(reason)s") % {"reason": error}
                ) from error
        if options["verbosity"]:
            counts = ", ".join(f"{count} {name}" for name, count in stored.items())
            self.stdout.write(_("there are now: %(counts)s") % {"counts": counts})


def _seed(size: Size, number: int, progress: Progress) -> dict[str, int]:
    return seed(size, seed=number, told=progress.told)
