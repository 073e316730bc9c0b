"""The figures of a report: functions of the reading of its snapshot alone, without database or clock."""

from reports.figures.compute import GROUPS, PARAGRAPHS, REGIONS, compute, figures_of
from reports.figures.definitions import describe
from reports.figures.model import Figure, Unit, read_back, written
from reports.figures.public import PublicFigures, public, public_of

__all__ = [
    "GROUPS",
    "PARAGRAPHS",
    "REGIONS",
    "Figure",
    "PublicFigures",
    "Unit",
    "compute",
    "describe",
    "figures_of",
    "public",
    "public_of",
    "read_back",
    "written",
]
