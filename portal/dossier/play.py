"""The moves of a dossier made again, in the order in which they happened, through the services of the portal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from donors import services as donors
from portal.core import clock
from portal.core.actor import IMPORT
from portal.core.errors import DomainError, Refusal
from portal.dossier import columns
from portal.dossier.batch import ImportBatch
from portal.dossier.entities import Entities, Entity
from portal.dossier.problems import Problems, Step
from portal.dossier.read import Dossier
from portal.dossier.timeline import Move, timeline
from requests_app import services as requests

REQUEST_MOVES = {
    "submitted": "submit",
    "acknowledged": "acknowledge",
    "circulated": "circulate",
    "declined": "decline",
    "withdrawn": "withdraw",
    "closed": "close",
    "reopened": "reopen",
}
PLEDGE_MOVES = {
    "offered": "offer",
    "accepted": "accept",
    "declined": "decline",
    "agreed": "agree",
    "withdrawn": "withdraw",
    "cancelled": "cancel",
    "acknowledged": "acknowledge",
    "lapsed": "lapse",
}
ENDINGS = {"decline", "withdraw", "close", "cancel", "lapse"}  # of these a dossier gives the reason
ENTRIES = {
    "receipts": "receive",
    "psc_charges": "charge_psc",
    "allocations": "allocate",
    "refunds": "refund",
}
OWN_FIELDS = {
    "pledges": frozenset(
        {"quantity", "unit", "need", "finance", "offer", "redirected_from", "value", "agreement.signed"}
    ),
    "deliveries": frozenset({"quantity", "value", "date"}),
    "contributions": frozenset({"psc_rule", "agreement.signed"}),
    "requests": frozenset({"note_verbale.date", "needs"}),
    "assessments": frozenset({"findings"}),
}
"""Facts of a record that a refusal may name; any other stands at the date of the move."""

Made = Callable[[Entity, Move, datetime, bool], object]


class Player:
    """Replays a timeline; what is refused goes to `problems` by the path of the fact that caused it."""

    def __init__(
        self, entities: Entities, unit: ImportBatch, problems: Problems, told: Callable[[int, int], None]
    ) -> None:
        self._entities = entities
        self._unit = unit
        self._problems = problems
        self._told = told
        self._owners = {id(entity.row): entity for entity in entities.all.values()}
        self._owners |= {
            id(need): entity
            for entity in entities.all.values()
            if entity.collection == "requests"
            for need in entity.rows["needs"]
        }
        self._unsure = {id(request) for request in entities.with_something_left_out()}
        self._make: dict[str, Made] = {
            "requests": self._request,
            "pledges": self._pledge,
            "contributions": self._contribution,
            "deliveries": self._delivery,
            "assessments": self._assessment,
        }

    def play(self) -> None:
        """Make every move; a record of which one is refused makes no more, nor does what leans on it."""
        for entity in self._entities.all.values():
            if entity.collection == "offers":
                self._try(entity, ("valid_from",), lambda entity=entity: self._offer(entity))  # type: ignore[misc]
        moves = timeline(self._dossier())
        for number, move in enumerate(moves):
            self._told(number, len(moves))
            self._one(move)
        for entity in self._entities.all.values():
            if not entity.begun and not entity.failed:
                self._try(entity, (), lambda entity=entity: self._begin(entity, clock.now()))  # type: ignore[misc]
        self._told(len(moves), len(moves))

    def _dossier(self) -> Dossier:
        dossier = Dossier()
        for (collection, index), entity in self._entities.all.items():
            dossier.records[collection].append((index, entity.record))
        return dossier

    def _one(self, move: Move) -> None:
        entity = self._entities.all[move.collection, move.index]
        if not entity.failed and (
            self._in_doubt(entity, move) or any(self._failed(row) for row in _leans_on(entity, move))
        ):
            entity.failed = True
            self._unsure_of(entity)
        if not entity.failed:
            self._try(entity, move.place, lambda: self._made(entity, move), move=move)

    def _made(self, entity: Entity, move: Move) -> None:
        moment = columns.at(move.text)
        assert moment is not None
        known = entity.known(move.place)
        if not entity.begun and move.collection in ("requests", "pledges", "assessments"):
            self._begin(entity, moment, move)
        with self._unit.again(known):
            self._make[move.collection](entity, move, moment, known)

    def _in_doubt(self, entity: Entity, move: Move) -> bool:
        """Whether a refusal may come of records that were left out: what was pledged and delivered is not whole."""
        if entity.collection == "assessments":
            request = entity.row.request
        elif entity.collection == "requests" and move.name in ("closed", "withdrawn"):
            request = entity.row
        else:
            return False
        return id(request) in self._unsure

    def _unsure_of(self, entity: Entity) -> None:
        pledge = entity.row.pledge if entity.collection == "deliveries" else entity.row
        if entity.collection in ("pledges", "deliveries") and pledge.need is not None:
            self._unsure.add(id(pledge.need.request))

    def _failed(self, row: Any) -> bool:
        owner = self._owners.get(id(row))
        return owner is not None and owner.failed

    # -- refusals ------------------------------------------------------------------------------------------

    def _try(
        self, entity: Entity, place: tuple[Step, ...], make: Callable[[], object], move: Move | None = None
    ) -> None:
        try:
            make()
        except DomainError as error:
            entity.failed = True
            self._unsure_of(entity)
            for refusal in error.refusals:
                self._refused(entity, place, refusal, move)

    def _refused(self, entity: Entity, place: tuple[Step, ...], refusal: Refusal, move: Move | None) -> None:
        steps = place
        reason = refusal.reason
        if move is not None and move.collection == "contributions" and move.name in ENTRIES:
            if refusal.field in ("amount", "need", "date", "consent"):
                steps = (*place, refusal.field)
        elif refusal.field in OWN_FIELDS.get(entity.collection, ()):
            steps = tuple(refusal.field.split("."))
            if move is not None and steps != place:
                reason = f"{reason} ({move.name}, {move.day.isoformat()})"
        self._problems.add(entity.path(steps), reason)

    # -- coming into being ---------------------------------------------------------------------------------

    def _begin(self, entity: Entity, moment: datetime, move: Move | None = None) -> None:
        """Bring a record into being at its first move, or once all is done where it has none."""
        entity.begun = True
        stored = entity.merged is not None
        row = entity.row
        with self._unit.again(stored):
            if entity.collection == "requests":
                requests.draft_request(
                    row, needs=entity.rows["needs"], states=entity.rows["co_requesters"],
                    actor=IMPORT, unit=self._unit, at=moment, replayed=stored,
                )  # fmt: skip
                for other in entity.rows["addressees"]:
                    self._unit.add(other)
            elif entity.collection == "pledges":
                self._begin_pledge(entity, moment, move)
            elif entity.collection == "assessments":
                requests.start_assessment(
                    row,
                    indicators=entity.rows["indicators"],
                    actor=IMPORT,
                    unit=self._unit,
                    at=moment,
                    replayed=stored,
                )

    def _begin_pledge(self, entity: Entity, moment: datetime, move: Move | None) -> None:
        announced = move is not None and move.name == "announced"
        known = entity.merged is not None and not (announced and not entity.known(("dates", "announced")))
        donors.begin_pledge(
            entity.row, announced=announced, joint_donors=entity.rows["joint_donors"],
            actor=IMPORT, unit=self._unit, at=moment, replayed=known,
        )  # fmt: skip
        if entity.merged is not None and not known:
            with self._unit.again(False):
                self._unit.save(entity.row, ("status", "announced_at", "version"))

    def _offer(self, entity: Entity) -> None:
        entity.begun = True
        stored = entity.merged is not None
        moment = min(entity.row.valid_from, clock.now())
        with self._unit.again(stored):
            donors.draft_offer(
                entity.row,
                states=entity.rows["states"],
                actor=IMPORT,
                unit=self._unit,
                at=moment,
                replayed=stored,
            )
            donors.move_offer(
                entity.row, "publish", actor=IMPORT, unit=self._unit, at=moment, replayed=stored
            )

    # -- moves ---------------------------------------------------------------------------------------------

    def _request(self, entity: Entity, move: Move, moment: datetime, known: bool) -> None:
        row = entity.row
        facts: dict[str, Any] = {}
        name = REQUEST_MOVES.get(move.name, "")
        if name in ENDINGS and row.reason:
            facts = {"reason": row.reason}
        if move.name in ("asked", "answered"):
            place = int(move.place[1])
            item, clarification = entity.record["clarifications"][place], entity.rows["clarifications"][place]
            if move.name == "asked":
                name, facts = "ask_for_clarification", {"question": item["question"], "row": clarification}
                self._unit.add(clarification)
            else:
                name, facts = "answer", {"answer": item.get("answer", "")}
                self._unit.first(row, "clarifications", clarification)
        requests.move_request(
            row, name, actor=IMPORT, unit=self._unit, at=moment, facts=facts, replayed=known
        )

    def _pledge(self, entity: Entity, move: Move, moment: datetime, known: bool) -> None:
        if move.name == "announced":
            return
        if move.name == "withdrawn" and entity.row.status == "announced":
            donors.move_pledge(entity.row, "draft", actor=IMPORT, unit=self._unit, at=moment, replayed=known)
        name = PLEDGE_MOVES[move.name]
        facts = {"reason": entity.row.reason} if name in ENDINGS and entity.row.reason else {}
        donors.move_pledge(
            entity.row, name, actor=IMPORT, unit=self._unit, at=moment, facts=facts, replayed=known
        )

    def _contribution(self, entity: Entity, move: Move, moment: datetime, known: bool) -> None:
        row = entity.row
        if move.name == "announced":
            entity.begun = True
            donors.announce_contribution(row, actor=IMPORT, unit=self._unit, at=moment, replayed=known)
        elif move.name == "agreed":
            donors.move_contribution(row, "agree", actor=IMPORT, unit=self._unit, at=moment, replayed=known)
        else:
            line = entity.rows[move.name][int(move.place[1])]
            donors.enter(
                row, ENTRIES[move.name], line, actor=IMPORT, unit=self._unit, at=moment, replayed=known
            )

    def _delivery(self, entity: Entity, move: Move, moment: datetime, known: bool) -> None:
        row = entity.row
        if move.name == "recorded":
            entity.begun = True
            donors.record_delivery(row, actor=IMPORT, unit=self._unit, replayed=known)
        elif move.name == "followed_up":
            follow_up = entity.rows["follow_ups"][int(move.place[1])]
            donors.answer_follow_up(row, follow_up, actor=IMPORT, unit=self._unit, replayed=known)
        else:
            name = {"confirmed": "confirm", "disputed": "dispute"}[move.name]
            donors.move_delivery(row, name, actor=IMPORT, unit=self._unit, at=moment, replayed=known)

    def _assessment(self, entity: Entity, move: Move, moment: datetime, known: bool) -> None:
        name = {"submitted": "submit", "published": "publish"}[move.name]
        requests.move_assessment(entity.row, name, actor=IMPORT, unit=self._unit, at=moment, replayed=known)


def _leans_on(entity: Entity, move: Move) -> tuple[Any, ...]:
    """The rows without which a move cannot be followed."""
    row = entity.row
    if entity.collection == "pledges":
        return row.need, row.offer, row.redirected_from
    if entity.collection == "deliveries":
        return (row.pledge,)
    if entity.collection == "assessments":
        return (row.request,)
    if move.name == "allocations":
        return (entity.rows["allocations"][int(move.place[1])].need,)
    return ()
