"""What people type in six languages, as the domain's values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.web.fields import Amount, Currency, Day, LongText, Number, Text, Whole, YesNo
from portal.web.forms import Form


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "40", "40"), ("en", "1,000", "1000"), ("en", "1,234,567.89", "1234567.89"), ("en", "12.5", "12.5"),
        ("en", "1.000", "1"), ("fr", "12,5", "12.5"), ("fr", "1 234 567,89", "1234567.89"),
        ("fr", "1\u202f234,5", "1234.5"), ("es", "1.234.567", "1234567"), ("es", "1.234,5", "1234.5"),
        ("ru", "1\u00a0000", "1000"), ("zh", "１２．５", "12.5"), ("ar", "١٢٫٥", "12.5"), ("ar", "١٬٠٠٠", "1000"),
        ("ar", "۱۲", "12"), ("en", " 7 ", "7"), ("en", "-3", "-3"), ("fr", "0,125", "0.125"), ("en", "1'000", "1000"),
    ],
)  # fmt: skip
def test_numbers_as_typed(language, typed, number):
    with translation.override(language):
        assert Number().clean(typed) == Decimal(number)


@pytest.mark.parametrize("language", ["fr", "ru", "es"])
@pytest.mark.parametrize("typed", ["1.000", "12,500", "999.999"])
def test_a_number_that_could_be_a_thousand_times_itself_is_asked_again(language, typed):
    with translation.override(language), pytest.raises(ValidationError) as refused:
        Number().clean(typed)
    assert refused.value.code == "ambiguous"


@pytest.mark.parametrize(
    "typed", ["many", "1e5", "NaN", "Infinity", "--1", "1-2", "0x10", "½", "1..2.", "9" * 30]
)
def test_what_is_no_number(typed):
    with pytest.raises(ValidationError):
        Number().clean(typed)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused_with_words(typed):
    for field in (Number(required=False), Whole(required=False), Amount(required=False), Day(required=False)):
        try:
            field.clean(typed)
        except ValidationError as error:
            assert error.messages


def test_whole_numbers_are_whole_and_not_below_zero():
    assert Whole().clean("١٢") == 12
    for typed in ("1.5", "-1", "3000000000"):
        with pytest.raises(ValidationError):
            Whole().clean(typed)


class Dated(Form):
    day = Day(label="Day", past=True)


def boxes(day="", month="", year=""):
    return Dated({"day_day": day, "day_month": month, "day_year": year})


@pytest.mark.parametrize(
    "form",
    [boxes("27", "3", "2026"), boxes("٢٧", "٣", "٢٠٢٦"), Dated({"day": "2026-03-27"})],
)
def test_a_day_in_three_boxes_or_as_a_program_writes_it(form):
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == datetime(2026, 3, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "form",
    [
        boxes("31", "2", "2026"), boxes("27", "", "2026"), boxes("x", "3", "2026"), boxes("1", "1", "26"),
        Dated({"day": "27/3/2026"}), Dated({"day": "2026-13-01"}), Dated({"day": "9" * 400}), boxes("9" * 99, "1", "2026"),
    ],
)  # fmt: skip
def test_a_day_that_does_not_exist_keeps_what_was_typed(form):
    assert not form.is_valid()
    shown = str(form["day"])
    for value in form.data.values():
        assert all(f'value="{part}"' in shown for part in value.split("-")) or f'value="{value}"' in shown


def test_a_day_to_come_is_not_past():
    later = (clock.today() + timedelta(days=1)).isoformat()
    form = Dated({"day": later})
    assert not form.is_valid() and "past" in form.errors["day"][0]


def test_a_day_of_the_record_is_shown_in_its_boxes():
    shown = str(Dated(initial={"day": datetime(2018, 12, 31, tzinfo=UTC)})["day"])
    assert 'value="31"' in shown and 'value="12"' in shown and 'value="2018"' in shown


def test_yes_and_no_are_told_from_no_answer():
    field = YesNo(required=False)
    assert [field.clean(value) for value in ("yes", "no", "", True, False)] == [
        True,
        False,
        None,
        True,
        False,
    ]
    with pytest.raises(ValidationError):
        field.clean("perhaps")


def test_currencies_are_those_of_the_standard():
    assert Currency().clean("TJS") == "TJS"
    with pytest.raises(ValidationError):
        Currency().clean("XYZ")


def test_what_the_domain_says_stands_beside_its_field_else_above():
    from portal.core.errors import Refusal, Refused  # noqa: PLC0415

    form = Dated({"day": "2026-03-27"})
    form.is_valid()
    form.tell(Refused(Refusal("the day is a holiday", "day.when"), Refusal("the office is closed", "office")))
    assert form.errors["day"] == ["The day is a holiday."]
    assert form.non_field_errors() == ["The office is closed."]
    assert [anchor for _label, _error, anchor in form.problems()] == ["form", "id_day_day"]


@pytest.mark.parametrize("field", [Text(), LongText()])
def test_what_cannot_be_seen_is_left_out_of_a_text(field):
    assert field.clean("a\x07b\x1b\u202egnp.exe\ufffe") == "abgnp.exe"
    assert field.clean("سطر\u200fa\u200d\U0001f600\tb") == "سطر\u200fa\u200d\U0001f600\tb"
    with pytest.raises(ValidationError):
        field.clean("\x07\u202e")
    with pytest.raises(ValidationError):
        field.clean("a\x00b")
