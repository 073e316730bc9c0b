"""From a record of a dossier to the columns of its row. What happened is left to the services: no status, no stamps."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.core import moments
from portal.dossier.written import STANDARD_PSC_RATE

Find = Callable[[str, str], Any]
"""The row of a reference, by collection."""

Columns = dict[str, Any]
Record = Mapping[str, Any]


def at(text: str | None) -> datetime | None:
    """The moment that a date or timestamp names."""
    return None if text is None else moments.parse(text)


def _texts(record: Record, *names: str) -> Columns:
    return {name: record.get(name, "") for name in names}


def _money(record: Record, key: str) -> Columns:
    money = record.get(key) or {}
    amount = money.get("amount")
    return {
        f"{key}_amount": None if amount is None else Decimal(amount),
        f"{key}_currency": money.get("currency", ""),
    }


def _agreement(record: Record) -> Columns:
    agreement = record.get("agreement") or {}
    return {
        "agreement_reference": agreement.get("reference", ""),
        "agreement_signed": at(agreement.get("signed")),
    }


def _counts(counts: Record | None, *names: str) -> Columns:
    return {name: None if (counts or {}).get(name) is None else int((counts or {})[name]) for name in names}


def request(record: Record) -> Columns:
    """Columns of a request."""
    verbale = record.get("note_verbale") or {}
    return _texts(
        record, "language", "title", "situation", "objectives", "previous_assistance", "national_contribution",
        "authority", "contact", "channel", "urgency", "urgency_reason", "evidence", "reason", "source",
    ) | {
        "ref": record["ref"],
        "state_id": record["state"],
        "drugs": list(record.get("drugs", ())),
        "visibility": record.get("visibility", "unodc"),
        "named_in_report": record.get("named_in_report"),
        "note_verbale_number": verbale.get("number", ""),
        "note_verbale_date": at(verbale.get("date")),
        "claims": record.get("claims", []),
    }  # fmt: skip


def need(record: Record) -> Columns:
    """Columns of a need."""
    return (
        _texts(
            record, "description", "place", "priority", "site_readiness", "running_costs", "recipient_kind", "direction"
        )
        | _money(record, "unit_cost")
        | _counts(record.get("beneficiaries"), "women", "men", "children")
        | {
            "ref": record["ref"],
            "form_id": record["form"],
            "theme_id": record["theme"],
            "quantity": Decimal(record["quantity"]),
            "unit_id": record["unit"],
            "needed_by": at(record.get("needed_by")),
            "paragraphs": [int(number) for number in record["paragraphs"]],
            "mainly_for": list(record.get("mainly_for", ())),
            "state_id": record.get("state"),
        }
    )  # fmt: skip


def offer(record: Record, find: Find) -> Columns:
    """Columns of an offer."""
    return _texts(record, "description", "conditions") | {
        "ref": record["ref"],
        "donor": find("organisations", record["donor"]),
        "form_id": record["form"],
        "theme_id": record["theme"],
        "quantity": Decimal(record["quantity"]),
        "unit_id": record["unit"],
        "regions": list(record.get("regions", ())),
        "languages": list(record.get("languages", ())),
        "valid_from": at(record["valid_from"]),
        "valid_until": at(record.get("valid_until")),
    }


def pledge(record: Record, find: Find) -> Columns:
    """Columns of a pledge."""
    window = record.get("window") or {}
    found = {
        name: find(collection, record[name]) if name in record else None
        for name, collection in (("need", "needs"), ("offer", "offers"), ("redirected_from", "pledges"))
    }
    return (
        _texts(record, "description", "conditions", "reason", "source")
        | _money(record, "value")
        | _agreement(record)
        | found
        | {
            "ref": record["ref"],
            "donor": find("organisations", record["donor"]),
            "kind": record["kind"],
            "finance": record.get("finance", "grant"),
            "form_id": record["form"],
            "quantity": Decimal(record["quantity"]),
            "unit_id": record["unit"],
            "anonymous": record.get("anonymous", False),
            "window_from": at(window.get("from")),
            "window_until": at(window.get("until")),
            "claims": record.get("claims", []),
            "state_id": record.get("state"),
            "channel": record.get("channel", "direct"),
        }
    )


def contribution(record: Record, find: Find) -> Columns:
    """Columns of a contribution."""
    kind, _colon, target = record.get("earmarked_for", "").partition(":")
    return (
        _texts(record, "psc_rule", "source")
        | _agreement(record)
        | {
            "ref": record["ref"],
            "donor": find("organisations", record["donor"]),
            "pledge": find("pledges", record["pledge"]) if "pledge" in record else None,
            "amount": Decimal(record["amount"]),
            "currency": record["currency"],
            "earmarking": record["earmarking"],
            "earmarked_theme_id": target if kind == "theme" else None,
            "earmarked_region": target if kind == "region" else "",
            "earmarked_state_id": target if kind == "state" else None,
            "earmarked_need": find("needs", target) if kind == "need" else None,
            "psc_rate": Decimal(record["psc_rate"]) if "psc_rate" in record else STANDARD_PSC_RATE,
            "claims": record.get("claims", []),
        }
    )


def delivery(record: Record, find: Find) -> Columns:
    """Columns of a delivery."""
    return (
        _texts(record, "description", "place", "source")
        | _money(record, "value")
        | _counts(record.get("participants"), "women", "men")
        | {
            "ref": record["ref"],
            "pledge": find("pledges", record["pledge"]),
            "date": at(record["date"]),
            "quantity": Decimal(record["quantity"]),
            "participants_given": "participants" in record,
            "dispute_reason": (record.get("disputed") or {}).get("reason", ""),
            "claims": record.get("claims", []),
        }
    )


def assessment(record: Record, find: Find) -> Columns:
    """Columns of an assessment."""
    return _texts(record, "findings", "lessons") | {
        "ref": record["ref"],
        "request": find("requests", record["request"]),
        "ratings": {name: int(value) for name, value in record.get("ratings", {}).items()},
    }


def indicator(record: Record) -> Columns:
    """Columns of an indicator."""
    return _texts(record, "name", "unit", "baseline", "target", "current")


def session(record: Record) -> Columns:
    """Columns of a session."""
    return _texts(record, "venue", "agenda_item", "symbol") | {
        "number": int(record["number"]),
        "body": record.get("body", "CND"),
        "opens": at(record.get("opens")),
        "closes": at(record.get("closes")),
        "start": at(record["from"]),
        "until": at(record["to"]),
    }
