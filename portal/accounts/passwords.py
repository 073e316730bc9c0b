"""A password, chosen anew: by who knows the old one, or by who reads the e-mail address."""

from functools import partial

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from portal.accounts import mail, selectors, sessions
from portal.accounts.invitations import weak
from portal.accounts.models import User
from portal.core.errors import Refusal, Refused
from portal.core.events import publish


def ask_reset(email: str) -> None:
    """Asks for the link for whoever has this address; whether there is anybody is found out later."""
    publish("account.reset_asked", email=email)


def send_reset(email: str) -> bool:
    """Sends the link for a new password to a person with this address; False where there is nobody."""
    user = selectors.person_by_email(email)
    if user is None:
        return False
    names = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    mail.send_reset(user, reverse("accounts:reset_password", args=names))
    return True


def who_resets(uid: str, token: str) -> User | None:
    """Whose link this is; None for one that is wrong, old or used."""
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, OverflowError):
        return None
    user = User.objects.filter(pk=pk, is_active=True, is_sample=False).first()
    return user if user and default_token_generator.check_token(user, token) else None


@transaction.atomic
def reset(uid: str, token: str, password: str) -> User:
    """A new password by the link; ends every session. Raises Refused for a link that is wrong, old or used."""
    found = who_resets(uid, token)
    user = User.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if user is None or not default_token_generator.check_token(user, token):
        raise Refused(_("this link can no longer be used; ask for a new one"))
    _set(user, password)
    sessions.end_all(user)
    return user


@transaction.atomic
def change(user: User, old: str, password: str, *, session_key: str) -> User:
    """A new password by the old one; ends every other session. Raises Refused where the old one is not right."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if not fresh.check_password(old):
        raise Refused(Refusal(_("this is not your present password"), "password"))
    _set(fresh, password)
    sessions.end_all(fresh, but=session_key)
    return fresh


def _set(user: User, password: str) -> None:
    Refused.when(weak(password, user))
    user.set_password(password)
    user.save(update_fields=["password"])
    transaction.on_commit(partial(mail.tell_changed, user, "password"), robust=True)
