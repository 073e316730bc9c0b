"""People and their memberships."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, User
from portal.audit.services import record_event
from portal.core import clock
from portal.core.actor import SYSTEM, Actor, Kind
from portal.core.errors import Refusal, Refused
from portal.core.languages import listed
from portal.core.unit import DIRECT
from portal.directory.models import Organisation
from portal.directory.selectors import Register
from portal.policy.roles import R, givable, holdable


def _organisation(register: Register, person: Mapping[str, Any]) -> Any:
    """The organisation that a person acts for: by its ref, or, in a portal that knows no dossier, by the kind
    and State that the ref of a Government or of the Secretariat says.
    """
    ref = str(person["organisation"])
    found = register.by_ref(ref)
    if found is None and "state" in person:
        found = register.find(kind="government", state=str(person["state"]))
    return found


@transaction.atomic
def enter_membership(
    user: User,
    organisation: Organisation,
    roles: Iterable[str],
    *,
    actor: Actor,
    since: date | None = None,
    until: date | None = None,
    verified_by: str = "",
    invited_by: User | None = None,
    move: str = "join",
) -> Membership:
    """Makes a person a member of an organisation, with the first event of the membership.

    Raises Refused for a role that organisations of this kind do not have.
    """
    chosen = in_order(roles)
    Refused.when(wrong_roles(chosen, organisation))
    row = Membership.objects.create(
        user=user,
        organisation=organisation,
        roles=chosen,
        since=since or clock.today(),
        until=until,
        verified_by=verified_by,
        invited_by=invited_by,
    )
    facts = {"user": user.pk, "organisation": organisation.pk, "roles": chosen, "since": row.since}
    record_event(row, move, actor=actor, unit=DIRECT, facts=facts)
    return row


def change_details(user: User, *, name: str, language: str) -> None:
    """A person's name and language."""
    user.name, user.language = name.strip(), language
    user.save(update_fields=["name", "language"])


def in_order(roles: Iterable[str]) -> list[str]:
    """Role codes once each, in the order of the list of roles; unknown ones last."""
    order = [role.value for role in R]
    return sorted(set(roles), key=lambda code: order.index(code) if code in order else len(order))


def wrong_roles(roles: Iterable[str], organisation: Organisation) -> list[Refusal]:
    """Why these roles cannot be given in an organisation."""
    given = list(roles)
    if not given:
        return [Refusal(_("choose at least one role"), "roles")]
    strange = [code for code in given if code not in holdable(organisation.kind)]
    if strange:
        labels = listed(str(R(code).label) if code in set(R) else code for code in strange)
        return [Refusal(_("this organisation has no such role: %(roles)s") % {"roles": labels}, "roles")]
    return []


def may_give(actor: Actor, roles: Iterable[str], organisation: Organisation) -> list[Refusal]:
    """Why an actor can neither give nor take these roles in an organisation."""
    own = givable(actor.roles, organisation.kind)
    strange = [code for code in in_order(roles) if code not in own]
    if actor.kind is not Kind.PERSON or not strange:
        return []
    labels = listed(str(R(code).label) if code in set(R) else code for code in strange)
    return [Refusal(_("these roles are not yours to give or take: %(roles)s") % {"roles": labels}, "roles")]


def note_reference(note: str, day: date | None) -> tuple[str, list[Refusal]]:
    """Number and date of a note verbale as one reference, and what is missing of them."""
    refusals = []
    if not note.strip():
        refusals.append(Refusal(_("enter the number of the note verbale"), "note"))
    if day is None:
        refusals.append(Refusal(_("enter the date of the note verbale"), "note_date"))
    elif day > clock.today():
        refusals.append(Refusal(_("the date of the note verbale must be today or in the past"), "note_date"))
    return (f"{note.strip()} ({day.isoformat()})" if day else ""), refusals


@transaction.atomic
def load_sample_people(people: Iterable[Mapping[str, Any]]) -> int:
    """Enters the people of a sample portal with their memberships; loading them again changes nothing.

    Each has `email`, `name`, `organisation` (a ref), `roles`, and optionally `language`, `since`, `until` and
    `verified_by`; an e-mail that stands twice is one person in two organisations. They have no password and
    sign in at a click, in sample mode alone. Gives the number of memberships; raises Refused with every
    reason, and then nothing is stored.
    """
    register = Register.load()
    given = list(people)
    refusals = []
    for place, person in enumerate(given):
        if _organisation(register, person) is None:
            refusals.append(
                Refusal(
                    _("there is no organisation %(ref)s") % {"ref": person["organisation"]},
                    f"people[{place}].organisation",
                )
            )
        unknown = sorted(set(person["roles"]) - {role.value for role in R})
        if unknown or not person["roles"]:
            refusals.append(
                Refusal(_("unknown role %(roles)s") % {"roles": ", ".join(unknown)}, f"people[{place}].roles")
            )
    Refused.when(refusals)
    for person in given:
        email = str(person["email"]).lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(
                email, str(person["name"]), language=person.get("language", "en"), is_sample=True
            )
        _load_membership(user, _organisation(register, person), person)
    return len(given)


def _load_membership(user: User, organisation: Organisation, person: Mapping[str, Any]) -> None:
    roles = in_order(person["roles"])
    since = _day(person.get("since")) or date(2017, 1, 1)
    until = _day(person.get("until"))
    verified_by = person.get("verified_by") or "sample person"
    row = Membership.objects.filter(user=user, organisation=organisation, until=until).first()
    if row is None:
        enter_membership(
            user, organisation, roles, since=since, until=until, verified_by=verified_by, actor=SYSTEM
        )
    elif (row.roles, row.since, row.verified_by) != (roles, since, verified_by):
        row.roles, row.since, row.verified_by = roles, since, verified_by
        row.save()
        record_event(row, "change", actor=SYSTEM, unit=DIRECT, facts={"roles": roles})


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None
