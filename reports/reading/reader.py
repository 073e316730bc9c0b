"""From a snapshot to its rows. Each collection is read once, in the order of the snapshot."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from reports.reading.moments import committed, confirmed, day_of, happened, request_state
from reports.reading.rates import Rates
from reports.reading.rows import (
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

NO_PEOPLE: Mapping[str, int] = {}


class Reading:
    """The rows of one snapshot, and who may be named.

    A State is named for a request only with its consent, a donor is not named for what it gave anonymously.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.cut_off = str(snapshot["cut_off"])
        self.first = str(snapshot["period"]["from"])
        self.last = min(str(snapshot["period"]["to"]), self.cut_off)
        self.rates = Rates(snapshot.get("rates", {}))
        self.states: Mapping[str, Any] = snapshot["states"]
        self.needs: dict[str, Need] = {}
        self.requests = [self._request(record) for record in snapshot["requests"]]
        self.pledges = {record["ref"]: self._pledge(record) for record in snapshot["pledges"]}
        self.deliveries = list(self._deliveries())

    def in_period(self, day: str | None) -> bool:
        return day is not None and self.first <= day <= self.last

    # -- rows

    def _request(self, record: Record) -> Request:
        submitted, acknowledged = day_of(record, "submitted"), day_of(record, "acknowledged")
        state = record["state"]
        request = Request(
            data=record,
            ref=record["ref"],
            state=state,
            states=frozenset((state, *record.get("co_requesters", ()))),
            named=record["named"],
            submitted=submitted,
            received=self.in_period(submitted),
            acknowledged=acknowledged if acknowledged and acknowledged <= self.cut_off else None,
            at_cut_off=request_state(record, self.cut_off),
        )
        region = self.states[state]["region"]
        for entry in record["needs"]:
            need = Need(
                ref=entry["ref"],
                request=request,
                form=entry["form"],
                theme=entry["theme"],
                paragraphs=tuple(dict.fromkeys(entry["paragraphs"])),
                women_children=bool(entry.get("mainly_for")),
                state=entry.get("state") or state,
                region=region,
                quantity=Decimal(entry["quantity"]),
            )
            request.needs.append(need)
            self.needs[need.ref] = need
        return request

    def _pledge(self, record: Record) -> Pledge:
        dates, cut_off = record["dates"], self.cut_off
        offered = dates.get("offered")
        pledge = Pledge(
            ref=record["ref"],
            donor=record["donor"],
            anonymous=bool(record.get("anonymous")),
            form=record["form"],
            loan=record.get("finance") == "loan",
            need=self.needs.get(record.get("need", "")),
            for_state="state" in record or "need" in record,
            value=self._amount(record.get("value"), offered) if offered else None,
            offered=self.in_period(offered),
            announced=offered is None and self.in_period(dates.get("announced")),
            accepted=happened(dates, "accepted", cut_off),
            agreed=happened(dates, "agreed", cut_off),
            committed=offered is not None and offered <= cut_off and committed(record, cut_off),
        )
        if pledge.committed and "need" in record:
            self.needs[record["need"]].pledged += Decimal(record["quantity"])
        return pledge

    def _deliveries(self) -> Iterator[Delivery]:
        for record in self.snapshot["deliveries"]:
            day = record["date"]
            if day > self.cut_off:
                continue
            used = [report for report in record.get("follow_ups", ()) if report["date"] <= self.cut_off]
            delivery = Delivery(
                ref=record["ref"],
                pledge=self.pledges[record["pledge"]],
                dated=self.in_period(day),
                confirmed=confirmed(record, self.cut_off),
                value=self._amount(record.get("value"), day),
                participants=record.get("participants", NO_PEOPLE),
                use=max(used, key=lambda report: report["date"])["status"] if used else None,
            )
            if delivery.confirmed and delivery.pledge.need is not None:
                delivery.pledge.need.delivered += Decimal(record["quantity"])
            yield delivery

    def _amount(self, money: Mapping[str, str] | None, day: str) -> Amount | None:
        if money is None:
            return None
        return Amount(money["amount"], money["currency"], day, money.get("rate"), self.rates)

    @cached_property
    def contributions(self) -> list[Contribution]:
        return [self._contribution(record) for record in self.snapshot["contributions"]]

    def _contribution(self, record: Record) -> Contribution:
        pledge = self.pledges.get(record.get("pledge", ""))
        announced, signed = record["announced"], record.get("agreement", {}).get("signed")
        return Contribution(
            ref=record["ref"],
            donor=record["donor"],
            anonymous=pledge is not None and pledge.anonymous,
            currency=record["currency"],
            announced=self._amount(record, announced) if self.in_period(announced) else None,
            agreed=self._amount(record, signed) if self.in_period(signed) else None,
            entries=[
                self._entry(entry, record["currency"])
                for entry in record["entries"]
                if entry["date"] <= self.cut_off
            ],
        )

    def _entry(self, record: Record, currency: str) -> Entry:
        day = record["date"]
        when = "period" if self.in_period(day) else "opening" if day < self.first else "later"
        value = Amount(record["amount"], currency, day, record.get("rate"), self.rates)
        return Entry(record["kind"], when, value, -1 if "reverses" in record else 1)

    @cached_property
    def assessments(self) -> list[Assessment]:
        requests = {request.ref: request for request in self.requests}
        return [
            Assessment(
                data=record,
                ref=record["ref"],
                request=requests.get(record.get("request", "")),
                submitted=self.in_period(record["submitted"]),
                published=record.get("published", "9999") <= self.cut_off,
                ratings=record.get("ratings", NO_PEOPLE),
            )
            for record in self.snapshot["assessments"]
        ]

    # -- what counts

    @cached_property
    def received(self) -> list[Request]:
        """Requests submitted in the period."""
        return [request for request in self.requests if request.received]

    @cached_property
    def counted(self) -> list[Request]:
        """Of them, those whose needs count."""
        return [request for request in self.received if request.counted]

    def counted_needs(self) -> Iterator[Need]:
        for request in self.counted:
            yield from request.needs

    @cached_property
    def live(self) -> list[Pledge]:
        """Pledges offered in the period and committed at the cut-off, loans among them."""
        return [pledge for pledge in self.pledges.values() if pledge.live]

    @cached_property
    def valued(self) -> list[Pledge]:
        """Of them, those whose value counts: no loans."""
        return [pledge for pledge in self.live if not pledge.loan]

    @cached_property
    def confirmed(self) -> list[Delivery]:
        """Deliveries dated in the period and confirmed at the cut-off."""
        return [delivery for delivery in self.deliveries if delivery.counted]

    @cached_property
    def unconfirmed(self) -> list[Delivery]:
        """Deliveries dated in the period and not confirmed, or disputed since."""
        return [delivery for delivery in self.deliveries if delivery.dated and not delivery.confirmed]

    # -- who may be named

    @cached_property
    def organisations(self) -> dict[str, Record]:
        return {organisation["ref"]: organisation for organisation in self.snapshot["organisations"]}

    @cached_property
    def named_states(self) -> frozenset[str]:
        """States that may be named for at least one request of the snapshot."""
        return frozenset(state for request in self.requests if request.named for state in request.states)

    @cached_property
    def silent_states(self) -> frozenset[str]:
        """States with requests, none of which they may be named for."""
        return frozenset(state for request in self.requests for state in request.states) - self.named_states

    def _donors(self, *, named: bool) -> frozenset[str]:
        given: tuple[Pledge | Contribution, ...] = (*self.pledges.values(), *self.contributions)
        return frozenset(row.donor for row in given if not (named and row.anonymous))

    @cached_property
    def named_donors(self) -> frozenset[str]:
        """Donors of at least one pledge or contribution that they may be named for."""
        return self._donors(named=True)

    @cached_property
    def silent_donors(self) -> frozenset[str]:
        """Donors all of whose pledges and contributions are anonymous."""
        return self._donors(named=False) - self.named_donors
