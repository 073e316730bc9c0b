"""Two programs that send the same change with the same key at the same moment make it once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.audit.models import CaseEvent
from tests import cast
from tests.api.asking import url
from tests.api.conftest import program_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_waits_and_is_given_the_first_answer(transactional_db):
    who = cast.assemble()
    request = cast.request_in(who, "under_review")
    address = url("requests", request) + "transitions/ask_for_clarification/"
    clients = [program_of(who.case_officer) for _ in range(4)]
    together = Barrier(len(clients))

    def ask(client):
        try:
            together.wait(30)
            headers = {"Idempotency-Key": "at-once"}
            return client.post(address, {"question": "For whom?"}, "application/json", headers=headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(ask, clients))
    assert {answer.status_code for answer in answers} == {200}, [answer.content for answer in answers]
    assert len({answer.content for answer in answers}) == 1
    assert request.clarifications.count() == 1
    events = CaseEvent.objects.filter(case_type="request", case_id=request.pk, move="ask_for_clarification")
    assert events.count() == 1
