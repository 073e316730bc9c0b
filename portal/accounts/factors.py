"""The second factor: codes of an authenticator, passkeys and recovery codes, kept by allauth.

A code of an authenticator counts once: the step of time that it stands for is kept, and an earlier or the same
one is refused, in whatever process or browser it comes again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core import clock
from portal.core.errors import NotVisible, Refusal, Refused

log = logging.getLogger(__name__)

Kind = Authenticator.Type
LAST = "last_counter"
MOST_PASSKEYS = 10

new_secret = generate_totp_secret
seal, unseal = encrypt, decrypt  # texts that wait in a session


def _of(user: Any, *kinds: str) -> QuerySet[Authenticator]:
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=kinds)
    return rows.order_by("pk")


def has_one(user: Any) -> bool:
    """Whether a person has a second factor; recovery codes alone are none."""
    return _of(user, Kind.TOTP, Kind.WEBAUTHN).exists()


def marked(memberships: QuerySet[Any]) -> QuerySet[Any]:
    """Memberships with `has_factor`: whether the person has a second factor."""
    rows = Authenticator.objects.filter(user=OuterRef("user"), type__in=(Kind.TOTP, Kind.WEBAUTHN))
    found: QuerySet[Any] = memberships.annotate(has_factor=Exists(rows))
    return found


def _counter(secret: str, code: str) -> int | None:
    """The step of time of which this is the code, now or a step before or after."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


# authenticator app


@dataclass(frozen=True)
class Setup:
    """What an authenticator needs: the key in groups of four, its address, and both as a picture."""

    key: str
    address: str
    picture: str


def setup_of(user: User, secret: str) -> Setup:
    """How an authenticator learns a secret; the picture is an SVG document without style of its own."""
    adapter = get_adapter()
    address = adapter.build_totp_url(user, secret)
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    return Setup(groups, address, adapter.build_totp_svg(address))


def has_authenticator(user: Any) -> bool:
    return _of(user, Kind.TOTP).exists()


@transaction.atomic
def activate_authenticator(user: User, secret: str, code: str) -> list[str]:
    """Makes the authenticator that knows the secret a second factor; gives new recovery codes, or none where the
    person has some. Raises Refused for a wrong code, or where there is one already.
    """
    if has_authenticator(user):
        raise Refused(_("an authenticator app is set up already"))
    counter = _counter(secret, code)
    if counter is None:
        raise Refused(
            Refusal(_("the code is not right; check that the clock of your device is right"), "code")
        )
    row = TOTP.activate(user, secret).instance
    row.data[LAST] = counter
    row.save(update_fields=["data"])
    return _first_codes(user)


# codes


def accepts(user: User, code: str) -> bool:
    """Whether this is the authenticator's code of now, or a recovery code; either counts once.

    What was encrypted under a SECRET_KEY that is gone accepts nothing; UNODC clears it for the person.
    """
    try:
        return _accepts(user, code)
    except InvalidToken:
        log.exception("the second factor of person %s cannot be read", user.pk)
        return False


@transaction.atomic
def _accepts(user: User, code: str) -> bool:
    row = _of(user, Kind.TOTP).select_for_update().first()
    if row is not None:
        counter = _counter(decrypt(row.data["secret"]), code)
        if counter is not None:
            if counter <= row.data.get(LAST, -1):
                return False
            row.data[LAST] = counter
            row.last_used_at = clock.now()
            row.save(update_fields=["data", "last_used_at"])
            return True
    recovery = _of(user, Kind.RECOVERY_CODES).first()
    if recovery is None or not recovery.wrap().validate_code(code):
        return False
    Authenticator.objects.filter(pk=recovery.pk).update(last_used_at=clock.now())
    return True


def _first_codes(user: User) -> list[str]:
    return [] if _of(user, Kind.RECOVERY_CODES).exists() else new_codes(user)


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """New recovery codes in place of the old ones, to be shown once. Raises Refused without a second factor."""
    if not has_one(user):
        raise Refused(_("set up a second factor first"))
    _of(user, Kind.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def codes_left(user: Any) -> int:
    """Number of recovery codes that have not been used."""
    row = _of(user, Kind.RECOVERY_CODES).first()
    try:
        return len(row.wrap().get_unused_codes()) if row else 0
    except InvalidToken:
        return 0


# passkeys


@dataclass(frozen=True)
class Passkey:
    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def passkeys(user: Any) -> list[Passkey]:
    return [
        Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at) for row in _of(user, Kind.WEBAUTHN)
    ]


def passkey_options(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey; the challenge waits in the session."""
    return {"creation_options": webauthn.begin_registration(user, passwordless=False)}


def question(user: User) -> dict[str, Any]:
    """What the browser needs to ask for one of the person's passkeys."""
    return {"request_options": webauthn.begin_authentication(user)}


@transaction.atomic
def add_passkey(user: User, name: str, credential: Any) -> list[str]:
    """Adds the passkey that the browser made; gives new recovery codes, or none where the person has some.

    Raises Refused where the answer does not fit the question, or is a second answer to it.
    """
    if _of(user, Kind.WEBAUTHN).count() >= MOST_PASSKEYS:
        raise Refused(_("there are too many passkeys already; remove one first"))
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(_("the passkey could not be read; try again")) from error
    webauthn.WebAuthn.add(user, name, credential)
    return _first_codes(user)


def passkey_accepted(user: User, credential: Any) -> bool:
    """Whether the browser's answer is signed by one of the person's passkeys."""
    try:
        webauthn.parse_authentication_response(credential)
        row = webauthn.complete_authentication(user, credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=clock.now())
    return True


# taking away


@transaction.atomic
def remove(user: User, *, required: bool, passkey: int | None = None) -> None:
    """Takes away a passkey, or the authenticator where none is named; recovery codes go with the last factor.

    Raises NotVisible for what the person does not have, Refused for the last one where a role needs one.
    """
    own = _of(user, Kind.TOTP, Kind.WEBAUTHN).select_for_update()
    rows = list(own)
    row = next((r for r in rows if (r.pk == passkey if passkey else r.type == Kind.TOTP)), None)
    if row is None or (passkey and row.type != Kind.WEBAUTHN):
        raise NotVisible(_("there is no such second factor"))
    if required and len(rows) == 1:
        raise Refused(_("your role needs a second factor; set up another one before you remove this one"))
    row.delete()
    if len(rows) == 1:
        _of(user, Kind.RECOVERY_CODES).delete()


def remove_all(user: User) -> None:
    """Takes away every factor of a person who has lost them; the next sign-in sets up new ones."""
    Authenticator.objects.filter(user=user).delete()
