#!/usr/bin/env python
"""The door to every command of the portal."""

import os
import sys

# these read files only; every other command finds the embedded services running, or starts them for itself
WITHOUT_SERVICES = {
    "check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "makemigrations", "verify_report",
    "--help", "-h", "--version",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line
    from django.db.utils import ProgrammingError

    from portal import embedded, env

    asks_for_help = bool({"--help", "-h"} & set(sys.argv))
    if len(sys.argv) < 2 or sys.argv[1] in WITHOUT_SERVICES or asks_for_help:
        execute_from_command_line(sys.argv)
        return
    try:
        with embedded.services(env.read("DATA_DIR")):
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        sys.exit("the database of this portal is not set up, or is older than the code: manage.py migrate")


if __name__ == "__main__":
    main()
