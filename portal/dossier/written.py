"""Records as a dossier writes them: from rows, in memory or stored, to JSON values.

What a column leaves empty is left out, and so is what is meant where nothing is said (`given.DEFAULTS`).
Amounts have no trailing zeros, a moment at the day's first second is a day.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.core import moments
from portal.core.money import plain
from portal.dossier import schema

Rows = Callable[[Any, str], Iterable[Any]]
"""The rows that hang on a record, by the name of the relation, in the order in which they are written."""

RefOf = Callable[[Any], str]
"""Reference of an organisation."""

STANDARD_PSC_RATE = Decimal(13)
ENTRY_LISTS = {
    "receipt": "receipts",
    "psc": "psc_charges",
    "allocation": "allocations",
    "refund": "refunds",
}


def ref_of(record: Any) -> str:
    """Reference of a record: the dossier's, else the portal's own, else that of a draft."""
    return record.ref or record.reference or getattr(record, "public_id", "") or ""


def need_ref(need: Any) -> str:
    """Reference of a need: the dossier's, else `TA-2018-AFG-0007-N2`."""
    return need.ref or f"{ref_of(need.request)}-N{need.number}"


def made(rule: schema.Rule, fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the format, in its order of keys, without what is empty and not required."""
    rules: Mapping[str, Any] = rule.rules  # type: ignore[attr-defined]
    required: frozenset[str] = rule.required  # type: ignore[attr-defined]
    return {
        key: fields[key] for key in rules if key in fields and (key in required or not _empty(fields[key]))
    }


def _empty(value: Any) -> bool:
    return value is None or (not value and isinstance(value, str | list | dict))


def moment(value: datetime | date | None) -> str | None:
    """A moment as a dossier writes it."""
    if value is None or isinstance(value, datetime):
        return None if value is None else moments.written(value)
    return moments.written(datetime(value.year, value.month, value.day, tzinfo=UTC))


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    return None if amount is None else {"amount": plain(amount), "currency": currency}


def _agreement(record: Any) -> dict[str, Any] | None:
    if record.agreement_signed is None:
        return None
    return {"reference": record.agreement_reference, "signed": moment(record.agreement_signed)}


def _counts(**counts: int | None) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count is not None}


def _dates(record: Any, moves: Iterable[str]) -> dict[str, str]:
    found = {move: moment(getattr(record, f"{move}_at")) for move in moves}
    return {move: text for move, text in found.items() if text is not None}


def rate(row: Any) -> dict[str, Any]:
    """A rate of exchange."""
    fields = {
        "currency": row.currency_id,
        "date": moment(row.date),
        "per_usd": plain(row.per_usd),
        "source": row.source,
    }
    return made(schema.RATE, fields)


def request(row: Any, rows: Rows, organisation: RefOf) -> dict[str, Any]:
    """A request with its needs and questions."""
    verbale = None
    if row.note_verbale_date is not None:
        verbale = {"number": row.note_verbale_number, "date": moment(row.note_verbale_date)}
    fields = {
        name: getattr(row, name)
        for name in (
            "language", "drugs", "title", "situation", "objectives", "previous_assistance",
            "national_contribution", "authority", "contact", "channel", "urgency", "urgency_reason", "evidence",
            "reason", "source", "claims", "named_in_report",
        )
    } | {
        "ref": ref_of(row),
        "state": row.state_id,
        "co_requesters": [other.state_id for other in rows(row, "co_requesters")],
        "visibility": "" if row.visibility == "unodc" else row.visibility,
        "selected_donors": [organisation(other.organisation) for other in rows(row, "addressees")],
        "note_verbale": verbale,
        "needs": [need(one) for one in sorted(rows(row, "needs"), key=lambda one: one.number) if _whole(one)],
        "dates": _dates(row, schema.REQUEST_MOVES),
        "clarifications": [_clarification(one) for one in rows(row, "clarifications")],
    }  # fmt: skip
    return made(schema.REQUEST, fields)


def _clarification(row: Any) -> dict[str, Any]:
    fields = {
        "asked": moment(row.asked_at),
        "question": row.question,
        "answered": moment(row.answered_at),
        "answer": row.answer,
    }
    return made(schema.CLARIFICATION, fields)


def _whole(need: Any) -> bool:
    """A draft's need may lack what the format asks for; it is exported once it has that."""
    return need.quantity is not None and need.unit_id is not None


def need(row: Any) -> dict[str, Any]:
    """One line of a request."""
    fields = {
        name: getattr(row, name)
        for name in (
            "description", "place", "paragraphs", "priority", "site_readiness", "running_costs", "recipient_kind",
            "mainly_for", "direction",
        )
    } | {
        "ref": need_ref(row),
        "form": row.form_id,
        "theme": row.theme_id,
        "quantity": plain(row.quantity),
        "unit": row.unit_id,
        "unit_cost": _money(row.unit_cost_amount, row.unit_cost_currency),
        "needed_by": moment(row.needed_by),
        "beneficiaries": _counts(women=row.women, men=row.men, children=row.children),
        "state": row.state_id,
    }  # fmt: skip
    return made(schema.NEED, fields)


def offer(row: Any, rows: Rows, organisation: RefOf) -> dict[str, Any]:
    """An offer with the States it is meant for."""
    fields = {
        "ref": ref_of(row),
        "donor": organisation(row.donor),
        "form": row.form_id,
        "theme": row.theme_id,
        "description": row.description,
        "quantity": plain(row.quantity),
        "unit": row.unit_id,
        "regions": row.regions,
        "states": [other.state_id for other in rows(row, "states")],
        "languages": row.languages,
        "valid_from": moment(row.valid_from),
        "valid_until": moment(row.valid_until),
        "conditions": row.conditions,
    }
    return made(schema.OFFER, fields)


def pledge(row: Any, rows: Rows, organisation: RefOf) -> dict[str, Any]:
    """A pledge with its donors and dates."""
    window = {"from": moment(row.window_from), "until": moment(row.window_until)}
    fields = {
        "ref": ref_of(row),
        "donor": organisation(row.donor),
        "joint_donors": [organisation(other.organisation) for other in rows(row, "joint_donors")],
        "need": need_ref(row.need) if row.need is not None else None,
        "offer": ref_of(row.offer) if row.offer is not None else None,
        "kind": row.kind,
        "finance": "" if row.finance == "grant" else row.finance,
        "form": row.form_id,
        "description": row.description,
        "quantity": plain(row.quantity),
        "unit": row.unit_id,
        "value": _money(row.value_amount, row.value_currency),
        "anonymous": row.anonymous or None,
        "conditions": row.conditions,
        "window": {name: text for name, text in window.items() if text is not None},
        "agreement": _agreement(row),
        "dates": _dates(row, schema.PLEDGE_MOVES),
        "reason": row.reason,
        "claims": row.claims,
        "source": row.source,
        "redirected_from": ref_of(row.redirected_from) if row.redirected_from is not None else None,
        "state": row.state_id,
        "channel": "" if row.channel == "direct" else row.channel,
    }
    return made(schema.PLEDGE, fields)


def contribution(row: Any, rows: Rows, organisation: RefOf) -> dict[str, Any]:
    """A contribution with its ledger; what was entered and reversed again is left out, being nothing."""
    fields: dict[str, Any] = {
        "ref": ref_of(row),
        "donor": organisation(row.donor),
        "pledge": ref_of(row.pledge) if row.pledge is not None else None,
        "amount": plain(row.amount),
        "currency": row.currency,
        "earmarking": row.earmarking,
        "earmarked_for": _earmark(row),
        "psc_rate": None if row.psc_rate == STANDARD_PSC_RATE else plain(row.psc_rate),
        "psc_rule": row.psc_rule,
        "announced": moment(row.announced_at),
        "agreement": _agreement(row),
        "claims": row.claims,
        "source": row.source,
    }
    lines: dict[str, list[dict[str, Any]]] = {name: [] for name in ENTRY_LISTS.values()}
    for line in standing_entries(rows(row, "entries")):
        lines[ENTRY_LISTS[line.kind]].append(_entry(line))
    return made(schema.CONTRIBUTION, fields | lines)


def standing_entries(entries: Iterable[Any]) -> list[Any]:
    """The lines of a ledger without those reversed and the reversals."""
    lines = list(entries)
    reversed_ = {line.reverses_id for line in lines if line.reverses_id is not None}
    return [
        line for line in lines if line.reverses_id is None and (line.pk is None or line.pk not in reversed_)
    ]


def _entry(line: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"date": moment(line.date), "amount": plain(line.amount)}
    if line.need is not None:
        fields["need"] = need_ref(line.need)
        if line.consent:
            fields["consent"] = line.consent
    return fields


def _earmark(row: Any) -> str | None:
    if row.earmarked_need is not None:
        return f"need:{need_ref(row.earmarked_need)}"
    if row.earmarked_theme_id:
        return f"theme:{row.earmarked_theme_id}"
    if row.earmarked_state_id:
        return f"state:{row.earmarked_state_id}"
    return f"region:{row.earmarked_region}" if row.earmarked_region else None


def delivery(row: Any, rows: Rows) -> dict[str, Any]:
    """A delivery with what the State said of it."""
    disputed = None
    if row.disputed_at is not None:
        disputed = {"date": moment(row.disputed_at), "reason": row.dispute_reason}
    fields = {
        "ref": ref_of(row),
        "pledge": ref_of(row.pledge),
        "date": moment(row.date),
        "description": row.description,
        "quantity": plain(row.quantity),
        "value": _money(row.value_amount, row.value_currency),
        "place": row.place,
        "participants": _counts(women=row.women, men=row.men),
        "follow_ups": [_follow_up(one) for one in rows(row, "follow_ups")],
        "confirmed": moment(row.confirmed_at),
        "disputed": disputed,
        "claims": row.claims,
        "source": row.source,
    }
    return made(schema.DELIVERY, fields)


def _follow_up(row: Any) -> dict[str, Any]:
    return made(schema.FOLLOW_UP, {"date": moment(row.date), "status": row.status, "note": row.note})


def assessment(row: Any, rows: Rows) -> dict[str, Any]:
    """An assessment with its indicators."""
    names = ("name", "unit", "baseline", "target", "current")
    fields = {
        "ref": ref_of(row),
        "request": ref_of(row.request),
        "submitted": moment(row.submitted_at),
        "published": moment(row.published_at),
        "findings": row.findings,
        "lessons": row.lessons,
        "ratings": row.ratings,
        "indicators": [
            made(schema.INDICATOR, {name: getattr(one, name) for name in names})
            for one in rows(row, "indicators")
        ],
    }
    return made(schema.ASSESSMENT, fields)


def session(row: Any) -> dict[str, Any]:
    """A session and its reporting period."""
    fields = {
        "body": "" if row.body == "CND" else row.body,
        "number": row.number,
        "venue": row.venue,
        "opens": moment(row.opens),
        "closes": moment(row.closes),
        "agenda_item": row.agenda_item,
        "symbol": row.symbol,
        "from": moment(row.start),
        "to": moment(row.until),
    }
    return made(schema.SESSION, fields)


def narrative(row: Any, organisation: RefOf) -> dict[str, Any]:
    """What a State, a donor or an office said on a paragraph."""
    fields = {
        "session": row.session.number,
        "paragraph": row.paragraph,
        "organisation": organisation(row.organisation) if row.organisation is not None else None,
        "state": row.state_id,
        "language": row.language,
        "text": row.text,
    }
    return made(schema.NARRATIVE, fields)
