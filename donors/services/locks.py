"""Records as they are now, locked in the one order: request, need, pledge."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from donors.models import Pledge
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


def lock_pledge(pledge: Pledge, unit: Unit) -> Pledge:
    """The pledge, its request and its need as they are now. Raises Conflict."""
    if pledge.need is None or unit.batch:
        return unit.lock(pledge)
    need = lock_need(pledge.need, unit)
    pledge = unit.lock(pledge)
    if pledge.need_id != need.pk:
        raise Conflict(_("this pledge was turned to another need meanwhile"))
    pledge.need = need
    return pledge


def need_named(actor: Actor, key: object, field: str) -> Need:
    """The need of a reference; Refused, beside the field, where the actor sees none (rule 9)."""
    need: Need | None = below.needs_by_key(actor, str(key).strip().upper()).first()
    if need is None:
        raise Refused(Refusal(_("there is no such need"), field))
    return need
