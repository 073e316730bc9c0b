"""Money: amounts in whole minor units, and a rate of exchange for all that the report converts.

A missing rate is an error that says which, never 1 (rule 4).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.dossier.check.view import View, day_of, parts
from portal.dossier.problems import Step, quote
from portal.dossier.read import Record

DOLLAR = "USD"
LEDGER = ("receipts", "psc_charges", "allocations", "refunds")

Place = tuple[Step, ...]


def check(view: View) -> None:
    """Note amounts finer than their currency, a dollar that is not one dollar, and missing rates."""
    for index, rate in view.each("exchange_rates"):
        if rate.get("currency") == DOLLAR and Decimal(rate.get("per_usd", 1)) != 1:
            view.note(("exchange_rates", index, "per_usd"), _("the rate of the United States dollar is 1"))
    for steps, amount, currency in _amounts(view):
        _minor_units(view, steps, amount, currency)
    first = _first_rates(view)
    in_doubt = rates_in_doubt(view)
    for steps, currency, day in _converted(view):
        if currency not in view.known.currencies or currency == DOLLAR or currency in in_doubt:
            continue
        if currency not in first or day < first[currency]:
            words = {"currency": currency, "day": day.isoformat()}
            view.note(steps, _("there is no rate of exchange for %(currency)s on or before %(day)s") % words)


def _minor_units(view: View, steps: Place, amount: str, currency: str | None) -> None:
    units = view.known.currencies.get(currency or "")
    if units is None:
        return
    decimals = len(amount.partition(".")[2].rstrip("0"))
    if decimals > units:
        reason = ngettext(
            "%(amount)s is finer than %(currency)s allows: at most %(units)d decimal",
            "%(amount)s is finer than %(currency)s allows: at most %(units)d decimals",
            units,
        )
        view.note(steps, reason % {"amount": quote(amount), "currency": currency, "units": units})


def _amounts(view: View) -> Iterator[tuple[Place, str, str | None]]:
    """Every amount of money with its place and currency."""
    for index, request in view.each("requests"):
        for place, need in parts(request, "needs"):
            yield from _money(("requests", index, "needs", place, "unit_cost"), need.get("unit_cost"))
    for collection in ("pledges", "deliveries"):
        for index, record in view.each(collection):
            yield from _money((collection, index, "value"), record.get("value"))
    for index, contribution in view.each("contributions"):
        steps: Place = ("contributions", index)
        yield from _money(steps, contribution)
        for name in LEDGER:
            for place, entry in parts(contribution, name):
                if "amount" in entry:
                    yield (*steps, name, place, "amount"), entry["amount"], contribution.get("currency")


def _money(steps: Place, money: Record | None) -> Iterator[tuple[Place, str, str | None]]:
    if money and "amount" in money:
        yield (*steps, "amount"), money["amount"], money.get("currency")


def rates_in_doubt(view: View) -> frozenset[str]:
    """Currencies of which a rate could not be read; of these nobody is told that a rate is missing."""
    if "exchange_rates" in view.dossier.unread:
        return frozenset(view.known.currencies)
    odd = {
        rate.get("currency")
        for index, rate in view.each("exchange_rates")
        if ("exchange_rates", index) in view.dossier.damaged or day_of(rate.get("date", "")) is None
    }
    return frozenset(view.known.currencies) if None in odd else frozenset(filter(None, odd))


def _first_rates(view: View) -> dict[str, date]:
    """First day of each currency from which a rate is known, of the file or of the portal."""
    first = dict(view.known.rates_from)
    for _index, rate in view.each("exchange_rates"):
        day = day_of(rate.get("date", ""))
        currency = rate.get("currency")
        if day is not None and currency is not None and day < first.get(currency, date.max):
            first[currency] = day
    return first


def _converted(view: View) -> Iterator[tuple[Place, str, date]]:
    """Every amount that the report gives in United States dollars: (place, currency, day of its rate)."""
    for index, pledge in view.each("pledges"):
        yield from _at(
            ("pledges", index, "value"), pledge.get("value"), (pledge.get("dates") or {}).get("offered")
        )
    for index, delivery in view.each("deliveries"):
        yield from _at(("deliveries", index, "value"), delivery.get("value"), delivery.get("date"))
    for index, contribution in view.each("contributions"):
        steps: Place = ("contributions", index)
        yield from _at((*steps, "announced"), contribution, contribution.get("announced"))
        agreement = contribution.get("agreement") or {}
        yield from _at((*steps, "agreement", "signed"), contribution, agreement.get("signed"))
        for name in LEDGER:
            for place, entry in parts(contribution, name):
                yield from _at((*steps, name, place), contribution, entry.get("date"))


def _at(steps: Place, money: Record | None, text: str | None) -> Iterator[tuple[Place, str, date]]:
    day = day_of(text or "")
    if money and day is not None and "currency" in money:
        yield steps, money["currency"], day
