"""Offers, pledges, deliveries, and contributions with their ledgers."""

from collections.abc import Iterator

from donors.models import Contribution, Delivery, FollowUp, JointDonor, LedgerEntry, Offer, OfferState, Pledge
from portal.core.money import plain
from reports.compile import history
from reports.compile.frame import Frame
from reports.compile.history import PLEDGE_MOVES
from reports.compile.written import CHUNK, Json, day, given, grouped, kept, money, rows


def offers(frame: Frame) -> Iterator[Json]:
    states = grouped(rows(OfferState.objects.all()), "offer_id")
    for row in rows(Offer.objects.filter(valid_from__lt=frame.end).exclude(status="draft")):
        named = [entry.state_id for entry in states[row.pk]]
        frame.states.update(named)
        ref = frame.refs["offer", row.pk] = row.ref or row.reference
        yield {
            "ref": ref,
            "donor": frame.organisation(row.donor_id),
            "form": row.form_id,
            "theme": row.theme_id,
            "quantity": plain(row.quantity),
            "unit": row.unit_id,
            "regions": row.regions,
            "states": named,
            "valid_from": day(row.valid_from),
        } | given(valid_until=row.valid_until and day(row.valid_until))


def pledges(frame: Frame) -> Iterator[Json]:
    moves = history.moves("pledge", PLEDGE_MOVES, before=frame.end)
    joint = grouped(rows(JointDonor.objects.all()), "pledge_id")
    names = {
        pk: ref or reference for pk, ref, reference in Pledge.objects.values_list("pk", "ref", "reference")
    }
    chosen = Pledge.objects.filter(pk__in=list(moves)) if len(moves) < CHUNK else Pledge.objects.all()
    for row in rows(chosen):
        if row.pk not in moves:
            continue
        if row.state_id:
            frame.states.add(row.state_id)
        frame.refs["pledge", row.pk] = names[row.pk] or ""
        agreement = None
        if row.agreement_signed is not None and row.agreement_signed < frame.end:
            agreement = {"reference": row.agreement_reference, "signed": day(row.agreement_signed)}
        yield {
            "ref": names[row.pk],
            "donor": frame.organisation(row.donor_id),
            "joint_donors": [frame.organisation(entry.organisation_id) for entry in joint[row.pk]],
            "kind": row.kind,
            "finance": row.finance,
            "form": row.form_id,
            "description": row.description,
            "quantity": plain(row.quantity),
            "unit": row.unit_id,
            "anonymous": row.anonymous,
            "channel": row.channel,
            "dates": dict(moves[row.pk]),
        } | given(
            need=frame.need_refs.get(row.need_id),
            state=row.state_id,
            offer=frame.refs.get(("offer", row.offer_id)),
            redirected_from=names.get(row.redirected_from_id),
            value=_value(frame, row),
            agreement=agreement,
            source=row.source,
            claims=row.claims or None,
        )


def _value(frame: Frame, row: Pledge | Delivery) -> Json | None:
    if row.value_amount is None:
        return None
    frame.currencies.add(row.value_currency)
    return money(row.value_amount, row.value_currency) | kept(row.rate, row.value_currency)


def deliveries(frame: Frame) -> Iterator[Json]:
    use = grouped(rows(FollowUp.objects.filter(date__lt=frame.end)), "delivery_id")
    corrected = history.changed_since(frame.end, "delivery", "correct", "confirm")
    disputes = history.earlier_disputes(frame.end)
    for row in rows(Delivery.objects.filter(date__lt=frame.end).exclude(void_at__lt=frame.end)):
        if ("pledge", row.pledge_id) not in frame.refs:
            continue
        people = {name: getattr(row, name) for name in ("women", "men") if getattr(row, name) is not None}
        for before in corrected.get(row.pk, ()):
            history.put_back(row, before)
        dispute = disputes.get(row.pk)
        if row.disputed_at is not None and row.disputed_at < frame.end:
            dispute = day(row.disputed_at), row.dispute_reason
        ref = frame.refs["delivery", row.pk] = row.ref or row.reference
        yield {
            "ref": ref,
            "pledge": frame.refs["pledge", row.pledge_id],
            "date": day(row.date),
            "quantity": plain(row.quantity),
            "follow_ups": [{"date": day(entry.date), "status": entry.status} for entry in use[row.pk]],
        } | given(
            value=_value(frame, row),
            participants=people or None,
            confirmed=day(row.confirmed_at) if row.confirmed_at and row.confirmed_at < frame.end else None,
            disputed=dispute and {"date": dispute[0], "reason": dispute[1]},
        )


def contributions(frame: Frame) -> Iterator[Json]:
    entries = grouped(rows(LedgerEntry.objects.filter(date__lt=frame.end)), "contribution_id")
    announced = Contribution.objects.filter(announced_at__lt=frame.end).exclude(cancelled_at__lt=frame.end)
    for row in rows(announced):
        frame.currencies.add(row.currency)
        places = {entry.pk: place for place, entry in enumerate(entries[row.pk])}
        signed = row.agreement_signed if row.agreement_signed and row.agreement_signed < frame.end else None
        ref = frame.refs["contribution", row.pk] = row.ref or row.reference
        yield {
            "ref": ref,
            "donor": frame.organisation(row.donor_id),
            "amount": plain(row.amount),
            "currency": row.currency,
            "earmarking": row.earmarking,
            "psc_rate": plain(row.psc_rate),
            "announced": day(row.announced_at),
            "entries": [
                {"kind": entry.kind, "date": day(entry.date), "amount": plain(entry.amount)}
                | given(need=frame.need_refs.get(entry.need_id), reverses=places.get(entry.reverses_id))
                | kept(entry.rate, row.currency)
                for entry in entries[row.pk]
            ],
        } | given(
            pledge=frame.refs.get(("pledge", row.pledge_id)),
            earmarked_for=_earmark(frame, row),
            agreement=signed and {"reference": row.agreement_reference, "signed": day(signed)},
        )


def _earmark(frame: Frame, row: Contribution) -> str:
    if row.earmarked_state_id:
        frame.states.add(row.earmarked_state_id)
        return f"state:{row.earmarked_state_id}"
    if row.earmarked_need_id:
        need = frame.need_refs.get(row.earmarked_need_id)
        return f"need:{need}" if need else ""
    if row.earmarked_theme_id:
        return f"theme:{row.earmarked_theme_id}"
    return f"region:{row.earmarked_region}" if row.earmarked_region else ""
