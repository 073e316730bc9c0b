"""By what the lists of offers, pledges, deliveries and contributions can be narrowed."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from donors.enums import ContributionStatus, DeliveryStatus, Earmarking, Kind, OfferStatus, PledgeStatus
from donors.models import OfferState
from portal.directory.filters import PARAGRAPHS, ListFilters, choice, in_region, words
from portal.directory.selectors import states


def _of_region(code: str) -> Any:
    """ISO codes of the States of an M49 region."""
    return states().filter(Q(region=code) | Q(sub_region=code) | Q(intermediate_region=code)).values("iso3")


class PledgeFilters(ListFilters):
    q = words(method="by_words")
    donor = choice(_("Donor"), method="by_donor")
    state = choice(_("State"), field_name="to_state")
    region = choice(_("Region"), method="by_region")
    theme = choice(_("Thematic area"), method="by_theme")
    form = choice(_("Form of assistance"), field_name="form_id")
    paragraph = choice(_("Paragraph"), PARAGRAPHS, method="by_paragraph")
    status = choice(_("Status"), PledgeStatus.choices)
    kind = choice(_("In kind or in cash"), Kind.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(description__icontains=value) | Q(reference__icontains=value))

    def by_donor(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(donor_shown=True, donor=value)

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(to_state__in=_of_region(value))

    def by_theme(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(need_shown=True, need__theme=value)

    def by_paragraph(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(need_shown=True, need__paragraphs__contains=[int(value)])


class OfferFilters(ListFilters):
    q = words(method="by_words")
    donor = choice(_("Donor"))
    region = choice(_("Region"), method="by_region")
    theme = choice(_("Thematic area"), field_name="theme_id")
    form = choice(_("Form of assistance"), field_name="form_id")
    status = choice(_("Status"), OfferStatus.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(description__icontains=value) | Q(reference__icontains=value))

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        named = OfferState.objects.filter(offer=OuterRef("pk")).filter(in_region("state", value))
        return rows.filter(Q(regions__contains=[value]) | Exists(named))


class DeliveryFilters(ListFilters):
    q = words(method="by_words")
    donor = choice(_("Donor"), field_name="pledge__donor_id")
    state = choice(_("State"), field_name="to_state")
    region = choice(_("Region"), method="by_region")
    theme = choice(_("Thematic area"), method="by_theme")
    form = choice(_("Form of assistance"), field_name="pledge__form_id")
    status = choice(_("Status"), DeliveryStatus.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(description__icontains=value)
            | Q(reference__icontains=value)
            | Q(pledge__reference__icontains=value)
        )

    def by_region(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(to_state__in=_of_region(value))

    def by_theme(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(need_shown=True, pledge__need__theme=value)


class ContributionFilters(ListFilters):
    q = words(method="by_words")
    donor = choice(_("Donor"))
    status = choice(_("Status"), ContributionStatus.choices)
    earmarking = choice(_("Earmarking"), Earmarking.choices)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(reference__icontains=value) | Q(agreement_reference__icontains=value))
