"""What an actor may know of whoever gives: organisations and events."""

from typing import Any

from django.db.models import (
    Exists,
    OuterRef,
    Q,
    QuerySet,
)

from donors.models import Pledge
from donors.selectors.contributions import contributions
from donors.selectors.offers import offers
from donors.selectors.pledges import pledges
from portal.audit.selectors import events_in, known
from portal.core.actor import Actor
from portal.directory.enums import OrganisationKind
from portal.directory.models import Organisation
from portal.policy.actions import A
from portal.policy.engine import visible_to


def events_known(actor: Actor) -> Q:
    """Which events of offers, pledges, deliveries and contributions the actor may know."""
    return (
        known(actor, A.OFFER_VIEW, "offer")
        | known(actor, A.PLEDGE_VIEW, "pledge")
        | known(actor, A.DELIVERY_VIEW, "delivery")
        | known(actor, A.CONTRIBUTION_VIEW, "contribution")
    )


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Organisations that an actor may know of: Governments and the Secretariat, its own, and those that stand in
    offers, pledges or contributions which it sees by name; UNODC knows all.
    """
    rows = Organisation.objects.all()
    own = actor.organisation
    if own is not None and own.kind == OrganisationKind.SECRETARIAT:
        return rows
    named = (
        offers(actor),
        pledges(actor).filter(donor_shown=True),
        visible_to(actor, A.PLEDGE_NAME, Pledge.objects.filter(anonymous=False)),
        contributions(actor),
    )
    found = Q(kind__in=(OrganisationKind.GOVERNMENT, OrganisationKind.SECRETARIAT))
    found |= Q(pk=own.pk) if own is not None else Q(pk__in=[])
    for given in named:
        found |= Q(Exists(given.filter(donor=OuterRef("pk"))))
    return rows.filter(found)


def organisation_by_key(actor: Actor, key: str) -> QuerySet[Organisation]:
    return organisations(actor).filter(pk=int(key))


def partners(actor: Actor) -> QuerySet[Organisation]:
    """Organisations that the actor may name beside its own: those that it knows of, and public bodies."""
    public = (
        OrganisationKind.UN_ENTITY,
        OrganisationKind.INTERGOVERNMENTAL,
        OrganisationKind.FINANCIAL_INSTITUTION,
    )
    rows = organisations(actor) | Organisation.objects.filter(kind__in=public)
    return rows if actor.organisation is None else rows.exclude(pk=actor.organisation.pk)


def fact_of(record: Any, move: str, name: str) -> str:
    """What was given with a move of a record the last time that it was made."""
    found = (
        events_in(None, record)
        .filter(move=move)
        .order_by("-sequence")
        .values_list("facts", flat=True)
        .first()
    )
    return str((found or {}).get(name, ""))
