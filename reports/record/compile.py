"""A record for its reader: the rows and columns that the page of the request shows, in the reader's language."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, gettext, pgettext

from portal.core import clock
from portal.core.actor import Actor
from portal.documents import selectors as documents
from portal.documents.templatetags.documents_panels import file_type
from portal.web.templatetags.portal import day, language_label, named, short_day
from reports.record.content import NIL, Fact, Part, Record, Table
from requests_app import answers, selectors
from requests_app.models import AssistanceRequest


def record_of(actor: Actor, row: AssistanceRequest) -> Record:
    """The record of a request that the actor was already shown, as `selectors.drafts_to_write` gives it."""
    history = selectors.history(actor, row)
    draft = row.submitted_at is None
    events = list(history.events)
    if draft:
        kind, mark = gettext("Draft request for technical assistance"), gettext("DRAFT")
    else:
        kind, mark = gettext("Record of a request for technical assistance"), str(row)
    return Record(
        language=get_language() or "en",
        direction="rtl" if get_language_bidi() else "ltr",
        kind=kind,
        title=row.title,
        title_language=row.language,
        mark=mark,
        page=gettext("Page %(page)s of %(pages)s"),
        draft=draft,
        dated=clock.day(row.submitted_at or row.created_at or clock.now()),
        facts=tuple(_facts(row, events, between=history.between)),
        parts=(
            *_answered(row, between=history.between),
            *_states(row, between=history.between),
            *_amended(events),
            _documents(actor, row),
        ),
        digest_title=gettext("SHA-256 of the content"),
        digest_words=gettext(
            "Two records with the same number say the same in the same language, be it in PDF or in Word."
        ),
    )


def _facts(row: AssistanceRequest, events: Iterable[Any], *, between: bool) -> list[Fact]:
    submitted = next((event for event in events if event.move == "submit"), None)
    note = (row.note_verbale_number, day(row.note_verbale_date)) if between else ()
    given = [
        (gettext("State"), (named(row.state.names),)),
        (gettext("Reference"), (row.reference or gettext("none: the request has not been submitted"),)),
        (gettext("Status"), (row.get_status_display(),)),
        (gettext("Submitted"), (_moment(row.submitted_at, submitted),)),
        (gettext("Note verbale"), note),
        (gettext("Approved by"), (_approved(submitted),)),
        (gettext("Written in"), (language_label(row.language) if row.language else "",)),
    ]
    return [Fact(label, tuple(filter(None, lines))) for label, lines in given if any(lines)]


def _moment(at: datetime | None, event: Any) -> str:
    """Day and time; of what was entered from older records, the day alone is known."""
    if at is None:
        return ""
    if event is None or event.actor_kind != "person":
        return day(at)
    return gettext("%(day)s, %(time)s UTC") % {
        "day": day(at),
        "time": at.astimezone(UTC).strftime("%H:%M"),
    }


def _approved(event: Any) -> str:
    """In which role, never by whom."""
    if event is None:
        return ""
    if event.actor_kind == "person":
        return gettext("an approver of the State, on behalf of its Government")
    return gettext("entered from records")


def _answered(row: AssistanceRequest, *, between: bool) -> Iterable[Part]:
    whole = answers.of_request(row, selectors.needs_in_order(row), between=between)
    begun = False
    for part in whole:
        facts = tuple(_fact(answer, row.language) for answer in part.answers)
        if part.need is None:
            yield Part(str(part.title), facts=facts)
            continue
        if not begun:
            yield Part(str(answers.TITLES["needs"]))
        begun = True
        title = f"{part.title} – {row}-N{part.need}" if row.reference else str(part.title)
        yield Part(title, level=2, facts=facts, block=True)


def _fact(answer: answers.Answer, language: str) -> Fact:
    value = answer.value
    if isinstance(value, SafeString):
        value = strip_tags(value)
    lines = value if isinstance(value, list) else str(value or "").splitlines()
    return Fact(str(answer.label), tuple(lines) or (NIL,), language if answer.written and value else "")


def _states(row: AssistanceRequest, *, between: bool) -> list[Part]:
    others = [other for other in row.co_requesters.all() if between or other.confirmed_at]
    if not others:
        return []
    rows = [(named(row.state.names), gettext("speaks for all"), row.note_verbale_number if between else "")]
    for other in others:
        standing = gettext("asked, not yet confirmed")
        if other.confirmed_at:
            standing = gettext("confirmed on %(day)s") % {"day": day(other.confirmed_at)}
        rows.append((named(other.state.names), standing, other.note_verbale_number if between else ""))
    heads = (gettext("State"), gettext("Standing"), gettext("Note verbale"))
    shown = 3 if between else 2  # the numbers of the notes are between the States and UNODC
    table = Table(
        heads[:shown],
        tuple(tuple(text or NIL for text in line[:shown]) for line in rows),
        (40, 30, 30)[:shown] if between else (60, 40),
    )
    return [Part(gettext("States of the joint request"), table=table)]


def _amended(events: Sequence[Any]) -> list[Part]:
    rows = tuple(
        (short_day(found.at), found.need, str(found.what), found.before, found.since)
        for found in answers.amendments(events)
    )
    if not rows:
        return []
    heads = (gettext("Day"), gettext("Need"), gettext("What"), gettext("Before"), gettext("Since"))
    return [Part(gettext("What was amended"), table=Table(heads, rows, (16, 9, 21, 27, 27)))]


def _documents(actor: Actor, row: AssistanceRequest) -> Part:
    """Every file that the reader may see in the list, older versions too."""
    rows = tuple(
        (
            document.title,
            str(document.get_kind_display()),
            version.name,
            str(version.number),
            file_type(version),
            filesizeformat(version.size),
            version.sha256,
        )
        for document in documents.documents_of(actor, row)
        for version in document.versions.all()
    )
    title = gettext("Documents")
    if not rows:
        return Part(title, words=gettext("No document is attached."))
    heads = (
        gettext("Title"),
        gettext("Type"),
        gettext("Name"),
        gettext("Version"),
        pgettext("of a file", "Format"),
        gettext("Size"),
        "SHA-256",
    )
    return Part(title, table=Table(heads, rows, (20, 14, 18, 9, 9, 9, 21), frozenset({6})))
