"""Gives a person's programs a key for the API; its text is printed once and kept nowhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts import selectors, tokens
from portal.accounts.models import TokenScope
from portal.core.actor import SYSTEM
from portal.core.errors import DomainError


class Command(BaseCommand):
    help = "prints a new token for the API, which acts as this person for this organisation"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="e-mail address of the person")
        parser.add_argument(
            "--organisation",
            required=True,
            help="ref of the organisation, government:<ISO3> or secretariat",
        )
        parser.add_argument(
            "--scope", choices=TokenScope.values, default=TokenScope.READ, help="read (default) or write"
        )
        parser.add_argument("--name", default="command line", help="name by which the person knows it")
        parser.add_argument("--days", type=int, default=tokens.DAYS, help="days for which it is valid")

    def handle(self, *_args: Any, **options: Any) -> None:
        row = selectors.membership_by_ref(options["email"], options["organisation"])
        if row is None:
            raise CommandError(
                f"{options['email']} does not act for {options['organisation']} today: check both"
            )
        try:
            token, raw = tokens.issue(
                row, options["name"], scope=options["scope"], days=options["days"], actor=SYSTEM
            )
        except DomainError as error:
            raise CommandError(str(error)) from None
        self.stderr.write(
            f"token {token.pk}, scope {token.scope}, valid until {token.expires_at:%Y-%m-%d}; it is shown once"
        )
        self.stdout.write(raw)
