"""The API asked at random from its own schema: no answer in the 500s, none that the schema does not know.

A sample in every run; `make audit` asks twenty thousand times.
"""

import json
import os
from itertools import cycle

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from portal.api.docs import FILE
from portal.wsgi import application
from tests.api.asking import LIST_OF
from tests.api.conftest import token_of
from tests.site import key_of

pytestmark = pytest.mark.django_db
ROLES = ("afg_focal_point", "nor_approver", "case_officer", "public")
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = sum(len(methods) for methods in json.loads(FILE.read_text(encoding="utf-8"))["paths"].values())


@pytest.fixture(autouse=True)
def _one_connection():
    """As Django's test client does: a request's end does not close the connection of the test's transaction."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


class _Undone(Exception):
    """Takes back what a case has changed, so that the next one finds the same world."""


class Asking:
    """Cases for each operation, on records that are there and on some that are not."""

    def __init__(self, who, world):
        self.asked = 0
        self.headers = {
            role: {"Accept-Encoding": "identity"}
            | ({"Authorization": f"Bearer {token_of(actor)}"} if actor.user else {})
            for role, actor in ((role, getattr(who, role)) for role in ROLES)
        }
        self.keys = {
            name: cycle([key_of(row.record) for row in world if row.thing == thing])
            for thing, name in LIST_OF.items()
        }

    def one(self, case, role):
        """One case, and back to the world as it was."""
        self.asked += 1
        keys = self.keys.get(case.operation.path.split("/")[3])
        if keys is not None and self.asked % 3 and "key" in (case.path_parameters or {}):
            case.path_parameters["key"] = next(keys)
        try:
            with transaction.atomic():
                case.call_and_validate(headers=self.headers[role], checks=CHECKS)
                raise _Undone  # noqa: TRY301
        except _Undone:
            pass

    def often(self, operation, role, *, cases):
        @seed(int(os.environ.get("FUZZ_SEED", "1")))
        @settings(
            max_examples=cases, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            self.one(case, role)

        ask()


def ask_at_random(who, world, *, cases):
    """So many cases for each operation and role; gives their number."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    asking = Asking(who, world)
    for found in schema.get_all_operations():
        for role in ROLES:
            asking.often(found.ok(), role, cases=cases)
    return asking.asked


def test_a_sample_of_cases_is_answered_as_the_schema_says(who, world):
    assert ask_at_random(who, world, cases=1) >= OPERATIONS * len(ROLES)


@pytest.mark.audit
def test_twenty_thousand_cases_are_answered_as_the_schema_says(who, world):
    assert ask_at_random(who, world, cases=22_000 // (OPERATIONS * len(ROLES))) >= 20_000
