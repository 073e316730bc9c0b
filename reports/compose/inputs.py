"""What States, donors and offices sent in: narratives by paragraph, findings of assessments."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reports.compose.writer import Writer
from reports.document import Paragraph, Runs, Text, plain
from reports.figures import Figure
from reports.reading import Record

if TYPE_CHECKING:
    from reports.compose.messages import Argument

# More findings, or more words in all, are not printed but pointed at.
_FINDINGS = 15
_FINDINGS_WORDS = 900


def narratives(writer: Writer, number: int) -> Iterator[Paragraph]:
    """The narratives on one paragraph: the secretariat's own text, then States, then organizations."""
    chosen = [n for n in _chosen(writer, number) if not withheld(writer, n)]
    own = [n for n in chosen if _is_own(writer, n)]
    for narrative in own:
        for runs in _text(writer, narrative):
            yield Paragraph(writer.next_number(), runs)
    for narrative in sorted((n for n in chosen if n not in own), key=lambda n: _place(writer, n)):
        said = _introduction(writer, narrative)
        if said:
            yield Paragraph(writer.next_number(), said, received=tuple(_text(writer, narrative)))


def withheld(writer: Writer, narrative: Record) -> bool:
    """Whether the text names a State or donor that may not be named; the check reports it."""
    return bool(writer.hidden_names.found_in(narrative["text"]))


def _chosen(writer: Writer, number: int) -> list[Record]:
    """One narrative a sender: in the document's language, else the first that came."""
    found: dict[tuple[str, str], Record] = {}
    for narrative in writer.records.snapshot.get("narratives", ()):
        if narrative["paragraph"] != number:
            continue
        sender = (narrative.get("organisation", ""), narrative.get("state", ""))
        if sender not in found or (
            narrative["language"] == writer.style.language != found[sender]["language"]
        ):
            found[sender] = narrative
    return list(found.values())


def _is_own(writer: Writer, narrative: Record) -> bool:
    organisation = writer.records.organisations.get(narrative.get("organisation", ""))
    if organisation is None:
        return "state" not in narrative and "organisation" not in narrative
    return bool(organisation["kind"] == "secretariat")


def _place(writer: Writer, narrative: Record) -> tuple[int, tuple[str, str]]:
    name = _sender(writer, narrative)
    return (0 if "state" in narrative else 1, writer.style.order(name or "zzz"))


def _sender(writer: Writer, narrative: Record) -> str:
    """The name to print; empty where the sender may not be named."""
    if "state" in narrative:
        state = narrative["state"]
        return "" if state in writer.records.silent_states else writer.facts.state_name(state)
    donor = narrative["organisation"]
    return "" if donor in writer.records.silent_donors else writer.facts.donor_name(donor)


def _introduction(writer: Writer, narrative: Record) -> Runs | None:
    name = _sender(writer, narrative)
    arguments: dict[str, Argument] = {"input.name": name[:1].upper() + name[1:] if name else ""}
    if "state" in narrative:
        return writer.say("input.state" if name else "input.unnamed.state", arguments)
    arguments["input.name"] = name
    return writer.say("input.organisation" if name else "input.unnamed.donor", arguments)


def clean(text: str) -> str:
    """Text as received on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())


# Joiners and marks of direction are no letters, but words of several languages need them.
_JOINERS = "\u200b\u200c\u200d\u200e\u200f\u00ad"


def _text(writer: Writer, narrative: Record) -> Iterable[Runs]:
    language = narrative["language"]
    pieces = [clean(piece) for piece in narrative["text"].splitlines() if clean(piece)]
    if language == writer.style.language:
        return [(Text(piece),) for piece in pieces]
    mark = writer.text("input.language", {"input.language": writer.texts.language_name(language)})
    return [
        ((Text(mark),) if place == 0 else ()) + (Text(piece, language),) for place, piece in enumerate(pieces)
    ]


def findings(writer: Writer) -> Paragraph | None:
    """Findings that the States have published and may be named for; pointed at where they are long."""
    records = writer.records
    published = [
        (assessment.request, assessment.data["findings"])
        for assessment in records.assessments
        if assessment.submitted
        and assessment.published
        and assessment.request is not None
        and assessment.request.named
        and not writer.hidden_names.found_in(assessment.data["findings"])
    ]
    if not published:
        return None
    writer.measures.add(
        Figure(
            "derived.assessments.published",
            len(published),
            "count",
            "Assessments submitted in the period and published, of States that have agreed to be named.",
        )
    )
    words = sum(len(text.split()) for _, text in published)
    if len(published) > _FINDINGS or words > _FINDINGS_WORDS:
        return writer.paragraph(writer.say("impact.findings.many"))
    said: list[Runs | None] = []
    for request, text in published:
        name = writer.facts.state_name(request.state)
        arguments: dict[str, Argument] = {
            "finding.state": name[:1].upper() + name[1:],
            "finding.text": clean(text),
        }
        said.append(writer.say("impact.finding", arguments))
    said.sort(key=lambda runs: writer.style.order(plain(runs or ())))
    return writer.paragraph(writer.say("impact.findings"), items=writer.items(said))
