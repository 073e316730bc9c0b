"""Prints who can sign in at a click to this sample portal."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from portal.accounts.selectors import sample_people
from portal.directory.models import in_language


class Command(BaseCommand):
    help = "prints the sample sign-ins by organisation and role"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-o", "--output", help="also writes them to this file")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.SAMPLE:
            raise CommandError(
                "this is not a sample portal: nobody signs in at a click (SAMPLE=1 makes it one)"
            )
        lines = [f"  {settings.SITE_URL}{reverse('accounts:login')}"]
        for group in sample_people():
            lines.append(f"  {in_language(group.organisation.names, 'en')}")
            lines += [f"    {', '.join(roles):<22}  {user.email}" for user, roles in group.people]
        text = "\n".join(lines)
        if options["output"]:
            Path(options["output"]).write_text(text + "\n", encoding="utf-8")
        else:
            self.stdout.write(text)
