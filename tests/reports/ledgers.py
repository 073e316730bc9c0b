"""The contributions of random dossiers, whose balance never falls below zero (rule 3)."""

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from tests.reports.chance import FIRST, GOVERNMENTS, LAST, MINOR, PER_USD, Record

if TYPE_CHECKING:
    from tests.reports.dossiers import Maker


def contribution(maker: "Maker", number: int) -> Record:
    """One contribution with what it brought in and what was spent of it."""
    made: Record = {
        "ref": f"C{number}",
        "donor": maker.random.choice(maker.donors),
        "amount": str(maker.random.randint(10, 900) * 1000),
        "currency": maker.random.choice(list(MINOR)),
        "earmarking": "unearmarked",
        "announced": maker.day(FIRST, 1200).isoformat(),
        "psc_rate": maker.random.choice(["13", "13", "8", "7.5"]),
    }
    if made["psc_rate"] != "13":
        made["psc_rule"] = "A rule of the donor's framework"
    if maker.chance(0.5):
        made |= _of_pledge(maker)
    if maker.open and made["earmarking"] == "unearmarked" and maker.chance(0.6):
        code = maker.random.choice(earmarks(maker, maker.random.choice(sorted(maker.open))))
        made |= {"earmarking": "tight" if code.startswith("need:") else "soft", "earmarked_for": code}
    if maker.chance(0.85):
        signed = maker.day(date.fromisoformat(made["announced"]), 60)
        made["agreement"] = {"reference": f"CA-{number}", "signed": signed.isoformat()}
        _ledger(maker, made, signed)
    return made


def _of_pledge(maker: "Maker") -> Record:
    """What a contribution takes over from the cash pledge to UNODC that it fulfils, if there is one."""
    used = {c.get("pledge") for c in maker.contributions}
    for pledge in maker.pledges:
        through = pledge.get("channel") == "through-unodc" and "agreed" in pledge["dates"]
        if through and "value" in pledge and "cancelled" not in pledge["dates"] and pledge["ref"] not in used:
            return {
                "pledge": pledge["ref"],
                "donor": pledge["donor"],
                **pledge["value"],
                "earmarking": "tight",
                "earmarked_for": f"need:{pledge['need']}",
                "announced": pledge["dates"]["agreed"],
            }
    return {}


def earmarks(maker: "Maker", ref: str) -> list[str]:
    """Every earmark within which the need lies; its own State counts where it has one (rule 13)."""
    request, need, _, _ = maker.open[ref]
    state = need.get("state", request["state"])
    world = maker.world[state]
    places = [f"region:{world['region']}", f"region:{world['sub_region']}", f"state:{state}"]
    return [f"need:{ref}", f"theme:{need['theme']}", *places]


def _ledger(maker: "Maker", made: Record, at: date) -> None:
    """Receipts, charges, allocations and refunds in order of day."""
    rate, amount = Decimal(made["psc_rate"]) / 100, Decimal(made["amount"])
    step = Decimal(1).scaleb(-MINOR[made["currency"]])
    received = refunded = charged = allocated = Decimal(0)
    for _ in range(maker.random.randint(0, 7)):
        at = maker.day(at, 120)
        net = received - refunded
        most = {
            "receipts": amount - received,
            "psc_charges": net * rate / (1 + rate) - charged,
            "allocations": min(net / (1 + rate), net - charged) - allocated,
            "refunds": min(net - charged - allocated, net - allocated * (1 + rate)),
        }
        kinds = [kind for kind in most if most[kind] > 1]
        if not kinds:
            return
        kind = maker.random.choice(kinds)
        share = Decimal(maker.random.choice([1, 3, 5, 10])) / 10
        part = (most[kind] * share).quantize(step, rounding=ROUND_DOWN)
        entry = {"date": at.isoformat(), "amount": str(part)}
        if kind == "allocations":
            need = _allocable(maker, made, at)
            if need is None:
                continue
            entry |= need
        made.setdefault(kind, []).append(entry)
        received += part * (kind == "receipts")
        charged += part * (kind == "psc_charges")
        allocated += part * (kind == "allocations")
        refunded += part * (kind == "refunds")


def _allocable(maker: "Maker", made: Record, at: date) -> Record | None:
    """A need whose request is open on the day, with the donor's consent where it lies outside the earmark."""
    needs = [ref for ref, (_, _, since, until) in maker.open.items() if since <= at <= until]
    if not needs:
        return None
    ref = maker.random.choice(needs)
    inside = made["earmarking"] == "unearmarked" or made["earmarked_for"] in earmarks(maker, ref)
    return {"need": ref} if inside else {"need": ref, "consent": "The donor's letter"}


def organisations(world: dict[str, Any]) -> list[Record]:
    """The donors of random dossiers."""
    named: list[Record] = [
        {"ref": "org:unodc", "names": {"en": "UNODC"}, "acronym": "UNODC", "kind": "secretariat"},
        {"ref": "org:bank-1", "names": {"en": "Development Bank 1"}, "kind": "financial-institution"},
        {"ref": "org:bank-2", "names": {"en": "Development Bank 2"}, "kind": "financial-institution"},
    ]
    for state in GOVERNMENTS:
        names = {"en": f"Government of {world[state]['names']['en']}"}
        named.append({"ref": f"org:{state.lower()}", "names": names, "kind": "government", "state": state})
    return named


def rates(maker: "Maker") -> list[Record]:
    """Rates of exchange from before the first date of any record, at uneven steps."""
    found = []
    for currency, middle in PER_USD.items():
        at = date(2016, 1, 1)
        while at <= LAST:
            per_usd = (Decimal(middle) * maker.random.randint(80, 120) / 100).quantize(Decimal("0.00001"))
            found.append({"currency": currency, "date": at.isoformat(), "per_usd": str(per_usd)})
            at += timedelta(days=maker.random.choice([14, 31, 90]))
    return found
