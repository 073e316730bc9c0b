"""Random dossiers that hold every rule of the import, for tests.

What a dossier holds is decided need by need: a pledge is offered while its request is open and never
takes the need above its quantity, whatever is released on the same day being released first. Dates
fall on the edges of the reporting period more often than chance would have it.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.reports.chance import CRITERIA, ENDS, FIRST, FORMS, RELEASED, THEMES, Record
from tests.reports.ledgers import contribution, organisations, rates
from tests.reports.promises import Promises


def random_dossier(seed: int, requests: int = 12, *, timestamps: bool = True) -> Record:
    """A valid dossier, the same for the same arguments; `timestamps` gives some dates a time of day."""
    maker = Maker(seed)
    for number in range(requests):
        maker.request(number)
    maker.redirects()
    for number in range(max(2, requests // 4)):
        maker.unearmarked(number)
        maker.contributions.append(contribution(maker, number))
    dossier = maker.dossier(seed)
    return _with_times(dossier, Random(seed)) if timestamps else dossier


def _with_times(value: Any, random: Random, key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _with_times(v, random, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_times(v, random, key) for v in value]
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and random.random() < 0.2:
        return value + random.choice(["T00:00:00Z", "T23:59:59Z", "T11:30Z"])
    return value


class Maker(Promises):
    """Requests with what was pledged to them while they were open."""

    # -- requests

    def request(self, number: int) -> None:
        ref = f"R{number}"
        together = self.random.sample(self.states, self.random.choice([1, 1, 1, 2, 4]))
        request: Record = {
            "ref": ref,
            "state": together[0],
            "title": f"Request {number}",
            "situation": "Transit through the State is described here.",
            "authority": "The national authority",
            "visibility": self.random.choice(["unodc", "selected-donors", "all-donors", "public"]),
            "drugs": self.random.sample(["opiates", "cocaine", "cannabis", "precursors"], 2),
            "needs": [],
            "dates": {},
        }
        if together[1:]:
            request["co_requesters"] = together[1:]
        if request["visibility"] == "selected-donors":
            request["selected_donors"] = self.random.sample(self.donors, 2)
        if self.chance(0.3):
            request["named_in_report"] = self.chance(0.5)
        if self.chance(0.2):
            request |= {"urgency": "urgent", "urgency_reason": "Lives are at risk."}
        request["needs"] = [self.need(f"N{number}-{n}", together) for n in range(self.random.randint(1, 4))]
        self.requests.append(request)
        self.life(request)

    def need(self, ref: str, together: list[str]) -> Record:
        form = self.random.choice(list(FORMS))
        quantity = str(self.random.randint(1, 60))
        if form in ("funds", "human-resources") and self.chance(0.5):
            quantity += f".{self.random.randint(1, 9)}"
        need: Record = {
            "ref": ref,
            "form": form,
            "theme": self.random.choice(THEMES),
            "description": "What is needed",
            "quantity": quantity,
            "unit": FORMS[form],
            "paragraphs": sorted(self.random.sample(range(1, 10), self.random.randint(1, 3))),
            "priority": self.random.choice(["high", "medium", "low"]),
        }
        if self.chance(0.3):
            need["mainly_for"] = self.random.choice([["women"], ["children"], ["women", "children"]])
        if len(together) > 1 and self.chance(0.5):
            need["state"] = self.random.choice(together)
        if self.chance(0.3):
            need["unit_cost"] = self.money(2000)
        return need

    def life(self, request: Record) -> None:
        """Takes the request from draft as far as it comes, with its pledges on the way."""
        if self.chance(0.06):
            return
        dates: dict[str, date] = {"submitted": self.day(FIRST, 1300)}
        end = self.random.choice(
            ["submitted", "early", "review", "question", *["open"] * 8, *["closed"] * 3, "gone"]
        )
        if end != "submitted" and (end != "early" or self.chance(0.5)):
            dates["acknowledged"] = self.day(dates["submitted"], 14)
        at = max(dates.values())
        if end == "early":
            at = self.early_end(dates, at)
        elif end in ("review", "question"):
            self.questions(request, at, answered=end == "review")
        elif end in ("open", "closed", "gone"):
            at = self.before_circulation(request, dates, at)
            dates["circulated"] = at = self.day(at, 40)
            self.opened(request, dates, at, end)
        request["dates"] = {move: day.isoformat() for move, day in dates.items()}
        request["note_verbale"] = {"number": f"NV/{request['ref']}", "date": dates["submitted"].isoformat()}
        if {"declined", "withdrawn", "closed"} & set(dates):
            request["reason"] = "A reason was given."

    def early_end(self, dates: dict[str, date], at: date) -> date:
        move = self.random.choice(["declined", "withdrawn"])
        dates[move] = self.day(at, 30)
        if self.chance(0.4):
            dates["reopened"] = self.day(dates[move], 60)
        return max(dates.values())

    def before_circulation(self, request: Record, dates: dict[str, date], at: date) -> date:
        if self.chance(0.15):
            dates["declined"] = self.day(at, 20)
            dates["reopened"] = self.day(dates["declined"], 40)
            return dates["reopened"] + timedelta(days=1)
        return self.questions(request, at, answered=True) if self.chance(0.3) else at

    def questions(self, request: Record, at: date, *, answered: bool) -> date:
        for last in [False] * self.random.randint(0, 1) + [True]:
            at = self.day(at, 15)
            question = {"asked": at.isoformat(), "question": "Which posts?"}
            if answered or not last:
                at = self.day(at, 20)
                question |= {"answered": at.isoformat(), "answer": "Both."}
            request.setdefault("clarifications", []).append(question)
        return at

    def opened(self, request: Record, dates: dict[str, date], at: date, end: str) -> None:
        """Pledges to the open request, and its end where it has one."""
        ends = {"open": ENDS, "closed": [*RELEASED, "complete", "complete"], "gone": RELEASED}[end]
        last = at
        for need in request["needs"]:
            for _ in range(self.random.choice([0, 1, 1, 2, 3])):
                last = max(last, self.pledge(need, at, self.random.choice(ends)))
        until = date.max
        if end != "open":
            move = "closed" if end == "closed" else "withdrawn"
            dates[move] = until = self.day(last, 60)
            if self.chance(0.3) and "reopened" not in dates:
                dates["reopened"] = self.day(until, 60)
        for need in request["needs"]:
            self.open[need["ref"]] = (request, need, at, until)
        self.assess(request, last)

    # -- the rest

    def assess(self, request: Record, since: date) -> None:
        needs = {need["ref"] for need in request["needs"]}
        pledges = {p["ref"] for p in self.pledges if p.get("need") in needs}
        sure = [d["confirmed"] for d in self.deliveries if d["pledge"] in pledges and "confirmed" in d]
        if not sure or self.chance(0.4):
            return
        at = self.day(max(since, date.fromisoformat(min(sure))), 200)
        chosen = self.random.sample(CRITERIA, self.random.randint(0, 4))
        self.assessments.append(
            {
                "ref": f"A-{request['ref']}",
                "request": request["ref"],
                "submitted": at.isoformat(),
                "findings": "It helped.",
                "ratings": {criterion: self.random.randint(1, 5) for criterion in chosen},
                **({"published": self.day(at, 60).isoformat()} if self.chance(0.5) else {}),
            }
        )

    def dossier(self, seed: int) -> Record:
        return {
            "format": "assistance-dossier/1",
            "title": f"Random dossier {seed}",
            "organisations": organisations(self.world),
            "exchange_rates": rates(self),
            "requests": self.requests,
            "offers": self.offers,
            "pledges": self.pledges,
            "contributions": self.contributions,
            "deliveries": self.deliveries,
            "assessments": self.assessments,
            "sessions": [
                {"body": "CND", "number": 62, "venue": "Vienna", "from": "2017-03-18", "to": "2018-12-31"}
            ],
            "narratives": [
                {
                    "session": 62,
                    "paragraph": self.random.randint(1, 9),
                    "organisation": "org:unodc",
                    "language": "en",
                    "text": "What the office did.",
                }
            ],
        }
