"""What the directory holds from the start, without the reference folder."""

import re
from datetime import date
from decimal import Decimal

import pytest

from portal.core.money import minor_units
from portal.directory import selectors
from portal.directory.enums import Language
from portal.directory.models import (
    Clock,
    Currency,
    Form,
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

SIX = set(Language.values)
FORMS = "training capacity-building equipment know-how funds infrastructure human-resources"
UNITS = "places days items kits licences facilities beds person-months missions usd lump-sum"
THEMES = """
    drug-law-enforcement investigations criminal-justice border-management cross-border-cooperation
    illicit-proceeds cargo-control precursor-control forensics prevention treatment rehabilitation
    health-services women-and-children-facilities trafficking-data drug-use-data human-rights education
    socioeconomic-development institutional-capacity infrastructure-and-equipment impact-assessment
"""
ARABIC, CYRILLIC, HAN = (
    re.compile("[\u0600-\u06ff]"),
    re.compile("[\u0400-\u04ff]"),
    re.compile("[\u4e00-\u9fff]"),
)


@pytest.mark.parametrize(("model", "codes"), [(Form, FORMS), (Unit, UNITS), (Theme, THEMES)])
def test_codes_of_the_vocabularies_in_order(model, codes):
    assert [row.code for row in model.objects.all()] == codes.split()
    assert all(row.active for row in model.objects.all())


def test_natural_units_exist_and_every_unit_is_natural_to_something():
    natural = {code for form in Form.objects.all() for code in form.units}
    assert natural == set(Unit.objects.values_list("code", flat=True))


def test_themes_together_suggest_paragraphs_one_to_nine_and_all_chapters():
    themes = list(Theme.objects.all())
    assert {number for theme in themes for number in theme.paragraphs} == set(range(1, 10))
    assert {number for theme in themes for number in theme.ungass_chapters} == set(range(1, 8))
    assert all(re.fullmatch(r"\d{5}", code) for theme in themes for code in theme.sectors)
    assert all(theme.sectors for theme in themes)


@pytest.mark.parametrize(
    ("model", "column"),
    [(Form, "labels"), (Unit, "labels"), (Theme, "labels"), (Group, "labels"), (Region, "names"),
     (State, "names"), (State, "in_sentence")],
)  # fmt: skip
def test_names_exist_in_six_languages_each_in_its_script(model, column):
    for row in model.objects.all():
        names = getattr(row, column)
        assert names.keys() == SIX, row
        assert all(name == name.strip() and name for name in names.values()), row
        scripts = {"ar": ARABIC, "ru": CYRILLIC, "zh": HAN}
        for language, name in names.items():
            for own, script in scripts.items():
                assert bool(script.search(name)) is (own == language), (row, language)


def test_names_that_tables_and_sentences_need():
    names = {state.iso3: state for state in State.objects.all()}
    assert names["NER"].names["en"] == "Niger"
    assert names["NER"].in_sentence["en"] == "the Niger"
    assert names["GBR"].in_sentence["en"] == "the United Kingdom of Great Britain and Northern Ireland"
    assert names["BOL"].names["en"] == "Bolivia (Plurinational State of)"
    assert names["BOL"].in_sentence["en"] == "the Plurinational State of Bolivia"
    assert names["IRN"].in_sentence["fr"] == "la République islamique d'Iran"
    assert names["AFG"].in_sentence["fr"] == "l'Afghanistan"
    assert names["PRY"].in_sentence["es"] == "el Paraguay"
    assert names["FRA"].in_sentence["en"] == "France"
    assert names["PSE"].names["en"] == "State of Palestine"
    assert not [
        s for s in names.values() if re.search(r"\*|\((the|l'|les?|la|el|l[oa]s)\)", str([s.names, s.formal]))
    ]
    assert not [s for s in names.values() if "(" in str(s.in_sentence)]


def test_regions():
    assert Region.objects.filter(parent=None).count() == 5
    assert Region.objects.count() == 29
    used = {
        code
        for state in State.objects.all()
        for code in (state.region, state.sub_region, state.intermediate_region)
    }
    assert used - {""} == set(Region.objects.values_list("code", flat=True))


def test_membership_began_where_it_is_known_to_have_begun():
    since = dict(State.objects.values_list("iso3", "member_since"))
    assert since["FRA"] == date(1945, 10, 24)
    assert since["SSD"] == date(2011, 7, 14)
    assert since["PSE"] == date(2012, 11, 29)
    assert None not in since.values()
    assert min(since.values()) == date(1945, 10, 24)
    founders = State.objects.filter(member_since__year=1945).count()
    assert founders == 49  # 51 original Members, less Czechoslovakia and Yugoslavia


def test_least_developed_countries_of_the_period():
    on = {
        day: sum(status.ldc for status in selectors.state_status_on(day).values())
        for day in (date(2017, 6, 3), date(2017, 6, 4), date(2018, 12, 31), date(2020, 12, 4))
    }
    assert list(on.values()) == [48, 47, 47, 46]
    assert LdcPeriod.objects.values("state").distinct().count() == LdcPeriod.objects.count()


def test_landlocked_and_small_island_states():
    status = selectors.state_status_on(date(2018, 12, 31))
    assert sum(found.lldc for found in status.values()) == 32
    assert status["NER"] == selectors.StateStatus(ldc=True, lldc=True, sids=False)
    assert status["KIR"] == selectors.StateStatus(ldc=True, lldc=False, sids=True)
    assert status.keys() == set(State.objects.values_list("iso3", flat=True))


def test_nine_holidays_a_year():
    years = [day.year for day in selectors.holidays()]
    assert {year: years.count(year) for year in years} == dict.fromkeys(range(2016, 2028), 9)
    assert Holiday.objects.count() == len(years)


def test_clocks():
    found = {code: (clock.working_days, clock.months) for code, clock in selectors.clocks().items()}
    assert found == {
        "acknowledge": (5, None),
        "review": (20, None),
        "answer": (20, None),
        "respond": (30, None),
        "agree": (60, None),
        "deliver": (None, None),
        "confirm": (15, None),
        "assess": (None, 12),
    }
    assert Clock.objects.count() == 8


def test_currencies_are_those_that_money_knows():
    assert dict(Currency.objects.values_list("code", "minor_units")) == dict(minor_units())
    assert Currency.objects.filter(withdrawn=None).count() > 150


def test_no_rate_is_shipped():
    with pytest.raises(selectors.MissingRate):
        selectors.rate_on("EUR", date(2030, 1, 1))
    assert selectors.rate_on("USD", date(1990, 1, 1)) == Decimal(1)


def test_governments_and_the_secretariat_and_nothing_else_from_the_start():
    organisations = list(Organisation.objects.all())
    assert {o.state_id for o in organisations if o.kind == "government"} == set(
        State.objects.values_list("iso3", flat=True)
    )
    assert [o.acronym for o in organisations if o.kind != "government"] == ["UNODC"]
    assert selectors.secretariat().names["en"] == "United Nations Office on Drugs and Crime"
    assert all(o.names.keys() == SIX and o.ref is None and not o.imported for o in organisations)
    assert {o.iati_type for o in organisations} == {"10", "40"}


@pytest.mark.parametrize(
    ("iso3", "language", "name"),
    [
        ("NER", "en", "Government of the Niger"),
        ("NER", "fr", "Gouvernement du Niger"),
        ("BHS", "fr", "Gouvernement des Bahamas"),
        ("ISR", "fr", "Gouvernement d'Israël"),
        ("BOL", "fr", "Gouvernement de l'État plurinational de Bolivie"),
        ("SLV", "es", "Gobierno de El Salvador"),
        ("ECU", "es", "Gobierno del Ecuador"),
        ("NER", "ru", "Правительство Нигера"),
        ("NER", "ar", "حكومة النيجر"),
        ("NER", "zh", "尼日尔政府"),
        ("VAT", "en", "Holy See"),
    ],
)
def test_names_of_governments(iso3, language, name):
    assert selectors.government(iso3).names[language] == name


@pytest.mark.parametrize("group", ["african", "asia-pacific", "eastern-european", "grulac", "weog"])
def test_electoral_groups_hold_every_member_once(group):
    electoral = ("african", "asia-pacific", "eastern-european", "grulac", "weog")
    standing = GroupMembership.objects.filter(until=None)
    assert standing.filter(group=group).exists()
    everyone = list(standing.filter(group__in=electoral).values_list("state_id", flat=True))
    assert len(everyone) == len(set(everyone))
    outside = set(State.objects.filter(un="member").values_list("iso3", flat=True)) - set(everyone)
    assert outside == set()
    assert GroupMembership.objects.count() >= len(everyone)


@pytest.mark.parametrize(
    ("model", "key", "text"),
    [
        (State, "NER", "Niger"),
        (Region, "002", "Africa"),
        (Form, "training", "Training"),
        (Unit, "places", "trainee places"),
        (Group, "weog", "Western European and other States"),
        (Currency, "EUR", "EUR"),
        (Clock, "review", "review"),
    ],
)
def test_rows_say_what_they_are(model, key, text):
    assert str(model.objects.get(pk=key)) == text


def test_dated_rows_say_what_they_are():
    assert str(LdcPeriod.objects.get(state="GNQ")) == "GNQ 1982-12-17–2017-06-04"
    assert str(GroupMembership.objects.get(state="FRA")) == "weog: FRA"
    assert str(Holiday.objects.get(date=date(2018, 1, 1))) == "2018-01-01 New Year's Day"
    assert str(State.objects.get(pk="SWZ").former_names.get()) == "Swaziland (until 2018-06-01)"


def test_labels_fall_back_to_english():
    unit = Unit.objects.get(code="beds")
    assert (unit.label("fr"), unit.label("de")) == ("lits", "beds")


def test_regions_are_read_by_code():
    assert [region.code for region in selectors.regions()][:3] == ["002", "005", "009"]
