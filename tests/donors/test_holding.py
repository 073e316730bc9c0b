"""Rule 1 twice: what is held, taken and left is the same in Python, one record at a time, and in SQL, for lists."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donors.enums import DeliveryStatus, OfferStatus, PledgeStatus
from donors.models import Delivery, Offer, Pledge
from donors.rules import holding
from donors.selectors.holding import OPEN_TO_PLEDGES, on_the_table, with_cover, with_free
from portal.core import clock
from portal.core.unit import DIRECT
from requests_app.models import Need
from tests import cast

pytestmark = pytest.mark.django_db

QUANTITIES = st.decimals("0.0001", "30", places=4)
DELIVERIES = st.lists(st.tuples(st.sampled_from(DeliveryStatus.values), QUANTITIES), max_size=3)
PLEDGES = st.lists(
    st.tuples(
        st.sampled_from(PledgeStatus.values), QUANTITIES, st.sampled_from(("places", "days")), DELIVERIES
    ),
    max_size=6,
)
DAYS = st.integers(-2, 2)


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    given_pledges=PLEDGES,
    surplus=st.sampled_from(("", "with thanks")),
    offered=st.tuples(st.sampled_from(OfferStatus.values), DAYS, st.none() | DAYS),
)
def test_both_readings_agree(who, given_pledges, surplus, offered):
    status, since, until = offered
    with transaction.atomic():
        need = cast.request_in(who, "open", quantities=("50",)).needs.get()
        Need.objects.filter(pk=need.pk).update(surplus_accepted=surplus)
        offer = cast.offer_in(who, "published")
        start = clock.now() + timedelta(days=since)
        end = None if until is None else max(start, clock.now() + timedelta(days=until))
        Offer.objects.filter(pk=offer.pk).update(status=status, valid_from=start, valid_until=end)
        for pledge_status, quantity, unit, came in given_pledges:
            pledge = cast.new_pledge(
                who, need, status=pledge_status, offer=offer, unit_id=unit, quantity=quantity
            )
            pledge.save()
            for delivery_status, part in came:
                Delivery.objects.create(
                    pledge=pledge, status=delivery_status, quantity=part, date=clock.now()
                )
        row = with_cover(needs=Need.objects.filter(pk=need.pk)).get()
        own = with_free(offers=Offer.objects.filter(pk=offer.pk)).get()
        assert row.held == sum((holding.holds(p, DIRECT) for p in Pledge.objects.all()), Decimal(0))
        assert (row.held, row.left) == (holding.held(row, DIRECT), holding.left(row, DIRECT))
        assert own.free == holding.free(own, DIRECT)
        open_ = with_cover(needs=Need.objects.filter(pk=need.pk)).filter(OPEN_TO_PLEDGES).exists()
        assert open_ == holding.has_room(row, row.left)
        taken = Offer.objects.filter(on_the_table(clock.today()), pk=offer.pk).exists()
        assert taken == holding.on_the_table(own, clock.today())
        transaction.set_rollback(True)
