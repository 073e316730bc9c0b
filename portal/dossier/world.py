"""The records of the portal that an import touches or stands on, in memory, each row once.

Loaded are the records that the file names, by the dossier's reference or the portal's own, and all that
shares a need, a pledge or an offer with them: what is left of a need is known only with every pledge on it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

from donors.models import (
    Contribution,
    Delivery,
    EntryProposal,
    FollowUp,
    JointDonor,
    LedgerEntry,
    Offer,
    OfferState,
    Pledge,
)
from portal.directory.models import Organisation, State
from portal.directory.selectors import Register, export_refs
from portal.dossier import written
from portal.dossier.check.view import View, references
from portal.dossier.given import lay_over
from requests_app.models import (
    Addressee,
    AssistanceRequest,
    Clarification,
    CoRequester,
    ImpactAssessment,
    Indicator,
    Need,
    RequestGrant,
)

M = TypeVar("M", bound=models.Model)

MODELS: dict[str, type[models.Model]] = {
    "requests": AssistanceRequest,
    "offers": Offer,
    "pledges": Pledge,
    "contributions": Contribution,
    "deliveries": Delivery,
    "assessments": ImpactAssessment,
}
_NEED = re.compile(r"(?P<request>TA-\d{4}-[A-Z]{3}-\d{4,})-N(?P<number>\d{1,6})\Z", re.ASCII)
_AT_ONCE = 5000


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    found = sorted(set(values))
    for start in range(0, len(found), _AT_ONCE):
        yield found[start : start + _AT_ONCE]


class World:
    """Stored records by collection and reference; the rows that hang on each; organisations as named here."""

    def __init__(self) -> None:
        self.organisations = {row.pk: row for row in Organisation.objects.order_by("pk")}
        states = State.objects.order_by().values_list("iso3", flat=True)
        self.register = Register(self.organisations.values(), states)
        self.records: dict[str, dict[str, Any]] = {name: {} for name in (*MODELS, "needs")}
        self._rows: dict[tuple[int, str], tuple[Any, list[Any]]] = {}
        self._by_id: dict[tuple[type[models.Model], int], Any] = {}
        self._named: dict[int, str] = {}

    # -- organisations -------------------------------------------------------------------------------------

    def name(self, organisation: Organisation, ref: str) -> None:
        """The reference under which the file names an organisation, whatever the portal calls it."""
        self._named[id(organisation)] = ref

    def ref_of(self, organisation: Organisation) -> str:
        """Reference of an organisation as the file names it, else as the portal exports it."""
        return self._named.get(id(organisation)) or organisation.ref or self._exported[organisation.pk]

    def organisation(self, ref: str) -> Organisation | None:
        """The organisation that the portal knows by a reference."""
        return self.register.by_ref(ref) or self._by_exported.get(ref)

    @cached_property
    def _exported(self) -> dict[int, str]:
        return export_refs(self.organisations.values())

    @cached_property
    def _by_exported(self) -> dict[str, Organisation]:
        return {ref: self.organisations[pk] for pk, ref in self._exported.items()}

    # -- reading -------------------------------------------------------------------------------------------

    def find(self, collection: str, ref: str) -> Any:
        """The stored row of a reference; for "needs" the need. None where there is none."""
        return self.records[collection].get(ref)

    def stored(self, collection: str, refs: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Stored records in the form of a dossier, as `known.Known.find` answers."""
        if collection == "organisations":
            found = {ref: self.organisation(ref) for ref in refs}
            return {ref: {"ref": ref, "kind": row.kind} for ref, row in found.items() if row is not None}
        rows = {ref: self.find(collection, ref) for ref in refs}
        if collection == "needs":
            return {ref: self.form("requests", row.request) for ref, row in rows.items() if row is not None}
        return {ref: self.form(collection, row) for ref, row in rows.items() if row is not None}

    def form(self, collection: str, row: Any) -> dict[str, Any]:
        """One stored record as an export writes it."""
        return lay_over(self.canonical(collection, row, self.hanging), row.as_given)

    def canonical(self, collection: str, row: Any, rows: written.Rows) -> dict[str, Any]:
        """One record as its columns say."""
        if collection == "requests":
            return written.request(row, rows, self.ref_of)
        if collection == "offers":
            return written.offer(row, rows, self.ref_of)
        if collection == "pledges":
            return written.pledge(row, rows, self.ref_of)
        if collection == "contributions":
            return written.contribution(row, rows, self.ref_of)
        if collection == "deliveries":
            return written.delivery(row, rows)
        return written.assessment(row, rows)

    def hanging(self, record: Any, name: str) -> list[Any]:
        """The stored rows that hang on a record, in order of entry."""
        return self._rows.get((id(record), name), (None, []))[1]

    def relations(self) -> Iterator[tuple[Any, str, list[Any]]]:
        """Every loaded row on which others hang: (row, relation, the others in order of entry)."""
        for (_key, name), (parent, rows) in self._rows.items():
            yield parent, name, rows

    def everything(self) -> Iterator[Any]:
        """Every stored row loaded, each once."""
        return iter(self._by_id.values())

    # -- loading -------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, view: View) -> "World":
        """What the portal holds of the records that a file gives or names."""
        world = cls()
        if not any(model._default_manager.exists() for model in MODELS.values()):  # noqa: SLF001
            return world
        wanted: dict[str, set[str]] = {name: set() for name in (*MODELS, "needs", "organisations")}
        for collection in MODELS:
            wanted[collection].update(view.by_ref[collection])
        wanted["needs"].update(view.needs)
        for _steps, target, ref in references(view):
            wanted[target].add(ref)
        world._load(wanted)
        return world

    def _load(self, wanted: Mapping[str, set[str]]) -> None:
        contributions = self._named_rows(Contribution, wanted["contributions"])
        deliveries = self._named_rows(Delivery, wanted["deliveries"])
        offers = self._named_rows(Offer, wanted["offers"])
        assessments = self._named_rows(ImpactAssessment, wanted["assessments"])
        pledges = self._named_rows(Pledge, wanted["pledges"])
        pledges += self._of(Pledge, "pk", [row.pledge_id for row in deliveries])
        pledges += self._of(Pledge, "pk", [row.pledge_id for row in contributions if row.pledge_id])
        pledges += self._of(Pledge, "offer", [row.pk for row in offers])
        origins = self._of(
            Pledge, "pk", [row.redirected_from_id for row in pledges if row.redirected_from_id]
        )
        entries = self._of(LedgerEntry, "contribution", [row.pk for row in contributions])
        related: list[Any] = [*pledges, *origins, *entries]
        need_ids = {row.need_id for row in related if row.need_id}
        need_ids |= {row.earmarked_need_id for row in contributions if row.earmarked_need_id}
        requests = self._requests(wanted, need_ids, {row.request_id for row in assessments})
        needs = self._of(Need, "request", [row.pk for row in requests])
        pledges = [*pledges, *origins, *self._of(Pledge, "need", [row.pk for row in needs])]
        pledges += self._of(
            Pledge, "pk", [row.redirected_from_id for row in pledges if row.redirected_from_id]
        )
        pledges = list({row.pk: row for row in pledges}.values())
        deliveries += self._of(Delivery, "pledge", [row.pk for row in pledges])
        deliveries = list({row.pk: row for row in deliveries}.values())
        offers += self._of(Offer, "pk", [row.offer_id for row in pledges if row.offer_id])
        self._hang(
            requests=requests,
            offers=list({row.pk: row for row in offers}.values()),
            pledges=pledges,
            contributions=contributions,
            deliveries=deliveries,
            assessments=assessments,
        )

    def _requests(
        self, wanted: Mapping[str, set[str]], need_ids: set[int], request_ids: set[int]
    ) -> list[AssistanceRequest]:
        own = {match["request"] for ref in wanted["needs"] if (match := _NEED.match(ref))}
        found = self._named_rows(AssistanceRequest, wanted["requests"] | own)
        ids = set(request_ids)
        for chunk in _chunks(wanted["needs"]):
            ids.update(Need.objects.filter(ref__in=chunk).values_list("request", flat=True))
        for chunk in _chunks(need_ids):
            ids.update(Need.objects.filter(pk__in=chunk).values_list("request", flat=True))
        found += self._of(AssistanceRequest, "pk", ids)
        return list({row.pk: row for row in found}.values())

    def _named_rows(self, model: type[M], refs: set[str]) -> list[M]:
        found: list[M] = []
        for chunk in _chunks(refs):
            named = Q(ref__in=chunk) | Q(ref__isnull=True, reference__in=chunk)
            if model is AssistanceRequest:
                named |= Q(ref__isnull=True, reference__isnull=True, public_id__in=chunk)
            found += [self._once(row) for row in model._default_manager.filter(named)]  # noqa: SLF001
        return found

    def _of(self, model: type[M], column: str, ids: Iterable[int]) -> list[M]:
        found: list[M] = []
        for chunk in _chunks(ids):
            rows = model._default_manager.filter(**{f"{column}__in": chunk}).order_by("pk")  # noqa: SLF001
            found += [self._once(row) for row in rows]
        return found

    def _once(self, row: M) -> M:
        once: M = self._by_id.setdefault((type(row), row.pk), row)
        return once

    def _hang(self, **loaded: list[Any]) -> None:
        """Join every loaded row to its parents, and load what hangs on each."""
        by_id: dict[str, dict[int, Any]] = {
            name: {row.pk: row for row in rows} for name, rows in loaded.items()
        }
        needs = {row.pk: row for row in self._of(Need, "request", by_id["requests"])}
        by_id["needs"] = needs
        by_id["organisations"] = organisations = self.organisations
        children: tuple[tuple[str, type[models.Model], str, str], ...] = (
            ("requests", CoRequester, "request", "co_requesters"),
            ("requests", Addressee, "request", "addressees"),
            ("requests", Clarification, "request", "clarifications"),
            ("requests", RequestGrant, "content_object", "grants"),
            ("offers", OfferState, "offer", "states"),
            ("pledges", JointDonor, "pledge", "joint_donors"),
            ("deliveries", FollowUp, "delivery", "follow_ups"),
            ("contributions", LedgerEntry, "contribution", "entries"),
            ("contributions", EntryProposal, "contribution", "proposals"),
            ("assessments", Indicator, "assessment", "indicators"),
        )
        for collection, model, column, name in children:
            rows = self._of(model, column, by_id[collection])
            self._join(rows, column, by_id[collection], name)
            if model in (Addressee, JointDonor):
                self._join(rows, "organisation", organisations)
            elif model is LedgerEntry:
                self._join(rows, "need", needs)
        self._join(needs.values(), "request", by_id["requests"], "needs")
        for collection, joins in _JOINS.items():
            for column, target, name in joins:
                self._join(loaded[collection], column, by_id[target], name)
        for collection, rows in loaded.items():
            self.records[collection] = {written.ref_of(row): row for row in rows}
        self.records["needs"] = {written.need_ref(row): row for row in needs.values()}

    def _join(self, rows: Iterable[Any], column: str, parents: Mapping[int, Any], name: str = "") -> None:
        """Set the parents of rows to the rows in memory, and note which rows hang on each."""
        groups: dict[int, tuple[Any, list[Any]]] = {}
        for row in rows:
            parent = parents.get(getattr(row, f"{column}_id"))
            if parent is not None:
                setattr(row, column, parent)
                groups.setdefault(id(parent), (parent, []))[1].append(row)
        if name:
            for key, (parent, group) in groups.items():
                self._rows[key, name] = parent, sorted(group, key=lambda row: row.pk)


_JOINS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "offers": (("donor", "organisations", ""),),
    "pledges": (
        ("donor", "organisations", ""),
        ("need", "needs", "pledges"),
        ("offer", "offers", "pledges"),
        ("redirected_from", "pledges", "redirected_to"),
    ),
    "contributions": (
        ("donor", "organisations", ""),
        ("pledge", "pledges", "contributions"),
        ("earmarked_need", "needs", ""),
    ),
    "deliveries": (("pledge", "pledges", "deliveries"),),
    "assessments": (("request", "requests", "assessments"),),
}
"""Of each collection: column, the collection that it points to, and the name of the relation back."""
