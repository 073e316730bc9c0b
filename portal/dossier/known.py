"""What the portal knows and a dossier is checked against: codes, rates and the records already stored."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Record = Mapping[str, Any]
Find = Callable[[str, Collection[str]], Mapping[str, Record]]


def _nothing(_collection: str, _refs: Collection[str]) -> Mapping[str, Record]:
    return {}


@dataclass(frozen=True)
class Known:
    """Facts of the portal on the day of the import.

    `areas` are the ISO 3166 codes of countries and areas that are no Member or observer State. `currencies`
    gives each code its number of minor units. `rates_from` is the first day, per currency, from which the
    portal has a rate of exchange. `find(collection, refs)` answers with the stored records among `refs`, in
    the form that a dossier gives them; for the collection "needs" with the request in which the need stands.
    """

    today: date
    states: frozenset[str]
    areas: frozenset[str]
    regions: frozenset[str]
    forms: frozenset[str]
    themes: frozenset[str]
    units: frozenset[str]
    currencies: Mapping[str, int]
    rates_from: Mapping[str, date] = field(default_factory=dict)
    sessions: frozenset[int] = frozenset()
    find: Find = _nothing


_AREAS = (
    "ABW AIA ALA ASM ATA ATF BES BLM BMU BVT CCK COK CUW CXR CYM ESH FLK FRO "
    "GGY GIB GLP GRL GUF GUM HKG HMD IMN IOT JEY MAC MAF MNP MSR MTQ MYT NCL "
    "NFK NIU PCN PRI PYF REU SGS SHN SJM SPM SXM TCA TKL TWN UMI VGB VIR WLF"
)
AREAS = frozenset(_AREAS.split())
"""Countries and areas of the M49 list that are no Member or observer State of the United Nations."""
