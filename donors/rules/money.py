"""Amounts and their currencies (rule 4)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from donors.models import Delivery, Pledge
from portal.core.errors import Refusal
from portal.core.guards import Facts
from portal.core.money import fits_minor_units, is_currency
from portal.core.workflow import Verdict


def money_fits(record: Pledge | Delivery, facts: Facts, **_context: object) -> Verdict:
    """Money is in its currency's minor units (rule 4)."""
    return None if record.value_amount is None else fits(record.value_amount, record.value_currency, "value")


def fits(amount: Decimal, currency: str, field: str) -> Verdict:
    """An amount is not below zero and in the minor units of a currency of ISO 4217."""
    if amount < 0:
        return Refusal(_("an amount is not below zero"), field)
    if not is_currency(currency):
        return Refusal(_("%(currency)s is no currency of ISO 4217") % {"currency": currency or "–"}, field)
    if fits_minor_units(amount, currency):
        return None
    return Refusal(_("%(currency)s has fewer decimals than this amount") % {"currency": currency}, field)
