"""Dates, numbers, money and the order of names, language by language, as they are literally written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils.translation import override

from portal.core.languages import LOCALES, order_key, sort_key
from portal.directory.filters import choices
from portal.directory.models import Organisation, State
from portal.web.templatetags import portal

SIX = list(LOCALES)
FIRST, MIDDLE = date(2019, 1, 1), date(2019, 3, 14)


@pytest.mark.parametrize(
    ("language", "first", "middle"),
    [
        ("ar", "1 كانون الثاني/يناير 2019", "14 آذار/مارس 2019"),
        ("zh", "2019年1月1日", "2019年3月14日"),
        ("en", "1 January 2019", "14 March 2019"),
        ("fr", "1er janvier 2019", "14 mars 2019"),
        ("ru", "1 января 2019\u202fг.", "14 марта 2019\u202fг."),
        ("es", "1 de enero de 2019", "14 de marzo de 2019"),
    ],
)
def test_days_in_words(language, first, middle):
    with override(language):
        assert (portal.day(FIRST), portal.day(MIDDLE)) == (first, middle)
        assert portal.day(datetime(2019, 3, 14, 23, 59, tzinfo=UTC)) == middle
        assert portal.day(None) == ""


@pytest.mark.parametrize(
    ("language", "first", "middle"),
    [
        ("ar", "1 يناير 2019", "14 مارس 2019"),
        ("zh", "2019年1月1日", "2019年3月14日"),
        ("en", "1 Jan 2019", "14 Mar 2019"),
        ("fr", "1er janv. 2019", "14 mars 2019"),
        ("ru", "1 янв. 2019\u202fг.", "14 мар. 2019\u202fг."),
        ("es", "1 ene 2019", "14 mar 2019"),
    ],
)
def test_days_in_tables(language, first, middle):
    with override(language):
        assert (portal.short_day(FIRST), portal.short_day(MIDDLE)) == (first, middle)


def test_every_arabic_month_has_both_names():
    with override("ar"):
        said = [portal.day(date(2018, month, 2)) for month in range(1, 13)]
    assert said == [
        "2 كانون الثاني/يناير 2018",
        "2 شباط/فبراير 2018",
        "2 آذار/مارس 2018",
        "2 نيسان/أبريل 2018",
        "2 أيار/مايو 2018",
        "2 حزيران/يونيو 2018",
        "2 تموز/يوليو 2018",
        "2 آب/أغسطس 2018",
        "2 أيلول/سبتمبر 2018",
        "2 تشرين الأول/أكتوبر 2018",
        "2 تشرين الثاني/نوفمبر 2018",
        "2 كانون الأول/ديسمبر 2018",
    ]


@pytest.mark.parametrize(
    ("language", "large", "part", "below"),
    [
        ("ar", "1,234,567", "12.5", "\u200e-3"),
        ("zh", "1,234,567", "12.5", "-3"),
        ("en", "1,234,567", "12.5", "-3"),
        ("fr", "1\u202f234\u202f567", "12,5", "-3"),
        ("ru", "1\u00a0234\u00a0567", "12,5", "-3"),
        ("es", "1.234.567", "12,5", "-3"),
    ],
)
def test_numbers(language, large, part, below):
    with override(language):
        assert portal.number(1234567) == large
        assert portal.number(Decimal("12.5000")) == part
        assert portal.number(-3) == below


@pytest.mark.parametrize(
    ("language", "dollars", "yen"),
    [
        ("ar", "USD 1,234.50", "JPY 1,235"),
        ("zh", "USD 1,234.50", "JPY 1,235"),
        ("en", "USD 1,234.50", "JPY 1,235"),
        ("fr", "USD 1\u202f234,50", "JPY 1\u202f235"),
        ("ru", "USD 1\u00a0234,50", "JPY 1\u00a0235"),
        ("es", "USD 1.234,50", "JPY 1.235"),
    ],
)
def test_money_keeps_its_order_in_any_direction(language, dollars, yen):
    with override(language):
        assert portal.money(Decimal("1234.5"), "USD") == f"<bdi>{dollars}</bdi>"
        assert portal.money(Decimal(1235), "JPY") == f"<bdi>{yen}</bdi>"


@pytest.mark.parametrize(
    ("language", "colon", "lines", "part"),
    [
        ("ar", ":", "أ، ب", "12.5%"),
        ("zh", "：", "أ， ب", "12.5%"),
        ("en", ":", "أ, ب", "12.5%"),
        ("fr", "\u00a0:", "أ, ب", "12,5\u202f%"),
        ("ru", ":", "أ, ب", "12,5\u00a0%"),
        ("es", ":", "أ, ب", "12,5\u00a0%"),
    ],
)
def test_signs_lists_and_shares(language, colon, lines, part):
    with override(language):
        assert portal.sign(":") == colon
        assert portal.listed(["أ", "ب"]) == lines
        assert portal.percent(Decimal("12.50")) == part


# -- the order of names


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Guinea", "Guinea-Bissau", "Turkmenistan", "Tuvalu"]),
        ("en", ["Côte d’Ivoire", "Croatia", "Cuba"]),
        ("fr", ["Danemark", "Égypte", "Espagne", "Fidji"]),
        ("fr", ["Îles Marshall", "Inde"]),
        ("es", ["España", "Espárrago", "Fiji"]),
        ("es", ["Nueva", "Ñandú", "Omán"]),
        ("ru", ["Бельгия", "Бенин", "Украина", "Ямайка"]),
        ("ru", ["Елена", "Ёлка", "Жена"]),
        ("ar", ["الاتحاد الروسي", "إثيوبيا", "أذربيجان", "الأرجنتين", "الأردن", "أرمينيا"]),
        ("ar", ["ألبانيا", "ألمانيا", "البحرين", "تشاد", "الجزائر", "مصر"]),
        ("zh", ["阿富汗", "巴西", "中国"]),
    ],
)
def test_names_stand_as_the_alphabet_has_them(language, names):
    shuffled = sorted(names, key=lambda name: name[::-1])
    assert sorted(shuffled, key=lambda name: sort_key(name, language)) == names


@pytest.mark.django_db
@pytest.mark.parametrize("language", SIX)
def test_the_database_sorts_as_python_does(language):
    rows = State.objects.annotate(key=order_key("names", language)).order_by(F("key").asc(), "iso3")
    found = [bytes(row.key) if language == "zh" else row.key for row in rows]
    assert found == [sort_key(row.names[language], language) for row in rows]
    names = sorted(State.objects.all(), key=lambda row: (sort_key(row.names[language], language), row.iso3))
    assert [row.iso3 for row in rows] == [row.iso3 for row in names]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "begins", "ends"),
    [
        ("en", ["Afghanistan", "Albania", "Algeria", "Andorra"], ["Zambia", "Zimbabwe"]),
        ("fr", ["Afghanistan", "Afrique du Sud", "Albanie", "Algérie"], ["Zambie", "Zimbabwe"]),
        ("es", ["Afganistán", "Albania", "Alemania", "Andorra"], ["Zambia", "Zimbabwe"]),
        ("ru", ["Австралия", "Австрия", "Азербайджан", "Албания"], ["Южный Судан", "Ямайка", "Япония"]),
    ],
)
def test_states_to_choose_from(language, begins, ends):
    table = choices(language, states=[State.objects.values("pk")])
    labels = [label for _code, label in table.of("state")]
    assert labels[: len(begins)] == begins
    assert labels[-len(ends) :] == ends


@pytest.mark.django_db
def test_a_list_is_sorted_by_the_name_in_its_language(who):
    from tests import cast  # noqa: PLC0415
    from tests.site import client_of  # noqa: PLC0415

    for donor in ("Égide", "Eau", "Forum"):
        body = cast.body(f"Fund {donor[-3:]}")
        Organisation.objects.filter(pk=body.pk).update(names={"fr": donor})
        officer = cast.person(body, "donor_officer", "donor_approver")
        cast.offer_in(
            cast.Cast({**who.people, "nor_officer": officer, "nor_approver": officer}),
            "published",
            donor=body,
        )
    text = client_of(who.case_officer).get("/fr/offers/?ordering=donor").content.decode()
    places = [text.index(name) for name in ("Eau", "Égide", "Forum")]
    assert places == sorted(places)
