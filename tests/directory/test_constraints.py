"""The database itself refuses what the directory must never hold."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from portal.directory.models import (
    Clock,
    Currency,
    ExchangeRate,
    FormerName,
    Group,
    GroupMembership,
    Holiday,
    LdcPeriod,
    Organisation,
    Region,
    State,
    Theme,
    Unit,
)

pytestmark = pytest.mark.django_db

SIX = dict.fromkeys(("ar", "zh", "en", "fr", "ru", "es"), "x")
FIVE = dict.fromkeys(("ar", "zh", "en", "fr", "ru"), "x")
DAY = date(2018, 1, 1)


def refused(name, make):
    """Asserts that the named constraint, and no other, stands in the way."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make()


def new_state(**facts):
    return State.objects.create(
        **{
            "iso3": "QQQ", "iso2": "QQ", "m49": "999", "region": "002", "sub_region": "202", "un": "member",
            "names": SIX, "in_sentence": SIX, "formal": {"en": "x"},
        }
        | facts
    )  # fmt: skip


def test_a_right_state_is_taken():
    assert new_state().pk == "QQQ"


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"iso3": "qqq"}, "state_iso3_form"),
        ({"iso2": "Q1"}, "state_iso2_form"),
        ({"m49": "4"}, "state_m49_form"),
        ({"region": "202"}, "state_region_known"),
        ({"sub_region": ""}, "state_sub_region_form"),
        ({"intermediate_region": "x"}, "state_intermediate_region_form"),
        ({"un": "none"}, "state_un_known"),
        ({"names": FIVE}, "state_names_six_languages"),
        ({"in_sentence": FIVE}, "state_names_six_languages"),
        ({"formal": {"fr": "x"}}, "state_names_six_languages"),
        ({"member_since": DAY, "member_until": DAY}, "state_membership_dates_in_order"),
        ({"iso2": "FR"}, "iso2"),
        ({"m49": "250"}, "m49"),
        ({"iso3": "FRA"}, "pkey"),
    ],
)
def test_state(facts, name):
    refused(name, lambda: new_state(**facts))


@pytest.mark.parametrize(("start", "until"), [(DAY, DAY), (DAY, date(2017, 1, 1))])
def test_dated_rows_end_after_they_begin(start, until):
    refused("ldc_dates_in_order", lambda: LdcPeriod.objects.create(state_id="FRA", start=start, until=until))


@pytest.mark.parametrize(
    ("start", "until", "apart"),
    [
        (None, date(2010, 1, 1), True),
        (date(2012, 1, 1), None, True),
        (None, None, False),
        (date(2011, 12, 31), None, False),
        (date(2010, 6, 1), date(2010, 6, 2), False),
    ],
)
def test_a_state_is_never_twice_on_the_list(start, until, apart):
    LdcPeriod.objects.create(state_id="FRA", start=date(2010, 1, 1), until=date(2012, 1, 1))
    make = lambda: LdcPeriod.objects.create(state_id="FRA", start=start, until=until)  # noqa: E731
    if apart:
        make()
    else:
        refused("ldc_periods_apart", make)
    LdcPeriod.objects.create(state_id="DEU", start=start, until=until)


def test_a_state_is_in_many_groups_and_once_in_each():
    Group.objects.create(code="northern-route", kind="route", labels=SIX)
    Group.objects.create(code="balkan-route", kind="route", labels=SIX)
    for group in ("northern-route", "balkan-route"):
        GroupMembership.objects.create(group_id=group, state_id="TJK")
    refused(
        "group_memberships_apart",
        lambda: GroupMembership.objects.create(group_id="balkan-route", state_id="TJK", start=DAY),
    )
    refused("group_kind_known", lambda: Group.objects.create(code="g", kind="other", labels=SIX))
    refused("group_labels", lambda: Group.objects.create(code="g", kind="route", labels=FIVE))


def test_a_former_name_ends_once_a_day_and_has_six_languages():
    facts = {"state_id": "SWZ", "until": date(2018, 6, 1), "in_sentence": SIX, "formal": {"en": "x"}}
    refused("former_name_once_per_day", lambda: FormerName.objects.create(names=SIX, **facts))
    refused("former_name_six", lambda: FormerName.objects.create(names=FIVE, **facts | {"until": DAY}))


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"kind": "guild"}, "organisation_kind_known"),
        ({"kind": "government"}, "organisation_state_iff_government"),
        ({"kind": "private", "state_id": "FRA"}, "organisation_state_iff_government"),
        ({"kind": "government", "state_id": "FRA"}, "organisation_one_government_per_state"),
        ({"kind": "secretariat"}, "organisation_one_secretariat"),
        ({"kind": "private", "ref": ""}, "organisation_ref_form"),
        ({"kind": "private", "ref": "with space"}, "organisation_ref_form"),
        ({"kind": "private", "ref": "taken"}, "ref"),
        ({"kind": "private", "names": {}}, "organisation_has_a_name"),
    ],
)
def test_organisation(facts, name):
    Organisation.objects.create(ref="taken", kind="private", names={"en": "Foundation"})
    refused(name, lambda: Organisation.objects.create(**{"names": {"en": "x"}} | facts))


def test_organisations_without_a_ref_are_as_many_as_there_are():
    for _ in range(2):
        Organisation.objects.create(kind="un-entity", names={"en": "x"})


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"per_usd": Decimal(0)}, "exchange_rate_positive"),
        ({"per_usd": Decimal(-1)}, "exchange_rate_positive"),
        ({"currency_id": "USD", "per_usd": Decimal("1.00000001")}, "exchange_rate_of_the_dollar"),
        ({"date": date(2018, 2, 1)}, "exchange_rate_once_per_day"),
    ],
)
def test_rate(facts, name):
    ExchangeRate.objects.create(currency_id="EUR", date=date(2018, 2, 1), per_usd=1)
    refused(
        name,
        lambda: ExchangeRate.objects.create(
            **{"currency_id": "EUR", "date": DAY, "per_usd": Decimal(1)} | facts
        ),
    )


def test_a_rate_is_in_a_known_currency():
    ExchangeRate.objects.create(currency_id="USD", date=DAY, per_usd=1)

    def make():
        ExchangeRate.objects.create(currency_id="ZZZ", date=DAY, per_usd=1)
        connection.check_constraints()  # as at the end of the transaction

    refused("currency", make)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Unit.objects.create(code="Big", labels=SIX), "unit_code_form"),
        (lambda: Unit.objects.create(code="u", labels=SIX), "unit_code_form"),
        (lambda: Unit.objects.create(code="boxes", labels=FIVE), "unit_labels_six"),
        (lambda: Theme.objects.create(code="new", labels=SIX, paragraphs=[10]), "theme_paragraphs"),
        (lambda: Theme.objects.create(code="new", labels=SIX, paragraphs=[]), "theme_paragraphs"),
        (lambda: Region.objects.create(code="2", names=SIX), "region_code"),
        (lambda: Region.objects.create(code="999", names=FIVE), "region_names"),
        (lambda: Currency.objects.create(code="eur", name="x", minor_units=2), "currency_code_form"),
        (lambda: Currency.objects.create(code="QQQ", name="x", minor_units=5), "currency_minor_units"),
        (lambda: Holiday.objects.create(date=DAY, name="again"), "holiday_once"),
        (lambda: Clock.objects.create(code="both", working_days=1, months=1), "clock_one_measure"),
    ],
)
def test_vocabularies_calendars_and_clocks(make, name):
    refused(name, make)


def test_a_vocabulary_is_extended_without_code():
    Unit.objects.create(code="hours", labels=SIX, order=12)
    Theme.objects.create(code="new-theme", labels=SIX, paragraphs=[9])
