"""The first page as issued, and what a file says of itself."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from reports.compose.writer import Writer
from reports.document import FirstPage, Labels, Metadata, Runs, SessionLines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.compose.messages import Argument

# "9", "9 (b)", "Item 9: Follow-up to …", "9. Follow-up to …"
_ITEM = re.compile(
    r"^(?:item\s+)?(\d+(?:\s*\([a-z]\))?)\s*(?:[.:,–-]\s*|\s+|$)(.*)$", re.IGNORECASE | re.DOTALL
)


def first_page(writer: Writer, *, issued: date, job_number: str | None) -> FirstPage:
    """Masthead, symbol, Distr., date, original language, body and session, agenda item, title."""
    session = writer.records.snapshot["session"]
    code = session.get("body", "")
    body = writer.texts.body(code)
    year = str(date.fromisoformat(session.get("opens") or writer.records.cut_off).year)
    number, item = _agenda(session.get("agenda_item"))
    agenda = (
        writer.text("front.item", {"session.item": number}) if number else writer.text("front.item.unknown")
    )
    star = writer.say("front.star.agenda")
    arguments: dict[str, Argument] = {"session.job": job_number or f"V.{int(year[2:]):02d}-….."}
    return FirstPage(
        organization=writer.text("front.organization"),
        symbol=session.get("symbol") or body.get("symbol", "").replace("{year}", year),
        organ=body.get("organ", ""),
        distribution=writer.text("front.distribution"),
        date=writer.style.date(issued),
        original=writer.text("front.original"),
        sessions=(
            SessionLines(
                body=body.get("name", code),
                session=_capital(writer.text("front.session")),
                venue=writer.text("front.venue") or session.get("venue", ""),
                agenda=agenda,
                item=item,
            ),
        ),
        title=_title(writer),
        subtitle=writer.text("front.subtitle"),
        stars=(star,) if star else (),
        job_number=writer.text("front.job", arguments),
    )


def _agenda(item: str | None) -> tuple[str, str]:
    """Number and words of an agenda item as the session has it."""
    found = _ITEM.match((item or "").strip())
    if found is None:
        return "", (item or "").strip()
    return found[1], found[2].strip()


def _title(writer: Writer) -> str:
    title = writer.facts.get("resolution.title")
    return title if isinstance(title, str) and title else writer.text("front.title.unknown")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def labels(writer: Writer) -> Labels:
    """The fixed words of the language."""
    return Labels(**{name: writer.texts.label(name) for name in Labels.__dataclass_fields__})


def metadata(writer: Writer, page: FirstPage, *, issued: date) -> Metadata:
    """Title, author, subject, keywords; the date is the edition's, never the clock's."""
    return Metadata(
        title=page.title,
        author=writer.text("front.author"),
        subject=f"{page.symbol} – {page.subtitle}",
        keywords=tuple(word.strip() for word in writer.text("front.keywords").split(";")),
        issued=issued,
        generator=writer.text("front.author"),
    )


def sample(writer: Writer) -> tuple[str, Runs]:
    """The line of every page and the notice of the first, in a document of a sample."""
    snapshot: Mapping[str, Any] = writer.records.snapshot
    if not snapshot.get("sample"):
        return "", ()
    return writer.text("front.sample.line"), writer.say("front.sample.notice") or ()
