"""The moves of a record as buttons, as pages, and as what the API offers: all from its transition table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse

from portal.core import clock
from portal.core.actor import Actor
from portal.core.errors import Conflict, Refusal
from portal.core.unit import DIRECT
from portal.core.workflow import Transition, Workflow, judge
from portal.policy import engine
from portal.web.forms import Form, sentence
from portal.web.pages import Asked
from portal.web.saving import asked_version, form_page

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class Move:
    """How a move is put to the person who makes it.

    `label` stands on the button, `lead` says what the move means and what it sets off, `done` what happens next.
    `form` asks for its facts; `initial` gives what the form shows first. `warns`: it ends something.
    """

    label: "str | Promise"
    lead: "str | Promise"
    done: "str | Promise"
    form: Callable[..., Form] = Form
    warns: bool = False
    initial: Callable[[Any], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Available:
    """A move that the actor may make in this state, and what stands against it already."""

    name: str
    refusals: tuple[Refusal, ...]

    @property
    def possible(self) -> bool:
        return not self.refusals

    @property
    def slug(self) -> str:
        return self.name.replace("_", "-")


def rights_asked(workflow: Workflow, record: Any) -> set[str]:
    """The rights of the moves that leave the state of a record."""
    return {line.right for line in workflow.available(record.status)}


def available(
    actor: Actor, workflow: Workflow, record: Any, *, rights: frozenset[str] | None = None
) -> list[Available]:
    """The moves of the table that the actor has the right to make now, in the table's order.

    A rule that no fact given with the move could satisfy is told beforehand; what is still to be given is not.
    `rights` are those of `rights_asked` that the actor holds, where they are known already.
    """
    lines = {line.name: line for line in workflow.available(record.status)}
    if rights is None:
        rights = engine.rights_on(actor, record, rights_asked(workflow, record))
    return [
        Available(line.name, _standing(actor, line, record))
        for line in lines.values()
        if line.right in rights
    ]


def _standing(actor: Actor, line: Transition, record: Any) -> tuple[Refusal, ...]:
    if line.needs:
        return ()
    return judge(line, record, {}, waive_absent=True, at=clock.now(), unit=DIRECT, actor=actor).refusals


@dataclass(frozen=True)
class Button:
    """A move on a record's page."""

    label: "str | Promise"
    url: str
    warns: bool
    reasons: tuple[str, ...]


def buttons(
    actor: Actor,
    workflow: Workflow,
    moves: Mapping[str, Move],
    record: Any,
    url: Callable[[str], str],
    *,
    rights: frozenset[str] | None = None,
) -> list[Button]:
    """The moves that a person can start from a record's page, in the table's order, those that end something last.

    `url` gives the address of a move's slug.
    """
    possible = available(actor, workflow, record, rights=rights)
    offered = [found for found in possible if found.name in moves]
    return [
        Button(
            moves[found.name].label,
            url(found.slug),
            moves[found.name].warns,
            tuple(sentence(refusal.reason) for refusal in found.refusals),
        )
        for found in sorted(offered, key=lambda found: moves[found.name].warns)
    ]


def asked_move(
    actor: Actor, workflow: Workflow, moves: Mapping[str, Move], record: Any, name: str
) -> tuple[Move, Transition]:
    """The move that is asked for, on its page or through the API, and its line of the table in the record's state.

    Raises Http404 for what is no move of a person, NotAllowed, or Conflict where the state has no such move.
    """
    lines = [line for line in workflow.transitions if line.name == name and line.source]
    move = moves.get(name)
    if move is None or not lines:
        raise Http404
    if not any(engine.can(actor, line.right, record) for line in lines):
        engine.require(actor, lines[0].right, record)
    line = workflow.find(name, record.status)
    engine.require(actor, line.right, record)
    return move, line


def move_page(
    request: Asked,
    *,
    workflow: Workflow,
    moves: Mapping[str, Move],
    record: Any,
    name: str,
    perform: Callable[..., Any],
    url: Callable[[Any], str],
    template: str = "components/form_page.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of one move: what it means, what it asks, one button.

    `name` is the slug of the address; `perform(record, move, actor=, facts=, version=)` the service, which gives
    the record as it is then; `url` the address of a record. Http404 for what is no move of a person;
    NotAllowed and Conflict are the middleware's to tell.
    """
    name = name.replace("-", "_")
    gone: Conflict | None = None
    try:
        move, line = asked_move(request.actor, workflow, moves, record, name)
    except Conflict as error:  # what was typed for a move that another made impossible is shown again
        if request.method != "POST":
            raise
        move, line, gone = moves[name], None, error

    def save(form: Form) -> str:
        if gone is not None:
            raise gone
        moved = perform(record, name, actor=request.actor, facts=form.facts, version=asked_version(request))
        messages.success(request, str(move.done))
        return url(moved)

    standing = _standing(request.actor, line, record) if line else ()
    initial = dict(move.initial(record)) if move.initial else {}
    return form_page(
        request,
        form=lambda data: move.form(data, initial=initial),
        save=save,
        template=template,
        context={
            "title": move.label,
            "lead": move.lead,
            "button": move.label,
            "warns": move.warns,
            "record": record,
            "version": record.version,
            "back": url(record),
            "standing": [sentence(refusal.reason) for refusal in standing],
            **(context or {}),
        },
    )
