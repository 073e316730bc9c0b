"""The pledges and deliveries of random dossiers (rules 1 and 2)."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.reports.chance import FIRST, FORMS, GOVERNMENTS, THEMES, Chance, Record
from tests.reports.frozen import World


class Promises(Chance):
    """The collections of a dossier, and the pledges as they are added to them."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        states = World.of_portal(on="2018-12-31").states
        self.world = states
        self.states = self.random.sample(sorted(set(states) - set(GOVERNMENTS)), 60)
        self.donors = [f"org:{s.lower()}" for s in GOVERNMENTS] + ["org:bank-1", "org:bank-2", "org:unodc"]
        self.requests: list[Record] = []
        self.pledges: list[Record] = []
        self.deliveries: list[Record] = []
        self.contributions: list[Record] = []
        self.assessments: list[Record] = []
        self.offers = [self.offer(n) for n in range(3)]
        self.room = {o["ref"]: Decimal(o["quantity"]) for o in self.offers}
        # per need: what each pledge holds, from its offer to its release and after that
        self.holds: defaultdict[str, list[tuple[date, date, Decimal, Decimal]]] = defaultdict(list)
        # per need: its request, itself, and the days between which it is open
        self.open: dict[str, tuple[Record, Record, date, date]] = {}

    def offer(self, number: int) -> Record:
        form = self.random.choice(["training", "equipment", "capacity-building"])
        return {
            "ref": f"O{number}",
            "donor": self.random.choice(self.donors),
            "form": form,
            "theme": self.random.choice(THEMES),
            "description": "On offer",
            "quantity": "40",
            "unit": FORMS[form],
            "valid_from": "2017-01-01",
            "valid_until": "2019-06-30",
        }

    def free(self, need: Record, since: date) -> Decimal:
        """What may still be offered from the day on without passing the quantity at any later offer."""
        holds = self.holds[need["ref"]]
        days = {since, *(offered for offered, *_ in holds if offered >= since)}
        held = [
            sum(
                (full if day < released else kept)
                for offered, released, full, kept in holds
                if offered <= day
            )
            for day in days
        ]
        return Decimal(need["quantity"]) - max(held)

    def pledge(
        self, need: Record, since: date, end: str, *, most: Decimal = Decimal(10**9), **given: Any
    ) -> date:
        """A pledge that comes to the given end, if there is room; the day of its last move."""
        offered = self.day(since, 150)
        free = min(most, self.free(need, offered))
        if free <= 0:
            return since
        quantity = self.part(free)
        donor = self.random.choice(self.donors)
        pledge: Record = {
            "ref": self.ref("P"),
            "donor": donor,
            "need": need["ref"],
            "kind": self.random.choice(["in-kind", "cash"]),
            "form": need["form"] if self.chance(0.9) else self.random.choice(list(FORMS)),
            "description": "Support",
            "quantity": str(quantity),
            "unit": need["unit"],
            **given,
        }
        self.extras(pledge, quantity, offered)
        dates, released, kept = self.fate(pledge, offered, quantity, end)
        if self.chance(0.1):
            dates = {"announced": self.day(since, 150, offered), **dates}
            pledge["source"] = "A public statement"
        if self.chance(0.05) and end == "none" and "redirected_from" not in pledge:
            dates = {"announced": offered}
            pledge.pop("offer", None)
        else:
            self.holds[need["ref"]].append((offered, released, quantity, kept))
        pledge["dates"] = {move: day.isoformat() for move, day in dates.items()}
        self.pledges.append(pledge)
        own = [date.fromisoformat(d["date"]) for d in self.deliveries if d["pledge"] == pledge["ref"]]
        sure = [date.fromisoformat(d["confirmed"]) for d in self.deliveries if self.is_of(d, pledge)]
        return max([*dates.values(), *own, *sure])

    @staticmethod
    def is_of(delivery: Record, pledge: Record) -> bool:
        return delivery["pledge"] == pledge["ref"] and "confirmed" in delivery

    def extras(self, pledge: Record, quantity: Decimal, offered: date) -> None:
        if pledge["kind"] == "cash" and "redirected_from" not in pledge:
            if self.chance(0.3):
                pledge["finance"] = "loan"
            elif self.chance(0.2):
                pledge["channel"] = "through-unodc"
        if self.chance(0.8):
            pledge["value"] = self.money()
        if self.chance(0.2):
            pledge["anonymous"] = True
        if self.chance(0.2):
            others = [donor for donor in self.donors if donor != pledge["donor"]]
            pledge["joint_donors"] = self.random.sample(others, self.random.randint(1, 2))
        for offer in self.offers:
            fits = (offer["donor"], offer["unit"]) == (pledge["donor"], pledge["unit"])
            valid = offer["valid_from"] <= offered.isoformat() <= offer["valid_until"]
            if fits and valid and pledge["form"] == offer["form"] and self.room[offer["ref"]] >= quantity:
                pledge["offer"] = offer["ref"]
                self.room[offer["ref"]] -= quantity

    def fate(
        self, pledge: Record, offered: date, quantity: Decimal, end: str
    ) -> tuple[dict[str, date], date, Decimal]:
        """The pledge's dates, the day on which it was released and what it had delivered by then."""
        dates, kept = {"offered": offered}, Decimal(0)
        if end in ("declined", "withdrawn", "lapsed"):
            dates[end] = self.day(offered + timedelta(days=1), 40)
        elif end != "none":
            dates["accepted"] = at = self.day(offered, 40)
            if end in ("agreed", "delivered", "complete") or (end == "cancelled" and self.chance(0.5)):
                dates["agreed"] = at = self.day(at, 40)
                if self.chance(0.8):
                    signed = self.day(dates["accepted"], 40, at)
                    pledge["agreement"] = {"reference": f"AG-{pledge['ref']}", "signed": signed.isoformat()}
            if end in ("delivered", "complete"):
                at, kept = self.delivering(pledge, dates, quantity, end)
            left = kept < quantity
            if end == "cancelled" or (end == "delivered" and left and self.chance(0.4)):
                dates["cancelled"] = self.day(at + timedelta(days=1), 60)
            elif end == "accepted-lapsed":
                dates["lapsed"] = self.day(at + timedelta(days=1), 60)
        released = [dates[move] for move in ("declined", "withdrawn", "lapsed", "cancelled") if move in dates]
        if released:
            pledge["reason"] = "A reason was given."
        return dates, min(released, default=date.max), kept

    def delivering(
        self, pledge: Record, dates: dict[str, date], quantity: Decimal, end: str
    ) -> tuple[date, Decimal]:
        """Deliveries under the pledge: the day of the last and what they come to."""
        left, at = quantity, dates["agreed"]
        for _ in range(self.random.randint(1, 3)):
            if left > 0:
                part = self.part(left)
                at = self.deliver(pledge, part, at, sure=end == "complete")
                left -= part
        if end == "complete" and left:
            at = self.deliver(pledge, left, at, sure=True)
            left = Decimal(0)
        mine = [d for d in self.deliveries if d["pledge"] == pledge["ref"]]
        if not left and all("confirmed" in d for d in mine) and self.chance(0.5):
            dates["acknowledged"] = self.day(max(date.fromisoformat(d["confirmed"]) for d in mine), 30)
        return at, quantity - left

    def deliver(self, pledge: Record, quantity: Decimal, since: date, *, sure: bool) -> date:
        at = self.day(since, 60)
        delivery: Record = {
            "ref": self.ref("D"),
            "pledge": pledge["ref"],
            "date": at.isoformat(),
            "quantity": str(quantity),
        }
        if self.chance(0.7):
            delivery["value"] = self.money(50_000)
        if self.chance(0.6):
            delivery["participants"] = {
                "women": self.random.randint(0, 20),
                "men": self.random.randint(0, 20),
            }
        day = at
        if self.chance(0.25):
            day = self.day(at, 20)
            delivery["disputed"] = {"date": day.isoformat(), "reason": "Two are missing."}
        if sure or self.chance(0.65):
            day = self.day(day, 30)
            delivery["confirmed"] = day.isoformat()
            if self.chance(0.3):
                delivery["follow_ups"] = [
                    {"date": (day + timedelta(days=183)).isoformat(), "status": "in-use"}
                ]
        self.deliveries.append(delivery)
        return at

    def redirects(self) -> None:
        """Offers what is left of some cancelled pledges to other needs of the same unit."""
        for pledge in [p for p in self.pledges if "cancelled" in p["dates"]]:
            given = [Decimal(d["quantity"]) for d in self.deliveries if d["pledge"] == pledge["ref"]]
            left = Decimal(pledge["quantity"]) - sum(given)
            for ref, (_, need, since, until) in sorted(self.open.items()):
                if ref == pledge["need"] or need["unit"] != pledge["unit"] or until != date.max:
                    continue
                same = {key: pledge[key] for key in ("donor", "kind", "finance") if key in pledge}
                day = max(since, date.fromisoformat(pledge["dates"]["cancelled"]))
                end = self.random.choice(["none", "accepted", "agreed"])
                self.pledge(need, day, end, most=left, **same, redirected_from=pledge["ref"])
                break

    def unearmarked(self, number: int) -> None:
        pledge: Record = {
            "ref": f"PU{number}",
            "donor": self.random.choice(self.donors),
            "kind": "cash",
            "form": "funds",
            "description": "Where most useful",
            "quantity": "1",
            "unit": "lump-sum",
            "value": self.money(),
        }
        if self.chance(0.6):
            pledge["state"] = self.random.choice(self.states)
        if self.chance(0.3):
            pledge["finance"] = "loan"
        if self.chance(0.3):
            pledge["anonymous"] = True
        ends = [
            "none",
            "accepted",
            "agreed",
            *(["cancelled", "delivered"] if "state" in pledge else ["lapsed"]),
        ]
        dates, _, _ = self.fate(pledge, self.day(FIRST, 1300), Decimal(1), self.random.choice(ends))
        pledge["dates"] = {move: day.isoformat() for move, day in dates.items()}
        self.pledges.append(pledge)
