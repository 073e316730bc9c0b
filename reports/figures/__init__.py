"""The figures of a report: functions of its snapshot alone, without database or clock."""

from reports.figures.compute import FULFILMENT, GROUPS, PARAGRAPHS, REGIONS, compute, fulfilment
from reports.figures.definitions import describe
from reports.figures.model import Figure, Snapshot, Unit, written
from reports.figures.moments import (
    STATES,
    WorkingDays,
    committed,
    confirmed,
    day_of,
    is_loan,
    request_state,
)
from reports.figures.public import public
from reports.figures.rates import MissingRate, Rates

__all__ = [
    "FULFILMENT",
    "GROUPS",
    "PARAGRAPHS",
    "REGIONS",
    "STATES",
    "Figure",
    "MissingRate",
    "Rates",
    "Snapshot",
    "Unit",
    "WorkingDays",
    "committed",
    "compute",
    "confirmed",
    "day_of",
    "describe",
    "fulfilment",
    "is_loan",
    "public",
    "request_state",
    "written",
]
