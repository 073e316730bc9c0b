"""Money adds up exactly, stays in its currency, and becomes dollars by one rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import (
    Money,
    UnlikeCurrencies,
    fits_minor_units,
    is_currency,
    minor_units,
    money_refusal,
    plain,
    usd,
)

amounts = st.decimals(min_value=0, max_value=Decimal("999999999999999.9999"), places=4)
signed = st.decimals(min_value=Decimal("-1e15"), max_value=Decimal("1e15"), places=4)
rates = st.decimals(min_value=Decimal("0.00000001"), max_value=Decimal("999999999.99999999"), places=8)
currencies = st.sampled_from(sorted(minor_units()))


def half_even_cents(exact: Fraction) -> Fraction:
    """The rule itself, in fractions: Python rounds a fraction half to even."""
    return Fraction(round(exact * 100), 100)


@given(amounts, rates)
def test_dollars_are_rounded_once_half_even(amount, rate):
    assert Fraction(usd(amount, rate)) == half_even_cents(Fraction(amount) / Fraction(rate))


@given(st.integers(0, 10**15), st.sampled_from(["0.5", "2", "4", "8", "0.00000032"]))
def test_exact_halves_of_a_cent_go_to_the_even_cent(half_cents, rate):
    amount = Decimal(half_cents) / 200 * Decimal(rate)
    dollars = usd(amount, Decimal(rate))
    assert Fraction(dollars) == half_even_cents(Fraction(half_cents, 200))
    if half_cents % 2:
        assert int(dollars * 100) % 2 == 0


@pytest.mark.parametrize(
    ("amount", "rate", "dollars"),
    [
        ("0.125", "1", "0.12"),
        ("0.135", "1", "0.14"),
        ("100", "0.8", "125.00"),
        ("1000000", "112.35", "8900.76"),
        ("0", "3", "0.00"),
        ("999999999999999.9999", "0.00000001", "99999999999999999990000.00"),
    ],
)
def test_known_dollars(amount, rate, dollars):
    assert str(usd(Decimal(amount), Decimal(rate))) == dollars


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_a_rate_is_above_zero(rate):
    with pytest.raises(ValueError, match="above zero"):
        usd(Decimal(1), Decimal(rate))


@given(signed, signed, signed, currencies)
def test_sums_are_exact_in_any_order(first, second, third, currency):
    a, b, c = (Money(amount, currency) for amount in (first, second, third))
    assert (a + b) + c == a + (b + c) == c + b + a
    assert (a + b - b).amount == first
    assert (a + -a).amount == 0
    assert Fraction((a + b).amount) == Fraction(first) + Fraction(second)


@given(signed, signed)
def test_order_is_the_order_of_amounts(first, second):
    a, b = Money(first, "EUR"), Money(second, "EUR")
    assert (a < b) is (first < second)
    assert (a <= b) is (first <= second)


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: sum([a], b),
    ],
)
def test_two_currencies_are_never_mixed(mix):
    with pytest.raises(UnlikeCurrencies, match="EUR"):
        mix(Money(Decimal(1), "EUR"), Money(Decimal(1), "XOF"))


def test_equal_amounts_of_two_currencies_are_not_equal():
    assert Money(Decimal(1), "EUR") != Money(Decimal(1), "USD")
    assert Money(Decimal("1.0"), "EUR") == Money(Decimal("1.00"), "EUR")


@pytest.mark.parametrize("amount", [1, 1.5, "1"])
def test_an_amount_is_a_decimal(amount):
    with pytest.raises(TypeError):
        Money(amount, "EUR")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_an_amount_is_finite(amount):
    with pytest.raises(ValueError, match="finite"):
        Money(Decimal(amount), "EUR")


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "XAU", "LTL", "ZZZ"])
def test_what_is_no_currency_is_refused(code):
    assert not is_currency(code)
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(Decimal(1), code)


def test_money_does_not_change():
    with pytest.raises(AttributeError):
        Money(Decimal(1), "EUR").amount = Decimal(2)


@given(signed)
def test_plain_reads_back_and_has_no_ornament(number):
    text = plain(number)
    assert Decimal(text) == number
    assert "E" not in text
    assert not text.startswith("-0") or text.startswith("-0.")
    if "." in text:
        assert text[-1] not in "0."


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("0.0000", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0E+5", "0"),
        ("1E+5", "100000"),
        ("100", "100"),
        ("100.0", "100"),
        ("100.50", "100.5"),
        ("1E-8", "0.00000001"),
        ("-3.10", "-3.1"),
    ],
)
def test_plain_forms(number, text):
    assert plain(Decimal(number)) == text


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("100", "JPY", True),
        ("100.00", "JPY", True),
        ("100.5", "JPY", False),
        ("1E+3", "JPY", True),
        ("1.25", "USD", True),
        ("1.2500", "USD", True),
        ("1.255", "USD", False),
        ("1.255", "KWD", True),
        ("1.2555", "KWD", False),
        ("1.2555", "CLF", True),
        ("0", "XOF", True),
        ("0.01", "BYR", False),
        ("0.01", "BYN", True),
    ],
)
def test_minor_units(amount, currency, fits):
    assert fits_minor_units(Decimal(amount), currency) is fits
    assert Money(Decimal(amount), currency).fits is fits


@given(amounts, currencies)
def test_an_amount_fits_when_it_is_a_whole_number_of_minor_units(amount, currency):
    whole = Fraction(amount) * 10 ** minor_units()[currency]
    assert fits_minor_units(amount, currency) is (whole.denominator == 1)


def test_an_unknown_currency_has_no_minor_units():
    with pytest.raises(KeyError):
        fits_minor_units(Decimal(1), "ZZZ")


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (0, "BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_currencies_whose_minor_unit_is_no_hundredth(places, codes):
    assert {code for code, units in minor_units().items() if units == places} == set(codes.split())


def test_currencies_of_the_years_reported_on_are_known():
    assert {"BYR", "BYN", "VEF", "VES", "STD", "STN", "MRO", "MRU", "ZWL", "HRK", "SLL", "ANG"} <= set(
        minor_units()
    )


def test_money_in_words():
    assert str(Money(Decimal("1250.50"), "EUR")) == "1250.5 EUR"


@pytest.mark.parametrize(
    ("amount", "currency", "words", "field"),
    [
        ("0", "USD", "", ""), ("1.01", "USD", "", ""), ("-0.01", "USD", "not below zero", "cost"),
        ("1.001", "USD", "USD has fewer decimals", "cost"), ("1", "usd", "usd is no currency", "code"),
        ("1", "", "– is no currency", "code"),
    ],
)  # fmt: skip
def test_an_amount_fits_its_currency_or_it_is_told_why_not(amount, currency, words, field):
    refusal = money_refusal(Decimal(amount), currency, "cost", currency_field="code")
    assert (refusal is None) == (not words)
    if refusal:
        assert words in refusal.reason and refusal.field == field
