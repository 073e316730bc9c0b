"""Which sections a report has and what stands in them: data of the resolution, read from its file."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reports.compose import inputs
from reports.compose.messages import expand
from reports.compose.writer import Writer
from reports.document import Block, Heading, Paragraph, Runs, Section, Shape, Text

_FOLDER = Path(__file__).parent / "outlines"
_GENERAL = "general"
_NUMBERED = "paragraph.heading"

Outline = Mapping[str, Any]
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def outline_for(resolution: Mapping[str, Any], shape: Shape) -> Outline:
    """The outline that comes with the resolution's record, else the one kept here for it."""
    own: Outline = resolution.get("outline" if shape == "report" else "section_outline", {})
    return own or outline_of(resolution["symbol"], shape)


@cache
def outline_of(symbol: str, shape: Shape = "report") -> Outline:
    """The outline of the report on a resolution; the general one where it has none of its own."""
    ending = "" if shape == "report" else f"-{shape}"
    path = _FOLDER / f"{symbol.replace('/', '-')}{ending}.toml"
    if not path.is_file():
        path = _FOLDER / f"{_GENERAL}{ending}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def section_ids(symbol: str) -> tuple[str, ...]:
    """The parts of the report on a resolution that are cleared one by one: summary, sections, annexes."""
    outline = outline_of(symbol)
    return ("summary", *(spec["id"] for spec in outline["sections"]), "annexes")


def summary(writer: Writer, outline: Outline) -> tuple[Paragraph, ...]:
    """The paragraphs of the summary, without numbers."""
    said = (_sentences(writer, ids) for ids in outline["summary"])
    return tuple(Paragraph(None, runs) for runs in said if runs)


def sections(writer: Writer, outline: Outline) -> tuple[Section, ...]:
    """The sections of the body, numbered I., A.; a part that has nothing to say is left out."""
    found: list[Section] = []
    for spec in outline["sections"]:
        blocks = tuple(_blocks(writer, spec.get("blocks", ()), {}))
        parts = _parts(writer, spec)
        if not blocks and not parts:
            continue
        label = f"{_ROMAN[len(found)]}."
        heading = Heading(1, label, writer.text(spec["heading"]), spec["id"])
        found.append(Section(heading, blocks, parts, tuple(spec.get("answers", ()))))
    return tuple(found)


def _parts(writer: Writer, spec: Mapping[str, Any]) -> tuple[Section, ...]:
    found: list[tuple[str, str, tuple[Block, ...], tuple[int, ...]]] = []
    for part in spec.get("parts", ()):
        for words in _each(writer, part):
            if "when" in part and not writer.has(part["when"], words):
                continue
            blocks = tuple(_blocks(writer, part["blocks"], words))
            if blocks:
                anchor = f"{spec['id']}-{part['id']}{'-' + words['n'] if words else ''}"
                answers = (int(words["n"]),) if words else tuple(part.get("answers", ()))
                found.append((anchor, _heading(writer, part["heading"], words), blocks, answers))
    return tuple(
        Section(
            Heading(2, f"{chr(ord('A') + place)}." if len(found) > 1 else "", text, anchor),
            blocks,
            answers=answers,
        )
        for place, (anchor, text, blocks, answers) in enumerate(found)
    )


def _each(writer: Writer, part: Mapping[str, Any]) -> list[dict[str, str]]:
    """What `$n` stands for: nothing, the numbers given, or every paragraph but those told apart."""
    if "each" not in part:
        return [{}]
    if part["each"] == "paragraphs":
        numbers = [paragraph["number"] for paragraph in writer.records.snapshot["resolution"]["paragraphs"]]
        return [{"n": str(number)} for number in numbers if number not in part.get("apart", ())]
    return [{"n": str(number)} for number in part["each"]]


def _heading(writer: Writer, message_id: str, words: Mapping[str, str]) -> str:
    own = expand(message_id, words)
    return writer.text(own if own in writer.texts.messages else _NUMBERED, words=words)


def _blocks(writer: Writer, specs: Any, words: Mapping[str, str]) -> Iterator[Block]:
    for spec in specs:
        if "only" in spec and int(words["n"]) not in spec["only"]:
            continue
        if "when" in spec and not writer.has(spec["when"], words):
            continue
        if "table" in spec:
            exhibit = writer.exhibit(spec["table"])
            if exhibit is not None:
                yield exhibit
        elif "inputs" in spec:
            yield from inputs.narratives(writer, int(expand(str(spec["inputs"]), words)))
        elif "assessments" in spec:
            found = inputs.findings(writer)
            if found is not None:
                yield found
        else:
            paragraph = _paragraph(writer, spec, words)
            if paragraph is not None:
                yield paragraph


def _paragraph(writer: Writer, spec: Mapping[str, Any], words: Mapping[str, str]) -> Paragraph | None:
    runs = _sentences(writer, spec["p"], words)
    if runs is None and "else" in spec:
        runs = writer.say(spec["else"], words=words)
    if runs is None:
        return None
    items = writer.items(writer.say(message_id, words=words) for message_id in spec.get("items", ()))
    if "items" in spec:
        if not items:
            return None
        items = _closed(items)
    return writer.paragraph(runs, items=items, strong=spec.get("strong", False))


def _closed(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """The last part of a list ends with a full stop, whichever it is."""
    last = items[-1]
    run = last.runs[-1]
    if isinstance(run, Text) and run.text.endswith(";"):
        runs = (*last.runs[:-1], Text(run.text[:-1] + ".", run.language))
        return (*items[:-1], type(last)(last.label, runs))
    return items


def _sentences(writer: Writer, ids: Any, words: Mapping[str, str] | None = None) -> Runs | None:
    """Sentences with a space between them; None where none has anything to say."""
    said: list[Runs] = []
    for entry in ids:
        alternatives = entry if isinstance(entry, list) else [entry]
        runs = writer.first(alternatives, words=words or {})
        if runs:
            said.append(runs)
    if not said:
        return None
    text: list[Any] = list(said[0])
    for runs in said[1:]:
        text += (Text(" "), *runs)
    return tuple(text)
