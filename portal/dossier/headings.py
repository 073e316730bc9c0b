"""What of a dossier has no moves: organisations, rates of exchange, sessions, narratives, its title."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from portal.audit.services import record_event, revise
from portal.core.actor import IMPORT
from portal.core.errors import DomainError
from portal.core.moments import parse
from portal.core.money import plain
from portal.directory.rules import RateEntry
from portal.directory.services import FaultyRows, set_rates, upsert_organisation
from portal.dossier import columns, written
from portal.dossier.batch import ImportBatch
from portal.dossier.check.view import View, day_of
from portal.dossier.given import differences, lay_over
from portal.dossier.merge import merge
from portal.dossier.models import Heading
from portal.dossier.world import World
from reports.models import Input, Session
from reports.services import DEFAULT_SESSION, enter_input, enter_session


class Headings:
    """The records of a file that stand, rather than happen. `left_out` are those with something wrong."""

    def __init__(
        self, view: View, world: World, unit: ImportBatch, left_out: Collection[tuple[str, int]]
    ) -> None:
        self.view = view
        self.world = world
        self.unit = unit
        self.left_out = left_out
        self.new_rates: list[tuple[str, Any, Decimal]] = []
        self._organisations: list[Any] = []

    def _each(self, collection: str) -> list[tuple[int, dict[str, Any]]]:
        return [
            (i, record) for i, record in self.view.each(collection) if (collection, i) not in self.left_out
        ]

    # -- organisations -------------------------------------------------------------------------------------

    def organisations(self) -> dict[str, Any]:
        """Enter the file's organisations; answers with them by the reference that the file uses."""
        named: dict[str, Any] = {}
        for index, record in self._each("organisations"):
            try:
                row = upsert_organisation(
                    actor=IMPORT,
                    unit=self.unit,
                    register=self.world.register,
                    kind=record["kind"],
                    names=record["names"],
                    ref=record["ref"],
                    state=record.get("state", ""),
                    acronym=record.get("acronym", ""),
                    iati_identifier=record.get("iati_identifier", ""),
                    as_given=record,
                )
            except DomainError as error:
                for refusal in error.refusals:
                    self.view.note(("organisations", index, refusal.field or "ref"), refusal.reason)
                continue
            self.unit.place(row, index)
            self.world.name(row, record["ref"])
            self._organisations.append(row)
            named[record["ref"]] = row
        return named

    # -- rates ---------------------------------------------------------------------------------------------

    def rates(self) -> None:
        """Enter the file's rates of exchange; one that stands with another value is refused."""
        places: list[int] = []
        entries: list[RateEntry] = []
        for index, record in self._each("exchange_rates"):
            day = day_of(record["date"])
            assert day is not None
            per_usd = Decimal(record["per_usd"])
            canonical = {"date": day.isoformat(), "per_usd": plain(per_usd), "source": record.get("source")}
            given = {
                key: record[key] for key, value in canonical.items() if key in record and record[key] != value
            }
            if record.get("source") == "":
                given["source"] = ""
            places.append(index)
            entries.append(RateEntry(record["currency"], day, per_usd, record.get("source", ""), given))
            self.new_rates.append((record["currency"], day, per_usd))
        try:
            new = set_rates(entries, actor=IMPORT, unit=self.unit)
        except FaultyRows as faulty:
            for fault in faulty.faults:
                self.view.note(("exchange_rates", places[fault.row], fault.column), fault.reason)
            return
        index_of = {(entry.currency, entry.day): index for index, entry in zip(places, entries, strict=True)}
        for rate in new:
            self.unit.place(rate, index_of[rate.currency_id, rate.date])

    # -- sessions and narratives ---------------------------------------------------------------------------

    def sessions(self) -> None:
        """Enter the file's sessions and what was said to them."""
        stored = {row.number: row for row in Session.objects.order_by("pk")}
        said: dict[int, list[Input]] = defaultdict(list)
        for row in Input.objects.filter(session__in=[each.pk for each in stored.values()]).order_by("pk"):
            said[row.session_id].append(row)
        for session in stored.values():
            self.unit.load(session, "inputs", said[session.pk])
        for index, record in self._each("sessions"):
            number = int(record["number"])
            if number in stored:
                self._amend(stored[number], index, record)
                continue
            session = Session(**columns.session(record), imported=True)
            session.as_given = dict(differences(written.session(session), record))
            self.unit.place(session, index)
            stored[number] = enter_session(session, actor=IMPORT, unit=self.unit)
        self._narratives(stored)

    def _amend(self, row: Session, index: int, record: dict[str, Any]) -> None:
        target = record
        if row.imported:
            before = lay_over(written.session(row), row.as_given)
            merged = merge(before, record)
            for steps, reason in merged.refused:
                self.view.note(("sessions", index, *steps), reason)
            if merged.refused or merged.record == before:
                return
            target = merged.record
        changes: dict[str, Any] = columns.session(target) | {"imported": True}
        proposed = Session(**changes)
        changes["as_given"] = dict(differences(written.session(proposed), target))
        revise(row, changes, actor=IMPORT, unit=self.unit, move="amended")

    def _narratives(self, sessions: dict[int, Session]) -> None:
        groups: dict[tuple[Any, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for index, record in self._each("narratives"):
            number = int(record["session"])
            if number not in sessions and not self.view.problems:
                sessions[number] = self._default_session()
            if number not in sessions:
                continue
            organisation = record.get("organisation")
            key = (number, int(record["paragraph"]), record["language"], organisation, record.get("state"))
            groups[key].append((index, record))
        for key, items in groups.items():
            self._said(sessions[key[0]], key, items)

    def _said(self, session: Session, key: tuple[Any, ...], items: list[tuple[int, dict[str, Any]]]) -> None:
        """A text that stands is left, one that stood otherwise is changed, and what is new is added."""
        _number, paragraph, language, ref, state = key
        organisation = self._organisation(ref)
        if ref is not None and organisation is None:
            return
        standing = [
            row
            for row in self.unit.related(session, "inputs")
            if (row.paragraph, row.language, row.state_id) == (paragraph, language, state)
            and row.organisation_id == (organisation.pk if organisation else None)
        ]
        texts = {record["text"] for _index, record in items}
        free = [row for row in standing if row.text not in texts]
        known = {row.text for row in standing}
        for index, record in items:
            if record["text"] in known:
                continue
            if free:
                row = free.pop(0)
                row.text = record["text"]
                self.unit.save(row, ("text",))
                record_event(session, "input", actor=IMPORT, unit=self.unit, facts={"changed": ["text"]})
                continue
            row = Input(
                session=session, paragraph=paragraph, language=language, text=record["text"],
                organisation=organisation, state_id=state,
            )  # fmt: skip
            self.unit.place(row, index)
            enter_input(row, actor=IMPORT, unit=self.unit)

    def _organisation(self, ref: str | None) -> Any:
        if ref is None:
            return None
        for row in self._organisations:
            if self.world.ref_of(row) == ref:
                return row
        return self.world.organisation(ref)

    def _default_session(self) -> Session:
        """The sixty-second session with the period of resolution 60/2, where no dossier says otherwise."""
        row = Session(
            number=int(str(DEFAULT_SESSION["number"])),
            body=str(DEFAULT_SESSION["body"]),
            start=parse(str(DEFAULT_SESSION["start"])),
            until=parse(str(DEFAULT_SESSION["until"])),
        )
        return enter_session(row, actor=IMPORT, unit=self.unit)

    # -- the file itself -----------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep the title, and the organisations in the order of the file; unchanged where nothing is new."""
        heading = Heading.objects.order_by("pk").first() or Heading()
        known = set(heading.organisations)
        organisations = [
            *heading.organisations,
            *(row.pk for row in self._organisations if row.pk not in known),
        ]
        title = self.view.dossier.title if "title" in self.view.dossier.given else heading.title
        if heading.pk is None and title is None and not organisations:
            return
        if heading.pk is None or (heading.title, heading.organisations) != (title, organisations):
            heading.title, heading.organisations = title, organisations
            heading.save()
