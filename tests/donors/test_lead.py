"""The State that speaks for a pledge stands in the pledge and in its deliveries, whoever writes and whatever changes."""

import pytest

from donors.models import Delivery, Pledge
from portal.audit.verify import findings
from tests import cast
from tests.past import sql

pytestmark = pytest.mark.django_db


def leads():
    return set(Pledge.objects.values_list("lead", flat=True)) | set(
        Delivery.objects.values_list("lead", flat=True)
    )


def test_a_pledge_and_its_delivery_have_the_state_of_the_request(who):
    cast.delivery_in(who, "recorded")
    assert leads() == {"AFG"}
    assert not list(findings())


def test_a_pledge_without_a_need_has_its_own_state(who):
    pledge = cast.new_pledge(who, None, state_id="PER", kind="cash", channel="direct", status="draft")
    pledge.save()
    assert leads() == {"PER"}
    sql("UPDATE donors_pledge SET state_id = 'KGZ' WHERE id = %s", pledge.pk)
    assert leads() == {"KGZ"}


def test_nobody_writes_another_lead(who):
    cast.delivery_in(who, "recorded")
    assert sql("UPDATE donors_pledge SET lead = 'PER'") == 1
    assert sql("UPDATE donors_delivery SET lead = 'PER'") == 1
    assert leads() == {"AFG"}


def test_the_lead_follows_the_request_and_the_need(who):
    delivery = cast.delivery_in(who, "recorded")
    need = delivery.pledge.need
    other = cast.draft(who)
    sql("UPDATE requests_app_assistancerequest SET state_id = 'PER' WHERE id = %s", other.pk)
    sql("UPDATE requests_app_need SET request_id = %s, number = 99 WHERE id = %s", other.pk, need.pk)
    assert leads() == {"PER"}
    sql("UPDATE requests_app_assistancerequest SET state_id = 'KGZ' WHERE id = %s", other.pk)
    assert leads() == {"KGZ"}
