"""Reading the directory. What is dated is read as of a day, and a report asks for its cut-off (rule 12)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, DateField, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from portal.core.clock import today
from portal.core.deadlines import Calendar, Term
from portal.core.errors import DomainError, Refusal
from portal.core.languages import long_day
from portal.core.money import usd
from portal.directory.enums import OrganisationKind
from portal.directory.models import (
    Clock,
    Currency,
    ExchangeRate,
    Form,
    FormerName,
    Group,
    Holiday,
    LdcPeriod,
    Organisation,
    Region,
    State,
    Theme,
    Unit,
)

DOLLAR = "USD"
# lists that are kept as data, by the name that the API gives them
VOCABULARIES: dict[str, Any] = {
    "currencies": Currency, "forms": Form, "groups": Group, "regions": Region, "themes": Theme, "units": Unit,
}  # fmt: skip


class MissingRate(DomainError):
    """No rate of a currency is dated on or before a day; never taken as 1 (rule 4)."""

    status = 422

    def __init__(self, currency: str, day: date) -> None:
        self.currency = currency
        self.day = day
        reason = _("There is no rate of exchange for %(currency)s dated on or before %(day)s.")
        super().__init__(Refusal(reason % {"currency": currency, "day": long_day(day)}, "currency"))


def states() -> QuerySet[State]:
    """Member States and observers by ISO code; sort by name in Python, per language."""
    return State.objects.order_by("iso3")


def regions() -> QuerySet[Region]:
    """M49 regions, sub-regions and intermediate regions by code."""
    return Region.objects.order_by("code")


def rates() -> QuerySet[ExchangeRate]:
    """Every rate of exchange that was entered; rates are public."""
    return ExchangeRate.objects.all()


def vocabulary(name: str) -> list[tuple[str, dict[str, str], bool]]:
    """(code, label or name by language, whether still used) of each entry of a list that is kept as data.

    Raises KeyError for a list that is not.
    """
    rows = VOCABULARIES[name]
    return [(row.pk, *_entry(row)) for row in rows.objects.all()]


def _entry(row: Any) -> tuple[dict[str, str], bool]:
    if isinstance(row, Currency):
        return {"en": row.name}, row.withdrawn is None
    return getattr(row, "labels", None) or row.names, getattr(row, "active", True)


@dataclass(frozen=True, slots=True)
class StateStatus:
    """Groups of developing countries to which a State belongs on a day."""

    ldc: bool
    lldc: bool
    sids: bool


def _holding(day: date) -> Q:
    """Dated rows that hold on a day: `until` is the first day on which they no longer do."""
    return (Q(start__isnull=True) | Q(start__lte=day)) & (Q(until__isnull=True) | Q(until__gt=day))


def state_status_on(day: date) -> dict[str, StateStatus]:
    """Status of every State on a day by ISO code; LLDC and SIDS are the same at all dates (rule 12)."""
    ldc = set(LdcPeriod.objects.filter(_holding(day)).values_list("state_id", flat=True))
    return {
        iso3: StateStatus(ldc=iso3 in ldc, lldc=lldc, sids=sids)
        for iso3, lldc, sids in State.objects.values_list("iso3", "lldc", "sids")
    }


@dataclass(frozen=True, slots=True)
class StateNames:
    """Names of a State by language: short, short as running text needs it, and formal."""

    names: dict[str, str]
    in_sentence: dict[str, str]
    formal: dict[str, str]


def state_names_on(day: date) -> dict[str, StateNames]:
    """Names of every State as valid on a day, by ISO code; a document carries those of its own date."""
    current = {
        state.iso3: StateNames(state.names, state.in_sentence, state.formal) for state in State.objects.all()
    }
    # the former name whose end comes first after the day is the one then in use
    for former in FormerName.objects.filter(until__gt=day).order_by("-until"):
        current[former.state_id] = StateNames(former.names, former.in_sentence, former.formal)
    return current


def holidays(calendar: str = "vienna") -> frozenset[date]:
    """Official holidays of a calendar, weekends among them or not."""
    return frozenset(Holiday.objects.filter(calendar=calendar).values_list("date", flat=True))


def clocks() -> dict[str, Clock]:
    """How long each move may take, by clock."""
    return {clock.code: clock for clock in Clock.objects.all()}


def calendar() -> Calendar:
    """What clocks are reckoned with today: the secretariat's holidays, and how long each clock runs."""
    terms, days = {}, set()
    of_clocks = Clock.objects.order_by().values_list(
        "code", "working_days", "months", Value(None, DateField())
    )
    of_days = Holiday.objects.filter(calendar="vienna").order_by()
    lines = of_days.values_list(
        Value("", CharField()), Value(None, IntegerField()), Value(None, IntegerField()), "date"
    )
    for code, working_days, months, day in of_clocks.union(lines, all=True):
        if code:
            terms[code] = Term(working_days, months)
        else:
            days.add(day)
    return Calendar(today(), frozenset(days), terms)


def rate_on(currency: str, day: date) -> Decimal:
    """Units of a currency for one dollar: the latest rate dated on or before the day; raises MissingRate."""
    if currency == DOLLAR:
        return Decimal(1)
    found = (
        ExchangeRate.objects.filter(currency=currency, date__lte=day)
        .order_by("-date")
        .values_list("per_usd", flat=True)
        .first()
    )
    if found is None:
        raise MissingRate(currency, day)
    return found


class RateTable:
    """Rates in memory, for work on many records.

    Built from (currency, day, units per dollar) in any order; the dollar is 1 on every day.
    """

    def __init__(self, rates: Iterable[tuple[str, date, Decimal]] = ()) -> None:
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for currency, day, per_usd in sorted(rates, key=lambda rate: (rate[0], rate[1])):
            self._days.setdefault(currency, []).append(day)
            self._rates.setdefault(currency, []).append(per_usd)

    @classmethod
    def load(cls) -> "RateTable":
        """Every rate entered, in one query."""
        return cls(ExchangeRate.objects.order_by().values_list("currency_id", "date", "per_usd").iterator())

    def on(self, currency: str, day: date) -> Decimal:
        """Units of a currency for one dollar on a day; raises MissingRate."""
        if currency == DOLLAR:
            return Decimal(1)
        place = bisect_right(self._days.get(currency, []), day)
        if not place:
            raise MissingRate(currency, day)
        return self._rates[currency][place - 1]

    def usd(self, amount: Decimal, currency: str, day: date) -> Decimal:
        """Dollars and cents of an amount on a day, half-even; raises MissingRate."""
        return usd(amount, self.on(currency, day))

    def add(self, currency: str, day: date, per_usd: Decimal) -> None:
        """Enters a rate; one for the same day is replaced."""
        days = self._days.setdefault(currency, [])
        rates = self._rates.setdefault(currency, [])
        place = bisect_right(days, day)
        if place and days[place - 1] == day:
            rates[place - 1] = per_usd
        else:
            days.insert(place, day)
            rates.insert(place, per_usd)


def secretariat() -> Organisation:
    """The Secretariat, of which there is exactly one."""
    return Organisation.objects.get(kind=OrganisationKind.SECRETARIAT)


def government(iso3: str) -> Organisation:
    """The Government of a State; Organisation.DoesNotExist for a code that is no State's."""
    return Organisation.objects.get(state=iso3)


class Register:
    """All organisations in memory, found as a dossier names them.

    A Government is found by its State and the Secretariat by its kind, every other by its ref.
    """

    def __init__(self, organisations: Iterable[Organisation] = (), states: Iterable[str] = ()) -> None:
        self.states = frozenset(states)
        self._by_ref: dict[str, Organisation] = {}
        self._by_state: dict[str, Organisation] = {}
        self._secretariat: Organisation | None = None
        for organisation in organisations:
            self.add(organisation)

    @classmethod
    def load(cls) -> "Register":
        """Every organisation, and the codes of all States, in two queries."""
        states = State.objects.order_by().values_list("iso3", flat=True)
        return cls(Organisation.objects.order_by("id"), states)

    def add(self, organisation: Organisation) -> None:
        """Enters an organisation, or its new ref."""
        if organisation.ref:
            self._by_ref[organisation.ref] = organisation
        if organisation.state_id:
            self._by_state[organisation.state_id] = organisation
        if organisation.kind == OrganisationKind.SECRETARIAT:
            self._secretariat = organisation

    def by_ref(self, ref: str) -> Organisation | None:
        return self._by_ref.get(ref)

    def find(self, *, kind: str, state: str = "", ref: str = "") -> Organisation | None:
        """The organisation that is meant, if it is known."""
        if kind == OrganisationKind.GOVERNMENT:
            return self._by_state.get(state)
        if kind == OrganisationKind.SECRETARIAT:
            return self._secretariat
        return self._by_ref.get(ref)


def export_refs(organisations: Iterable[Organisation]) -> dict[int, str]:
    """Ref of each organisation by id, for a dossier or a snapshot.

    One that no dossier named gets `government:<ISO3>`, `secretariat` or `organisation:<id>`, so that it keeps
    its ref when the file is read again; a ref that is already taken is told apart by the id.
    """
    given = list(organisations)
    unnamed = [organisation for organisation in given if not organisation.ref]
    proposed = {organisation.pk: _proposed_ref(organisation) for organisation in unnamed}
    taken = set(Organisation.objects.filter(ref__in=proposed.values()).values_list("ref", flat=True))
    refs = {organisation.pk: organisation.ref for organisation in given if organisation.ref}
    return refs | {pk: f"{ref}.{pk}" if ref in taken else ref for pk, ref in proposed.items()}


def _proposed_ref(organisation: Organisation) -> str:
    if organisation.kind == OrganisationKind.GOVERNMENT:
        return f"government:{organisation.state_id}"
    if organisation.kind == OrganisationKind.SECRETARIAT:
        return "secretariat"
    return f"organisation:{organisation.pk}"


def dossier_form(organisation: Organisation, ref: str) -> dict[str, Any]:
    """The organisation as a dossier writes it.

    What a dossier gave is given back as it stood; one that none named is written with all that is known.
    """
    if organisation.imported and organisation.as_given:
        return {**organisation.as_given, "ref": ref}
    facts: Mapping[str, Any] = {
        "ref": ref,
        "names": organisation.names,
        "kind": organisation.kind,
        "acronym": organisation.acronym,
        "state": organisation.state_id,
        "iati_identifier": organisation.iati_identifier,
    }
    return {name: value for name, value in facts.items() if value}
