"""Entering organisations and rates of exchange. Every change stands in the audit chain of its record."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.services import record_event
from portal.core.actor import SYSTEM, Actor
from portal.core.errors import Refusal, Refused
from portal.core.unit import Batch, Unit, advisory_lock
from portal.directory.enums import Language
from portal.directory.models import ExchangeRate, Organisation, State
from portal.directory.rules import (
    RateEntry,
    RowFault,
    organisation_refusals,
    rate_faults,
    read_currency,
    read_day,
    read_per_usd,
)
from portal.directory.selectors import Register

_LOCK = 0x64697265  # one writer at a time for what is entered in bulk
_COLUMNS = ("currency", "date", "per_usd", "source")
_SEED = Path(__file__).with_name("data") / "organisations.csv"


class FaultyRows(Refused):
    """Rows that cannot be entered; `faults` has every one of them."""

    def __init__(self, faults: Iterable[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(*(Refusal(str(fault), fault.column) for fault in self.faults))


def upsert_organisation(
    *,
    actor: Actor,
    unit: Unit,
    register: Register,
    kind: str,
    names: Mapping[str, str],
    ref: str = "",
    state: str = "",
    acronym: str = "",
    iati_identifier: str = "",
    website: str | None = None,
    as_given: Mapping[str, Any] | None = None,
) -> Organisation:
    """Enters an organisation, or changes the texts of the one that is meant.

    A Government is found by its State and the Secretariat by its kind: they are there from the start, and
    keep the first ref that a dossier gives them. Every other is found by its ref. Names are added to those
    known. `as_given` is the dossier's object, for a faithful export; with it the organisation counts as
    imported. Nothing is written, and no event made, where nothing changes. The caller holds the transaction.
    Raises Refused with every reason.
    """
    given = dict(names)
    found = register.find(kind=kind, state=state, ref=ref)
    holder = register.by_ref(ref) if ref else None
    refusals = list(
        organisation_refusals(kind=kind, names=given, ref=ref, state=state, states=register.states)
    )
    if holder is not None and not refusals:
        refusals += _identity_refusals(holder, found, kind=kind, ref=ref)
    Refused.when(refusals)
    facts: dict[str, Any] = {
        "names": {**(found.names if found else {}), **given},
        "acronym": acronym or (found.acronym if found else ""),
        "iati_identifier": iati_identifier or (found.iati_identifier if found else ""),
        "website": (found.website if found else "") if website is None else website,
    }
    if as_given is not None:
        facts |= {"as_given": dict(as_given), "imported": True}
    elif found is not None and found.imported:
        # a change made here is what the next export says
        facts["as_given"] = _amended(found.as_given, given, acronym, iati_identifier)
    if ref and not (found and found.ref):
        facts["ref"] = ref
    if found is None:
        organisation = Organisation(kind=kind, state_id=state or None, **facts)
        unit.add(organisation)
        record_event(organisation, "enter", actor=actor, unit=unit, facts={"ref": ref, "kind": kind})
    else:
        organisation = _change(found, facts, actor=actor, unit=unit)
    register.add(organisation)
    return organisation


def _identity_refusals(
    holder: Organisation, found: Organisation | None, *, kind: str, ref: str
) -> Iterator[Refusal]:
    if holder.kind != kind:
        reason = _("%(ref)s is known as another kind of organisation: %(kind)s")
        yield Refusal(reason % {"ref": ref, "kind": holder.kind}, "kind")
    elif holder is not found:
        reason = _("%(ref)s is known as another organisation: %(name)s")
        yield Refusal(reason % {"ref": ref, "name": holder}, "ref")


def _amended(
    as_given: dict[str, Any], names: dict[str, str], acronym: str, iati_identifier: str
) -> dict[str, Any]:
    changed: dict[str, Any] = {"names": {**as_given.get("names", {}), **names}}
    if acronym:
        changed["acronym"] = acronym
    if iati_identifier:
        changed["iati_identifier"] = iati_identifier
    return {**as_given, **changed}


def _change(found: Organisation, facts: dict[str, Any], *, actor: Actor, unit: Unit) -> Organisation:
    if not any(getattr(found, name) != value for name, value in facts.items()):
        return found
    organisation = unit.lock(found)
    changed = [name for name, value in facts.items() if getattr(organisation, name) != value]
    if not changed:
        return organisation
    for name in changed:
        setattr(organisation, name, facts[name])
    organisation.version += 1
    unit.save(organisation, [*changed, "version"])
    record_event(organisation, "amend", actor=actor, unit=unit, facts={"changed": sorted(changed)})
    return organisation


def set_rates(entries: Iterable[RateEntry], *, actor: Actor, unit: Unit) -> list[ExchangeRate]:
    """Enters rates in their order; one that stands already with the same value is left as it is.

    Returns the rates that are new. The caller holds the transaction. Raises FaultyRows with every fault,
    `row` being the entry's index; nothing is written then.
    """
    wanted = list(entries)
    known = _known_rates(wanted)
    faults = tuple(rate_faults(enumerate(wanted), {key: rate.per_usd for key, rate in known.items()}))
    if faults:
        raise FaultyRows(faults)
    new = []
    for entry in wanted:
        standing = known.get((entry.currency, entry.day))
        if standing is None:
            new.append(_enter_rate(entry, actor=actor, unit=unit))
        elif entry.source and entry.source != standing.source:
            standing.source = entry.source
            unit.save(standing, ["source"])
            record_event(standing, "amend", actor=actor, unit=unit, facts={"source": entry.source})
    return new


def _known_rates(entries: list[RateEntry]) -> dict[tuple[str, Any], ExchangeRate]:
    rates = ExchangeRate.objects.filter(currency__in={entry.currency for entry in entries})
    return {(rate.currency_id, rate.date): rate for rate in rates}


def _enter_rate(entry: RateEntry, *, actor: Actor, unit: Unit) -> ExchangeRate:
    rate = ExchangeRate(
        currency_id=entry.currency,
        date=entry.day,
        per_usd=entry.per_usd,
        source=entry.source,
        as_given=entry.as_given,
    )
    unit.add(rate)
    facts = {"currency": entry.currency, "date": entry.day, "per_usd": entry.per_usd}
    record_event(rate, "enter", actor=actor, unit=unit, facts=facts)
    return rate


@dataclass(frozen=True, slots=True)
class RatesRead:
    """What a file of rates came to: rates entered, and rates that stood already."""

    entered: int
    unchanged: int


def import_rates_csv(content: bytes, *, actor: Actor, dry_run: bool = False) -> RatesRead:
    """Enters the rates of a CSV file: UTF-8, with the columns currency, date, per_usd and, if any, source.

    All or nothing; the same file again changes nothing. Raises FaultyRows with every fault by line.
    """
    entries, faults = _read_rates(content)
    lines = [line for line, _entry in entries]
    wanted = [entry for _line, entry in entries]
    with transaction.atomic():
        advisory_lock(_LOCK)
        known = {key: rate.per_usd for key, rate in _known_rates(wanted).items()}
        faults += rate_faults(zip(lines, wanted, strict=True), known)
        if faults:
            raise FaultyRows(sorted(faults, key=lambda fault: fault.row))
        new = sum((entry.currency, entry.day) not in known for entry in wanted)
        if not dry_run:
            unit = Batch([ExchangeRate])
            set_rates(wanted, actor=actor, unit=unit)
            unit.flush()
    return RatesRead(entered=new, unchanged=len(wanted) - new)


def _read_rates(content: bytes) -> tuple[list[tuple[int, RateEntry]], list[RowFault]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [RowFault(line, "", _("the file is not UTF-8"))]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    entries: list[tuple[int, RateEntry]] = []
    faults: list[RowFault] = []
    try:
        names = list(reader.fieldnames or ())
        header = set(names)
        faults += [
            RowFault(1, name, _("the column stands twice"))
            for name in sorted(header)
            if names.count(name) > 1
        ]
        faults += [
            RowFault(1, name, _("the column is missing")) for name in _COLUMNS[:3] if name not in header
        ]
        faults += [RowFault(1, name, _("the column is unknown")) for name in sorted(header - set(_COLUMNS))]
        for row in reader if not faults else ():
            found, wrong = _read_row(reader.line_num, row)
            faults += wrong
            entries += [(reader.line_num, entry) for entry in found]
    except csv.Error as error:
        reason = _("the line is not CSV: %(error)s") % {"error": error}
        faults.append(RowFault(reader.reader.line_num, "", reason))
    return entries, faults


def _read_row(line: int, row: dict[str, Any]) -> tuple[list[RateEntry], list[RowFault]]:
    if None in row:
        return [], [RowFault(line, "", _("the line has more cells than the first"))]
    cells = {name: (row.get(name) or "").strip() for name in _COLUMNS}
    if not any(cells.values()):
        return [], []
    facts: dict[str, Any] = {}
    faults = []
    for name, read in (("currency", read_currency), ("date", read_day), ("per_usd", read_per_usd)):
        try:
            facts[name] = read(cells[name]) if cells[name] else None
            if facts[name] is None:
                faults.append(RowFault(line, name, _("the cell is empty")))
        except ValueError as error:
            faults.append(RowFault(line, name, str(error)))
    if "\0" in cells["source"]:
        faults.append(RowFault(line, "source", _("the cell holds a character that is no text")))
    if faults:
        return [], faults
    return [RateEntry(facts["currency"], facts["date"], facts["per_usd"], cells["source"])], []


def list_first_organisations() -> int:
    """Enters the Secretariat and the Government of each State where there is no organisation yet.

    Returns how many were entered; nothing else is seeded.
    """
    with transaction.atomic():
        advisory_lock(_LOCK)
        if Organisation.objects.exists() or not State.objects.exists():
            return 0
        unit = Batch([Organisation])
        with _SEED.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            organisation = Organisation(
                kind=row["kind"],
                state_id=row["iso3"] or None,
                names={language: row[f"name_{language}"] for language in Language.values},
                acronym=row["acronym"],
                iati_identifier=row["iati_identifier"],
                website=row["website"],
            )
            unit.add(organisation)
            facts = {"kind": row["kind"], "state": row["iso3"]}
            record_event(organisation, "enter", actor=SYSTEM, unit=unit, facts=facts)
        unit.flush()
    return len(rows)
