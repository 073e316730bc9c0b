"""The messages that accounts send: an invitation, a new password, and that something about an account changed."""

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

log = logging.getLogger(__name__)


def _send(to: str, subject: str, template: str, context: dict[str, Any]) -> None:
    text = render_to_string(f"accounts/mail/{template}.txt", context | {"site": settings.SITE_URL})
    send_mail(" ".join(subject.split()), text.strip() + "\n", None, [to])


def send_invitation(invitation: Any, raw: str) -> None:
    """The link with which an invitation is accepted; it stands in this message alone."""
    with override(invitation.language):
        address = settings.SITE_URL.rstrip("/") + reverse("accounts:invitation", args=[raw])
        context = {
            "invitation": invitation,
            "address": address,
            "organisation": invitation.organisation.names,
            "roles": invitation.role_labels(),
        }
        _send(invitation.email, _("Invitation to the assistance portal"), "invitation", context)


def send_reset(user: Any, path: str) -> None:
    """The link with which a person chooses a new password."""
    with override(user.language):
        context = {"user": user, "address": settings.SITE_URL.rstrip("/") + path}
        _send(user.email, _("A new password for the assistance portal"), "reset", context)


def tell_changed(user: Any, what: str) -> None:
    """That something by which a person signs in was changed; `what` names it, see the template. A message that
    cannot be sent undoes nothing.
    """
    try:
        with override(user.language):
            _send(user.email, _("Your account was changed"), "changed", {"user": user, "what": what})
    except (OSError, SMTPException):
        log.exception("a person was not told that the account was changed")
