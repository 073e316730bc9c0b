"""A draft as a list of tasks: what each asks, when it is complete, which comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.events import ask
from portal.web.pages import Asked
from requests_app import selectors
from requests_app.answers import TITLES
from requests_app.forms.drafts import Authority, Consent, Cooperation, Situation, Verbale
from requests_app.forms.part import Part
from requests_app.models import AssistanceRequest, Need
from requests_app.views.addresses import url

if TYPE_CHECKING:
    from django.utils.functional import Promise


NOT_STARTED, IN_PROGRESS, COMPLETED = "not-started", "in-progress", "completed"
STATUS_WORDS = {
    NOT_STARTED: _("Not yet started"),
    IN_PROGRESS: _("In progress"),
    COMPLETED: _("Completed"),
}
TAGS = {NOT_STARTED: "waiting", IN_PROGRESS: "progress", COMPLETED: "done"}


@dataclass(frozen=True)
class Task:
    """A part of a draft: its questions, and which answers make it complete."""

    slug: str
    label: "str | Promise"
    hint: "str | Promise"
    form: type[Part] | None
    asked: tuple[str, ...]  # complete once each of these is answered
    also: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.asked, *self.also)

    def standing(self, request: Any, needs: Iterable[Any]) -> str:
        if self.form is None:
            rows = list(needs)
            whole = all(n.quantity is not None and n.unit_id and n.priority for n in rows)
            return NOT_STARTED if not rows else COMPLETED if whole else IN_PROGRESS
        given = [name for name in self.columns if _given(request, name) and name != "title"]
        if all(_given(request, name) for name in self.asked):
            return COMPLETED
        return IN_PROGRESS if given else NOT_STARTED


def _given(request: Any, name: str) -> bool:
    value = getattr(request, name)
    if name == "visibility":  # never empty; it was chosen once the question beside it is answered
        return request.named_in_report is not None
    return value not in (None, "", [])


TASKS = (
    Task(
        "authority",
        TITLES["authority"],
        _("Who in your State is responsible, and to whom UNODC writes."),
        Authority,
        ("title", "authority", "contact"),
    ),
    Task(
        "note-verbale",
        TITLES["note-verbale"],
        _("Number and date. The approver can also give them when submitting."),
        Verbale,
        ("note_verbale_number", "note_verbale_date"),
    ),
    Task(
        "situation",
        TITLES["situation"],
        _("How transit affects your State, what you want to achieve, what you give yourselves."),
        Situation,
        ("situation",),
        ("objectives", "drugs", "evidence", "previous_assistance", "national_contribution"),
    ),
    Task("needs", TITLES["needs"], _("What you ask for, one need for each form of assistance."), None, ()),
    Task(
        "cooperation",
        TITLES["cooperation"],
        _("Preferred channel, urgency, and other States of a joint request."),
        Cooperation,
        ("channel", "urgency"),
        ("urgency_reason",),
    ),
    Task(
        "consent",
        TITLES["consent"],
        _("Who may see the request, and whether the report may name your State."),
        Consent,
        ("visibility", "named_in_report"),
    ),
)
BY_SLUG = {task.slug: task for task in TASKS}
# of a refusal's field: the task in which it is mended
MENDED_IN = {
    "title": "authority",
    "authority": "authority",
    "situation": "situation",
    "needs": "needs",
    "urgency_reason": "cooperation",
    "co_requesters": "cooperation",
    "visibility": "consent",
}


@dataclass(frozen=True)
class TaskLine:
    label: "str | Promise"
    hint: "str | Promise"
    url: str
    status: "str | Promise"
    kind: str


def hub(request: Asked, row: AssistanceRequest, needs: list[Need], more: Mapping[str, Any]) -> HttpResponse:
    """The draft as a list of tasks."""
    lines, done = [], 0
    for task in TASKS:
        standing = task.standing(row, needs)
        to = url("needs_of", row) if task.form is None else url("part", row, task.slug)
        lines.append(TaskLine(task.label, task.hint, to, STATUS_WORDS[standing], TAGS[standing]))
        done += standing == COMPLETED
    to, settled = ask("request.documents", request=row)
    standing = COMPLETED if settled else NOT_STARTED
    lines.append(TaskLine(*DOCUMENTS, to, STATUS_WORDS[standing], TAGS[standing]))
    progress = ngettext(
        "%(done)d of %(number)d task completed", "%(done)d of %(number)d tasks completed", len(lines)
    ) % {"done": done + settled, "number": len(lines)}
    return render(
        request,
        "requests/hub.html",
        {
            "row": row,
            "groups": _grouped(lines),
            "progress": progress,
            "check": url("check", row),
            "returned": selectors.returned_with(row),
            "approvers": selectors.approvers(request.actor),
            **more,
        },
    )


GROUPS = (
    (_("About the request"), slice(0, 3)),
    (_("What is needed"), slice(3, 4)),
    (_("Cooperation, consent and documents"), slice(4, None)),
)
DOCUMENTS = (
    _("Documents"),
    _("Note verbale, letters, plans, quotations. Optional: you can say that there are none."),
)


def _grouped(lines: list[TaskLine]) -> list[dict[str, Any]]:
    return [{"title": title, "tasks": lines[part]} for title, part in GROUPS]


def task_after(row: Any, slug: str) -> str:
    """The next task, so that a request can be written in one go."""
    position = [task.slug for task in TASKS].index(slug) + 1
    if position == len(TASKS):
        return url("check", row)
    task = TASKS[position]
    return url("needs_of", row) if task.form is None else url("part", row, task.slug)
