"""People and their memberships."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, User
from portal.core.errors import Refusal, Refused
from portal.directory.selectors import Register
from portal.policy.roles import R


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
        Membership.objects.update_or_create(
            user=user,
            organisation=_organisation(register, person),
            until=_day(person.get("until")),
            defaults={
                "roles": list(person["roles"]),
                "since": _day(person.get("since")) or date(2017, 1, 1),
                "verified_by": person.get("verified_by") or "sample person",
            },
        )
    return len(given)


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None
