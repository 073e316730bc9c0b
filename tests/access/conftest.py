"""The world of rows, made once for a module."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

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
