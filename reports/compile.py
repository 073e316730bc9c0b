"""Freezing: what had happened by the cut-off, as one canonical document (rule 10).

Everything is read in one REPEATABLE READ transaction. The state at the cut-off is replayed from what is
dated up to it, never read from today's rows: a pledge accepted the day after is still only offered. What
happened before the cut-off and was recorded after it counts. Same records, same bytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from donors.models import Contribution, Delivery, FollowUp, JointDonor, LedgerEntry, Offer, OfferState, Pledge
from donors.workflow import PLEDGE
from portal.audit.models import CaseEvent
from portal.core import clock
from portal.core.db import repeatable_read
from portal.core.money import plain
from portal.core.workflow import Workflow
from portal.directory import selectors as directory
from portal.directory.models import ExchangeRate, Form, Organisation, Region, State, Theme, Unit
from reports.canonical import canonical_bytes, compress, sha256
from reports.models import Input, Session
from requests_app.models import (
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
)
from requests_app.workflow import REQUEST

FORMAT = "assistance-snapshot/2"
CHUNK = 2000
ILLUSTRATIVE = "illustrative"

PLEDGE_STEPS = {
    "announced",
    "offered",
    "accepted",
    "declined",
    "agreed",
    "withdrawn",
    "cancelled",
    "acknowledged",
    "lapsed",
}


def _steps(table: Workflow) -> dict[str, str]:
    """Each move that keeps when it happened: the step that it is in the snapshot, read from the table itself."""
    return {line.name: line.stamp.removesuffix("_at") for line in table.transitions if line.stamp}


REQUEST_MOVES = _steps(REQUEST)
PLEDGE_MOVES = {move: step for move, step in _steps(PLEDGE).items() if step in PLEDGE_STEPS}

Json = dict[str, Any]


def freeze(session: Session, *, cut_off: date, sample: bool) -> Json:
    """The snapshot of a session's report as of the end of a UTC day; see docs/snapshot.md for its shape."""
    with repeatable_read():
        return _Reader(session, cut_off, sample=sample).read()


def packed(snapshot: Json) -> tuple[str, bytes]:
    """SHA-256 of a snapshot's canonical bytes, and those bytes in gzip, the same at every time."""
    content = canonical_bytes(snapshot)
    return sha256(content), compress(content)


def _day(moment: datetime) -> str:
    return clock.day(moment).isoformat()


def _money(amount: Any, currency: str) -> Json:
    return {"amount": plain(amount), "currency": currency}


def _kept(rate: Any, currency: str) -> Json:
    """The rate of the day that was kept with an amount (rule 4); the dollar needs none."""
    return {} if rate is None or currency == "USD" else {"rate": plain(rate)}


def _given(**values: Any) -> Json:
    """Only what is there: absent values are left out."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _rows(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.order_by("pk").iterator(chunk_size=CHUNK)


def _grouped(rows: Iterable[Model], key: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


class _Reader:
    """One reading: what a record mentions is remembered, so that the directory's part holds just that."""

    def __init__(self, session: Session, cut_off: date, *, sample: bool) -> None:
        self.session = session
        self.cut_off = cut_off
        self.sample = sample
        self.end = datetime.combine(cut_off + timedelta(days=1), time.min, UTC)
        self.states: set[str] = set()
        self.organisations: set[int] = set()
        self.currencies: set[str] = set()
        self.need_refs: dict[int, str] = {}
        self.refs: dict[tuple[str, int], str] = {}
        self.organisation_refs = {
            row.pk: row.ref or f"org:{(row.state_id or row.acronym or str(row.pk)).lower()}"
            for row in Organisation.objects.all()
        }

    def read(self) -> Json:
        snapshot: Json = {"format": FORMAT, "sample": self.sample, "cut_off": self.cut_off.isoformat()}
        snapshot["resolution"] = {
            name: getattr(self.session.resolution, name) for name in ("symbol", "year", "title", "paragraphs")
        }
        snapshot["session"] = self._session()
        last = min(clock.day(self.session.until), self.cut_off)
        snapshot["period"] = {"from": _day(self.session.start), "to": last.isoformat()}
        snapshot["requests"] = list(self._requests())
        snapshot["offers"] = list(self._offers())
        snapshot["pledges"] = list(self._pledges())
        snapshot["deliveries"] = list(self._deliveries())
        snapshot["contributions"] = list(self._contributions())
        snapshot["assessments"] = list(self._assessments())
        snapshot["narratives"] = list(self._narratives())
        return snapshot | self._directory()

    def _session(self) -> Json:
        session = self.session
        return {"body": session.body, "number": session.number} | _given(
            venue=session.venue,
            opens=session.opens and _day(session.opens),
            closes=session.closes and _day(session.closes),
            agenda_item=session.agenda_item,
            symbol=session.symbol,
        )

    def _moves(self, case: str, names: dict[str, str]) -> dict[int, list[tuple[str, str]]]:
        """Moves dated up to the cut-off by case, in order of occurrence and then of recording."""
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        rows = CaseEvent.objects.filter(case_type=case, move__in=names, occurred_at__lt=self.end)
        ordered = rows.order_by("case_id", "occurred_at", "sequence")
        for pk, move, at in ordered.values_list("case_id", "move", "occurred_at").iterator(chunk_size=CHUNK):
            found[pk].append((names[move], _day(at)))
        return found

    def _requests(self) -> Iterator[Json]:
        moves = self._moves("request", REQUEST_MOVES)
        needs = _grouped(_rows(Need.objects.all()), "request_id")
        joint = _grouped(_rows(CoRequester.objects.all()), "request_id")
        asked = _grouped(_rows(Clarification.objects.filter(asked_at__lt=self.end)), "request_id")
        for row in _rows(AssistanceRequest.objects.filter(submitted_at__lt=self.end)):
            others = [other.state_id for other in joint[row.pk]]
            self.states.update([row.state_id, *others])
            ref = self.refs["request", row.pk] = row.ref or row.reference
            yield {
                "ref": ref,
                "reference": row.reference,
                "state": row.state_id,
                "co_requesters": others,
                "title": row.title,
                "visibility": row.visibility,
                "named": row.named,
                "drugs": row.drugs,
                "moves": [{"move": move, "date": day} for move, day in moves[row.pk]],
                "clarifications": [self._clarification(entry) for entry in asked[row.pk]],
                "needs": [self._need(need, row) for need in needs[row.pk]],
            } | _given(
                channel=row.channel,
                urgency=row.urgency,
                language=row.language,
                source=row.source,
                illustrative=row.source.lower().startswith(ILLUSTRATIVE) or None,
            )

    def _clarification(self, row: Clarification) -> Json:
        answered = row.answered_at if row.answered_at and row.answered_at < self.end else None
        return {"asked": _day(row.asked_at)} | _given(answered=answered and _day(answered))

    def _need(self, row: Need, request: AssistanceRequest) -> Json:
        ref = self.need_refs[row.pk] = row.ref or f"{request.reference}-N{row.number}"
        if row.state_id:
            self.states.add(row.state_id)
        cost = None
        if row.unit_cost_amount is not None:
            cost = _money(row.unit_cost_amount, row.unit_cost_currency)
        return {
            "ref": ref,
            "form": row.form_id,
            "theme": row.theme_id,
            "description": row.description,
            "paragraphs": row.paragraphs,
            "quantity": plain(row.quantity),
            "unit": row.unit_id,
            "mainly_for": row.mainly_for,
        } | _given(
            unit_cost=cost,
            priority=row.priority,
            state=row.state_id,
            needed_by=row.needed_by and _day(row.needed_by),
            direction=row.direction,
        )

    def _offers(self) -> Iterator[Json]:
        states = _grouped(_rows(OfferState.objects.all()), "offer_id")
        for row in _rows(Offer.objects.filter(valid_from__lt=self.end).exclude(status="draft")):
            named = [entry.state_id for entry in states[row.pk]]
            self.states.update(named)
            ref = self.refs["offer", row.pk] = row.ref or row.reference
            yield {
                "ref": ref,
                "donor": self._organisation(row.donor_id),
                "form": row.form_id,
                "theme": row.theme_id,
                "quantity": plain(row.quantity),
                "unit": row.unit_id,
                "regions": row.regions,
                "states": named,
                "valid_from": _day(row.valid_from),
            } | _given(valid_until=row.valid_until and _day(row.valid_until))

    def _pledges(self) -> Iterator[Json]:
        moves = self._moves("pledge", PLEDGE_MOVES)
        joint = _grouped(_rows(JointDonor.objects.all()), "pledge_id")
        names = {
            pk: ref or reference
            for pk, ref, reference in Pledge.objects.values_list("pk", "ref", "reference")
        }
        for row in _rows(
            Pledge.objects.filter(pk__in=list(moves)) if len(moves) < CHUNK else Pledge.objects.all()
        ):
            if row.pk not in moves:
                continue
            if row.state_id:
                self.states.add(row.state_id)
            self.refs["pledge", row.pk] = names[row.pk] or ""
            agreement = None
            if row.agreement_signed is not None and row.agreement_signed < self.end:
                agreement = {"reference": row.agreement_reference, "signed": _day(row.agreement_signed)}
            yield {
                "ref": names[row.pk],
                "donor": self._organisation(row.donor_id),
                "joint_donors": [self._organisation(entry.organisation_id) for entry in joint[row.pk]],
                "kind": row.kind,
                "finance": row.finance,
                "form": row.form_id,
                "description": row.description,
                "quantity": plain(row.quantity),
                "unit": row.unit_id,
                "anonymous": row.anonymous,
                "channel": row.channel,
                "dates": dict(moves[row.pk]),
            } | _given(
                need=self.need_refs.get(row.need_id),
                state=row.state_id,
                offer=self.refs.get(("offer", row.offer_id)),
                redirected_from=names.get(row.redirected_from_id),
                value=self._value(row),
                agreement=agreement,
                source=row.source,
                claims=row.claims or None,
            )

    def _value(self, row: Pledge | Delivery) -> Json | None:
        if row.value_amount is None:
            return None
        self.currencies.add(row.value_currency)
        return _money(row.value_amount, row.value_currency) | _kept(row.rate, row.value_currency)

    def _deliveries(self) -> Iterator[Json]:
        use = _grouped(_rows(FollowUp.objects.filter(date__lt=self.end)), "delivery_id")
        rows = Delivery.objects.filter(date__lt=self.end).exclude(void_at__lt=self.end)
        for row in _rows(rows):
            if ("pledge", row.pledge_id) not in self.refs:
                continue
            people = {name: getattr(row, name) for name in ("women", "men") if getattr(row, name) is not None}
            disputed = None
            if row.disputed_at is not None and row.disputed_at < self.end:
                disputed = {"date": _day(row.disputed_at), "reason": row.dispute_reason}
            ref = self.refs["delivery", row.pk] = row.ref or row.reference
            yield {
                "ref": ref,
                "pledge": self.refs["pledge", row.pledge_id],
                "date": _day(row.date),
                "quantity": plain(row.quantity),
                "follow_ups": [{"date": _day(entry.date), "status": entry.status} for entry in use[row.pk]],
            } | _given(
                value=self._value(row),
                participants=people or None,
                confirmed=_day(row.confirmed_at)
                if row.confirmed_at and row.confirmed_at < self.end
                else None,
                disputed=disputed,
            )

    def _contributions(self) -> Iterator[Json]:
        entries = _grouped(_rows(LedgerEntry.objects.filter(date__lt=self.end)), "contribution_id")
        for row in _rows(Contribution.objects.filter(announced_at__lt=self.end)):
            self.currencies.add(row.currency)
            places = {entry.pk: place for place, entry in enumerate(entries[row.pk])}
            signed = (
                row.agreement_signed if row.agreement_signed and row.agreement_signed < self.end else None
            )
            ref = self.refs["contribution", row.pk] = row.ref or row.reference
            yield {
                "ref": ref,
                "donor": self._organisation(row.donor_id),
                "amount": plain(row.amount),
                "currency": row.currency,
                "earmarking": row.earmarking,
                "psc_rate": plain(row.psc_rate),
                "announced": _day(row.announced_at),
                "entries": [
                    {"kind": entry.kind, "date": _day(entry.date), "amount": plain(entry.amount)}
                    | _given(need=self.need_refs.get(entry.need_id), reverses=places.get(entry.reverses_id))
                    | _kept(entry.rate, row.currency)
                    for entry in entries[row.pk]
                ],
            } | _given(
                pledge=self.refs.get(("pledge", row.pledge_id)),
                earmarked_for=self._earmark(row),
                agreement=signed and {"reference": row.agreement_reference, "signed": _day(signed)},
            )

    def _earmark(self, row: Contribution) -> str:
        if row.earmarked_state_id:
            self.states.add(row.earmarked_state_id)
            return f"state:{row.earmarked_state_id}"
        if row.earmarked_need_id:
            need = self.need_refs.get(row.earmarked_need_id)
            return f"need:{need}" if need else ""
        if row.earmarked_theme_id:
            return f"theme:{row.earmarked_theme_id}"
        return f"region:{row.earmarked_region}" if row.earmarked_region else ""

    def _assessments(self) -> Iterator[Json]:
        indicators = _grouped(_rows(Indicator.objects.all()), "assessment_id")
        for row in _rows(ImpactAssessment.objects.filter(submitted_at__lt=self.end)):
            published = row.published_at if row.published_at and row.published_at < self.end else None
            yield {
                "ref": row.ref or row.reference,
                "request": self.refs["request", row.request_id],
                "submitted": _day(row.submitted_at),
                "findings": row.findings,
                "ratings": row.ratings,
                "indicators": [
                    _given(name=i.name, unit=i.unit, baseline=i.baseline, target=i.target, current=i.current)
                    for i in indicators[row.pk]
                ],
            } | _given(lessons=row.lessons, published=published and _day(published))

    def _narratives(self) -> Iterator[Json]:
        for row in _rows(Input.objects.filter(session=self.session)):
            if row.state_id:
                self.states.add(row.state_id)
            yield {"paragraph": row.paragraph, "language": row.language, "text": row.text} | _given(
                organisation=self._organisation(row.organisation_id) if row.organisation_id else None,
                state=row.state_id,
            )

    def _organisation(self, pk: int) -> str:
        self.organisations.add(pk)
        return self.organisation_refs[pk]

    def _directory(self) -> Json:
        """Reference data as it held on the cut-off day (rule 12)."""
        organisations = list(_rows(Organisation.objects.filter(pk__in=self.organisations)))
        self.states.update(row.state_id for row in organisations if row.state_id)
        names = directory.state_names_on(self.cut_off)
        status = directory.state_status_on(self.cut_off)
        rates: dict[str, list[list[str]]] = defaultdict(list)
        known = ExchangeRate.objects.filter(currency__in=self.currencies, date__lte=self.cut_off)
        for currency, day, per_usd in known.order_by("currency", "date").values_list(
            "currency", "date", "per_usd"
        ):
            rates[currency].append([day.isoformat(), plain(per_usd)])
        return {
            "states": {
                row.pk: {
                    "m49": row.m49,
                    "region": row.region,
                    "sub_region": row.sub_region,
                    "ldc": status[row.pk].ldc,
                    "lldc": status[row.pk].lldc,
                    "sids": status[row.pk].sids,
                    "names": names[row.pk].names,
                    "in_sentence": names[row.pk].in_sentence,
                    "formal": names[row.pk].formal,
                }
                for row in State.objects.filter(pk__in=self.states)
            },
            "regions": {row.pk: {"names": row.names} for row in Region.objects.all()},
            "organisations": [
                {"ref": self.organisation_refs[row.pk], "kind": row.kind, "names": row.names}
                | _given(acronym=row.acronym, state=row.state_id)
                for row in organisations
            ],
            "vocabularies": {
                "forms": [{"code": r.code, "labels": r.labels, "order": r.order} for r in Form.objects.all()],
                "themes": [
                    {"code": r.code, "labels": r.labels, "order": r.order, "paragraphs": r.paragraphs}
                    for r in Theme.objects.all()
                ],
                "units": [{"code": r.code, "labels": r.labels} for r in Unit.objects.all()],
            },
            "holidays": sorted(d.isoformat() for d in directory.holidays() if d <= self.cut_off),
            "clocks": {
                code: row.working_days
                for code, row in directory.clocks().items()
                if row.working_days is not None
            },
            "rates": dict(rates),
        }
