"""Amounts and their currencies (rule 4)."""

from donors.models import Delivery, Pledge
from portal.core.guards import Facts
from portal.core.money import money_refusal
from portal.core.workflow import Verdict


def money_fits(record: Pledge | Delivery, facts: Facts, **_context: object) -> Verdict:
    """Money is in its currency's minor units (rule 4)."""
    if record.value_amount is None:
        return None
    return money_refusal(record.value_amount, record.value_currency, "value")
