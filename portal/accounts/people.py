"""Changing who may act for an organisation: ends at once what the person had open for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts import factors, invitations, mail, selectors, sessions, tokens
from portal.accounts.models import Invitation, Membership
from portal.accounts.services import in_order, may_give, note_reference, wrong_roles
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict, NotAllowed, NotVisible, Refusal, Refused
from portal.core.languages import listed
from portal.core.unit import DIRECT, atomically
from portal.directory.models import Organisation
from portal.policy import engine
from portal.policy.actions import A


def refuse_early(row: Membership, action: str, actor: Actor) -> None:
    """Raises what stands against changing or ending a membership, whatever is asked of it: NotAllowed without the
    right, for one's own and for roles that are not the actor's to take, Conflict where it has ended.
    """
    engine.require(actor, action, row)
    if row.until is not None and row.until <= clock.today():
        raise Conflict(_("this membership has ended"))
    if actor.user is not None and row.user_id == actor.user.pk:
        others = listed(selectors.others_with(action, row))
        reason = (
            _("nobody changes or ends a membership of their own; these may: %(names)s") % {"names": others}
            if others
            else _("nobody changes or ends a membership of their own; ask UNODC")
        )
        raise NotAllowed(reason)
    strange = may_give(actor, row.roles, row.organisation) if action != A.PEOPLE_VERIFY else []
    if strange:
        raise NotAllowed(*strange)


def _locked(pk: int, action: str, actor: Actor) -> Membership:
    """A membership in force on which the actor holds a right, locked; nobody decides on their own.

    Raises NotVisible, and what `refuse_early` does.
    """
    row = selectors.people(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotVisible(_("there is no such member"))
    refuse_early(row, action, actor)
    return row


def _end(row: Membership, actor: Actor, note: str = "") -> None:
    row.until = max(clock.today(), row.since)
    row.save(update_fields=["until"])
    facts = {
        "until": row.until,
        "sessions": sessions.end_acting(row.user, row.organisation),
        "tokens": tokens.revoke_all_of(row),
    } | ({"note_verbale": note} if note else {})
    record_event(row, "end", actor=actor, unit=DIRECT, facts=facts)
    invitations.revoke_all_by(row, actor=actor)


@atomically
def end_membership(pk: int, *, actor: Actor) -> Membership:
    """Ends a membership today, with the person's sessions and tokens that act for the organisation, and takes
    back what the person offered to others.

    Raises NotVisible, NotAllowed, Conflict where it has ended.
    """
    row = _locked(pk, A.PEOPLE_END, actor)
    _end(row, actor)
    return row


@atomically
def change_roles(pk: int, roles: Iterable[str], *, actor: Actor) -> Membership:
    """Gives a member other roles. Raises as `end_membership`, and Refused for roles not the actor's to give."""
    row = _locked(pk, A.PEOPLE_CHANGE, actor)
    chosen = in_order(roles)
    refusals = [
        *wrong_roles(chosen, row.organisation),
        *may_give(actor, chosen, row.organisation),
    ]
    new = [code for code in chosen if code not in row.roles]
    if selectors.appoints_second(new, row.organisation):
        reason = _("this State has a coordinator; replace the coordinator on a note verbale instead")
        refusals.append(Refusal(reason, "roles"))
    Refused.when(refusals)
    if chosen != row.roles:
        before, row.roles = row.roles, chosen
        row.save(update_fields=["roles"])
        record_event(row, "change", actor=actor, unit=DIRECT, facts={"roles": chosen, "before": before})
    return row


@dataclass(frozen=True)
class Replaced:
    """Whose membership ended, and the invitation to whoever follows."""

    ended: list[Membership]
    invitation: Invitation


@atomically
def replace_coordinator(
    organisation: Organisation,
    email: str,
    *,
    note: str,
    note_date: date | None,
    actor: Actor,
    language: str = "en",
) -> Replaced:
    """On a State's note verbale: ends what its coordinators hold and invites the new one.

    What waits for the State stays with it: tasks belong to roles, not to persons. Raises NotAllowed, Refused where
    the reference or date of the note verbale is missing, where there is nobody to replace, or for the same person.
    """
    engine.require(actor, A.PEOPLE_VERIFY, Invitation(organisation=organisation))
    reference, refusals = note_reference(note, note_date)
    old = list(selectors.appointed(organisation).select_for_update(of=("self",)))
    if not old:
        refusals.append(Refusal(_("there is no coordinator to replace; invite the first one instead")))
    if any(row.user.email == email.strip().lower() for row in old):
        refusals.append(Refusal(_("this person is the coordinator"), "email"))
    Refused.when(refusals)
    for row in old:
        _end(row, actor, reference)
    roles = selectors.appointed_roles(organisation)
    invitation = invitations.invite(
        email, organisation, roles, actor=actor, language=language, note=note, note_date=note_date
    )
    return Replaced(old, invitation)


@atomically
def clear_factors(pk: int, *, note: str, actor: Actor) -> Membership:
    """Takes away the second factor of a person who has lost it and whose identity UNODC has verified; every session
    ends, and the next sign-in sets up a new one. Raises as `end_membership`, Refused without a reference.
    """
    row = _locked(pk, A.PEOPLE_VERIFY, actor)
    if not note.strip():
        raise Refused(Refusal(_("give the reference of the letter or note verbale"), "note"))
    factors.remove_all(row.user)
    sessions.end_all(row.user)
    transaction.on_commit(partial(mail.tell_changed, row.user, "factor_cleared"), robust=True)
    record_event(row, "clear_second_factor", actor=actor, unit=DIRECT, facts={"note_verbale": note.strip()})
    return row
