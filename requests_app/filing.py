"""Pages on which a State writes its request: the start, the hub of tasks, the needs, the check before sending."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.errors import Conflict, Refusal
from portal.core.events import ask
from portal.core.workflow import NEW
from portal.directory.enums import Drug, MainlyFor
from portal.policy import engine
from portal.policy.actions import A
from portal.web import kept
from portal.web.forms import sentence
from portal.web.pages import Asked, one, see_other
from portal.web.saving import asked_mark, asked_row, form_page
from portal.web.templatetags.portal import day, money, named, number
from requests_app import drafting, selectors
from requests_app.enums import RequestStatus
from requests_app.forms import REQUEST_MOVES
from requests_app.models import AssistanceRequest, Need
from requests_app.questions import (
    NEEDS_SITE,
    Authority,
    Consent,
    Cooperation,
    ForWhom,
    HowMuch,
    Part,
    Situation,
    Start,
    Verbale,
    What,
)

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
        _("Title, authority and contact"),
        _("Who in your State is responsible, and to whom UNODC writes."),
        Authority,
        ("title", "authority", "contact"),
    ),
    Task(
        "note-verbale",
        _("Note verbale"),
        _("Number and date. The approver can also give them when submitting."),
        Verbale,
        ("note_verbale_number", "note_verbale_date"),
    ),
    Task(
        "situation",
        _("Situation"),
        _("How transit affects your State, what you want to achieve, what you give yourselves."),
        Situation,
        ("situation",),
        ("objectives", "drugs", "evidence", "previous_assistance", "national_contribution"),
    ),
    Task("needs", _("Needs"), _("What you ask for, one need for each form of assistance."), None, ()),
    Task(
        "cooperation",
        _("Cooperation"),
        _("Preferred channel, urgency, and other States of a joint request."),
        Cooperation,
        ("channel", "urgency"),
        ("urgency_reason",),
    ),
    Task(
        "consent",
        _("Consent"),
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


def own(request: Asked, key: str) -> AssistanceRequest:
    """The request of a key for who may write it; Http404 where it cannot be seen, NotAllowed for others."""
    row = one(selectors.drafts_to_write(request.actor, key))
    engine.require(request.actor, A.REQUEST_DRAFT, row)
    return row


def url(name: str, row: Any, *more: Any) -> str:
    return reverse(f"requests:{name}", args=[str(row), *more])


def _moved_on(request: Asked, row: AssistanceRequest) -> HttpResponse | None:
    """To the request's page, where it is no longer a draft; what is sent is refused in its form, with what was typed."""
    if row.status == RequestStatus.DRAFT or request.method == "POST":
        return None
    return HttpResponseRedirect(url("request", row))


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Asked) -> HttpResponse:
    """What to have ready, who will approve, and the title: with it the draft begins."""
    actor = request.actor
    engine.require(actor, A.REQUEST_DRAFT, AssistanceRequest(state_id=actor.state, status=NEW))
    language = get_language() or "en"

    def save(form: Any) -> str:
        row = drafting.begin(**form.cleaned_data, actor=actor)
        messages.success(request, gettext("The draft is saved. Only people of your State see it."))
        return url("request", row)

    return form_page(
        request,
        form=lambda data: Start(data, initial={"language": language}),
        save=save,
        template="requests/start.html",
        context={
            "title": _("Start a request"),
            "button": _("Start the request"),
            "back": reverse("requests:requests"),
            "back_label": _("Requests"),
            "approvers": selectors.approvers(actor),
        },
    )


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


def _following(row: Any, slug: str) -> str:
    """The next task, so that a request can be written in one go."""
    position = [task.slug for task in TASKS].index(slug) + 1
    if position == len(TASKS):
        return url("check", row)
    task = TASKS[position]
    return url("needs_of", row) if task.form is None else url("part", row, task.slug)


def _onward(request: Asked, row: Any, otherwise: str) -> str:
    """Where a saved page leads: to the hub where it is left for later, back to the check page if it came from there."""
    if "later" in request.POST:
        messages.success(request, gettext("Saved. You can come back at any time."))
        return url("request", row)
    return url("check", row) if request.GET.get("from") == "check" else otherwise


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Asked, key: str, task: str) -> HttpResponse:
    """One task of a draft."""
    row = own(request, key)
    found = BY_SLUG.get(task)
    if found is None or found.form is None:
        raise Http404
    if moved := _moved_on(request, row):
        return moved
    initial = {name: getattr(row, name) for name in found.columns}
    joint = [other.state_id for other in row.co_requesters.all()] if task == "cooperation" else None
    more: dict[str, Any] = {}
    if joint is not None:
        initial["states"] = joint
        states = [(state.iso3, named(state.names)) for state in selectors.other_states(row)]
        more["states"] = sorted(states, key=lambda pair: pair[1].casefold())

    def save(form: Any) -> str:
        drafting.revise_draft(
            row,
            form.kept,
            states=None if joint is None else form.cleaned_data["states"],
            seen=asked_mark(request),
            actor=request.actor,
        )
        return _onward(request, row, _following(row, task))

    return form_page(
        request,
        form=lambda data: found.form(data, initial=initial, **more),  # type: ignore[misc]
        save=save,
        template="requests/part.html",
        context={
            "title": found.label,
            "lead": found.hint,
            "caption": row.title,
            "back": url("request", row),
            "record": row,
            "mark": drafting.mark(row, found.columns, states=joint),
        },
    )


# needs


@require_safe
def needs_of(request: Asked, key: str) -> HttpResponse:
    """The needs of a draft: added, changed, removed."""
    row = own(request, key)
    if moved := _moved_on(request, row):
        return moved
    needs = selectors.needs_in_order(row)
    cards = [
        {
            "need": need,
            "number": need.number,
            "lines": [line for line in need_lines(row, need, change=False) if line.value],
            "unfinished": need.quantity is None or not need.unit_id or not need.priority,
            "change": url("need_step", row, need.number, "what"),
            "remove": url("need_remove", row, need.number),
        }
        for need in needs
    ]
    context = {
        "row": row,
        "cards": cards,
        "add": url("need_new", row),
        "onward": _following(row, "needs"),
        "back": url("request", row),
    }
    return render(request, "requests/needs_of.html", context)


def _what(data: Any, need: Need | None) -> What:
    themes = selectors.themes()
    initial: dict[str, Any] = {}
    if need is not None:
        initial = {
            "form": need.form_id,
            "theme": need.theme_id,
            "description": need.description,
            "paragraphs": [str(n) for n in need.paragraphs],
        }
    return What(
        data,
        initial=initial,
        kinds=[(form.code, named(form.labels)) for form in selectors.forms_of_assistance()],
        themes=[
            (theme.code, f"{named(theme.labels)} ({', '.join(map(str, theme.paragraphs))})")
            for theme in themes
        ],
        suggested={theme.code: theme.paragraphs for theme in themes},
    )


def _how_much(data: Any, need: Need) -> HowMuch:
    units = selectors.units_for(need.form, also=need.unit_id)
    names = [
        "quantity", "unit_cost_amount", "unit_cost_currency", "needed_by", "place", "women", "men", "children",
        "site_readiness", "running_costs",
    ]  # fmt: skip
    initial = {name: getattr(need, name) for name in names}
    initial["unit"] = need.unit_id or (units[0].code if units else None)
    return HowMuch(
        data,
        initial=initial,
        units=[(unit.code, named(unit.labels)) for unit in units],
        site=need.form_id in NEEDS_SITE,
    )


def _for_whom(data: Any, need: Need) -> ForWhom:
    initial = {
        name: getattr(need, name) for name in ("priority", "recipient_kind", "mainly_for", "direction")
    }
    initial["state"] = need.state_id or ""
    request = need.request
    joint = [other.state for other in request.co_requesters.all()]
    states = [(state.iso3, named(state.names)) for state in [request.state, *joint]] if joint else []
    return ForWhom(data, initial=initial, states=states)


STEPS: dict[str, tuple[Any, Callable[[Any, Any], Part]]] = {
    "what": (_("What is needed"), _what),
    "how-much": (_("How much and when"), _how_much),
    "for-whom": (_("For whom, and its priority"), _for_whom),
}
ORDER = list(STEPS)


def _step_page(
    request: Asked,
    row: AssistanceRequest,
    need: Need | None,
    step: str,
    save: Callable[[Any], str],
    **more: Any,
) -> HttpResponse:
    label, make = STEPS[step]
    first = make(None, need)
    written = set(_columns(first)) if need is not None else set()
    place = need.number if need is not None else row.needs.count() + 1
    return form_page(
        request,
        form=lambda data: make(data, need) if data is not None else first,
        save=save,
        template="requests/part.html",
        context={
            "title": label,
            "caption": gettext("Need %(number)d, step %(step)d of 3")
            % {"number": place, "step": ORDER.index(step) + 1},
            "back": url("needs_of", row),
            "back_label": _("Needs"),
            "record": row,
            "mark": drafting.mark(need, written) if need is not None else None,
            "shown": need.pk if need is not None else None,
            **more,
        },
    )


def _columns(form: Part) -> list[str]:
    """The columns that a step writes."""
    renamed = {"form": "form_id", "theme": "theme_id", "unit": "unit_id", "state": "state_id"}
    return [renamed.get(name, name) for name in form.fields]


@require_http_methods(["GET", "HEAD", "POST"])
def need_new(request: Asked, key: str) -> HttpResponse:
    """One more need: its first step."""
    row = own(request, key)
    if moved := _moved_on(request, row):
        return moved

    def save(form: Any) -> str:
        need = drafting.add_need(row, form.kept, actor=request.actor)
        return _onward(request, row, url("need_step", row, need.number, "how-much"))

    return _step_page(request, row, None, "what", save)


def _need(request: Asked, row: AssistanceRequest, place: int) -> Need | selectors.Removed:
    """The need that a form was shown for, wherever it stands by now; by its place where no form says."""
    pk = asked_row(request)
    found = [n for n in selectors.needs_in_order(row) if (n.number == place if pk is None else n.pk == pk)]
    if not found:
        removed = selectors.removed_need(row, pk) if pk is not None else None
        if removed is None:
            raise Http404
        return removed
    found[0].request = row
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
def need_step(request: Asked, key: str, place: int, step: str) -> HttpResponse:
    """A step of a need that is there already."""
    row = own(request, key)
    need = _need(request, row, place)
    if step not in STEPS:
        raise Http404
    if moved := _moved_on(request, row):
        return moved
    if isinstance(need, selectors.Removed):
        return _add_again(request, row, need, step)

    def save(form: Any) -> str:
        drafting.change_need(need, form.kept, seen=asked_mark(request), actor=request.actor)
        later = ORDER[ORDER.index(step) + 1 :]
        following = url("need_step", row, need.number, later[0]) if later else url("needs_of", row)
        return _onward(request, row, following)

    return _step_page(request, row, need, step, save)


def _add_again(request: Asked, row: AssistanceRequest, removed: selectors.Removed, step: str) -> HttpResponse:
    """What was written on a need that someone removed meanwhile: told, kept, and added anew once that is asked for."""

    def save(form: Any) -> str:
        if "again" not in request.POST:
            raise Conflict(gettext("this need was removed meanwhile"))
        need = drafting.add_again(removed.need, form.kept, actor=request.actor)
        messages.success(request, gettext("It was added as need %(number)d.") % {"number": need.number})
        return url("needs_of", row)

    told = gettext(
        "%(person)s removed this need on %(day)s. What you wrote is kept below. You can add it as a new need."
    )
    return _step_page(
        request,
        row,
        removed.need,
        step,
        save,
        lead=told % {"person": removed.by or gettext("Someone"), "day": day(removed.at)},
        button=_("Add as a new need"),
        shown=asked_row(request),
        removed=True,
        notice="",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def need_remove(request: Asked, key: str, place: int) -> HttpResponse:
    """Asks before a need is taken out."""
    row = own(request, key)
    need = _need(request, row, place)
    if moved := _moved_on(request, row):
        return moved
    if isinstance(need, selectors.Removed):  # another did it first
        return see_other(url("needs_of", row))

    def save(_form: Any) -> str:
        drafting.remove_need(need, seen=asked_mark(request), actor=request.actor)
        messages.success(request, gettext("The need was removed."))
        return url("needs_of", row)

    return form_page(
        request,
        form=Part,
        save=save,
        template="requests/remove.html",
        context={
            "title": gettext("Remove need %(number)d") % {"number": need.number},
            "lead": need.description,
            "button": _("Remove the need"),
            "warns": True,
            "back": url("needs_of", row),
            "back_label": _("Needs"),
            "mark": drafting.mark(need, drafting.NEED),
            "shown": need.pk,
        },
    )


# all answers


@dataclass(frozen=True)
class Line:
    """One answer: `kind` says how the template shows it."""

    label: "str | Promise"
    value: Any
    change: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Section:
    title: "str | Promise"
    slug: str
    lines: list[Line] = field(default_factory=list)


def _joined(codes: Iterable[str], words: Mapping[str, Any]) -> list[str]:
    return [str(words[code]) for code in codes if code in words]


def sections(row: AssistanceRequest, needs: list[Need], *, change: bool) -> list[Section]:
    """Every answer of a request, with the address where it is changed."""

    def to(slug: str) -> str:
        return f"{url('part', row, slug)}?from=check" if change else ""

    def lines(slug: str, *pairs: tuple[Any, Any]) -> list[Line]:
        return [Line(label, value, to(slug), _kind(value)) for label, value in pairs]

    drugs = dict(Drug.choices)
    joint = [named(other.state.names) for other in row.co_requesters.all()]
    found = [
        Section(BY_SLUG["authority"].label, "authority", lines(
            "authority", (_("Title of the request"), row.title),
            (_("Responsible national authority"), row.authority), (_("Contact"), row.contact),
        )),
        Section(BY_SLUG["note-verbale"].label, "note-verbale", lines(
            "note-verbale", (_("Number of the note verbale"), row.note_verbale_number),
            (_("Date of the note verbale"), day(row.note_verbale_date)),
        )),
        Section(BY_SLUG["situation"].label, "situation", lines(
            "situation", (_("Situation"), row.situation), (_("Objectives"), row.objectives),
            (_("Drugs in transit"), _joined(row.drugs, drugs)), (_("Evidence for each drug"), row.evidence),
            (_("Previous assistance"), row.previous_assistance),
            (_("National contribution"), row.national_contribution),
        )),
    ]  # fmt: skip
    for need in needs:
        title = gettext("Need %(number)d") % {"number": need.number}
        found.append(Section(title, f"need-{need.number}", need_lines(row, need, change=change)))
    if not needs:
        empty = Line(
            _("Needs"),
            "",
            url("needs_of", row) if change else "",
        )
        found.append(Section(BY_SLUG["needs"].label, "needs", [empty]))
    found += [
        Section(BY_SLUG["cooperation"].label, "cooperation", lines(
            "cooperation", (_("Preferred channel"), row.get_channel_display()),
            (_("Urgency"), row.get_urgency_display()), (_("Why it is urgent"), row.urgency_reason),
            (_("Other States of a joint request"), joint),
        )),
        Section(BY_SLUG["consent"].label, "consent", lines(
            "consent", (_("Who may see the request once it is circulated"), row.get_visibility_display()),
            (_("May the State be named in the report"), _yes_no(row.named_in_report)),
        )),
    ]  # fmt: skip
    return found


def _yes_no(value: bool | None) -> str:
    return "" if value is None else gettext("Yes") if value else gettext("No")


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list) else "text"


def need_lines(row: AssistanceRequest, need: Need, *, change: bool) -> list[Line]:
    """The answers of one need."""
    quantity = ""
    if need.quantity is not None:
        quantity = f"{number(need.quantity)} {named(need.unit.labels) if need.unit else ''}"
    steps: dict[str, list[tuple[Any, Any]]] = {
        "what": [
            (_("Form of assistance"), named(need.form.labels)),
            (_("Thematic area"), named(need.theme.labels)),
            (_("Paragraphs of the resolution"), ", ".join(map(str, need.paragraphs))),
            (_("What is needed and for what purpose"), need.description),
        ],
        "how-much": [
            (_("Quantity"), quantity),
            (_("Estimated cost of one unit"), money(need.unit_cost_amount, need.unit_cost_currency)),
            (_("Needed by"), day(need.needed_by)),
            (_("Place of delivery"), need.place),
            (_("Beneficiaries: women"), number(need.women)),
            (_("Beneficiaries: men"), number(need.men)),
            (_("Beneficiaries: children"), number(need.children)),
        ],
        "for-whom": [
            (_("Priority"), need.get_priority_display()),
            (_("Who receives it"), need.get_recipient_kind_display()),
            (_("Mainly for"), _joined(need.mainly_for, dict(MainlyFor.choices))),
            (_("Direction of the trafficking"), need.get_direction_display()),
        ],
    }
    if need.form_id in NEEDS_SITE:
        steps["how-much"] += [
            (_("Is the site ready?"), need.site_readiness),
            (_("Who pays the running costs?"), need.running_costs),
        ]
    if need.state is not None:
        steps["for-whom"].append((_("State that needs it"), named(need.state.names)))
    return [
        Line(
            label,
            value,
            f"{url('need_step', row, need.number, step)}?from=check" if change else "",
            _kind(value),
        )
        for step, pairs in steps.items()
        for label, value in pairs
    ]


def problems(row: AssistanceRequest, refusals: Iterable[Refusal]) -> list[tuple[str, str, str]]:
    """What is missing, each with the address where it is given."""
    found = []
    for refusal in refusals:
        slug = MENDED_IN.get(refusal.field)
        to = url("request", row)
        if slug is not None:
            to = url("needs_of", row) if slug == "needs" else f"{url('part', row, slug)}?from=check"
        found.append(("", sentence(refusal.reason), to))
    return found


@require_safe
def check(request: Asked, key: str) -> HttpResponse:
    """All answers, what is missing, and the one button that sends the draft to the approver."""
    row = own(request, key)
    if moved := _moved_on(request, row):
        return moved
    needs = selectors.needs_in_order(row)
    refusals = selectors.refusals_of(request.actor, row, "send_for_approval")
    move = REQUEST_MOVES["send_for_approval"]
    context = {
        "row": row,
        "title": _("Check the answers"),
        "parts": sections(row, needs, change=True),
        "missing": problems(row, refusals),
        "send": url("request_move", row, "send-for-approval"),
        "move": move,
        "approvers": selectors.approvers(request.actor),
        "back": url("request", row),
    }
    return render(request, "requests/check.html", context | sending(request, row))


def sending(request: Asked, row: AssistanceRequest) -> dict[str, Any]:
    """What a form on a page of ours carries, that is sent to the page of a move."""
    return {
        "key": uuid4().hex,
        "author": kept.author_mark(request),
        "version": row.version,
    }
