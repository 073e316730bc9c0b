"""The one reading of a snapshot, without database or clock: what counts, when, of whom and how much.

Figures, documents, annexes and checks take their records from here, so that none of them has a rule of
counting of its own.
"""

from reports.reading.moments import STATES, WorkingDays
from reports.reading.rates import MissingRate, Rates
from reports.reading.reader import Reading
from reports.reading.rows import (
    FULFILMENT,
    ZERO_USD,
    Amount,
    Assessment,
    Contribution,
    Delivery,
    Entry,
    Need,
    Pledge,
    Record,
    Request,
    Snapshot,
)

__all__ = [
    "FULFILMENT",
    "STATES",
    "ZERO_USD",
    "Amount",
    "Assessment",
    "Contribution",
    "Delivery",
    "Entry",
    "MissingRate",
    "Need",
    "Pledge",
    "Rates",
    "Reading",
    "Record",
    "Request",
    "Snapshot",
    "WorkingDays",
]
