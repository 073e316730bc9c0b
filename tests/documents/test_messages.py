"""Message templates: forms, emptiness, and that the texts of a language and the outline fit together."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from reports.compose.messages import (
    Argument,
    BadMessage,
    Choice,
    Condition,
    Literal,
    Note,
    Part,
    Slot,
    parse,
    reference,
    say,
)
from reports.compose.outline import outline_of
from reports.compose.style import Style
from reports.compose.texts import languages, texts
from reports.document import Mark, Text, Title, Value, plain
from reports.figures import Figure

STYLE = Style("en", texts("en").data)


def figure(value: int | str, unit: Any = "count") -> Figure:
    return Figure("a.b", Decimal(value) if isinstance(value, str) else value, unit, "")


def said(template: str, **arguments: Argument) -> str | None:
    runs = say(
        parse(template),
        lookup=arguments.get,
        note=lambda _: Mark(1),
        speaker=STYLE.speaker,
        variables={"n": "5"},
    )
    return None if runs is None else plain(runs)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, None),
        (1, "one need was met"),
        (2, "two needs were met"),
        (12, "12 needs were met"),
        (1200, "1,200 needs were met"),
    ],
)
def test_a_plural_takes_the_form_of_its_number(value: int, expected: str | None) -> None:
    assert said("{a, plural, one {# need was} other {# needs were}} met", a=figure(value)) == expected


def test_zero_is_told_only_where_the_message_says_how() -> None:
    assert said("{a, plural, =0 {none} other {#}} of them", a=figure(0)) == "none of them"
    assert said("{a} of them", a=figure(0)) is None
    assert said("worth {a}", a=figure("0.00", "usd")) is None


def test_numbers_of_one_sentence_are_written_alike() -> None:
    assert said("{a} of {b}", a=figure(3), b=figure(9)) == "three of nine"
    assert said("{a} of {b}", a=figure(3), b=figure(10)) == "3 of 10"
    assert said("{a}, worth {b}", a=figure(3), b=figure("12.40", "usd")) == "three, worth $12"


def test_a_condition_prints_nothing_and_bars_the_message() -> None:
    assert said("Yes.{?a}", a=figure(1)) == "Yes."
    assert said("Yes.{?a}", a=figure(0)) is None
    assert said("Yes.{?a}") is None


def test_exists_and_select() -> None:
    assert said("A{a, exists, yes { and {a}} no {}}.", a="B") == "A and B."
    assert said("A{a, exists, yes { and {a}} no {}}.") == "A."
    assert said("{k, select, cash {in cash} other {in kind}}", k="cash") == "in cash"
    assert said("{k, select, cash {in cash} other {in kind}}", k="loan") == "in kind"


def test_runs_keep_their_kinds() -> None:
    runs = say(
        parse("See *Treaty Series*,{^x} {a} in {b}"),
        lookup={"a": figure(2), "b": reference("E/CN.7/2019/1")}.get,
        note=lambda _: Mark(7),
        speaker=STYLE.speaker,
        variables={},
    )
    assert runs is not None
    assert runs[1] == Title("Treaty Series")
    assert runs[3:5] == (Mark(7), Text(" "))
    assert runs[5] == Value("two", "a.b", 2)


def test_variables_are_replaced_in_names() -> None:
    assert said("{paragraph.$n.needs}", **{"paragraph.5.needs": figure(4)}) == "four"


@pytest.mark.parametrize(
    "template", ["{a", "a}", "{a, plural, one {x}}", "{a, number}", "{a, plural other {}}"]
)
def test_a_bad_message_is_refused(template: str) -> None:
    with pytest.raises(BadMessage):
        parse(template)


# -- the files of texts


def walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Choice):
            for branch in part.branches.values():
                yield from walk(branch)


@pytest.mark.parametrize("language", languages())
def test_every_message_can_be_read_and_its_notes_are_there(language: str) -> None:
    words = texts(language)
    for message_id in words.messages:
        for part in walk(words.message(message_id)):
            if isinstance(part, Note):
                assert f"note.{part.name}" in words.messages, message_id


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_messages_of_the_source_with_the_same_values(language: str) -> None:
    source, words = texts("en"), texts(language)
    assert set(words.messages) == set(source.messages)
    for message_id in source.messages:
        assert _names(words, message_id) == _names(source, message_id), message_id


def _names(words: Any, message_id: str) -> set[str]:
    parts = walk(words.message(message_id))
    return {part.name for part in parts if isinstance(part, Slot | Condition | Choice) and part.name}


def test_no_english_sentence_begins_with_a_number() -> None:
    words = texts("en")
    sentences = (
        "summary.",
        "introduction.",
        "requests.",
        "paragraph.",
        "impact.",
        "resources.",
        "conclusions.",
    )
    for message_id in words.messages:
        if message_id.startswith(sentences) and not message_id.endswith("heading"):
            first = words.message(message_id)[0]
            number = isinstance(first, Choice) and first.kind == "plural"
            assert not number, message_id


def test_house_style_of_the_english_texts() -> None:
    for message_id, template in texts("en").messages.items():
        literal = "".join(part.text for part in walk(parse(template)) if isinstance(part, Literal))
        assert "%" not in literal, message_id
        assert not re.search(r"\b(program|organisation|judgment|utili[sz]e)\b", literal), message_id
        assert not re.search(r"\bthe UNODC\b", literal), message_id


def test_the_outline_names_messages_and_tables_that_exist() -> None:
    from reports.compose.annexes import ANNEX  # noqa: PLC0415
    from reports.compose.tables import BODY  # noqa: PLC0415

    outline = outline_of("60/2")
    named: list[str] = [entry for row in outline["summary"] for entry in _flat(row)]
    for section in outline["sections"]:
        for part in (section, *section.get("parts", ())):
            if "$n" not in part["heading"]:
                named.append(part["heading"])
            for block in part.get("blocks", ()):
                named += _flat(block.get("p", ())) + list(block.get("items", ()))
                named += [block["else"]] if "else" in block else []
                assert block.get("table", "regions") in {**BODY, **ANNEX}
    assert set(named) <= set(texts("en").messages)


def _flat(entries: Any) -> list[str]:
    return [one for entry in entries for one in (entry if isinstance(entry, list) else [entry])]
