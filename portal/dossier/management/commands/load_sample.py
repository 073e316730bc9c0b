"""Loads the sample into a portal (docs/sample.md)."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.services import load_sample_people
from portal.core.actor import SYSTEM
from portal.core.clock import today
from portal.directory.selectors import holidays
from portal.dossier.sample import LIVE, PEOPLE, SAMPLE
from portal.dossier.sample.relative import resolve
from requests_app.selectors import requests


class Command(BaseCommand):
    help = (
        "Loads the sample: real cases with their sources, invented records marked as such, and current cases "
        "dated from today. All or nothing. A second load changes nothing."
    )

    @transaction.atomic
    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        self._import(SAMPLE, verbosity)
        load_sample_people(json.loads(PEOPLE.read_text(encoding="utf-8"))["people"])
        live = json.loads(LIVE.read_text(encoding="utf-8"))
        if self._loaded(live):
            self.stdout.write(_("The current cases are loaded already; their dates stay as they are."))
            return
        dated = resolve(live, today=today(), holidays=holidays())
        with TemporaryDirectory() as folder:
            file = Path(folder) / LIVE.name
            file.write_text(json.dumps(dated, ensure_ascii=False), encoding="utf-8")
            self._import(file, verbosity)

    def _import(self, file: Path, verbosity: int) -> None:
        call_command("import_dossier", str(file), verbosity=verbosity, stdout=self.stdout, stderr=self.stderr)

    @staticmethod
    def _loaded(live: dict[str, Any]) -> bool:
        """Whether any current case stands in the portal; its dates are then not told anew."""
        refs = [request["ref"] for request in live["requests"]]
        return requests(SYSTEM).filter(ref__in=refs).exists()
