"""People who sign in with what they know and have."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core.cache import caches
from django.test import Client
from django.utils import translation

from portal.accounts import factors
from portal.accounts.models import User

PASSWORD = "a long and private sentence"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _counted_apart(settings):
    """Failures of one test count for no other, nor for a test that runs beside it."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}
    caches.close_all()


def with_password(user) -> User:
    user = User.objects.get(pk=user.pk)
    user.set_password(PASSWORD)
    user.save()
    return user


def code_of(secret: str, step: int = 0) -> str:
    """The code of now, or of some steps later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def with_authenticator(user, *, used: int = -2) -> str:
    """Gives a person an authenticator app whose last code was of some steps ago; gives its secret."""
    secret = factors.new_secret()
    factors.activate_authenticator(user, secret, code_of(secret))
    row = Authenticator.objects.get(user=user, type="totp")
    row.data["last_counter"] = int(time.time()) // 30 + used
    row.save()
    return secret


def secret_of(user) -> str:
    return decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])


def sign_in(client: Client, user, **more):
    return client.post("/accounts/login/", {"email": user.email, "password": PASSWORD, **more})


def signed_in(user) -> Client:
    """A browser in which a person who needs no second factor has signed in with the password."""
    client = Client()
    assert sign_in(client, user).status_code == 303
    return client
