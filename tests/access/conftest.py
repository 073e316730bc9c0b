"""The world of rows, made once for a module."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests.cast import Cast
from tests.site import Row, make_world


@pytest.fixture(scope="module")
def world(who: Cast, django_db_blocker: DjangoDbBlocker) -> list[Row]:
    with django_db_blocker.unblock(), translation.override("en"):
        return make_world(who)


@pytest.fixture(autouse=True)
def _english_and_an_empty_cache() -> Iterator[None]:
    cache.clear()
    with translation.override("en"):
        yield
