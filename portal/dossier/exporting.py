"""The portal's records as a dossier: every collection, in the order of the files they came from.

The same records give the same bytes: keys in the order of the format, one space of indentation, UTF-8, a line
break at the end.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from django.db.models import Prefetch, QuerySet

from donors.models import Contribution, Delivery, FollowUp, JointDonor, LedgerEntry, Offer, OfferState, Pledge
from portal.directory.models import ExchangeRate, Organisation
from portal.directory.selectors import dossier_form, export_refs
from portal.dossier import schema, written
from portal.dossier.given import in_schema_order, lay_over
from portal.dossier.models import Heading
from reports.models import Input, Session
from requests_app.models import (
    Addressee,
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
)

_AT_ONCE = 1000
Records = Iterator[dict[str, Any]]


def export_dossier(stream: TextIO, *, told: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Write the portal's dossier; answers with the number of records by collection.

    The caller holds one view of the database (`core.db.repeatable_read`), so that the parts fit together.
    """
    told = told or (lambda _collection, _count: None)
    counts: dict[str, int] = {}
    heading = Heading.objects.order_by("pk").first()
    stream.write('{\n "format": ' + json.dumps(schema.FORMAT))
    if heading is not None and heading.title is not None:
        stream.write(',\n "title": ' + json.dumps(heading.title, ensure_ascii=False))
    for name, records in collections(heading):
        count = 0
        for count, record in enumerate(records, start=1):
            stream.write(f',\n "{name}": [\n  ' if count == 1 else ",\n  ")
            ordered = in_schema_order(record, schema.COLLECTIONS[name])
            stream.write(json.dumps(ordered, ensure_ascii=False, indent=1).replace("\n", "\n  "))
        if count:
            stream.write("\n ]")
            counts[name] = count
            told(name, count)
    stream.write("\n}\n")
    return counts


def collections(heading: Heading | None) -> Iterator[tuple[str, Records]]:
    """Every collection of the format with its records, read as they are written."""
    organisations = _organisations(heading)
    refs = export_refs(organisations)

    def ref(organisation: Organisation) -> str:
        return refs[organisation.pk]

    for name in schema.COLLECTIONS:
        if name == "organisations":
            yield name, (dossier_form(row, ref(row)) for row in organisations)
        else:
            yield name, _READ[name](ref)


def _organisations(heading: Heading | None) -> list[Organisation]:
    """Those that a dossier named, in its order, then those that a record names."""
    named = {
        pk
        for model, column in (
            (Offer, "donor"), (Pledge, "donor"), (Contribution, "donor"), (JointDonor, "organisation"),
            (Addressee, "organisation"), (Input, "organisation"),
        )
        for pk in model._default_manager.order_by().values_list(column, flat=True).distinct()  # noqa: SLF001
    }  # fmt: skip
    first = {pk: place for place, pk in enumerate(heading.organisations if heading else ())}
    rows = [
        row
        for row in Organisation.objects.all()
        if row.imported or row.pk in named or row.kind not in _SEEDED
    ]
    return sorted(rows, key=lambda row: (first.get(row.pk, len(first)), row.pk))


_SEEDED = frozenset({"government", "secretariat"})
Ref = Callable[[Organisation], str]


def _rows(record: Any, name: str) -> list[Any]:
    return list(getattr(record, name).all())


def _read(rows: QuerySet[Any], write: Callable[[Any], dict[str, Any]]) -> Records:
    for row in rows.order_by("pk").iterator(chunk_size=_AT_ONCE):
        yield lay_over(write(row), row.as_given)


def _hanging(name: str, model: Any, *joined: str) -> "Prefetch[Any, Any, Any]":
    return Prefetch(name, model._default_manager.select_related(*joined).order_by("pk"))  # noqa: SLF001


def _exchange_rates(_ref: Ref) -> Records:
    return _read(ExchangeRate.objects.all(), written.rate)


def _requests(ref: Ref) -> Records:
    rows = AssistanceRequest.objects.prefetch_related(
        "needs",
        _hanging("co_requesters", CoRequester),
        _hanging("addressees", Addressee, "organisation"),
        _hanging("clarifications", Clarification),
    )
    for record in _read(rows, lambda row: written.request(row, _rows, ref)):
        if record["needs"] and len(record["title"]) >= _SHORTEST_TITLE:
            yield record


_SHORTEST_TITLE = 3


def _offers(ref: Ref) -> Records:
    rows = Offer.objects.select_related("donor").prefetch_related(_hanging("states", OfferState))
    return _read(_with_reference(rows), lambda row: written.offer(row, _rows, ref))


def _pledges(ref: Ref) -> Records:
    rows = Pledge.objects.select_related(
        "donor", "need__request", "offer", "redirected_from"
    ).prefetch_related(_hanging("joint_donors", JointDonor, "organisation"))
    return _read(_with_reference(rows), lambda row: written.pledge(row, _rows, ref))


def _contributions(ref: Ref) -> Records:
    rows = Contribution.objects.select_related("donor", "pledge", "earmarked_need__request").prefetch_related(
        _hanging("entries", LedgerEntry, "need__request")
    )
    return _read(rows, lambda row: written.contribution(row, _rows, ref))


def _deliveries(_ref: Ref) -> Records:
    rows = Delivery.objects.exclude(status="void").select_related("pledge")
    return _read(
        rows.prefetch_related(_hanging("follow_ups", FollowUp)), lambda row: written.delivery(row, _rows)
    )


def _assessments(_ref: Ref) -> Records:
    rows = ImpactAssessment.objects.filter(submitted_at__isnull=False).select_related("request")
    return _read(
        rows.prefetch_related(_hanging("indicators", Indicator)), lambda row: written.assessment(row, _rows)
    )


def _sessions(_ref: Ref) -> Records:
    return _read(Session.objects.filter(imported=True), written.session)


def _narratives(ref: Ref) -> Records:
    for row in Input.objects.select_related("session", "organisation").order_by("pk"):
        yield written.narrative(row, ref)


def _with_reference(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Drafts of the portal's own have no reference yet, and are nobody else's business."""
    return rows.exclude(ref__isnull=True, reference__isnull=True)


_READ: dict[str, Callable[[Ref], Records]] = {
    "exchange_rates": _exchange_rates,
    "requests": _requests,
    "offers": _offers,
    "pledges": _pledges,
    "contributions": _contributions,
    "deliveries": _deliveries,
    "assessments": _assessments,
    "sessions": _sessions,
    "narratives": _narratives,
}
