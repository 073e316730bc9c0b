"""House style of English: numbers, money, dates, lists, names of States."""

from decimal import Decimal

import pytest

from reports.compose.style import Style
from reports.compose.texts import texts
from reports.document import Text, plain
from tests.documents.snapshots import states

STYLE = Style("en", texts("en").data)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("1234567.50", "$1,234,568"),
        ("0.50", "$0.50"),
        ("16.00", "$16"),
        ("-12.10", "-$12"),
        ("999999.49", "$999,999"),
    ],
)
def test_money_in_text(amount: str, written: str) -> None:
    assert STYLE.money(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("value", "usd", "written"),
    [(0, False, "–"), (Decimal("0.00"), True, "–"), (1234, False, "1,234"), (-3, False, "(3)"),
     (Decimal("1234567.5"), True, "1,234,567.50"), (Decimal("-0.10"), True, "(0.10)")],
)  # fmt: skip
def test_numbers_in_tables(value: int | Decimal, usd: bool, written: str) -> None:
    assert STYLE.cell(value, usd=usd) == written


def test_dates_and_spans() -> None:
    assert STYLE.date("2018-12-31") == "31 December 2018"
    assert STYLE.span("2019-03-14", "2019-03-22") == "14–22 March 2019"
    assert STYLE.span("2019-02-28", "2019-03-04") == "28 February – 4 March 2019"
    assert STYLE.span("2018-12-28", "2019-01-04") == "28 December 2018 – 4 January 2019"


def test_lists_have_no_comma_before_the_last_member() -> None:
    for names, expected in (
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        ([], ""),
    ):
        assert plain(STYLE.listed((Text(name),) for name in names)) == expected


def test_names_of_states_in_sentences_and_tables() -> None:
    known = states()
    assert STYLE.state(known["NER"], sentence=True) == "the Niger"
    assert STYLE.state(known["NER"]) == "Niger"
    assert STYLE.state(known["BOL"], sentence=True) == "the Plurinational State of Bolivia"
    assert STYLE.state(known["BOL"]) == "Bolivia (Plurinational State of)"
    assert STYLE.state({"names": {"en": "Bahamas (the)"}}, sentence=True) == "the Bahamas"
    assert STYLE.state({"names": {"en": "State of Palestine (the) *"}}) == "State of Palestine"


def test_alphabetical_order_leaves_articles_and_accents_out() -> None:
    names = ["the Niger", "Côte d'Ivoire", "Costa Rica", "Nigeria", "the Congo", "Türkiye", "Tunisia"]
    assert sorted(names, key=STYLE.order) == [
        "the Congo", "Costa Rica", "Côte d'Ivoire", "the Niger", "Nigeria", "Tunisia", "Türkiye",
    ]  # fmt: skip


def test_every_session_of_the_next_years_has_its_ordinal() -> None:
    assert STYLE.ordinal(62) == "sixty-second"
    assert all(STYLE.ordinal(number) != str(number) for number in range(60, 76))
