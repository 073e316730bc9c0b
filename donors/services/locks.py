"""Records as they are now, locked in the one order: request, need, offer, pledge."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from donors.models import Offer, Pledge
from portal.core.actor import Actor
from portal.core.errors import Conflict, Refusal, Refused
from portal.core.unit import Unit
from requests_app import selectors as below
from requests_app.models import Need


def lock_need(need: Need, unit: Unit) -> Need:
    """A need as it is now, its request locked before it."""
    if unit.batch:
        return need
    request = unit.lock(need.request)
    need = unit.lock(need)
    need.request = request
    return need


def lock_needs(needs: Iterable[Need | None], unit: Unit) -> dict[int, Need]:
    """Several needs by their ids, each once."""
    rows = {need.pk: need for need in needs if need is not None}
    return {
        need.pk: lock_need(need, unit) for need in sorted(rows.values(), key=lambda n: (n.request_id, n.pk))
    }


def lock_offers(offers: Iterable[Offer | None], unit: Unit) -> None:
    """Several offers, each once, before the first pledge that takes one up."""
    rows = {offer.pk: offer for offer in offers if offer is not None}
    for pk in sorted(rows):
        unit.lock(rows[pk])


def lock_pledge(pledge: Pledge, unit: Unit) -> Pledge:
    """The pledge, its request, its need and its offer as they are now. Raises Conflict."""
    if unit.batch:
        return pledge
    need = None if pledge.need is None else lock_need(pledge.need, unit)
    offer = None if pledge.offer is None else unit.lock(pledge.offer)
    pledge = unit.lock(pledge)
    if pledge.need_id != (need and need.pk):
        raise Conflict(_("this pledge was turned to another need meanwhile"))
    if pledge.offer_id != (offer and offer.pk):
        raise Conflict(_("this pledge was changed to take up another offer meanwhile"))
    pledge.need, pledge.offer = need, offer
    return pledge


def need_named(actor: Actor, key: object, field: str) -> Need:
    """The need of a reference; Refused, beside the field, where the actor sees none (rule 9)."""
    need: Need | None = below.needs_by_key(actor, str(key).strip().upper()).first()
    if need is None:
        raise Refused(Refusal(_("there is no such need"), field))
    return need
