"""What is taken and what is refused, by content alone, with the reason."""

import os
import random
import resource
import time
from pathlib import Path

import pytest

from portal.documents.examining import inspect_apart, plain_name
from portal.documents.inspection import BY_NAME, Rejected, inspect
from portal.documents.rules import why_not_taken
from tests.attachments import samples
from tests.attachments.samples import BAD, GOOD


def said(path: Path, name: str, content: bytes) -> str:
    """The media type, or the code of the refusal."""
    path.write_bytes(content)
    try:
        return inspect(str(path), name)
    except Rejected as no:
        return no.code


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_people_attach_is_taken(name, tmp_path):
    assert said(tmp_path / "x", name, GOOD[name]()) == BY_NAME[Path(name).suffix]
    assert said(tmp_path / "x", name.upper(), GOOD[name]()) == BY_NAME[Path(name).suffix]


def test_a_link_to_a_page_is_no_danger(tmp_path):
    content = samples.docx_with({"word/_rels/document.xml.rels": samples.LINK})
    assert said(tmp_path / "x", "a.docx", content).endswith("wordprocessingml.document")


@pytest.mark.parametrize("case", sorted(BAD))
def test_what_is_not_as_it_should_be_is_refused_with_its_reason(case, tmp_path):
    name, make, code = BAD[case]
    assert said(tmp_path / "x", name, make()) == code
    assert why_not_taken(code)


@pytest.mark.parametrize("case", ["letter.pdf", "site.jpg", "letter.docx"])
def test_the_process_of_its_own_says_the_same(case, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(GOOD[case]())
    assert inspect_apart(str(path), case) == BY_NAME[Path(case).suffix]
    with pytest.raises(Rejected) as no:
        inspect_apart(str(path), f"{case}.exe")
    assert no.value.code == "name"


def test_a_file_that_would_fill_the_memory_kills_nobody(tmp_path):
    """A PDF of some thousand bytes whose list of objects unpacks to gigabytes."""
    path = tmp_path / "x"
    path.write_bytes(samples.pdf_bomb())
    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Rejected) as no:
        inspect_apart(str(path), "a.pdf")
    assert no.value.code in {"explosive", "damaged"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began < 50 * 1024


def mutated(chance: random.Random, content: bytes) -> bytes:
    """The content with something changed, cut out, doubled, or put together with another file."""
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(len(out) or 1)
        how = chance.randrange(7)
        if how == 0 and out:
            out[place] = chance.randrange(256)
        elif how == 1:
            del out[place : place + chance.choice((1, 16, 400))]
        elif how == 2:
            out[place:place] = out[place : place + chance.choice((4, 64, 900))]
        elif how == 3:
            out[place:place] = chance.randbytes(chance.choice((1, 8, 256)))
        elif how == 4:
            out = out[:place]
        elif how == 5:
            out[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
        else:
            other = chance.choice(sorted(GOOD))
            out += GOOD[other]()[: chance.choice((10, 10_000))]
    return bytes(out)


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _try(number: int, seed: int, path: Path) -> int:
    """So many mutated files: each is of its type or refused with a reason; gives how much memory grew meanwhile."""
    chance = random.Random(seed)
    names = sorted(GOOD)
    contents = {name: make() for name, make in GOOD.items()}
    known = set(BY_NAME.values())
    began = 0
    for n in range(number):
        name = names[n % len(names)]
        answer = said(path, name, mutated(chance, contents[name]))
        assert answer in known or why_not_taken(answer), (seed, n, name)
        if n == number // 3:
            began = resident()
    return resident() - began


def test_mutated_files_are_known_or_refused(tmp_path):
    seed = int(os.environ.get("SEED", time.time()))
    print("SEED", seed)
    assert _try(320, seed, tmp_path / "x") < 20 * 2**20


@pytest.mark.audit
def test_thousands_of_mutated_files_and_the_memory_stays_flat(tmp_path):
    seed = int(os.environ.get("SEED", time.time()))
    print("SEED", seed)
    grown = _try(6_000, seed, tmp_path / "x")
    print("memory grew by", grown)
    assert grown < 20 * 2**20


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("C:\\Users\\x\\letter.pdf", "letter.pdf"),
        ("../../letter.pdf", "letter.pdf"),
        ("let\u202eter\0.pdf", "letter.pdf"),
        ("رسالة.pdf", "رسالة.pdf"),
        ("a" * 400 + ".pdf", "a" * 146 + ".pdf"),
        ("a" * 400, "a" * 150),
    ],
)
def test_a_name_is_kept_without_what_could_mislead(given, name):
    assert plain_name(given) == name
