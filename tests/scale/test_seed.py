"""Invented records in great number: as many as asked, in every state, the same for the same seed."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from donors.enums import DeliveryStatus, OfferStatus, PledgeStatus
from donors.models import Contribution, Delivery, LedgerEntry, Offer, Pledge
from portal.audit.models import CaseHead
from portal.audit.verify import findings
from portal.core.models import Counter
from portal.dossier.scale import CONTRIBUTION_STATES, WORKING, Size, seed
from requests_app.enums import AssessmentStatus, RequestStatus, Visibility
from requests_app.models import AssistanceRequest, ImpactAssessment, Need
from tests import cast

pytestmark = pytest.mark.django_db
MODELS = (AssistanceRequest, Need, Offer, Pledge, Delivery, Contribution, LedgerEntry, ImpactAssessment)
SMALL = Size(requests=2000, pledges=8000)


def quiet(*_):
    return None


def states(model):
    return set(model.objects.values_list("status", flat=True))


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def sample(settings):
    settings.SAMPLE = True


def test_as_many_as_asked_in_every_state():
    counts = seed(SMALL, seed=1, told=quiet)
    assert (counts["requests"], counts["needs"], counts["pledges"]) == (2000, 6000, 8000)
    assert states(AssistanceRequest) == set(RequestStatus.values)
    assert states(Pledge) == set(PledgeStatus.values)
    assert states(Delivery) == set(DeliveryStatus.values)
    assert states(Offer) == set(OfferStatus.values)
    assert states(Contribution) == set(CONTRIBUTION_STATES)
    assert states(ImpactAssessment) == set(AssessmentStatus.values)
    assert set(AssistanceRequest.objects.values_list("visibility", flat=True)) == set(Visibility.values)
    assert AssistanceRequest.objects.values("state").distinct().count() > 50
    assert Pledge.objects.values("donor").distinct().count() > 20
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rules 1 to 3 and 8 hold now
        cursor.execute("SELECT to_regclass('pg_temp.' || t) FROM unnest(%s) t", [list(WORKING)])
        assert {found for (found,) in cursor.fetchall()} == {None}


def test_the_same_seed_gives_the_same_records_and_another_gives_others():
    made = []
    for number in (7, 7, 8):
        with transaction.atomic():
            seed(Size(requests=60, pledges=300), seed=number, told=quiet)
            made.append(everything())
            transaction.set_rollback(True)
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_chains_are_whole_and_each_record_says_that_no_service_made_it():
    seed(Size(requests=60, pledges=300), seed=1, told=quiet)
    seeded = set(
        CaseHead.objects.filter(digest="")
        .exclude(case_type__in=("organisation", "rate"))
        .values_list("case_type", "case_id")
    )
    said = {line for line in findings() if not line.startswith(("organisation", "rate"))}
    reason = "its record was changed outside the portal's services"
    assert said == {f"{kind} {pk}: {reason}" for kind, pk in seeded}
    kinds = {kind for kind, _ in seeded}
    assert kinds == {"request", "pledge", "delivery", "offer", "contribution", "assessment"}


def test_people_go_on_where_it_ended(who):
    """References go on without a gap, and a seeded record takes the next move of its table."""
    seed(Size(requests=200, pledges=500), seed=1, told=quiet)
    request = cast.request_in(who, "submitted")
    year = request.submitted_at.year
    assert request.reference == f"TA-{year}-AFG-0001"
    last = Counter.objects.get(key="PL-2024").last
    assert Pledge.objects.filter(reference__startswith="PL-2024-").count() == last
    again = seed(Size(requests=200, pledges=500), seed=2, told=quiet)
    assert again["requests"] == 401


def test_only_where_every_page_says_that_records_are_invented(settings):
    settings.SAMPLE = False
    with pytest.raises(CommandError, match="SAMPLE=1"):
        call_command("seed_scale", requests=5, pledges=5)
    assert AssistanceRequest.objects.count() == 0


def test_not_beside_records_unless_asked(who, sample):
    kept = cast.request_in(who, "open")
    with pytest.raises(CommandError, match="--add"):
        call_command("seed_scale", requests=5, pledges=5, verbosity=0)
    assert AssistanceRequest.objects.count() == 1
    out = io.StringIO()
    call_command("seed_scale", requests=5, pledges=5, add=True, stdout=out)
    assert AssistanceRequest.objects.count() == 6
    assert "there are now: 6 requests" in out.getvalue()
    kept.refresh_from_db()
    assert kept.status == "open"


@pytest.mark.parametrize("asked", [{"requests": 0}, {"pledges": -1}, {"seed": -1}])
def test_what_makes_no_sense_is_refused(sample, asked):
    with pytest.raises(CommandError, match="at least one request"):
        call_command("seed_scale", **asked)
