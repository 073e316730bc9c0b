"""Reading as of a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import DomainError
from portal.directory import selectors
from portal.directory.models import ExchangeRate, LdcPeriod, Organisation
from portal.directory.selectors import MissingRate, RateTable

pytestmark = pytest.mark.django_db

FIRST = date(2017, 12, 1)


@pytest.mark.parametrize(
    ("iso3", "day", "name"),
    [
        ("SWZ", date(2018, 5, 31), "Swaziland"),
        ("SWZ", date(2018, 6, 1), "Eswatini"),
        ("MKD", date(2019, 2, 13), "The former Yugoslav Republic of Macedonia"),
        ("MKD", date(2019, 2, 14), "North Macedonia"),
        ("TUR", date(2018, 12, 31), "Turkey"),
        ("TUR", date(2022, 6, 1), "Türkiye"),
        ("NER", date(2018, 12, 31), "Niger"),
    ],
)
def test_names_are_those_of_the_day(iso3, day, name):
    found = selectors.state_names_on(day)
    assert found[iso3].names["en"] == name
    assert len(found) == 195


def test_of_several_former_names_the_one_then_in_use():
    current = selectors.state_names_on(date(2030, 1, 1))["SWZ"]
    state = selectors.states().get(iso3="SWZ")
    names = dict.fromkeys(state.names, "Older")
    state.former_names.create(until=date(2000, 1, 1), names=names, in_sentence=names, formal={"en": "Older"})
    assert selectors.state_names_on(date(1999, 12, 31))["SWZ"].names["en"] == "Older"
    assert selectors.state_names_on(date(2000, 1, 1))["SWZ"].names["en"] == "Swaziland"
    assert selectors.state_names_on(date(2030, 1, 1))["SWZ"] == current


def test_status_holds_from_its_first_day_to_the_day_before_its_end():
    LdcPeriod.objects.create(state_id="FRA", start=date(2018, 1, 1), until=date(2018, 3, 1))
    held = [
        selectors.state_status_on(day)["FRA"].ldc
        for day in (date(2017, 12, 31), date(2018, 1, 1), date(2018, 2, 28), date(2018, 3, 1))
    ]
    assert held == [False, True, True, False]


@pytest.fixture
def rates():
    for currency, day, per_usd in (
        ("EUR", date(2018, 2, 1), "0.9"),
        ("EUR", date(2018, 1, 1), "0.8"),
        ("JPY", date(2018, 1, 15), "112.5"),
    ):
        ExchangeRate.objects.create(currency_id=currency, date=day, per_usd=Decimal(per_usd))


@pytest.mark.parametrize(
    ("currency", "day", "expected"),
    [
        ("EUR", date(2018, 1, 1), "0.8"),
        ("EUR", date(2018, 1, 31), "0.8"),
        ("EUR", date(2018, 2, 1), "0.9"),
        ("EUR", date(2028, 2, 1), "0.9"),
        ("JPY", date(2018, 1, 15), "112.5"),
        ("USD", date(1970, 1, 1), "1"),
    ],
)
def test_the_rate_in_force(rates, currency, day, expected):
    assert selectors.rate_on(currency, day) == RateTable.load().on(currency, day) == Decimal(expected)


@pytest.mark.parametrize(
    ("currency", "day"), [("EUR", date(2017, 12, 31)), ("JPY", date(2018, 1, 14)), ("NOK", FIRST)]
)
def test_a_missing_rate_is_an_error_that_says_which(rates, currency, day):
    for ask in (selectors.rate_on, RateTable.load().on):
        with pytest.raises(MissingRate) as refused:
            ask(currency, day)
        assert (refused.value.currency, refused.value.day) == (currency, day)
        assert currency in str(refused.value)
        assert f"{day.day} {day:%B} {day.year}" in str(refused.value)
        assert isinstance(refused.value, DomainError)


@given(
    st.dictionaries(st.integers(0, 60), st.integers(1, 10**9), max_size=12),
    st.integers(0, 60),
    st.booleans(),
)
def test_the_table_finds_the_latest_rate_on_or_before_a_day(by_day, asked, one_by_one):
    entries = [("EUR", FIRST + timedelta(days=n), Decimal(rate)) for n, rate in by_day.items()]
    if one_by_one:
        table = RateTable()
        for entry in entries:
            table.add(*entry)
    else:
        table = RateTable(entries)
    earlier = [n for n in by_day if n <= asked]
    day = FIRST + timedelta(days=asked)
    if earlier:
        assert table.on("EUR", day) == by_day[max(earlier)]
    else:
        with pytest.raises(MissingRate):
            table.on("EUR", day)


def test_a_rate_entered_again_takes_the_place_of_the_first():
    table = RateTable([("EUR", FIRST, Decimal(2))])
    table.add("EUR", FIRST, Decimal(4))
    assert table.usd(Decimal(10), "EUR", FIRST) == Decimal("2.50")


def test_reading_asks_the_database_as_little_as_it_can(rates, django_assert_num_queries):
    with django_assert_num_queries(1):
        table = RateTable.load()
        for n in range(100):
            table.on("EUR", date(2018, 1, 1) + timedelta(days=n))
    with django_assert_num_queries(2):
        selectors.state_status_on(FIRST)
    with django_assert_num_queries(2):
        selectors.state_names_on(FIRST)


def test_refs_of_organisations_that_no_dossier_named():
    foundation = Organisation.objects.create(kind="private", names={"en": "Foundation"})
    named = Organisation.objects.create(kind="private", names={"en": "Other"}, ref="government:FRA")
    france, unodc, japan = selectors.government("FRA"), selectors.secretariat(), selectors.government("JPN")
    assert selectors.export_refs([foundation, named, france, unodc, japan]) == {
        foundation.pk: f"organisation:{foundation.pk}",
        named.pk: "government:FRA",
        france.pk: f"government:FRA.{france.pk}",
        unodc.pk: "secretariat",
        japan.pk: "government:JPN",
    }


def test_an_organisation_that_no_dossier_named_is_written_in_full():
    written = selectors.dossier_form(selectors.government("FRA"), "government:FRA")
    assert written.keys() == {"ref", "names", "kind", "state"}
    assert (written["kind"], written["state"], len(written["names"])) == ("government", "FRA", 6)
