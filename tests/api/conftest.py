"""The world of rows, made once for a module, and who asks by a token."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from portal.accounts import tokens
from portal.accounts.models import Membership
from portal.core.actor import Actor
from tests.cast import Cast
from tests.site import Row, make_world


@pytest.fixture(scope="module")
def world(who: Cast, django_db_blocker: DjangoDbBlocker) -> list[Row]:
    with django_db_blocker.unblock(), translation.override("en"):
        return make_world(who)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _asked_often(settings) -> None:
    settings.API_PER_MINUTE = {"person": 10**9, "address": 10**9}


def token_of(actor: Actor, scope: str = "write") -> str:
    membership = Membership.objects.get(user=actor.user, organisation=actor.organisation)
    return tokens.issue(membership, "a test", actor=actor, scope=scope)[1]


def program_of(actor: Actor, scope: str = "write") -> Client:
    """A program that asks with a token of the actor's; without one for the public."""
    if actor.user is None:
        return Client()
    return Client(headers={"Authorization": f"Bearer {token_of(actor, scope)}"})
