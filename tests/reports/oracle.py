"""A second reading of the report's figures, for tests: from a dossier, slowly, one figure at a time.

It reads the dossier on its own, by brute force, and shares no code with `reports.figures`.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.reports.dossiers import random_dossier
from tests.reports.frozen import REGION_CODES, Dossier, World, session_of, snapshot_of

__all__ = ["World", "expected_figures", "random_dossier", "session_of", "snapshot_of"]


def expected_figures(
    dossier: Dossier, session: dict[str, Any], cut_off: str, world: World
) -> dict[str, int | Fraction]:
    """Every figure by its id, each found by asking every record anew; money as exact cents."""
    return _Reading(dossier, session, cut_off, world).figures()


def dollars(
    amount: str, currency: str, day: str, rates: list[dict[str, str]], kept: str | None = None
) -> Fraction:
    """An amount in dollars, rounded half-even to cents, at the kept rate or the latest one not after the day."""
    per_usd = Fraction(kept or 1)
    if currency != "USD" and not kept:
        known = [r for r in rates if r["currency"] == currency and r["date"][:10] <= day]
        if not known:
            raise LookupError(f"{currency} {day}")
        per_usd = Fraction(max(known, key=lambda r: r["date"][:10])["per_usd"])
    # round() of a Fraction rounds halves to even
    return Fraction(round(Fraction(amount) / per_usd * 100), 100)


def working_days(first: str, last: str, holidays: list[str]) -> int:
    """Counted on the fingers: the weekdays after `first`, up to `last`, that are no holiday."""
    day, end, found = date.fromisoformat(first), date.fromisoformat(last), 0
    while day < end:
        day += timedelta(days=1)
        found += day.isoweekday() <= 5 and day.isoformat() not in holidays
    return found


class _Reading:
    def __init__(self, dossier: Dossier, session: dict[str, Any], cut_off: str, world: World) -> None:
        self.d = dossier
        self.world = world
        self.cut = cut_off
        self.first = session["from"][:10]
        self.last = min(session["to"][:10], cut_off)
        self.requests = dossier.get("requests", [])
        self.pledges = dossier.get("pledges", [])
        self.deliveries = dossier.get("deliveries", [])
        self.contributions = dossier.get("contributions", [])
        self.rates = dossier.get("exchange_rates", [])

    def by(self, record: dict[str, str], key: str) -> bool:
        return key in record and record[key][:10] <= self.cut

    def during(self, day: str | None) -> bool:
        return bool(day) and self.first <= day[:10] <= self.last

    # requests

    def state(self, request: dict[str, Any]) -> str:
        order = ["submitted", "acknowledged", "circulated", "closed", "withdrawn", "declined", "reopened"]
        latest = ""
        for move in order:
            if self.by(request["dates"], move) and (
                not latest or request["dates"][move][:10] >= request["dates"][latest][:10]
            ):
                latest = move
        if latest == "circulated":
            return "open"
        if latest in ("acknowledged", "reopened"):
            waiting = [
                q
                for q in request.get("clarifications", [])
                if self.by(q, "asked") and not self.by(q, "answered")
            ]
            return "clarification" if waiting else "under_review"
        return latest

    def received(self) -> list[dict[str, Any]]:
        return [r for r in self.requests if self.during(r["dates"].get("submitted"))]

    def standing(self) -> list[dict[str, Any]]:
        return [r for r in self.received() if self.state(r) not in ("withdrawn", "declined")]

    def states_of(self, request: dict[str, Any]) -> set[str]:
        return {request["state"]} | set(request.get("co_requesters", []))

    def needs(self) -> list[dict[str, Any]]:
        return [n for r in self.standing() for n in r["needs"]]

    def need(self, ref: str) -> dict[str, Any]:
        return next(n for r in self.requests for n in r["needs"] if n["ref"] == ref)

    def lead(self, need: str) -> str:
        return next(r["state"] for r in self.requests if any(n["ref"] == need for n in r["needs"]))

    # pledges and deliveries

    def live(self, pledge: dict[str, Any]) -> bool:
        gone = [end for end in ("cancelled", "withdrawn", "lapsed") if self.by(pledge["dates"], end)]
        return self.by(pledge["dates"], "accepted") and not gone

    def offered(self) -> list[dict[str, Any]]:
        return [p for p in self.pledges if self.during(p["dates"].get("offered"))]

    def counted(self) -> list[dict[str, Any]]:
        return [p for p in self.offered() if self.live(p) and p.get("finance") != "loan"]

    def value(self, money: dict[str, str], day: str) -> Fraction:
        return dollars(money["amount"], money["currency"], day, self.rates, money.get("rate"))

    def worth(self, pledges: list[dict[str, Any]]) -> Fraction:
        return sum(
            (self.value(p["value"], p["dates"]["offered"][:10]) for p in pledges if "value" in p),
            Fraction(0),
        )

    def is_confirmed(self, delivery: dict[str, Any]) -> bool:
        if not self.by(delivery, "confirmed"):
            return False
        disputed = delivery.get("disputed", {}).get("date", "0000")[:10]
        return not (delivery["confirmed"][:10] < disputed <= self.cut)

    def pledge_of(self, delivery: dict[str, Any]) -> dict[str, Any]:
        return next(p for p in self.pledges if p["ref"] == delivery["pledge"])

    def fulfilment(self, need: dict[str, Any]) -> str:
        pledges = [p for p in self.pledges if p.get("need") == need["ref"]]
        wanted = Fraction(need["quantity"])
        promised = sum(Fraction(p["quantity"]) for p in pledges if self.live(p))
        given = sum(
            Fraction(d["quantity"])
            for d in self.deliveries
            if d["pledge"] in [p["ref"] for p in pledges]
            and d["date"][:10] <= self.cut
            and self.is_confirmed(d)
        )
        if given >= wanted:
            return "delivered"
        if given > 0:
            return "partly_delivered"
        if promised >= wanted:
            return "fully_pledged"
        return "partly_pledged" if promised > 0 else "unmet"

    # all of it

    def figures(self) -> dict[str, int | Fraction]:
        return {
            **self.of_requests(),
            **self.of_needs(),
            **self.of_pledges(),
            **self.of_deliveries(),
            **self.of_contributions(),
            **self.of_assessments(),
            **self.of_paragraphs(),
        }

    def of_requests(self) -> dict[str, int | Fraction]:
        received, states = self.received(), self.world.states
        found: dict[str, int | Fraction] = {
            "requests.received": len(received),
            "requests.states": len(set().union(*(self.states_of(r) for r in received))),
        }
        for code in REGION_CODES.values():
            found[f"requests.by_region.{code}"] = sum(
                code in [states[s]["region"] for s in self.states_of(r)] for r in received
            )
        for group in ("ldc", "lldc", "sids"):
            found[f"requests.by_group.{group}"] = sum(
                True in [states[s][group] for s in self.states_of(r)] for r in received
            )
        for state in states:
            found[f"requests.by_state.{state}"] = sum(state in self.states_of(r) for r in received)
        for name in ("submitted", "under_review", "clarification", "open", "closed", "declined", "withdrawn"):
            found[f"requests.at_cutoff.{name}"] = sum(self.state(r) == name for r in received)
        days = sorted(
            working_days(r["dates"]["submitted"][:10], r["dates"]["acknowledged"][:10], self.world.holidays)
            for r in received
            if self.by(r["dates"], "acknowledged")
        )
        found["requests.acknowledged_on_time"] = sum(d <= 5 for d in days)
        if days:
            half = len(days) // 2
            middle = days[half : half + 1] if len(days) % 2 else days[half - 1 : half + 1]
            found["requests.days_to_acknowledge.median"] = Fraction(sum(middle), len(middle))
        return found

    def of_needs(self) -> dict[str, int | Fraction]:
        needs = self.needs()
        found: dict[str, int | Fraction] = {
            "needs.total": len(needs),
            "needs.women_children": sum(bool(n.get("mainly_for")) for n in needs),
        }
        for name in ("form", "theme"):
            for code in {n[name] for n in needs}:
                found[f"needs.by_{name}.{code}"] = sum(n[name] == code for n in needs)
        for number in range(1, 10):
            found[f"needs.by_paragraph.{number}"] = sum(number in n["paragraphs"] for n in needs)
        for step in ("unmet", "partly_pledged", "fully_pledged", "partly_delivered", "delivered"):
            found[f"needs.fulfilment.{step}"] = sum(self.fulfilment(n) == step for n in needs)
        return found

    def of_pledges(self) -> dict[str, int | Fraction]:
        offered, counted = self.offered(), self.counted()
        agreed = [p for p in offered if self.live(p) and self.by(p["dates"], "agreed")]
        found: dict[str, int | Fraction] = {
            "pledges.offered": len(offered),
            "pledges.accepted": sum(self.by(p["dates"], "accepted") for p in offered),
            "pledges.agreed": len(agreed),
            "pledges.agreed_usd": self.worth([p for p in agreed if p.get("finance") != "loan"]),
            "pledges.loans_usd": self.worth(
                [p for p in offered if self.live(p) and p.get("finance") == "loan"]
            ),
            "pledges.value_usd": self.worth(counted),
        }
        for name in ("donor", "form"):
            for code in {p[name] for p in counted}:
                found[f"pledges.value_usd.by_{name}.{code}"] = self.worth(
                    [p for p in counted if p[name] == code]
                )
        earmarked = [p for p in counted if "need" in p]
        for code in REGION_CODES.values():
            found[f"pledges.value_usd.by_region.{code}"] = self.worth(
                [p for p in earmarked if self.world.states[self.lead(p["need"])]["region"] == code]
            )
        for number in range(1, 10):
            found[f"pledges.value_usd.by_paragraph.{number}"] = self.worth(
                [p for p in earmarked if number in self.need(p["need"])["paragraphs"]]
            )
        return found

    def of_deliveries(self) -> dict[str, int | Fraction]:
        dated = [d for d in self.deliveries if self.during(d["date"])]
        sure = [d for d in dated if self.is_confirmed(d)]
        training = [d for d in sure if self.pledge_of(d)["form"] == "training"]
        worth = [
            self.value(d["value"], d["date"][:10])
            for d in sure
            if "value" in d and self.pledge_of(d).get("finance") != "loan"
        ]
        return {
            "deliveries.confirmed": len(sure),
            "deliveries.unconfirmed": len(dated) - len(sure),
            "deliveries.confirmed_usd": sum(worth, Fraction(0)),
            "training.participants.women": sum(d.get("participants", {}).get("women", 0) for d in training),
            "training.participants.men": sum(d.get("participants", {}).get("men", 0) for d in training),
        }

    def ledger(self, kind: str, first: str, last: str, donor: str | None = None) -> Fraction:
        return sum(
            (
                dollars(entry["amount"], c["currency"], entry["date"][:10], self.rates, entry.get("rate"))
                for c in self.contributions
                if donor in (None, c["donor"])
                for entry in c.get(kind, [])
                if first <= entry["date"][:10] <= last
            ),
            Fraction(0),
        )

    def balance(self, first: str, last: str) -> Fraction:
        spent = sum(self.ledger(kind, first, last) for kind in ("psc_charges", "allocations", "refunds"))
        return self.ledger("receipts", first, last) - spent

    def of_contributions(self) -> dict[str, int | Fraction]:
        before = (date.fromisoformat(self.first) - timedelta(days=1)).isoformat()
        names = {
            "received": "receipts",
            "psc": "psc_charges",
            "allocated": "allocations",
            "refunded": "refunds",
        }
        found: dict[str, int | Fraction] = {
            f"contributions.{name}_usd": self.ledger(kind, self.first, self.last)
            for name, kind in names.items()
        }
        for donor in {c["donor"] for c in self.contributions}:
            found[f"contributions.received_usd.by_donor.{donor}"] = self.ledger(
                "receipts", self.first, self.last, donor
            )
        signed = [c for c in self.contributions if self.during(c.get("agreement", {}).get("signed"))]
        announced = [c for c in self.contributions if self.during(c["announced"])]
        return {
            **found,
            "contributions.announced_usd": sum(
                (dollars(c["amount"], c["currency"], c["announced"][:10], self.rates) for c in announced),
                Fraction(0),
            ),
            "contributions.agreed_usd": sum(
                (
                    dollars(c["amount"], c["currency"], c["agreement"]["signed"][:10], self.rates)
                    for c in signed
                ),
                Fraction(0),
            ),
            "contributions.net_usd": self.balance(self.first, self.last),
            "contributions.opening_usd": self.balance("0000", before),
            "contributions.closing_usd": self.balance("0000", self.cut),
        }

    def of_assessments(self) -> dict[str, int | Fraction]:
        given = [a for a in self.d.get("assessments", []) if self.during(a["submitted"])]
        found: dict[str, int | Fraction] = {"assessments.submitted": len(given)}
        for name in ("relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability"):
            marks = [a["ratings"][name] for a in given if name in a.get("ratings", {})]
            if marks:
                found[f"assessments.rating.{name}"] = Fraction(
                    round(Fraction(sum(marks), len(marks)) * 10), 10
                )
        return found

    def of_paragraphs(self) -> dict[str, int | Fraction]:
        found: dict[str, int | Fraction] = {}
        for n in range(1, 10):
            requests = [r for r in self.standing() if any(n in need["paragraphs"] for need in r["needs"])]
            needs = [need for need in self.needs() if n in need["paragraphs"]]
            pledges = [p for p in self.counted() if "need" in p and n in self.need(p["need"])["paragraphs"]]
            found |= {
                f"paragraph.{n}.requests": len(requests),
                f"paragraph.{n}.states": len(set().union(*(self.states_of(r) for r in requests))),
                f"paragraph.{n}.needs": len(needs),
                f"paragraph.{n}.needs_met": sum(self.fulfilment(need) == "delivered" for need in needs),
                f"paragraph.{n}.pledges": len(pledges),
                f"paragraph.{n}.value_usd": self.worth(pledges),
                f"paragraph.{n}.donors": len({p["donor"] for p in pledges}),
            }
        return found
