"""The figures of a report: functions of the reading of its snapshot alone, without database or clock."""

from reports.figures.compute import GROUPS, PARAGRAPHS, REGIONS, compute, figures_of
from reports.figures.definitions import describe
from reports.figures.model import Figure, Unit, written
from reports.figures.public import public, public_of

__all__ = [
    "GROUPS",
    "PARAGRAPHS",
    "REGIONS",
    "Figure",
    "Unit",
    "compute",
    "describe",
    "figures_of",
    "public",
    "public_of",
    "written",
]
