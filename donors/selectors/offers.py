"""What may be read of offers, and to which needs they fit."""

from typing import Any

from django.db.models import (
    Q,
    QuerySet,
)

from donors.models import Offer
from donors.selectors.holding import OPEN_TO_PLEDGES, on_the_table, with_free
from portal.core import clock
from portal.core.actor import Actor
from portal.directory import selectors as directory
from portal.directory.models import Region
from portal.policy.actions import A
from portal.policy.engine import Seen, visible_parts, visible_to
from requests_app import selectors as below
from requests_app.models import AssistanceRequest, Need


def offers(actor: Actor) -> QuerySet[Offer]:
    return visible_to(actor, A.OFFER_VIEW, Offer.objects.all())


def offers_seen(actor: Actor) -> Seen:
    """The same for a long list."""
    rows = Offer.objects.select_related("donor", "form", "unit")
    return Seen(rows, visible_parts(actor, A.OFFER_VIEW, Offer))


def offers_by_key(actor: Actor, key: str) -> QuerySet[Offer]:
    rows = offers(actor).select_related("donor", "form", "theme", "unit")
    return by_draft_or_reference(rows, key)


def by_draft_or_reference(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """The row of a reference, or of the id that it had as a draft, also once it has a reference: who still has the
    draft's page open is told so and loses nothing.
    """
    found = below.by_reference(rows, key)
    draft = key.removeprefix("draft-")
    if draft == key or not draft.isascii() or not draft.isdecimal() or len(draft) > 18:  # noqa: PLR2004 - 64 bits
        return found
    return rows.filter(pk=int(draft))


def regions_of(offer: Offer) -> list[Region]:
    """The regions for which an offer is meant."""
    return list(directory.regions().filter(code__in=offer.regions))


# what an offer and a need must have in common for the donor to be told of the request
COMMON = ("form", "theme")


def matching_donors(*, record: AssistanceRequest) -> set[int]:
    """Organisations with an offer on the table that fits a need of a request: its form and theme, and the
    State that it is for, where the offer names States or regions.
    """
    offers_ = Offer.objects.filter(on_the_table(clock.today()))
    found: set[int] = set()
    for need in record.needs.select_related("state", "request__state"):
        state = need.state or need.request.state
        regions = [code for code in (state.region, state.sub_region, state.intermediate_region) if code]
        meant = Q(states__state=state) | Q(regions__overlap=regions) | Q(states__isnull=True, regions=[])
        common = {column: getattr(need, f"{column}_id") for column in COMMON}
        found |= set(offers_.filter(meant, **common).values_list("donor", flat=True))
    return found


def offers_to_take(actor: Actor, *, unit: str | None = None) -> list[Any]:
    """The actor's own offers that are on the table today, with how much of each is free."""
    if actor.organisation is None:
        return []
    rows = Offer.objects.filter(on_the_table(clock.today()), donor=actor.organisation)
    if unit is not None:
        rows = rows.filter(unit=unit)
    return list(with_free(offers=rows).select_related("unit").order_by("pk"))


def needs_for(actor: Actor, offer: Offer, *, number: int = 10) -> list[Need]:
    """Open needs that the actor sees, of an offer's form, theme and unit, with something left to pledge."""
    rows = below.need_rows(actor).filter(
        OPEN_TO_PLEDGES, form=offer.form_id, theme=offer.theme_id, unit=offer.unit_id
    )
    return list(rows.order_by("-request__circulated_at", "-request", "number")[:number])
