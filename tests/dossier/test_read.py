"""Files that are no dossier at all: never a traceback, always where and why, memory flat."""

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.dossier.problems import Problems, format_path
from portal.dossier.read import Limits, read, read_stream
from tests.dossier.samples import problems_of, whole, written

HEAD = b'{"format":"assistance-dossier/1",'
MEGABYTE = 1_000_000

FILES: list[tuple[str, bytes, str, str]] = [
    ("empty", b"", "", "the file is empty"),
    ("white space", b" \n\t ", "", "the file is empty"),
    ("words", b"Dear colleagues", "", "not JSON: line 1, column 1"),
    ("null", b"null", "", "must be an object"),
    ("list", b"[]", "", "must be an object"),
    ("text", b'"x"', "", "must be an object"),
    ("cut short", HEAD + b'"title":"x', "", "a text that begins here does not end"),
    ("ends early", HEAD + b'\n"requests":[{', "", "line 2, column"),
    ("comma too many", HEAD + b'"title":"x",}', "", "a key in quotation marks is expected"),
    ("single quotes", b"{'format':1}", "", "line 1, column 2"),
    ("two documents", HEAD + b'"title":"x"}{}', "", "something follows the end"),
    ("no colon", HEAD + b'"title" "x"}', "", "a colon is expected"),
    ("line break in a text", HEAD + b'"title":"a\nb"}', "", "control character"),
    ("wrong escape", HEAD + b'"title":"a\\xb"}', "", "backslash"),
    ("mark", b"\xef\xbb\xbf" + written(whole()), "", "byte order mark"),
    ("UTF-16", json.dumps(whole()).encode("utf-16"), "", "UTF-16"),
    ("Latin-1", HEAD + b'"title":"caf\xe9"}', "", "offset 45 (hexadecimal E9)"),
    ("cut in a character", HEAD + b'"title":"caf\xc3', "", "not UTF-8"),
    ("overlong", HEAD + b'"title":"\xc0\x80"}', "", "not UTF-8"),
    ("surrogate in UTF-8", HEAD + b'"title":"\xed\xa0\x80"}', "", "not UTF-8"),
    ("half a character", HEAD + b'"title":"a\\ud800b"}', "title", "half of a character (U+D800)"),
    ("null character", HEAD + b'"title":"\\u0000"}', "title", "U+0000"),
    ("not a number", HEAD + b'"sessions":[{"number":NaN}]}', "sessions[0].number", "NaN"),
    ("infinity", HEAD + b'"sessions":[{"number":-Infinity}]}', "sessions[0].number", "-Infinity"),
    ("overflow", HEAD + b'"sessions":[{"number":1e999}]}', "sessions[0].number", "too large"),
    (
        "long number",
        HEAD + b'"sessions":[{"number":' + b"9" * 5000 + b"}]}",
        "sessions[0].number",
        "too long",
    ),
    ("key twice at the root", HEAD + b'"title":"a","title":"b"}', "title", "more than once"),
    ("list twice", HEAD + b'"requests":[],"requests":[]}', "requests", "more than once"),
    (
        "key twice inside",
        HEAD + b'"requests":[{"dates":{"closed":"2018-01-01","closed":"2018-01-01"}}]}',
        "requests[0].dates.closed",
        "more than once",
    ),
    ("deep list", b"[" * 100_000, "", "must be an object"),
    ("deep value", HEAD + b'"title":' + b"[" * 100_000, "title", "more than 64 deep"),
    (
        "deep field",
        HEAD + b'"requests":[{"ref":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}]}",
        "requests[0]",
        "more than 64 deep",
    ),
]


@pytest.mark.parametrize(
    ("data", "path", "reason"), [case[1:] for case in FILES], ids=[case[0] for case in FILES]
)
def test_a_file_that_is_no_dossier(data: bytes, path: str, reason: str) -> None:
    found = problems_of(data)
    assert path in found
    assert reason in found[path]


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path / "none.json", "there is no such file"),
        (tmp_path, "a folder"),
        (tmp_path / "a\0b", "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ):
        problems = Problems()
        read(path, problems=problems)
        (line,) = problems.lines(name="the file")
        assert line.startswith("the file: ")
        assert reason in line


def test_every_doubled_key_is_named() -> None:
    data = (
        HEAD
        + b'"requests":[{"ref":"a","ref":"b","needs":[{"unit":"x","unit":"y"}]}],"pledges":[{"ref":1,"ref":2}]}'
    )
    found = problems_of(data)
    for path in ("requests[0].ref", "requests[0].needs[0].unit", "pledges[0].ref"):
        assert "more than once" in found[path]


NONSENSE: dict[str, Callable[[], bytes]] = {
    "one letter": lambda: b"x" * 50 * MEGABYTE,
    "spaces": lambda: b" " * 50 * MEGABYTE,
    "brackets": lambda: HEAD + b'"requests":' + b"[" * 50 * MEGABYTE,
    "one text": lambda: HEAD + b'"title":"' + b"x" * 50 * MEGABYTE + b'"}',
    "records of nothing": lambda: HEAD + b'"requests":[' + b"{}," * (50 * MEGABYTE // 3) + b"{}]}",
    "numbers": lambda: HEAD + b'"pledges":[' + b"0," * (25 * MEGABYTE) + b"0]}",
    "one record of lists": lambda: HEAD + b'"requests":[{"ref":[' + b"[]," * (50 * MEGABYTE // 3) + b"[]]}]}",
    "one number": lambda: HEAD + b'"title":' + b"9" * 50 * MEGABYTE + b"}",
    "bytes": lambda: bytes(range(256)) * (50 * MEGABYTE // 256),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_fifty_megabytes_of_nonsense_leave_memory_flat(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "nonsense.json"
    source.write_bytes(NONSENSE[kind]())
    problems = Problems()
    tracemalloc.start()
    read(source, problems=problems)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    source.unlink()
    assert problems
    assert peak < 150 * MEGABYTE


def test_a_file_over_the_limit_is_refused() -> None:
    problems = Problems()
    read_stream(io.BytesIO(b" " * 2000), problems=problems, limits=Limits(file_bytes=1000))
    assert [problem.reason for problem in problems] == ["the file is larger than 1000 bytes"]


def test_a_path_is_one_line_whatever_the_key() -> None:
    assert format_path(("requests", 3, "needs", 0, "quantity")) == "requests[3].needs[0].quantity"
    assert "\n" not in format_path(("a\nb",))
    assert format_path(("a b",)) == '["a b"]'
    assert format_path(("\ud800",)).encode()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_cut_or_changed_bytes_never_raise(data: st.DataObject) -> None:
    good = bytearray(written(whole()))
    for _round in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(good) - 1))
        length = data.draw(st.integers(0, 40))
        good[start : start + length] = data.draw(st.binary(max_size=20))
    problems_of(bytes(good))


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_judged_without_a_traceback(value: object) -> None:
    assert problems_of(json.dumps(value).encode())
    assert problems_of(json.dumps({"format": "assistance-dossier/1", "requests": [value]}).encode())


def test_reading_in_small_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that lie across the edges of what is read at once."""
    document = whole()
    document["organisations"] = [
        {"ref": f"org:{n}", "names": {"ru": "Банк " * 20}, "kind": "private"} for n in range(300)
    ]
    problems = Problems()
    at_once = read_stream(io.BytesIO(written(document)), problems=problems)
    for size in (1, 7, 1000):
        monkeypatch.setattr("portal.dossier.window._CHUNK", size)
        if size == 1:
            small = {
                "format": "assistance-dossier/1",
                "title": "Ключ",
                "sessions": [{"number": 62, "from": "2018-01-01", "to": "2018-01-02"}],
            }
            assert read_stream(io.BytesIO(written(small)), problems=problems).title == "Ключ"
        else:
            assert read_stream(io.BytesIO(written(document)), problems=problems).records == at_once.records
    assert not problems
