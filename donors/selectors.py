"""What may be read of offers, pledges, deliveries and contributions."""

from django.db.models import QuerySet

from donors.models import Contribution, Delivery, Offer, Pledge
from portal.core.actor import Actor
from portal.policy.actions import A
from portal.policy.engine import visible_to


def offers(actor: Actor) -> QuerySet[Offer]:
    return visible_to(actor, A.OFFER_VIEW, Offer.objects.all())


def pledges(actor: Actor) -> QuerySet[Pledge]:
    return visible_to(actor, A.PLEDGE_VIEW, Pledge.objects.all())


def deliveries(actor: Actor) -> QuerySet[Delivery]:
    return visible_to(actor, A.DELIVERY_VIEW, Delivery.objects.all())


def contributions(actor: Actor) -> QuerySet[Contribution]:
    return visible_to(actor, A.CONTRIBUTION_VIEW, Contribution.objects.all())
