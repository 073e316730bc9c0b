"""A donor's promise: announced, drafted, changed, moved on, turned to another need."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from donors import selectors
from donors.models import Delivery, JointDonor, Pledge
from donors.services.drafts import rows_revised, still_draft
from donors.services.locks import lock_need, lock_needs, lock_pledge, need_named
from donors.workflow import PLEDGE
from portal.audit.services import perform, revise
from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Refusal, Refused
from portal.core.guards import Facts
from portal.core.unit import DIRECT, Unit, atomically
from portal.core.workflow import NEW, judge
from portal.directory.models import Organisation
from portal.policy import engine
from portal.policy.actions import A
from requests_app.models import Need


@atomically
def begin_pledge(
    pledge: Pledge, *, announced: bool = False, joint_donors: Iterable[JointDonor] = (), actor: Actor,
    unit: Unit = DIRECT, at: datetime | None = None, replayed: bool = False,
) -> Pledge:  # fmt: skip
    """Brings a pledge into being, as a draft or as something said in public."""
    if pledge.need is not None:
        pledge.need = lock_need(pledge.need, unit)
    pledge.status = NEW
    rows = list(joint_donors)
    for row in rows:
        row.pledge = pledge
    move = "announce" if announced else "draft"
    perform(PLEDGE, move, pledge, actor=actor, unit=unit, at=at, rows=rows, replayed=replayed)
    return pledge


@atomically
def announce_pledge(
    pledge: Pledge, *, another: bool = False, actor: Actor, at: datetime | None = None
) -> Pledge:  # fmt: skip
    """Lists what a donor said in public; it counts nowhere.

    `another` says that it is another promise than one of the same sum announced before. Raises Refused, naming
    those, where it does not.
    """
    before = [] if another or pledge.value_amount is None else selectors.announced_before(pledge)
    if before:
        raise Refused(
            Refusal(
                _("the same sum was announced before: %(references)s") % {"references": ", ".join(before)},
                "another",
            )
        )
    return begin_pledge(pledge, announced=True, actor=actor, at=at)


@atomically
def revise_pledge(
    pledge: Pledge,
    changes: Mapping[str, Any],
    *,
    joint: Iterable[Organisation],
    actor: Actor,
    version: int | None = None,
) -> Pledge:
    """Changes a draft of a pledge, and its joint donors. Raises NotAllowed, Conflict, Refused."""
    pledge = lock_pledge(pledge, DIRECT)
    engine.require(actor, A.PLEDGE_DRAFT, pledge)
    still_draft(pledge)
    wanted = {organisation.pk: organisation for organisation in joint}
    rows = DIRECT.related(pledge, "joint_donors")
    before = {row.organisation_id for row in rows}
    for row in rows:
        if row.organisation_id not in wanted:
            row.delete()
    for pk in sorted(set(wanted) - before):
        DIRECT.add(JointDonor(pledge=pledge, organisation=wanted[pk]))
    changed = revise(pledge, changes, actor=actor, unit=DIRECT, version=version)
    line = PLEDGE.find("draft", NEW)
    verdicts = judge(line, pledge, {}, waive_absent=False, at=clock.now(), unit=DIRECT, actor=actor)
    Refused.when(verdicts.refusals)
    if not changed and set(wanted) != before:
        rows_revised(pledge, actor)
    return pledge


@atomically
def move_pledge(
    pledge: Pledge, move: str, *, actor: Actor, unit: Unit = DIRECT, at: datetime | None = None,
    facts: Facts | None = None, version: int | None = None, replayed: bool = False,
) -> Pledge:  # fmt: skip
    """One move of a pledge's table, under the locks of its request and need, with all that follows from it.

    `record_delivery` brings the `delivery`, `redirect` names the need that what is left goes `to`. Raises
    NotAllowed, Conflict, or Refused; whoever comes second for the last unit is told what is left.
    """
    facts = dict(facts or {})
    if isinstance(facts.get("to"), Need):
        facts["to"] = lock_needs((pledge.need, facts["to"]), unit)[facts["to"].pk]
    pledge = lock_pledge(pledge, unit)
    perform(
        PLEDGE, move, pledge, actor=actor, unit=unit, at=at, facts=facts, version=version, replayed=replayed
    )
    return pledge


def redirect_pledge(
    pledge: Pledge, *, to: Need, actor: Actor, facts: Facts, at: datetime | None = None, version: int | None = None,
    value: Decimal | None = None,
) -> Pledge:  # fmt: skip
    """What is left of a pledge, offered to another need: the new pledge; the old one is cancelled.

    `value` is what is left in the pledge's currency, where the donor states it. Raises NotAllowed, Conflict, or
    Refused; all or nothing.
    """
    given = {**facts, "to": to} | ({} if value is None else {"value_amount": value})
    moved = move_pledge(pledge, "redirect", actor=actor, at=at, facts=given, version=version)
    return moved.redirected_to.get()


def make_pledge_move(
    pledge: Pledge, move: str, *, actor: Actor, facts: Facts | None = None, version: int | None = None
) -> Pledge:
    """One move of a pledge by a person, with the facts that its form gave; the pledge that the person sees next.

    A delivery is given by its columns; a redirect names the other need by its reference.
    """
    given = dict(facts or {})
    if move == "redirect":
        to, value = need_named(actor, given.pop("to", ""), "to"), given.pop("value_amount", None)
        return redirect_pledge(pledge, to=to, actor=actor, facts=given, version=version, value=value)
    if move == "record_delivery":
        counted = given.get("women") is not None or given.get("men") is not None
        given = {"delivery": Delivery(pledge=pledge, participants_given=counted, **given)}
    return move_pledge(pledge, move, actor=actor, facts=given, version=version)
