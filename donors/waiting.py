"""Offers, pledges, deliveries and contributions that wait for the actor's next step."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from donors import clocks
from donors.models import Contribution, Delivery, Offer, Pledge
from portal.core.actor import Actor
from portal.core.deadlines import Calendar, Clock
from portal.directory.enums import OrganisationKind
from portal.policy.actions import A
from portal.policy.engine import holds, visible_parts, visible_to
from portal.policy.matrix import Scope
from portal.web.waiting import SHOWN, Group, Kind

# state, right, what is to be done, and what the list of all is called
OFFERS = (("draft", A.OFFER_COMMIT, _("Publish offer %(reference)s"), _("All offers in draft")),)
PLEDGES = (
    ("draft", A.PLEDGE_COMMIT, _("Offer pledge %(reference)s"), _("All pledges in draft")),
    ("offered", A.PLEDGE_ANSWER, _("Accept or decline pledge %(reference)s"), _("All offered pledges")),
    ("accepted", A.PLEDGE_AGREE, _("Record the agreement on pledge %(reference)s"), _("All accepted pledges")),
    ("agreed", A.PLEDGE_DELIVER, _("Deliver under pledge %(reference)s"), _("All agreed pledges")),
    ("delivering", A.PLEDGE_DELIVER, _("Deliver the rest under pledge %(reference)s"), _("All pledges in delivery")),
    ("delivered", A.PLEDGE_ANSWER, _("Acknowledge pledge %(reference)s"), _("All delivered pledges")),
)  # fmt: skip
DELIVERIES = (
    ("recorded", A.DELIVERY_ANSWER, _("Confirm or dispute delivery %(reference)s"), _("All deliveries to confirm")),
    ("corrected", A.DELIVERY_ANSWER, _("Confirm or dispute delivery %(reference)s again"), _("All corrected deliveries")),
    ("disputed", A.DELIVERY_RECORD, _("Correct or void delivery %(reference)s"), _("All disputed deliveries")),
)  # fmt: skip
CONTRIBUTIONS = (
    ("announced", A.CONTRIBUTION_HANDLE, _("Record the agreement on contribution %(reference)s"),
     _("All announced contributions")),
    ("agreed", A.CONTRIBUTION_HANDLE, _("Record what is received under contribution %(reference)s"),
     _("All agreed contributions")),
    ("receiving", A.CONTRIBUTION_HANDLE, _("Record the rest received under contribution %(reference)s"),
     _("All contributions received in part")),
)  # fmt: skip
# the donor's to do; UNODC may do it for any, and waits to do it only for what goes through it
GIVING = {A.PLEDGE_DELIVER: "", A.DELIVERY_RECORD: "pledge__"}
LISTS: tuple[tuple[str, str, Any, tuple[tuple[str, A, Any, Any], ...]], ...] = (
    ("offers", "offer", Offer, OFFERS),
    ("pledges", "pledge", Pledge, PLEDGES),
    ("deliveries", "delivery", Delivery, DELIVERIES),
    ("contributions", "contribution", Contribution, CONTRIBUTIONS),
)


def groups(actor: Actor, calendar: Calendar) -> list[Group]:
    """What waits for the actor."""
    if actor.user is None:
        return []

    def due(rows: Iterable[Any]) -> dict[int, Clock]:
        found = list(rows)
        return clocks.due_of(found, calendar=calendar) if isinstance(found[0], Pledge | Delivery) else {}

    found: list[Group] = []
    for name, page, model, steps in LISTS:
        kinds = _kinds(actor, model, steps, reverse(f"donors:{name}"))
        if model is Delivery and holds(actor, A.DELIVERY_ANSWER):
            kinds.append(_to_follow_up(actor, calendar))
        found.append(Group(kinds, model.objects.all(), page=f"donors:{page}", key=_key, about=_key, due=due))
    return found


def _key(record: Any) -> str:
    return record.reference or f"draft-{record.pk}"


def _kinds(actor: Actor, model: Any, steps: Iterable[tuple[str, A, Any, Any]], url: str) -> list[Kind]:
    return [
        Kind(text, _waiting(actor, model, right, status), more, f"{url}?status={status}")
        for status, right, text, more in steps
        if holds(actor, right)
    ]


def _waiting(actor: Actor, model: Any, right: A, status: str) -> Any:
    rows = visible_to(actor, right, model.objects.filter(status=status))
    if right in GIVING:
        through_unodc = Q(**{f"{GIVING[right]}channel": "through-unodc"})
        if actor.organisation is not None and actor.organisation.kind == OrganisationKind.SECRETARIAT:
            return rows.filter(
                through_unodc
            )  # it gives nothing of its own, and this alone is found by an index
        rows = rows.filter(model.policy_scopes[Scope.OWN_DONOR](actor) | through_unodc)
    return rows


def _to_follow_up(actor: Actor, calendar: Calendar) -> Kind:
    """Deliveries of which the State is to say what became of them: those on which that clock runs, as many as are
    shown; looked for among ever more, so that those who have answered everything are asked few queries too.
    """
    old = clocks.followed_up(calendar)
    first, *others = [old.filter(part) for part in visible_parts(actor, A.DELIVERY_ANSWER, Delivery)]
    rows = first.union(*others).order_by("confirmed_at", "id")
    due: list[int] = []
    start, number = 0, 100
    while len(due) <= SHOWN:
        some = list(rows[start : start + number])
        due += clocks.due_of(some, calendar=calendar)
        if len(some) < number:
            break
        start, number = start + number, number * 4
    return Kind(
        _("Say what became of delivery %(reference)s"),
        Delivery.objects.filter(pk__in=due),
        _("All confirmed deliveries"),
        f"{reverse('donors:deliveries')}?status=confirmed",
    )
