"""Nobody joins but by invitation: offered by who may, taken once by who reads the e-mail address."""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from smtplib import SMTPException

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts import mail, selectors
from portal.accounts.models import Invitation, InvitationState, Membership, User
from portal.accounts.services import enter_membership, in_order, may_give, note_reference, wrong_roles
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict, NotVisible, Refusal, Refused
from portal.core.unit import DIRECT, atomically
from portal.directory.models import Organisation
from portal.policy import engine
from portal.policy.actions import A

log = logging.getLogger(__name__)

VALID = timedelta(days=14)


def hashed(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def _send(invitation: Invitation, raw: str) -> None:
    try:
        mail.send_invitation(invitation, raw)
    except (OSError, SMTPException):  # it can be sent again from the page of members
        log.exception("invitation %s was not sent", invitation.pk)


def _fresh(invitation: Invitation) -> str:
    """A new token; the one before it opens nothing any more."""
    raw = secrets.token_urlsafe(32)
    invitation.hash = hashed(raw)
    invitation.expires_at = clock.now() + VALID
    return raw


@atomically
def invite(
    email: str,
    organisation: Organisation,
    roles: Iterable[str],
    *,
    actor: Actor,
    language: str = "en",
    note: str = "",
    note_date: date | None = None,
) -> Invitation:
    """Offers a place to an e-mail address and sends the link there; an open invitation to it is replaced.

    UNODC invites into another organisation on a note verbale alone. Raises NotAllowed; Refused with every reason:
    a role that is not the actor's to give, a State that has its coordinator, a person who is a member already.
    """
    email = email.strip().lower()
    chosen = in_order(roles)
    inviter = selectors.membership_of(actor)
    invitation = Invitation(email=email, organisation=organisation, roles=chosen, language=language)
    engine.require(actor, A.PEOPLE_INVITE, invitation)
    refusals = [*wrong_roles(chosen, organisation), *may_give(actor, chosen, organisation)]
    if selectors.members_by_email(organisation, email).exists():
        reason = _("this person is a member already; change the roles instead")
        refusals.append(Refusal(reason, "email"))
    if selectors.needs_note(actor, organisation):
        invitation.verified_by, wrong = note_reference(note, note_date)
        refusals += wrong
    if selectors.appoints_second(chosen, organisation):
        reason = _("this State has a coordinator; replace the coordinator on a note verbale instead")
        refusals.append(Refusal(reason, "roles"))
    Refused.when(refusals)
    return _offer(invitation, inviter, actor)


def _offer(invitation: Invitation, inviter: Membership, actor: Actor) -> Invitation:
    earlier = Invitation.objects.select_for_update().filter(
        email=invitation.email, organisation=invitation.organisation, accepted_at=None, revoked_at=None
    )
    for old in earlier:
        _revoke(old, actor)
    raw = _fresh(invitation)
    invitation.invited_by = inviter
    invitation.created_at = clock.now()
    invitation.save()
    facts = {
        "organisation": invitation.organisation.pk,
        "roles": invitation.roles,
        "expires": invitation.expires_at,
        "note_verbale": invitation.verified_by,
    }
    record_event(invitation, "invite", actor=actor, unit=DIRECT, facts=facts)
    transaction.on_commit(partial(_send, invitation, raw))
    return invitation


def _open(pk: int, actor: Actor) -> Invitation:
    """An invitation that the actor may handle, locked; raises NotVisible, NotAllowed, or Conflict where it has
    been accepted or revoked.
    """
    row = selectors.invitations(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("there is no such invitation"))
    engine.require(actor, A.PEOPLE_INVITE, row)
    Refused.when(may_give(actor, row.roles, row.organisation))
    if row.state in {InvitationState.ACCEPTED, InvitationState.REVOKED}:
        raise Conflict(_("this invitation is no longer open"))
    return row


@atomically
def resend(pk: int, *, actor: Actor) -> Invitation:
    """Sends an invitation again with a new link and fourteen new days; the old link opens nothing any more."""
    row = _open(pk, actor)
    raw = _fresh(row)
    row.save(update_fields=["hash", "expires_at"])
    record_event(row, "resend", actor=actor, unit=DIRECT, facts={"expires": row.expires_at})
    transaction.on_commit(partial(_send, row, raw))
    return row


def _revoke(row: Invitation, actor: Actor) -> None:
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    record_event(row, "revoke", actor=actor, unit=DIRECT)


@atomically
def revoke(pk: int, *, actor: Actor) -> Invitation:
    """Takes an invitation back."""
    row = _open(pk, actor)
    _revoke(row, actor)
    return row


def by_token(raw: str) -> Invitation | None:
    """The invitation whose link this is, whatever became of it."""
    rows = Invitation.objects.select_related("organisation", "invited_by__user", "invited_by__organisation")
    return rows.filter(hash=hashed(raw)).first()


def invited_person(invitation: Invitation) -> User | None:
    """Who has an account with the e-mail address that was invited."""
    return User.objects.filter(email=invitation.email).first()


def _taken(invitation: Invitation) -> Invitation:
    """The invitation, locked, if it can still be accepted; raises Refused."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related(
        "organisation", "invited_by__user"
    )
    found = row.filter(pk=invitation.pk, hash=invitation.hash).first()
    if found is None or found.state != InvitationState.OPEN:
        raise Refused(_("this invitation can no longer be accepted; ask for a new one"))
    return found


def _join(invitation: Invitation, user: User, actor: Actor) -> Membership:
    row = enter_membership(
        user,
        invitation.organisation,
        invitation.roles,
        verified_by=invitation.verified_by,
        invited_by=invitation.invited_by.user,
        actor=actor,
    )
    invitation.accepted_at = clock.now()
    invitation.membership = row
    invitation.save(update_fields=["accepted_at", "membership"])
    record_event(invitation, "accept", actor=actor, unit=DIRECT, facts={"membership": row.pk})
    return row


@atomically
def accept_as_new(invitation: Invitation, *, name: str, language: str, password: str) -> Membership:
    """Makes an account for the e-mail address that was invited, and the membership.

    Raises Refused where the invitation is no longer open, the address has an account, or the password is weak.
    """
    row = _taken(invitation)
    if invited_person(row) is not None:
        raise Refused(_("there is an account with this e-mail address; sign in to accept"))
    user = User(email=row.email, name=name.strip(), language=language)
    Refused.when(weak(password, user))
    user.set_password(password)
    user.save()
    return _join(row, user, selectors.by_oneself(user))


@atomically
def accept_as(invitation: Invitation, user: User) -> Membership:
    """The membership of a person who has an account with the e-mail address that was invited.

    Raises Refused for anybody else, for a member, and where the invitation is no longer open.
    """
    row = _taken(invitation)
    if user.email != row.email or not user.is_active:
        raise Refused(_("this invitation was sent to another e-mail address"))
    if selectors.current().filter(user=user, organisation=row.organisation).exists():
        raise Refused(_("you are a member already"))
    return _join(row, user, selectors.by_oneself(user))


def weak(password: str, user: User) -> list[Refusal]:
    """Why a password cannot be chosen."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Refusal(message, "new_password") for message in error.messages]
    return []


def revoke_all_by(inviter: Membership, *, actor: Actor) -> None:
    """Takes back what a member offered, in the transaction that ends the membership."""
    rows = Invitation.objects.select_for_update().filter(
        invited_by=inviter, accepted_at=None, revoked_at=None
    )
    for row in rows:
        _revoke(row, actor)
