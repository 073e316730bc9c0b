"""The environment, read in one place and typed.

Every setting of the portal stands in `SETTINGS`, with what it means and its default; `docs/settings.md`
is written from this table. A value that cannot be read is an error that names the variable.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BadSetting(SystemExit):
    """A variable of the environment that cannot be used; ends the process with one clear line."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"setting {name}: {reason}")


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("use 1 or 0")


def _names(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _path(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _language(value: str) -> str:
    if value not in {"ar", "zh", "en", "fr", "ru", "es"}:
        raise ValueError("use ar, zh, en, fr, ru or es")
    return value


@dataclass(frozen=True)
class Setting:
    """One variable: how it is read, its default as text, and what it means."""

    read: Callable[[str], Any]
    default: str
    meaning: str


SETTINGS: dict[str, Setting] = {
    "DATABASE_URL": Setting(
        _text, "", "postgres://user:password@host:port/name; empty: the embedded PostgreSQL"
    ),
    "REDIS_URL": Setting(_text, "", "redis://… of the broker and cache; empty: the embedded Valkey"),
    "DATA_DIR": Setting(_path, "var", "folder of the embedded services, stored files and reports"),
    "SECRET_KEY": Setting(_text, "", "at least 50 characters; empty: made once and kept in DATA_DIR"),
    "ALLOWED_HOSTS": Setting(_names, "127.0.0.1,localhost,[::1]", "host names served, separated by commas"),
    "SITE_URL": Setting(_text, "http://127.0.0.1:8000", "address of the site in letters and e-mails"),
    "EMAIL_URL": Setting(
        _text,
        "",
        "smtp://user:password@host:port, or smtps://…; `?from=address` names the sender, `?starttls=1` secures"
        " the connection (port 587 always); empty, and with SAMPLE: messages are written to DATA_DIR/mail",
    ),
    "STORAGE_URL": Setting(
        _text,
        "",
        "file:///folder, or s3://key:secret@bucket/folder, with `?region=` and, for other providers, `&endpoint=https://…`;"
        " without key the environment's own credentials count; empty: DATA_DIR/files",
    ),
    "CLAMAV_URL": Setting(
        _text,
        "",
        "tcp://host:port or unix:///path of a ClamAV daemon that looks through attached files; empty: no scan",
    ),
    "OIDC_ISSUER": Setting(_text, "", "OpenID Connect issuer for single sign-on; empty: none"),
    "OIDC_CLIENT_ID": Setting(_text, "", "client of the portal at that issuer"),
    "OIDC_CLIENT_SECRET": Setting(_text, "", "its secret"),
    "DEFAULT_LANGUAGE": Setting(_language, "en", "language of a visitor who has chosen none"),
    "SAMPLE": Setting(_flag, "0", "1: sample people sign in at a click; loopback hosts only"),
    "DEBUG": Setting(_flag, "0", "1: Django's debug pages; never in production"),
    "DB_DURABLE": Setting(
        _flag, "1", "0: the embedded PostgreSQL may lose data on a power cut (scratch databases)"
    ),
}

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}


def read(name: str) -> Any:
    """Value of a setting from the environment, or its default.

    Raises `BadSetting` where the text cannot be read.
    """
    setting = SETTINGS[name]
    try:
        return setting.read(os.environ.get(name, setting.default))
    except ValueError as error:
        raise BadSetting(name, str(error)) from None
