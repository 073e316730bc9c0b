"""The post: messages made in their reader's language and handed to the mail server, one by one.

A row is locked while its message is sent and marked in the same transaction. Who dies between the two has the
message sent once more, under the same Message-ID; nothing is lost and nothing held up by a message that
cannot be sent.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError, InterfaceError, transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from portal.core import clock
from portal.notifications import selectors
from portal.notifications.models import Mail, MailState, Notification
from portal.notifications.wording import Line, lines_of

log = logging.getLogger(__name__)

AT_ONCE = 200  # messages of one sweep
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
TRIES = 20  # about four days
PERMANENT = 500  # from this reply on the server says: never
ISOLATED = "\u2068%s\u2069"  # a reference keeps its order in text of the other direction


class _Unreachable(Exception):
    """The mail server does not answer: everything waits for the next sweep, and no try is counted."""


def send_owed() -> int:
    """Sends what is owed; the number of messages that the server took. Safe to run twice and at once."""
    sent, post = 0, get_connection()
    try:
        for _turn in range(AT_ONCE):
            with transaction.atomic():
                row = _next()
                if row is None:
                    break
                sent += _send(row, post)
    except _Unreachable as error:
        log.warning("the mail server cannot be reached: %s", error)
    finally:
        with suppress(OSError, SMTPException):
            post.close()
    return sent


def _next() -> Mail | None:
    rows = Mail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    return rows.filter(state=MailState.OWED, next_at__lte=clock.now()).order_by("next_at", "pk").first()


def _send(row: Mail, post: Any) -> bool:
    try:
        with transaction.atomic():
            message = message_of(row)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        log.exception("message %s cannot be made", row.key)
        _put_off(row, error, forever=False)
        return False
    if message is None:
        _mark(row, MailState.DROPPED)
        return False
    try:
        post.open()
    except (OSError, SMTPException) as error:
        raise _Unreachable(str(error)) from error
    try:
        post.send_messages([message])
    except SMTPRecipientsRefused as error:
        refused = [code for code, _words in error.recipients.values()]
        _put_off(row, error, forever=bool(refused) and min(refused) >= PERMANENT)
        return False
    except Exception as error:  # noqa: BLE001 - whatever the server or the network does is tried again
        with suppress(OSError, SMTPException):
            post.close()
        _put_off(row, error, forever=False)
        return False
    row.sent_at = clock.now()
    _mark(row, MailState.SENT)
    return True


def _mark(row: Mail, state: str) -> None:
    row.state, row.trouble = state, ""
    row.save(update_fields=["state", "sent_at", "trouble"])


def _put_off(row: Mail, error: Exception, *, forever: bool) -> None:
    """Later, each time twice as long; after four days, or where the server says never, not any more."""
    row.tries += 1
    row.trouble = f"{type(error).__name__}: {error}"[:500]
    row.next_at = clock.now() + min(FIRST_WAIT * 2 ** (row.tries - 1), LONGEST_WAIT)
    if forever or row.tries >= TRIES:
        row.state = MailState.FAILED
        log.error("message %s was given up: %s", row.key, row.trouble)
    else:
        log.warning("message %s waits after %d tries: %s", row.key, row.tries, row.trouble)
    row.save(update_fields=["tries", "trouble", "next_at", "state"])


def message_of(row: Mail) -> EmailMultiAlternatives | None:
    """The message in its reader's language; None where nobody is left to read it, or it was all read."""
    rows = selectors.with_outstanding(selectors.still_acting(Notification.objects.filter(mail=row)))
    notices = list(rows.select_related("outbox__event", "organisation").order_by("pk"))
    if row.day is not None:
        notices = [notice for notice in notices if notice.read_at is None]
    if not notices or not row.user.is_active:
        return None
    with override(row.user.language):
        return _made(row, notices)


def _made(row: Mail, notices: Sequence[Any]) -> EmailMultiAlternatives:
    lines = lines_of(notices, mark=ISOLATED)
    subject = _subject(row, lines)
    context = {
        "lines": lines,
        "site": settings.SITE_URL.rstrip("/"),
        "language": row.user.language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "by_note": not all(notice.organisation.kind == "secretariat" for notice in notices),
        "subject": subject,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("emails/notice.txt", context),
        to=[row.user.email],
        headers={
            "Message-ID": f"<{row.key}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": row.user.language,
        },
    )
    message.attach_alternative(render_to_string("emails/notice.html", context), "text/html")
    return message


def _subject(row: Mail, lines: Sequence[Line]) -> str:
    """The reference and nothing else; of a summary its day."""
    about = row.day.isoformat() if row.day else lines[0].reference
    return _("Assistance to transit States: %(about)s") % {"about": about}
