"""A report's package: the same bytes for the same records, and a check that nothing escapes or breaks."""

import gzip
import json
import os
import random
import shutil

import pytest

from reports import documents
from reports.canonical import Oversized, canonical_bytes, compress, decompress, sha256
from reports.figures import compute, public
from reports.package import (
    FIGURES,
    MANIFEST,
    PUBLIC,
    SNAPSHOT,
    PackagedFile,
    figures_bytes,
    figures_read,
    verify,
    write_manifest,
    write_whole,
)
from reports.reading import MissingRate
from tests.reports.dossiers import random_dossier
from tests.reports.frozen import World, snapshot_of

CUT_OFF = "2018-12-31"
FILES = (MANIFEST, SNAPSHOT, FIGURES, PUBLIC, "report.en.html")


def packed(directory, snapshot):
    directory.mkdir(parents=True, exist_ok=True)
    content = canonical_bytes(snapshot)
    frozen = documents.Frozen(sha256(content), compress(content), *documents.count(snapshot, sha256(content)))
    files = {name: documents.make("", kind, frozen) for kind, name in documents.COMMON}
    files["report.en.html"] = f"<p>{frozen.sha256}</p>".encode()
    listed = []
    for name, made in files.items():
        write_whole(directory / name, made)
        kind, language = ("html", "en") if name.endswith("html") else ("json", None)
        listed.append(PackagedFile(name, kind, len(made), sha256(made), language))
    write_manifest(directory, snapshot, snapshot_hash=frozen.sha256, audit_root="0" * 64, files=listed)
    return frozen


@pytest.fixture(scope="module")
def frozen():
    return snapshot_of(random_dossier(5, 12), World.of_portal(on=CUT_OFF), cut_off=CUT_OFF)


@pytest.fixture(scope="module")
def original(tmp_path_factory, frozen):
    directory = tmp_path_factory.mktemp("package")
    packed(directory, frozen)
    return directory


@pytest.fixture
def package(tmp_path, original):
    return shutil.copytree(original, tmp_path / "copy")


def problems(directory, **limits):
    return [str(finding) for finding in verify(directory, **limits)]


def one(directory, words):
    """The check finds something, and says it in these words somewhere."""
    found = problems(directory)
    assert any(words in problem for problem in found), found
    return found


def relist(directory):
    """Makes the manifest agree with the files as they are now, as a forger would."""
    manifest = json.loads((directory / MANIFEST).read_bytes())
    for entry in manifest["files"]:
        content = (directory / entry["name"]).read_bytes()
        entry |= {"size": len(content), "sha256": sha256(content)}
    (directory / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def change(directory, name, change_json):
    """Changes a JSON file, and the manifest with it."""
    path = directory / name
    value = json.loads(path.read_bytes())
    change_json(value)
    path.write_text(json.dumps(value), encoding="utf-8")
    if name != MANIFEST:
        relist(directory)


def refreeze(directory, content):
    """Puts other bytes in the place of the snapshot, and the manifest with it."""
    (directory / SNAPSHOT).write_bytes(compress(content))
    change(directory, MANIFEST, lambda manifest: manifest.update(snapshot=sha256(content)))
    relist(directory)


# -- what is written


def test_the_package_of_a_snapshot_verifies(package):
    assert problems(package) == []


def test_the_same_records_give_the_same_bytes(tmp_path, frozen):
    shuffled = dict(reversed(list(frozen.items())))
    for name, snapshot in (("one", frozen), ("two", shuffled)):
        packed(tmp_path / name, snapshot)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_manifest_says_what_the_package_holds(package, frozen):
    manifest = json.loads((package / MANIFEST).read_bytes())
    content = gzip.decompress((package / SNAPSHOT).read_bytes())
    assert manifest["snapshot"] == sha256(content) == sha256(canonical_bytes(frozen))
    assert (manifest["session"], manifest["resolution"]) == (62, "60/2")
    assert manifest["period"] == {"from": "2017-03-18", "to": "2018-12-31"}
    assert (manifest["cut_off"], manifest["audit_root"]) == (CUT_OFF, "0" * 64)
    assert [entry["name"] for entry in manifest["files"]] == sorted(set(FILES) - {MANIFEST})
    assert manifest["files"][2]["language"] == "en"


def test_figures_are_written_as_the_contract_says(package):
    stated = json.loads((package / FIGURES).read_bytes())
    assert list(stated) == ["snapshot", "as_of", "figures"]
    assert stated["as_of"] == CUT_OFF
    kinds = {"count": int, "usd": str, "rating": str}
    for figure in stated["figures"]:
        assert list(figure) == ["id", "value", "unit", "definition", "records"]
        assert isinstance(figure["value"], kinds.get(figure["unit"], (int, str)))
        if figure["unit"] == "usd":
            assert figure["value"].rpartition(".")[2].isdigit()
            assert len(figure["value"].rpartition(".")[2]) == 2


def test_no_figures_are_still_json():
    assert json.loads(figures_bytes([], snapshot_hash="0", as_of=CUT_OFF))["figures"] == []


def test_nothing_is_counted_without_a_rate(frozen):
    with pytest.raises(MissingRate):
        documents.count({**frozen, "rates": {}}, "0" * 64)


def test_figures_are_read_back_as_they_were_computed(frozen):
    figures = compute(frozen)
    kept = documents.Frozen("0" * 64, b"", *documents.count(frozen, "0" * 64))
    assert figures_read(documents.make("", "figures", kept)) == figures
    assert kept.shown == public(frozen, figures)


# -- what is found


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_found(package, name):
    (package / name).unlink()
    one(package, f"{name}: is missing")


@pytest.mark.parametrize("name", FILES[1:])
def test_a_changed_byte_is_found(package, name):
    content = bytearray((package / name).read_bytes())
    content[len(content) // 2] ^= 1
    (package / name).write_bytes(content)
    one(package, f"{name}: has another SHA-256")


def test_a_longer_file_is_found(package):
    with (package / "report.en.html").open("ab") as stream:
        stream.write(b" ")
    one(package, "report.en.html: has another size")


def test_a_file_beside_the_manifest_is_found(package):
    (package / "report.fr.pdf").write_bytes(b"%PDF")
    one(package, "report.fr.pdf: lies in the folder but is not listed")


@pytest.mark.parametrize(
    ("name", "figure_id", "value", "words"),
    [
        (FIGURES, "requests.received", 9999, "states 9999 for the figure requests.received, which is"),
        (FIGURES, "pledges.value_usd", "1.00", "pledges.value_usd.by_form.* comes to"),
        (PUBLIC, "needs.total", 0, "needs.by_theme.* comes to"),
        (FIGURES, "pledges.offered", True, "states True for the figure pledges.offered"),
        (FIGURES, "contributions.net_usd", "0.01", "received - psc - allocated - refunded comes to"),
    ],
)
def test_a_forged_figure_is_found(package, name, figure_id, value, words):
    def forge(stated):
        next(row for row in stated["figures"] if row["id"] == figure_id)["value"] = value

    change(package, name, forge)
    one(package, f"{name}: ")
    one(package, words)


def test_other_definitions_records_order_and_layout_are_found(package):
    change(package, FIGURES, lambda stated: stated["figures"][0].update(definition="Else."))
    one(package, "states another unit, definition or list of records")
    change(package, PUBLIC, lambda stated: stated["figures"].reverse())
    one(package, f"{PUBLIC}: is not, byte for byte, what the snapshot gives")


def test_a_lacking_and_an_added_figure_are_found(package):
    def forge(stated):
        stated["figures"][0]["id"] = "requests.by_luck"

    change(package, FIGURES, forge)
    one(package, "states the figure requests.by_luck, which the snapshot does not give")
    one(package, "lacks the figure ")


def test_forging_snapshot_figures_and_manifest_together_is_found_by_the_hash(package, frozen, tmp_path):
    """A whole forged package verifies by itself; what betrays it is the hash printed in the report."""
    stated = json.loads((package / MANIFEST).read_bytes())["snapshot"]
    forged = tmp_path / "forged"
    contents = packed(
        forged, {**frozen, "requests": frozen["requests"][:-1], "pledges": [], "deliveries": []}
    )
    assert problems(forged) == []
    assert contents.sha256 != stated


def test_another_snapshot_under_the_same_manifest_is_found(package, frozen):
    (package / SNAPSHOT).write_bytes(compress(canonical_bytes({**frozen, "sample": False})))
    relist(package)
    one(package, f"{SNAPSHOT}: has another hash than the manifest says")
    one(package, f"{MANIFEST}: says another sample than the snapshot")


def test_a_snapshot_in_another_spelling_is_found(package, frozen):
    refreeze(package, json.dumps(frozen).encode())
    one(package, f"{SNAPSHOT}: is not written in the canonical form")


@pytest.mark.parametrize("key", ["session", "body", "resolution", "period", "cut_off", "sample"])
def test_a_manifest_that_says_another_thing_is_found(package, key):
    change(package, MANIFEST, lambda manifest: manifest.update({key: "else"}))
    assert problems(package) == [f"{MANIFEST}: says another {key} than the snapshot"]


@pytest.mark.parametrize("root", ["f" * 63, "F" * 64, "", None, 7])
def test_a_manifest_without_the_root_of_the_chains_is_found(package, root):
    change(package, MANIFEST, lambda manifest: manifest.update(audit_root=root))
    assert problems(package) == [f"{MANIFEST}: does not give the root of the event chains"]


def test_a_snapshot_without_a_rate_is_found(package, frozen):
    refreeze(package, canonical_bytes({**frozen, "rates": {}}))
    one(package, f"{SNAPSHOT}: gives no figures: MissingRate: no rate of exchange for")


# -- what is hostile


def test_no_folder_and_an_empty_folder_are_findings(tmp_path):
    assert problems(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: is not a folder"]
    assert problems(tmp_path) == [f"{MANIFEST}: is missing"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"files": 1}',
        b"[" * 200_000,
        b"NaN",
        b'{"files":[],"files":[]}',
    ],
)
def test_a_manifest_that_is_none_is_a_finding(package, content):
    (package / MANIFEST).write_bytes(content)
    one(package, f"{MANIFEST}: ")


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "a/b",
        "..",
        ".",
        "",
        ".hidden",
        "a\x00b",
        "a\nb",
        7,
        None,
        [],
        "C:\\x",
        "é",
    ],
)
def test_no_file_outside_the_folder_is_opened(package, name, monkeypatch):
    (package.parent / "outside").write_bytes(b"secret")
    change(package, MANIFEST, lambda manifest: manifest["files"].append({"name": name, "size": 6}))
    assert problems(package) == [f"{MANIFEST}: lists a file whose name is not that of a file of the package"]


@pytest.mark.parametrize("name", FILES)
def test_a_link_is_not_followed(package, name):
    outside = package.parent / "outside"
    (package / name).replace(outside)
    (package / name).symlink_to(outside)
    one(package, f"{name}: is not a plain file")


def test_a_pipe_a_folder_and_a_double_entry_are_findings(package):
    os.mkfifo(package / "pipe")
    (package / "folder").mkdir()

    def forge(manifest):
        manifest["files"] += [{"name": "pipe"}, {"name": "folder"}, {"name": FIGURES}, {"name": MANIFEST}, 5]

    change(package, MANIFEST, forge)
    for words in ("pipe: is not a plain file", "folder: is not a plain file", "listed twice", "lists itself"):
        one(package, words)


def test_what_unpacks_too_far_is_stopped(package):
    (package / SNAPSHOT).write_bytes(compress(b" " * 30_000_000))
    relist(package)
    found = problems(package, limit=1_000_000)
    assert f"{SNAPSHOT}: unpacks to more than 1000000 bytes" in found


def test_what_is_too_large_is_not_read(package):
    with (package / FIGURES).open("ab") as stream:
        stream.truncate(3_000_000)
    assert f"{FIGURES}: is larger than 2000000 bytes and was not read" in problems(package, limit=2_000_000)


def test_unpacking_keeps_to_its_limit_over_several_members():
    packed_bytes = compress(b"a" * 100) + compress(b"b" * 100)
    assert decompress(packed_bytes, limit=200) == b"a" * 100 + b"b" * 100
    for broken in (packed_bytes[:-5], b"nothing", packed_bytes + b"x"):
        with pytest.raises(ValueError, match="gzip"):
            decompress(broken, limit=1000)
    with pytest.raises(Oversized):
        decompress(packed_bytes, limit=199)
    assert decompress(b"", limit=10) == b""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"format":"assistance-snapshot/2"}',
        b'{"format":"assistance-snapshot/3"}',
        b"{" * 10,
        b'{"a":1,"a":1}',
        b"\xed\xa0\x80",
    ],
)
def test_a_snapshot_that_is_none_is_a_finding(package, content):
    refreeze(package, content)
    one(package, f"{SNAPSHOT}: ")


@pytest.mark.parametrize("content", [b"{}", b'{"figures":7}', b'{"figures":[7,{"id":[]},{"id":"x"}]}'])
def test_figures_that_are_none_are_a_finding(package, content):
    (package / FIGURES).write_bytes(content)
    relist(package)
    one(package, f"{FIGURES}: lacks the figure ")
    one(package, "more figures")


@pytest.mark.parametrize("name", [MANIFEST, FIGURES, PUBLIC])
@pytest.mark.parametrize("content", [b"null", b"[]", b"7", b'"x"'])
def test_what_is_no_object_is_a_finding(package, name, content):
    (package / name).write_bytes(content)
    one(package, f"{name}: is not an object of JSON")


def spoil(value, chance):
    """The value with something in it replaced by what nobody expects there."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        return {**value, key: spoil(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        place = chance.randrange(len(value))
        return [*value[:place], spoil(value[place], chance), *value[place + 1 :]]
    return chance.choice(
        [None, -1, 10**400, "", "\ud800", "1E99999", "9" * 100, [], {}, [[]], True, 0.5, "2018-02-30"]
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_spoilt_snapshot_never_breaks_the_check(package, frozen, seed):
    chance = random.Random(seed)
    spoilt = spoil(frozen, chance)
    for key in ("requests", "pledges", "deliveries", "contributions", "assessments"):
        if isinstance(spoilt, dict) and spoilt.get(key) == frozen[key] and chance.random() < 0.6:
            spoilt = {**spoilt, key: spoil(frozen[key], chance)}
    content = json.dumps(spoilt, sort_keys=True, separators=(",", ":")).encode()
    refreeze(package, content)
    for finding in verify(package):
        assert finding.problem.isprintable()


@pytest.mark.parametrize("seed", range(40))
def test_noise_never_breaks_the_check(package, seed):
    chance = random.Random(seed)
    for name in chance.sample(FILES, 2):
        content = bytearray((package / name).read_bytes())
        for _ in range(chance.choice([1, 20])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (package / name).write_bytes(content[: chance.choice([len(content), len(content) // 2])])
    assert verify(package)
