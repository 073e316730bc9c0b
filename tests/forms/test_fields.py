"""What people type in six languages, as the domain's values."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.web.fields import Amount, Choice, Choices, Currency, Day, LongText, Number, Text, Whole, YesNo
from portal.web.forms import Form
from portal.web.templatetags.portal import _figure as figure
from portal.web.templatetags.portal import number


@pytest.mark.parametrize(
    ("language", "typed", "number"),
    [
        ("en", "40", "40"), ("en", "1,000", "1000"), ("en", "1,234,567.89", "1234567.89"), ("en", "12.5", "12.5"),
        ("es", "1.000", "1000"), ("fr", "12,5", "12.5"), ("fr", "1 234 567,89", "1234567.89"),
        ("fr", "1\u202f234,5", "1234.5"), ("es", "1.234.567", "1234567"), ("es", "1.234,5", "1234.5"),
        ("ru", "1\u00a0000", "1000"), ("zh", "１２．５", "12.5"), ("ar", "١٢٫٥", "12.5"), ("ar", "١٬٠٠٠", "1000"),
        ("ar", "۱۲", "12"), ("ar", "١٢،٥", "12.5"), ("ar", "\u200e-3.5", "-3.5"),
        ("ru", "\u22125", "-5"), ("zh", "１２，０００", "12000"),
        ("en", " 7 ", "7"), ("en", "-3", "-3"), ("fr", "0,125", "0.125"), ("en", "1'000", "1000"),
    ],
)  # fmt: skip
def test_numbers_as_typed(language, typed, number):
    with translation.override(language):
        assert Number().clean(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "typed", "readings"),
    [
        ("en", "1.000", ("1000", "1")), ("zh", "12.500", ("12500", "12.5")), ("ar", "١.٠٠٠", ("1000", "1")),
        ("ar", "1.000", ("1000", "1")), ("fr", "1.000", ("1000", "1")), ("fr", "12,500", ("12500", "12,5")),
        ("ru", "1.000", ("1000", "1")), ("ru", "1,125", ("1125", "1,1250")), ("es", "12,500", ("12500", "12,5")),
        ("en", "-1.125", ("-1125", "-1.1250")),
    ],
)  # fmt: skip
def test_a_number_that_could_be_a_thousand_times_itself_is_asked_again(language, typed, readings):
    with translation.override(language):
        with pytest.raises(ValidationError) as refused:
            Number().clean(typed)
        assert refused.value.code == "ambiguous"
        (message,) = refused.value.messages
        assert [*readings, typed] == re.findall("-?[٠-٩0-9][٠-٩0-9.,]*", message.rstrip("."))
        large, small = (Number().clean(reading) for reading in readings)
    assert large == 1000 * small


AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.integers(-(10**12), 10**12).map(
    Decimal
)


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
@given(amount=AMOUNTS)
def test_what_the_portal_shows_is_read_back_as_the_same_number(language, amount):
    with translation.override(language):
        field = Number()
        assert field.clean(field.prepare_value(amount)) == amount
        for shown in (number(amount), figure(amount, 2) if amount == round(amount, 2) else number(amount)):
            try:
                assert field.clean(shown) == amount
            except ValidationError as asked:  # three decimals alone: asked, never taken for something else
                assert asked.code == "ambiguous"
                assert field.prepare_value(amount) in asked.messages[0]


@pytest.mark.parametrize(
    "typed",
    ["many", "12 5", "1 23 456", "1e5", "NaN", "Infinity", "--1", "1-2", "0x10", "½", "1..2.", "9" * 30],
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
    assert field.clean("سطر\u200fa\u200d\U0001f600b") == "سطر\u200fa\u200d\U0001f600b"
    with pytest.raises(ValidationError):
        field.clean("\x07\u202e")
    with pytest.raises(ValidationError):
        field.clean("a\x00b")


UNSEEN = (
    "\u200b", "\u200b \u2060", "\ufeff", "\u00ad", "\u200e\u200f", "\u3164", "\u2800", "\u115f\ufe0f", "\u2028", "\u00a0\u3000",
    "\u2066\u2069", "\U000e0041", "\t\n",
)  # fmt: skip


@pytest.mark.parametrize("typed", UNSEEN)
@pytest.mark.parametrize("kind", [Text, LongText])
def test_what_cannot_be_seen_is_no_answer(kind, typed):
    with pytest.raises(ValidationError) as refused:
        kind().clean(typed)
    assert refused.value.code == "required"
    assert kind(required=False).clean(typed) == ""


@given(st.text(max_size=40))
def test_any_text_is_kept_composed_and_can_be_seen(typed):
    for field in (Text(required=False), LongText(required=False)):
        try:
            text = field.clean(typed)
        except ValidationError as error:
            assert [one.code for one in error.error_list] == ["null_characters_not_allowed"]
            continue
        assert text == unicodedata.normalize("NFC", text)
        assert not set(text) & set("\u200b\u202d\u202e\ufeff\x07")
        assert field.clean(text) == text


def test_one_line_is_one_line_and_turns_nothing_beside_it():
    assert Text().clean("a\r\nb\tc\u2028d") == "a b c d"
    assert Text().clean("\u2068TA-2026\u2069 \u202bx\u202c") == "TA-2026 x"
    assert LongText().clean("a\u2029b \u2068TA\u2069") == "a\nb \u2068TA\u2069"
    assert Text().clean("e\u0301") == "\u00e9"


class Everything(Form):
    text = Text(max_length=5)
    whole = Whole(max_value=10)
    amount = Amount()
    choice = Choice(choices=[("a", "A")])
    choices = Choices(choices=[("a", "A")])
    yes = YesNo()
    email = forms.EmailField()


def test_django_says_nothing_in_words_of_its_own():
    wrong = {
        "text": "too long", "whole": "11", "amount": "-1", "choice": "b", "choices": ["b"], "yes": "b", "email": "nobody",
    }  # fmt: skip
    more = {"text": "a\x00", "whole": "1.5", "amount": "9" * 19, "email": ""}
    for data in (wrong, wrong | more, more | {"amount": "1.23456"}, more | {"amount": "9" * 30}):
        for language in ("en", "ar", "zh", "fr", "ru", "es"):
            with translation.override(language):
                form = Everything(data)
                said = [str(error) for errors in form.errors.values() for error in errors]
                theirs = [str(error) for errors in Bare(data).errors.values() for error in errors]
            assert len(said) == len(Everything.base_fields)
            assert not set(said) & set(theirs)
            assert not any("%(" in text for text in said)


class Bare(forms.Form):
    text = forms.CharField(max_length=5)
    whole = forms.IntegerField(max_value=10)
    amount = forms.DecimalField(max_digits=20, decimal_places=4, min_value=0)
    choice = forms.ChoiceField(choices=[("a", "A")])
    choices = forms.MultipleChoiceField(choices=[("a", "A")])
    yes = forms.ChoiceField(choices=[("yes", "Yes")])
    email = forms.EmailField()
